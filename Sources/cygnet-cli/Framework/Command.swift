/// One row of the command table: all that parser, help, completions and man page need to know.
struct Command: Sendable {
  /// What the user types, in lower case.
  var name: String
  /// One line without a full stop.
  var summary: String
  /// Paragraphs for the help page, separated by an empty line. Lines are filled when printed.
  var discussion = ""
  /// Options beside the global ones.
  var options: [Option] = []
  var positionals: [Positional] = []
  var examples: [Example] = []
  /// Exit codes to mention beside `ok`, `usage`, `inputOutput` and `internalError`.
  var exitCodes: [ExitCode] = []
  var children: [Command] = []
  /// What the command does. Absent in a command that only groups its children.
  var run: (@Sendable (Invocation) async throws -> ExitCode)?
}

/// A named option of a command.
struct Option: Sendable, Equatable {
  /// Name without its dashes.
  var long: String
  var short: Character?
  /// Placeholder of its value in help, upper case; `nil` makes it a flag.
  var valueName: String?
  var value: ValueKind = .text
  /// One line without a full stop.
  var summary: String
  /// Whether it may be given several times. A repeated flag needs no such mark.
  var repeatable = false

  var isFlag: Bool { valueName == nil }
}

/// What an option or argument takes: steers completion, and what the parser refuses.
enum ValueKind: Sendable, Equatable {
  case text
  /// A file, by name or `-`.
  case file
  case directory
  /// A whole number of at least 0.
  case count
  case choice([String])
  /// Names of commands and help topics, any number of them.
  case command
}

/// A positional argument of a command.
struct Positional: Sendable, Equatable {
  enum Arity: String, Sendable {
    case one = "1"
    case optional = "?"
    case any = "*"
    case some = "+"
  }

  /// Placeholder in help, upper case.
  var name: String
  var arity: Arity = .one
  var value: ValueKind = .file
  /// One line without a full stop.
  var summary: String

  /// As the usage line shows it.
  var usage: String {
    switch arity {
    case .one: name
    case .optional: "[\(name)]"
    case .any: "[\(name)...]"
    case .some: "\(name)..."
    }
  }
}

/// A command line that can be copied, and what it does.
struct Example: Sendable {
  var line: String
  var meaning: String
}

extension Command {
  func child(named name: String) -> Command? {
    children.first { $0.name == name }
  }
}
