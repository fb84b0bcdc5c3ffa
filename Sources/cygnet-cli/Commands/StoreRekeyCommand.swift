internal import Cygnet
internal import CygnetPrimitives

/// `cygnet store rekey`
enum StoreRekeyCommand {
  static let command = Command(
    name: "rekey",
    summary: "Encrypt the whole store under a new key",
    discussion: """
      Draws a new master key and encrypts every record anew, all or nothing. For when the old \
      passphrase or key file may be known to others together with a copy of the store. The secret \
      that opened the store opens it afterwards, unless one of the options that begin with --new \
      names another.
      """,
    options: Option.newSecret + [.passphraseCost] + Option.store,
    examples: [
      Example(line: "cygnet store rekey", meaning: "Under the same passphrase"),
      Example(
        line: "cygnet store rekey --new-passphrase-file new.txt", meaning: "Under a new one"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale, .limit],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let cost = try Option.passphraseCost(invocation.arguments)
    let session = try await StoreSession.open(invocation)
    if SecretSource.isNewGiven(invocation.arguments) {
      let reader = try SecretReader(invocation, .new, of: "profile \(session.folder.name)")
      try await reader.new { secret in
        try await session.client.rekey(secret: secret, cost: cost)
      }
    } else {
      try await session.client.rekey(secret: session.secret, cost: cost)
    }
    try await StorePassphraseCommand.printResult(session, invocation.output)
    invocation.output.hint("Next: see that all is well with " + session.folder.line("store check"))
    return .ok
  }
}
