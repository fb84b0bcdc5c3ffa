internal import CygnetVectors

/// `cygnet help`
enum HelpCommand {
  static let command = Command(
    name: "help",
    summary: "Explain a command or a topic",
    discussion: """
      Without a command, an overview. The topics are exit-codes, formats and files. With --json the \
      whole command table, or the part of it below COMMAND, as one object.
      """,
    options: [Option(long: "man", summary: "Print the manual page in roff")],
    positionals: [
      Positional(
        name: "COMMAND", arity: .any, value: .command, summary: "Command, or topic, to explain")
    ],
    examples: [
      Example(line: "cygnet help version", meaning: "The page of one command"),
      Example(line: "cygnet help exit-codes", meaning: "What the exit codes mean"),
      Example(line: "cygnet help --man | man -l -", meaning: "Read the manual page"),
    ],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) throws -> ExitCode {
    let words = try invocation.arguments.argumentTexts("COMMAND")
    if invocation.arguments.has("man") {
      guard words.isEmpty else {
        throw CommandFailure.usage("--man prints one page for all commands: leave COMMAND away")
      }
      try invocation.output.raw(ManualPage.text)
      return .ok
    }
    if words.count == 1, let topic = HelpTopic.all.first(where: { $0.name == words[0] }) {
      try show(topic, invocation.output)
      return .ok
    }
    var command = CommandTable.root
    for word in words {
      guard let child = command.child(named: word) else { throw unknown(word, in: command) }
      command = child
    }
    try show(command, path: words, invocation.output)
    return .ok
  }

  /// Prints the page of a command.
  static func show(_ command: Command, path: [String], _ output: Output) throws(CommandFailure) {
    if output.isJSON {
      try output.raw(HelpJSON.document(command, path: path).pretty)
    } else {
      let width = min(100, max(60, Terminal.width(.standardOutput)))
      let page = HelpPage(width: width, style: output.outputStyle)
      try output.raw(page.text(command, path: path))
    }
  }

  private static func show(_ topic: HelpTopic, _ output: Output) throws(CommandFailure) {
    if output.isJSON {
      try output.raw(HelpJSON.document(topic).pretty)
    } else {
      let width = min(100, max(60, Terminal.width(.standardOutput)))
      try output.raw(HelpPage(width: width, style: output.outputStyle).text(topic))
    }
  }

  private static func unknown(_ word: String, in command: Command) -> CommandFailure {
    var names = command.children.map(\.name)
    if command.name == CommandTable.root.name { names += HelpTopic.all.map(\.name) }
    let nearest = Suggestion.nearest(to: word, in: names)
    return .usage(
      "there is no command or topic '\(word.escaped)'",
      hint: nearest.map { "did you mean '\($0)'?" } ?? "try 'cygnet help'")
  }
}
