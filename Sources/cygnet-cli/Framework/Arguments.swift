/// A parsed command line: which command, and the values of its options and arguments.
///
/// Values are asked for by the name they have in the command table. A name that is not there is a
/// slip in the source of the command, never of its user, and stops the program at once.
struct Arguments: Sendable {
  let command: Command
  /// The names that lead to the command, without the program's own.
  let path: [String]
  private(set) var optionValues: [String: [Argument]] = [:]
  private(set) var positionalValues: [String: [Argument]] = [:]

  init(command: Command, path: [String]) {
    self.command = command
    self.path = path
  }

  mutating func add(_ value: Argument, to option: Option) {
    optionValues[option.long, default: []].append(value)
  }

  mutating func set(_ values: [Argument], of positional: Positional) {
    positionalValues[positional.name] = values
  }

  // MARK: Options

  /// Whether an option was given.
  func has(_ option: String) -> Bool { !all(option).isEmpty }

  /// The value of an option as text.
  func text(_ option: String) throws(CommandFailure) -> String? {
    guard let value = all(option).last else { return nil }
    return try value.checkedText
  }

  /// Every value of a repeatable option as text.
  func texts(_ option: String) throws(CommandFailure) -> [String] {
    var texts: [String] = []
    for value in all(option) { texts.append(try value.checkedText) }
    return texts
  }

  /// The value of an option as a file name.
  func path(_ option: String) -> Path? { all(option).last.map { Path(bytes: $0.bytes) } }

  /// Every value of a repeatable option as file names.
  func paths(_ option: String) -> [Path] { all(option).map { Path(bytes: $0.bytes) } }

  /// The value of an option of kind `count`, within bounds.
  func count(_ option: String, in bounds: ClosedRange<UInt64> = 0...UInt64.max)
    throws(CommandFailure) -> UInt64?
  {
    guard let text = try text(option) else { return nil }
    guard let value = UInt64(text), bounds.contains(value) else {
      let upper = bounds.upperBound == .max ? "" : " and at most \(bounds.upperBound)"
      throw .usage(
        "--\(option) takes a number of at least \(bounds.lowerBound)\(upper), not '\(text.escaped)'"
      )
    }
    return value
  }

  // MARK: Positional arguments

  /// The file name given for a positional argument; `nil` if it is optional and absent.
  func argumentPath(_ name: String) -> Path? {
    positional(name).first.map { Path(bytes: $0.bytes) }
  }

  /// All file names given for a positional argument.
  func argumentPaths(_ name: String) -> [Path] { positional(name).map { Path(bytes: $0.bytes) } }

  /// The text given for a positional argument; `nil` if it is optional and absent.
  func argumentText(_ name: String) throws(CommandFailure) -> String? {
    guard let value = positional(name).first else { return nil }
    return try value.checkedText
  }

  /// All texts given for a positional argument.
  func argumentTexts(_ name: String) throws(CommandFailure) -> [String] {
    var texts: [String] = []
    for value in positional(name) { texts.append(try value.checkedText) }
    return texts
  }

  // MARK: Look-up

  private func all(_ option: String) -> [Argument] {
    // The names are literals of the source: no input reaches this trap.
    precondition(
      (command.options + Option.global).contains { $0.long == option },
      "option --\(option) is not in the command table")
    return optionValues[option] ?? []
  }

  private func positional(_ name: String) -> [Argument] {
    // The names are literals of the source: no input reaches this trap.
    precondition(
      command.positionals.contains { $0.name == name },
      "argument \(name) is not in the command table")
    return positionalValues[name] ?? []
  }
}

/// One word of the command line, as the system handed it over.
struct Argument: Sendable, Equatable {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  init(_ text: String) { self.init(Array(text.utf8)) }

  /// The word as text, with U+FFFD where it is not UTF-8.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The word as text.
  /// - Throws: a usage error if it is not UTF-8.
  var checkedText: String {
    get throws(CommandFailure) {
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw .usage("'\(text.escaped)' is not UTF-8 text")
      }
      return text
    }
  }

  /// A word that is an option or `--`; `-` alone is a file.
  var looksLikeOption: Bool { bytes.count > 1 && bytes[0] == UInt8(ascii: "-") }
}
