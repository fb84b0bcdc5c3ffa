internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet backup restore`
enum BackupRestoreCommand {
  static let command = Command(
    name: "restore",
    summary: "Set up a profile from a backup",
    discussion: """
      Asks for the recovery key, then for a passphrase for the new store as 'cygnet init' does. The \
      profile has the same identity, so nobody has to compare safety numbers again, and no session: \
      new ones start by themselves. Into groups you come back with 'group rejoin'. Do not go on using the profile that the backup was made from.
      """,
    options: RecoveryKeyInput.options + [.passphraseCost] + Option.store,
    positionals: [Positional(name: "FILE", summary: "The backup; - is standard input")],
    examples: [
      Example(line: "cygnet backup restore cygnet.backup", meaning: "As the usual profile"),
      Example(
        line: "cygnet backup restore --profile alice --key-file alice.key cygnet.backup",
        meaning: "As another profile, which a file opens"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale, .limit],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let cost = try Option.passphraseCost(invocation.arguments)
    let (file, bytes) = try BackupVerifyCommand.read(invocation.arguments)
    try await StoreSession.demandNotSetUp(invocation)
    let key = try RecoveryKeyInput.read(invocation)
    // Before a passphrase is asked for and a store is made.
    let summary = try BackupVerifyCommand.open(bytes, key: key, file)
    let session = try await StoreSession.create(invocation) {
      (store, secret) throws(CygnetError) in
      try await Client.restore(
        bytes, key: key, into: store, secret: secret, cost: cost, now: .now)
    }
    let profile = try await session.client.profile()
    try ProfileText.print(profile, session, title: "is restored", output)
    try output.line("  contacts    \(summary.contacts.count)")
    output.hint(
      "Next: hand out a new card, as old ones no longer work: "
        + session.folder.line("identity export --public"))
    return .ok
  }
}
