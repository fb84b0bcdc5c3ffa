/// `cygnet identity`
enum IdentityCommand {
  static let command = Command(
    name: "identity",
    summary: "Show, hand out and replace the identity of a profile",
    children: [
      IdentityShowCommand.command, IdentityExportCommand.command,
      IdentityFingerprintCommand.command, IdentityRotateCommand.command,
    ])
}
