internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet backup key`
enum BackupKeyCommand {
  static let command = Command(
    name: "key",
    summary: "Print the recovery key that opens the backups",
    discussion: """
      SECRET. Whoever has it and a backup has the identity. It is made when it is first asked for \
      and stays the same; write it down on paper and keep it apart from the backups. Groups of five \
      characters; upper or lower case, spaces and hyphens do not matter when it is typed.
      """,
    options: [.output, .force] + Option.store,
    examples: [
      Example(line: "cygnet backup key", meaning: "To be copied by hand"),
      Example(line: "cygnet backup key -o recovery.key", meaning: "Into a file only you can read"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let target = try arguments.path("output").map { path in
      try OutputFile(path, force: arguments.has("force"), isBinary: false)
    }
    let session = try await StoreSession.open(invocation)
    let text = try await session.client.recoveryKey().text()
    if let target {
      try text.withBytes { (bytes) throws(CommandFailure) in try target.write(bytes) }
      try target.write([UInt8(ascii: "\n")])
      try target.commit()
      if !target.isStandardOutput { try output.result(["file": .string(target.name)]) }
    } else {
      try output.secret("recovery_key", text)
    }
    output.hint("Next: see that it opens a backup: " + session.folder.line("backup verify FILE"))
    return .ok
  }
}
