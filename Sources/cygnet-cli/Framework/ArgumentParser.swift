/// Reads a command line by the command table.
///
/// `--name value`, `--name=value`, `-n value`; flags are not bundled; options may stand anywhere;
/// `--` ends them. A value in a word of its own must not begin with a dash (other than `-` alone),
/// so that a forgotten value never swallows the next option.
struct ArgumentParser {
  private let words: [Argument]
  private var position = 0
  private var command: Command
  private var path: [String] = []
  private var given: [(option: Option, value: Argument)] = []
  private var rest: [Argument] = []

  /// The command that is asked for help: the request goes before any mistake in the line.
  static func helpRequest(_ words: [Argument], root: Command) -> (command: Command, path: [String])?
  {
    let open = words.prefix { $0.text != "--" }
    guard open.contains(where: { $0.text == "--help" || $0.text == "-h" }) else { return nil }
    var command = root
    var path: [String] = []
    for word in open where !word.looksLikeOption {
      guard let child = command.child(named: word.text) else { break }
      command = child
      path.append(child.name)
    }
    return (command, path)
  }

  static func parse(_ words: [Argument], root: Command) throws(CommandFailure) -> Arguments {
    var parser = ArgumentParser(words: words, command: root)
    do {
      return try parser.parse()
    } catch {
      var failure = error
      let line = (["cygnet"] + parser.path + ["--help"]).joined(separator: " ")
      failure.hint = failure.hint ?? "try '\(line)'"
      throw failure
    }
  }

  private init(words: [Argument], command: Command) {
    self.words = words
    self.command = command
  }

  private mutating func parse() throws(CommandFailure) -> Arguments {
    var optionsEnded = false
    while position < words.count {
      let word = words[position]
      position += 1
      if !optionsEnded && word.text == "--" {
        optionsEnded = true
      } else if !optionsEnded && word.looksLikeOption {
        try parseOption(word)
      } else if !command.children.isEmpty {
        try enterChild(word)
      } else {
        rest.append(word)
      }
    }
    return try collect()
  }

  private mutating func enterChild(_ word: Argument) throws(CommandFailure) {
    guard let child = command.child(named: word.text) else {
      let names = command.children.map(\.name)
      let group = path.isEmpty ? "command" : "command of '\(path.joined(separator: " "))'"
      throw .usage(
        "'\(word.text.escaped)' is not a \(group)",
        hint: Suggestion.nearest(to: word.text, in: names).map { "did you mean '\($0)'?" })
    }
    command = child
    path.append(child.name)
  }

  // MARK: Options

  /// In front of a command's name its options are not known yet: those that lead to a store are
  /// taken, and refused in the end if the command has none.
  private var known: [Option] {
    let early = command.children.isEmpty ? [] : Option.store
    return command.options + Option.global + early
  }

  private mutating func parseOption(_ word: Argument) throws(CommandFailure) {
    let equals = word.bytes.firstIndex(of: UInt8(ascii: "="))
    let name = Argument(Array(word.bytes[..<(equals ?? word.bytes.count)])).text
    let attached = equals.map { Argument(Array(word.bytes[($0 + 1)...])) }
    guard let option = known.first(where: { $0.isSpelled(name) }) else { throw unknown(name) }
    if option.isFlag {
      guard attached == nil else { throw .usage("\(name) takes no value") }
      given.append((option, Argument("")))
      return
    }
    if attached != nil && !name.hasPrefix("--") {
      throw .usage("write '\(name) VALUE' or '--\(option.long)=VALUE'")
    }
    let value = if let attached { attached } else { try nextValue(of: name, option) }
    try check(value, of: option.value, "--\(option.long)")
    if !option.repeatable && given.contains(where: { $0.option.long == option.long }) {
      throw .usage("--\(option.long) is given twice")
    }
    given.append((option, value))
  }

  private mutating func nextValue(
    of name: String, _ option: Option
  ) throws(CommandFailure) -> Argument {
    let placeholder = option.valueName ?? "VALUE"
    guard position < words.count else { throw .usage("\(name) needs a value: \(placeholder)") }
    let value = words[position]
    guard !value.looksLikeOption else {
      throw .usage(
        "\(name) needs a value: \(placeholder)",
        hint:
          "if '\(value.text.escaped)' is the value, write --\(option.long)=\(value.text.escaped)")
    }
    position += 1
    return value
  }

  private func unknown(_ name: String) -> CommandFailure {
    let message = "unknown option '\(name.escaped)'"
    guard name.hasPrefix("--") else {
      let letters = Array(name.dropFirst())
      let areFlags = letters.allSatisfy { letter in
        known.contains { $0.short == letter && $0.isFlag }
      }
      if letters.count > 1 && areFlags {
        let apart = letters.map { "-\($0)" }.joined(separator: " ")
        return .usage(message, hint: "options are not bundled: write '\(apart)'")
      }
      let long = Suggestion.nearest(to: String(letters), in: known.map(\.long))
      return .usage(message, hint: long.map { "did you mean '--\($0)'?" })
    }
    let nearest = Suggestion.nearest(to: String(name.dropFirst(2)), in: known.map(\.long))
    return .usage(message, hint: nearest.map { "did you mean '--\($0)'?" })
  }

  private func check(
    _ value: Argument, of kind: ValueKind, _ name: String
  ) throws(CommandFailure) {
    switch kind {
    case .text, .command: return
    case .file, .directory:
      guard value.bytes.isEmpty else { return }
      throw .usage("\(name) is empty")
    case .count:
      guard UInt64(value.text) == nil else { return }
      throw .usage("\(name) takes a number, not '\(value.text.escaped)'")
    case .choice(let choices):
      guard !choices.contains(value.text) else { return }
      throw .usage(
        "\(name) takes \(choices.joined(separator: ", ")), not '\(value.text.escaped)'",
        hint: Suggestion.nearest(to: value.text, in: choices).map { "did you mean '\($0)'?" })
    }
  }

  // MARK: Result

  private func collect() throws(CommandFailure) -> Arguments {
    var arguments = Arguments(command: command, path: path)
    for (option, value) in given {
      let isMisplaced = Option.store.contains(option) && !command.options.contains(option)
      if isMisplaced && command.run != nil {
        throw .usage("--\(option.long) is not an option of '\(path.joined(separator: " "))'")
      }
      arguments.add(value, to: option)
    }
    var position = 0
    for (index, positional) in command.positionals.enumerated() {
      let needed = command.positionals[(index + 1)...].reduce(0) { $0 + $1.arity.minimum }
      let free = max(0, rest.count - position - needed)
      let count = min(free, positional.arity.maximum)
      guard count >= positional.arity.minimum else {
        throw .usage("missing argument \(positional.name)")
      }
      let values = Array(rest[position..<(position + count)])
      for value in values { try check(value, of: positional.value, positional.name) }
      arguments.set(values, of: positional)
      position += count
    }
    guard position == rest.count else {
      throw .usage("unexpected argument '\(rest[position].text.escaped)'")
    }
    return arguments
  }
}

extension Option {
  fileprivate func isSpelled(_ name: String) -> Bool {
    name == "--\(long)" || (short.map { name == "-\($0)" } ?? false)
  }
}

extension Positional.Arity {
  var minimum: Int { self == .one || self == .some ? 1 : 0 }
  var maximum: Int { self == .one || self == .optional ? 1 : .max }
}
