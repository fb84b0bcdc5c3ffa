internal import Cygnet
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// `cygnet backup create`
enum BackupCreateCommand {
  static let command = Command(
    name: "create",
    summary: "Write a backup of identity and contacts",
    discussion: """
      The backup is opened by the recovery key, which 'cygnet backup key' prints: write that down \
      and keep it apart from the backup. The same key opens every backup of the profile.
      """,
    options: [.binary, .output, .force] + Option.store,
    examples: [
      Example(line: "cygnet backup create -o cygnet.backup", meaning: "A backup as a file")
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale, .limit],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let target = try ObjectTarget(.backup, invocation)
    let session = try await StoreSession.open(invocation)
    let backup = try await session.client.backup(now: .now)
    try target.write(backup, ["profile": .string(session.folder.name)])
    invocation.output.hint(
      "Next: write down the key that opens it: " + session.folder.line("backup key"))
    return .ok
  }
}
