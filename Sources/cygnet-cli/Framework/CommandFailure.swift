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
      self.init(
        ExitCode(for: error.code), Self.message(error), hint: Self.hint(for: error.code))
      libraryCode = error.code.name
    default: self.init(.internalError, "unexpected error: \(error)".escaped)
    }
  }

  /// The reason, and what the system said where a store or stream failed.
  private static func message(_ error: CygnetError) -> String {
    guard error.code == .storage, let underlying = error.underlying else {
      return "\(error.reason)"
    }
    return "\(error.reason): \("\(underlying)".escaped)"
  }

  /// What helps wherever such an error comes up.
  private static func hint(for code: CygnetError.Code) -> String? {
    switch code {
    case .storeDamaged:
      "nothing was changed; 'cygnet store check' looks further, 'cygnet backup restore' begins anew"
    case .locked: "a passphrase or key that is lost cannot be had again; a backup can be restored"
    default: nil
    }
  }

  /// An error of the library, with the file it came from.
  init(_ error: CygnetError, about path: Path) {
    self.init(ExitCode(for: error.code), "\(path): \(error.reason)")
    libraryCode = error.code.name
  }
}
