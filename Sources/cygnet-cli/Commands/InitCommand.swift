internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetVectors

/// `cygnet init`
enum InitCommand {
  static let command = Command(
    name: "init",
    summary: "Set up a profile: an identity, and a store for its keys",
    discussion: """
      Makes an identity key and prekeys, and an encrypted store that holds them. A passphrase opens \
      the store: it is asked for twice, and who enters nothing is given one, which is shown once. \
      With --key-file a file opens it instead; the file is made if there is none, and never \
      overwritten.

      Others write to a user and one of the user's devices. The user is the profile's name, or \
      without --profile your name on this machine, unless --user says otherwise; to be found by people who do not know each other, choose what nobody \
      else has, such as a mail address.
      """,
    options: [userOption, deviceOption, .passphraseCost] + Option.store,
    examples: [
      Example(line: "cygnet init", meaning: "Set up the usual profile; a passphrase is asked for"),
      Example(
        line: "cygnet init --profile alice --key-file alice.key",
        meaning: "Another profile, which a file opens"),
    ],
    exitCodes: [.locked, .unknown, .authentication],
    run: run)

  private static let userOption = Option(
    long: "user", valueName: "NAME",
    summary: "The user that others write to (the profile's name, or yours on this machine)")
  private static let deviceOption = Option(
    long: "device", valueName: "N", value: .count,
    summary: "The number of this device among the user's (1)")

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let address = try address(arguments)
    let cost = try Option.passphraseCost(arguments)
    let session = try await StoreSession.create(invocation) {
      (store, secret) throws(CygnetError) in
      try await Client.create(in: store, secret: secret, cost: cost, as: address, now: .now)
    }
    let profile = try await session.client.profile()
    try ProfileText.print(profile, session, title: "is set up", output)
    output.hint(
      "Next: let others write to you with your card: "
        + session.folder.line("identity export --public -o \(session.folder.name).card"))
    return .ok
  }

  private static func address(_ arguments: Arguments) throws -> DeviceAddress {
    let device = try arguments.count("device", in: 0...UInt64(UInt32.max)) ?? 1
    let login = [Environment["USER"], Environment["LOGNAME"], ProfileFolder.defaultName]
      .first { $0?.isEmpty == false }
    let given = try arguments.text("user") ?? arguments.text(Option.profile.long)
    let name = given ?? login.flatMap { $0 } ?? ProfileFolder.defaultName
    do {
      return try DeviceAddress(user: Array(name.utf8), device: UInt32(device))
    } catch { throw CommandFailure.usage("\(error.reason)") }
  }
}

extension Option {
  /// For commands that set a passphrase.
  static let passphraseCost = Option(
    long: "passphrase-cost", valueName: "COST", value: .choice(["interactive", "small"]),
    summary: "What a try costs: interactive (256 MiB of memory, the default) or small (64 MiB)")

  static func passphraseCost(_ arguments: Arguments) throws(CommandFailure) -> PassphraseCost {
    try arguments.text(passphraseCost.long) == "small" ? .small : .interactive
  }
}
