internal import CygnetPrimitives
internal import CygnetStorage

/// Where the secret comes from that opens a store: never from an argument, which every process of
/// the machine can see.
enum SecretSource: Sendable, Equatable {
  case keyFile(Path)
  case descriptor(UInt64)
  case file(Path)
  /// A program that asks for it, given the question as argument; the answer is its output's first
  /// line.
  case program(Path)
  /// The person at the terminal.
  case terminal

  /// Which options name a source: those of the present secret, or of the one to come.
  enum Purpose: String, Sendable {
    case present = ""
    case new = "new-"
  }

  /// The first that is given of `--key-file`, `--passphrase-fd`, `--passphrase-file`,
  /// `CYGNET_KEY_FILE`, `CYGNET_ASKPASS`, and the terminal.
  ///
  /// For a new secret the options begin with `new-`, and `CYGNET_KEY_FILE` does not count.
  static func chosen(
    _ arguments: Arguments, _ purpose: Purpose = .present
  ) throws(CommandFailure) -> SecretSource {
    let prefix = purpose.rawValue
    if let path = arguments.path(prefix + Option.keyFile.long) { return .keyFile(path) }
    let descriptors = 0...UInt64(Int32.max)
    if let number = try arguments.count(prefix + Option.passphraseDescriptor.long, in: descriptors)
    {
      return .descriptor(number)
    }
    if let path = arguments.path(prefix + Option.passphraseFile.long) { return .file(path) }
    if purpose == .present, let path = Environment.path("CYGNET_KEY_FILE") {
      return .keyFile(path)
    }
    if let program = Environment.path("CYGNET_ASKPASS") { return .program(program) }
    return .terminal
  }

  /// Whether an option of `Option.newSecret` names a source.
  static func isNewGiven(_ arguments: Arguments) -> Bool {
    Option.newSecret.contains { arguments.has($0.long) }
  }
}
