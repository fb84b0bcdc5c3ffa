import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Runs commands as a user whom permissions bind: as nobody where the tests run as root.
struct Unprivileged {
  private static let nobody = 65534

  /// Whether the user is another than that of the tests.
  let isChange: Bool

  /// nil where root cannot become somebody else.
  init?() {
    isChange = geteuid() == 0
    if isChange, !FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") { return nil }
  }

  /// Makes a folder that user's own.
  func give(_ path: String) throws {
    guard isChange else { return }
    try FileManager.default.setAttributes(
      [.ownerAccountID: Self.nobody, .groupOwnerAccountID: Self.nobody], ofItemAtPath: path)
  }

  /// A command of the shell that runs as that user.
  func command(_ command: String) -> String {
    let change = "setpriv --reuid \(Self.nobody) --regid \(Self.nobody) --clear-groups"
    return isChange ? "\(change) \(command)" : command
  }
}
