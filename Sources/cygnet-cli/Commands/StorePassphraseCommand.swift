internal import Cygnet
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetVectors

/// `cygnet store passphrase`
enum StorePassphraseCommand {
  static let command = Command(
    name: "passphrase",
    summary: "Replace the passphrase or key file that opens the store",
    discussion: """
      One small write: nothing is encrypted anew, and the old secret no longer opens the store. Who \
      knows it and has an old copy of the file can still open that copy; 'cygnet store rekey' makes \
      sure that nothing written from then on can be read with it.

      The present secret comes from --key-file, --passphrase-fd and so on, the new one from the \
      options that begin with --new, else from CYGNET_ASKPASS or the terminal. Both passphrases may \
      come from one descriptor, one line each.
      """,
    options: Option.newSecret + [.passphraseCost] + Option.store,
    examples: [
      Example(line: "cygnet store passphrase", meaning: "Asks for the old one and the new one"),
      Example(
        line: "cygnet store passphrase --new-key-file cygnet.key",
        meaning: "A file instead of a passphrase"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale, .limit],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let cost = try Option.passphraseCost(invocation.arguments)
    let session = try await StoreSession.open(invocation)
    let reader = try SecretReader(invocation, .new, of: "profile \(session.folder.name)")
    try await reader.new { secret in
      try await session.client.changeSecret(secret, cost: cost)
    }
    try await printResult(session, output)
    output.hint(
      "Next: " + session.folder.line("store rekey") + " if the old secret is known to others")
    return .ok
  }

  static func printResult(_ session: StoreSession, _ output: Output) async throws {
    let header = try await session.header()
    for slot in header.slots {
      try output.line("The store is opened by: \(StoreStatusCommand.text(slot))")
    }
    try output.result([
      "store": .string(session.folder.store.text),
      "opened_by": .array(header.slots.map { StoreStatusCommand.json($0) }),
    ])
  }
}
