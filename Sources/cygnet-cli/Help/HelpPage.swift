/// A command's page for the terminal.
struct HelpPage {
  let width: Int
  let style: Style

  func text(_ command: Command, path: [String]) -> String {
    var sections: [[String]] = []
    sections.append([style.bold("Usage:") + " " + Self.usage(command, path: path)])
    sections.append([command.summary])
    if !command.discussion.isEmpty {
      sections.append(TextFilling.fill(command.discussion, width: width))
    }
    sections.append(list("Commands", command.children.map { ($0.name, $0.summary) }))
    sections.append(list("Arguments", command.positionals.map { ($0.usage, $0.summary) }))
    sections.append(list("Options", command.options.map { (Self.term($0), Self.text($0)) }))
    sections.append(
      list("Global options", Option.global.map { (Self.term($0), Self.text($0)) }))
    if path.isEmpty {
      sections.append(
        list("Topics (cygnet help TOPIC)", HelpTopic.all.map { ($0.name, $0.summary) }))
    }
    sections.append(examples(command))
    if command.run != nil {
      sections.append(
        list("Exit codes", Self.exitCodes(command).map { ("\($0.rawValue)", $0.meaning) }))
    }
    return join(sections)
  }

  func text(_ topic: HelpTopic) -> String {
    var sections = [[style.bold(topic.title)]]
    for part in topic.parts {
      switch part {
      case .text(let text): sections.append(TextFilling.fill(text, width: width))
      case .list(let pairs): sections.append(TextFilling.definitions(pairs, width: width))
      }
    }
    return join(sections)
  }

  private func join(_ sections: [[String]]) -> String {
    sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") + "\n" }
      .joined(separator: "\n")
  }

  private func list(_ title: String, _ pairs: [(term: String, text: String)]) -> [String] {
    guard !pairs.isEmpty else { return [] }
    return [style.bold("\(title):")] + TextFilling.definitions(pairs, width: width)
  }

  private func examples(_ command: Command) -> [String] {
    guard !command.examples.isEmpty else { return [] }
    var lines = [style.bold("Examples:")]
    for example in command.examples {
      lines.append("  $ \(example.line)")
      lines += TextFilling.fill(example.meaning, width: width - 6).map { "      \($0)" }
    }
    return lines
  }

  // MARK: Shared with the manual page

  /// `cygnet attach encrypt [OPTIONS] FILE`
  static func usage(_ command: Command, path: [String]) -> String {
    var words = ["cygnet"] + path
    if !command.options.isEmpty { words.append("[OPTIONS]") }
    if !command.children.isEmpty { words.append("COMMAND") }
    return (words + command.positionals.map(\.usage)).joined(separator: " ")
  }

  /// `-o, --output FILE`
  static func term(_ option: Option) -> String {
    let short = option.short.map { "-\($0), " } ?? "    "
    let value = option.valueName.map { " \($0)" } ?? ""
    return "\(short)--\(option.long)\(value)"
  }

  static func text(_ option: Option) -> String {
    var text = option.summary
    if option.repeatable { text += " (may be repeated)" }
    return text
  }

  /// What the command may end with: the codes any command has, and its own.
  static func exitCodes(_ command: Command) -> [ExitCode] {
    let common: [ExitCode] = [.ok, .internalError, .usage, .inputOutput, .interrupted]
    return ExitCode.allCases.filter { common.contains($0) || command.exitCodes.contains($0) }
  }
}
