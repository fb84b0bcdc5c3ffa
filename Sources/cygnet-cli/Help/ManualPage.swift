/// The manual page in roff (man macros), one for all commands.
enum ManualPage {
  static var text: String {
    let root = CommandTable.root
    var lines = [
      ".TH CYGNET 1 \"\" \"cygnet \(escape(VersionCommand.number))\" \"User Commands\"",
      ".nh",
      ".SH NAME",
      "cygnet \\- \(escape(root.summary))",
      ".SH SYNOPSIS",
      ".B cygnet",
      ".I COMMAND",
      "[\\fIOPTIONS\\fR] [\\fIARGUMENTS\\fR]",
      ".SH DESCRIPTION",
    ]
    lines += paragraphs(root.discussion)
    lines.append(".SH GLOBAL OPTIONS")
    lines += (root.options + Option.global).flatMap(option)
    lines.append(".SH COMMANDS")
    for (path, command) in CommandTable.all where !path.isEmpty {
      lines += section(command, path)
    }
    for topic in HelpTopic.all { lines += section(topic) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func section(_ command: Command, _ path: [String]) -> [String] {
    var lines = [".SS \(escape(HelpPage.usage(command, path: path)))", text(command.summary + ".")]
    if !command.discussion.isEmpty { lines += [".PP"] + paragraphs(command.discussion) }
    for positional in command.positionals {
      lines += [".TP", ".I \(escape(positional.usage))", text(positional.summary + ".")]
    }
    lines += command.options.flatMap(option)
    for example in command.examples {
      lines += [".PP", text(example.meaning + ":"), ".PP", ".nf", ".RS 4"]
      lines += [text("$ " + example.line), ".RE", ".fi"]
    }
    if command.run != nil {
      let codes = HelpPage.exitCodes(command).map { "\($0.rawValue)" }.joined(separator: ", ")
      lines += [".PP", text("Exit codes: \(codes).")]
    }
    return lines
  }

  private static func section(_ topic: HelpTopic) -> [String] {
    var lines = [".SH \(escape(topic.title.uppercased()))"]
    for part in topic.parts {
      switch part {
      case .text(let text): lines += [".PP"] + paragraphs(text)
      case .list(let pairs):
        for pair in pairs {
          lines += [".TP", ".B \(escape(pair.term))", text(pair.text + ".")]
        }
      }
    }
    return lines
  }

  private static func option(_ option: Option) -> [String] {
    let short = option.short.map { "\\fB\\-\(escape(String($0)))\\fR, " } ?? ""
    let value = option.valueName.map { " \\fI\(escape($0))\\fR" } ?? ""
    return [
      ".TP", "\(short)\\fB\\-\\-\(escape(option.long))\\fR\(value)",
      text(HelpPage.text(option) + "."),
    ]
  }

  private static func paragraphs(_ body: String) -> [String] {
    var lines: [String] = []
    for paragraph in TextFilling.paragraphs(body) {
      if !lines.isEmpty { lines.append(".PP") }
      lines += TextFilling.fill(paragraph, width: 80).map(text)
    }
    return lines
  }

  /// A line of running text, which must not look like a request.
  private static func text(_ line: String) -> String {
    let escaped = escape(line)
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }

  private static func escape(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "~": result += "\\(ti"
      case "^": result += "\\(ha"
      case "'": result += "\\(aq"
      case "`": result += "\\(ga"
      case "\"": result += "\\(dq"
      default: result.append(character)
      }
    }
    return result
  }
}
