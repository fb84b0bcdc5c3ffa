/// `cygnet backup`
enum BackupCommand {
  static let command = Command(
    name: "backup",
    summary: "Save identity and contacts, and bring them back",
    discussion: """
      A backup holds the identity, the contacts and the marks of verification, encrypted under the \
      recovery key of the profile. It never holds sessions: keys that are used twice protect \
      nothing, so a restored profile starts new ones.
      """,
    children: [
      BackupCreateCommand.command, BackupRestoreCommand.command, BackupVerifyCommand.command,
      BackupKeyCommand.command,
    ])

  /// Bytes of a backup at most: what is in it, and its padding.
  static let maxByteCount = 80 << 20
}
