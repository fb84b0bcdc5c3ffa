internal import CygnetPrimitives

/// Why a command ends early: the exit code, a line for the user, and what they may try next.
///
/// Text from files or peers that goes into `message` passes through `escaped` first.
struct CommandFailure: Error, Sendable {
  var exitCode: ExitCode
  var message: String
  var hint: String?
  /// The library's own name for what went wrong.
  var libraryCode: String?
  /// Set when nobody is left to read a message, as when a pipe was closed.
  var isSilent = false

  init(_ exitCode: ExitCode, _ message: String, hint: String? = nil) {
    self.exitCode = exitCode
    self.message = message
    self.hint = hint
  }

  static func usage(_ message: String, hint: String? = nil) -> CommandFailure {
    CommandFailure(.usage, message, hint: hint)
  }

  /// Any error a command may throw.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure: self = failure
    case let error as CygnetError:
      self.init(ExitCode(for: error.code), "\(error.reason)")
      libraryCode = error.code.name
    default: self.init(.internalError, "unexpected error: \(error)".escaped)
    }
  }

  /// An error of the library, with the file it came from.
  init(_ error: CygnetError, about path: Path) {
    self.init(ExitCode(for: error.code), "\(path): \(error.reason)")
    libraryCode = error.code.name
  }
}
