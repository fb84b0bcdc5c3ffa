internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet prekeys generate`
enum PrekeysGenerateCommand {
  static let command = Command(
    name: "generate",
    summary: "Make one-time prekeys, or a new signed prekey",
    discussion: """
      One-time prekeys and one-time KEM prekeys are used up together by those who write first; at most \
      5000 of each are held. A new signed prekey, with its KEM prekey of last resort, goes into every card and bundle from now on, and the one before is kept for messages \
      on their way.
      """,
    options: [kindOption, countOption] + Option.store,
    examples: [
      Example(line: "cygnet prekeys generate -n 50", meaning: "Fifty one-time prekeys"),
      Example(
        line: "cygnet prekeys generate --kind signed", meaning: "Replace the signed prekey"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale, .limit],
    run: run)

  private static let kindOption = Option(
    long: "kind", valueName: "KIND", value: .choice(["one-time", "signed"]),
    summary: "one-time (the default) or signed")
  private static let countOption = Option(
    long: "count", short: "n", valueName: "N", value: .count,
    summary: "How many one-time prekeys of each kind (100)")

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = invocation.arguments
    let isSigned = try arguments.text("kind") == "signed"
    if isSigned && arguments.has("count") {
      throw CommandFailure.usage("--count is for one-time prekeys: there is one signed prekey")
    }
    let count = try arguments.count("count", in: 1...UInt64(Limits.maxOneTimePreKeys))
    let session = try await StoreSession.open(invocation)
    if isSigned {
      try await session.client.rotateSignedPreKey(now: .now)
    } else {
      try await session.client.addOneTimePreKeys(
        count.map { Int($0) } ?? Client.oneTimePreKeyBatch, now: .now)
    }
    let status = try await session.client.preKeyStatus()
    try PrekeysStatusCommand.print(status, invocation.output)
    invocation.output.hint(
      isSigned
        ? "Next: hand out a new card with " + session.folder.line("identity export --public")
        : PrekeysCommand.hint(status, session.folder))
    return .ok
  }
}
