internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// `cygnet backup verify`
enum BackupVerifyCommand {
  static let command = Command(
    name: "verify",
    summary: "Open a backup and tell what is in it",
    discussion: """
      With a recovery key given, whether that key opens the backup: a good test of what was written \
      down. Otherwise the profile's own recovery key is used, or asked for where there is no \
      profile. Nothing is restored.
      """,
    options: RecoveryKeyInput.options + Option.store,
    positionals: [Positional(name: "FILE", summary: "The backup; - is standard input")],
    examples: [
      Example(line: "cygnet backup verify cygnet.backup", meaning: "Is it sound, and of when?"),
      Example(
        line: "cygnet backup verify --recovery-key-file recovery.key cygnet.backup",
        meaning: "Does this key open it?"),
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale, .limit],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let (file, bytes) = try read(invocation.arguments)
    let folder = try ProfileFolder(invocation.arguments)
    let summary = try open(bytes, key: try await key(invocation, folder), file)
    try output.line("Backup of \(summary.profile.address.shown): sound")
    try output.line("  made         \(summary.madeAt.calendarText)")
    try output.line("  fingerprint  \(Fingerprint(summary.profile.identity).shown)")
    let verified = summary.contacts.filter(\.isVerified).count
    try output.line("  contacts     \(summary.contacts.count), of which \(verified) verified")
    try output.result([
      "address": summary.profile.address.json, "made_at": summary.madeAt.json,
      "fingerprint": .hex(Fingerprint(summary.profile.identity).bytes),
      "contacts": .integer(summary.contacts.count), "verified_contacts": .integer(verified),
    ])
    output.hint("Next: keep it; cygnet backup restore brings it back")
    return .ok
  }

  private static func key(
    _ invocation: Invocation, _ folder: ProfileFolder
  ) async throws -> RecoveryKey {
    if RecoveryKeyInput.isGiven(invocation.arguments) {
      return try RecoveryKeyInput.read(invocation)
    }
    guard try folder.hasStore() else { return try RecoveryKeyInput.read(invocation) }
    return try await StoreSession.open(invocation).client.recoveryKey()
  }

  /// The backup that the positional argument names.
  static func read(_ arguments: Arguments) throws(CommandFailure) -> (InputFile, [UInt8]) {
    guard let path = arguments.argumentPath("FILE") else { throw .usage("FILE is missing") }
    let file = try InputFile(path)
    return (file, try ObjectFile.read(file, .backup, limit: BackupCommand.maxByteCount))
  }

  static func open(
    _ bytes: [UInt8], key: RecoveryKey, _ file: InputFile
  ) throws(CommandFailure) -> BackupSummary {
    do { return try Client.checkBackup(bytes, key: key) } catch {
      var failure = CommandFailure(error, about: file)
      if error.code == .authenticationFailed {
        failure.hint = "another recovery key made it, or it was altered"
      }
      throw failure
    }
  }
}
