internal import Cygnet
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet prekeys prune`
enum PrekeysPruneCommand {
  static let command = Command(
    name: "prune",
    summary: "Delete signed prekeys too old for anyone to use",
    discussion: """
      A card or bundle is refused when its signed prekey is 60 days old; after one day more the \
      private half is of no use to anyone but a thief. The current signed prekey stays in any case.
      """,
    options: Option.store,
    examples: [Example(line: "cygnet prekeys prune", meaning: "Once a month, say")],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let session = try await StoreSession.open(invocation)
    let count = try await session.client.prunePreKeys(now: .now)
    try output.line(count == 0 ? "nothing to delete" : "deleted \(count)")
    try output.result(["deleted": .integer(count)])
    output.hint(PrekeysCommand.hint(try await session.client.preKeyStatus(), session.folder))
    return .ok
  }
}
