import Foundation

/// Shells, as far as they are installed.
enum Shell {
  /// The exit code of parsing `file` without running it; nil where the shell is not installed.
  static func check(_ shell: String, _ file: String) throws -> Int32? {
    for folder in ["/bin", "/usr/bin", "/usr/local/bin"] {
      let path = "\(folder)/\(shell)"
      guard FileManager.default.isExecutableFile(atPath: path) else { continue }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: path)
      process.arguments = ["-n", file]
      try process.run()
      process.waitUntilExit()
      return process.terminationStatus
    }
    return nil
  }
}
