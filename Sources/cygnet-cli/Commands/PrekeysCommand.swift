internal import Cygnet
internal import CygnetPrimitives

/// `cygnet prekeys`
enum PrekeysCommand {
  static let command = Command(
    name: "prekeys",
    summary: "Keys for those who write to you first",
    discussion: """
      Prekeys let others start a session while you are away. The signed prekey serves everyone and \
      is replaced every week; a one-time prekey serves one session and makes its first message \
      safer. Beside each stands a KEM prekey, which keeps the session secret from a later quantum \
      computer: one of last resort beside the signed prekey, and others for one use.
      """,
    children: [
      PrekeysStatusCommand.command, PrekeysGenerateCommand.command, PrekeysBundleCommand.command,
      PrekeysCheckCommand.command, PrekeysPruneCommand.command,
    ])

  /// One-time prekeys below which more should be made.
  static let lowCount = 20

  /// What is due, or else what a bundle is for.
  static func hint(_ status: PreKeyStatus, _ folder: ProfileFolder) -> String {
    if status.isRotationDue(now: .now) {
      return "Next: the signed prekey is a week old; replace it with "
        + folder.line("prekeys generate --kind signed")
    }
    if min(status.unusedOneTimeCount, status.unusedOneTimeKEMCount) < lowCount {
      return "Next: few one-time prekeys are left; make more with "
        + folder.line("prekeys generate")
    }
    return "Next: a bundle for somebody who wants to write to you: "
      + folder.line("prekeys bundle -o FILE")
  }
}
