/// Completion for zsh, one function per command.
enum ZshCompletion {
  static var script: String {
    var lines = ["#compdef cygnet", "# zsh completion for cygnet"]
    for (path, command) in CommandTable.all { lines += function(command, path) }
    // Sourced the file defines the completion; in fpath it is the completion.
    lines += [
      "if [[ \"$funcstack[1]\" == _cygnet ]]; then", "  _cygnet \"$@\"",
      "else", "  compdef _cygnet cygnet", "fi",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func name(_ path: [String]) -> String {
    (["_cygnet"] + path).joined(separator: "_")
  }

  private static func function(_ command: Command, _ path: [String]) -> [String] {
    var specifications = (command.options + Option.global).map(specification)
    guard !command.children.isEmpty else {
      for (index, positional) in command.positionals.enumerated() {
        specifications.append(specification(positional, at: index + 1))
      }
      return ["\(name(path))() {", "  _arguments \\"] + continued(specifications) + ["}"]
    }
    specifications += ["'1:command:->command'", "'*::argument:->argument'"]
    var lines = [
      "\(name(path))() {",
      "  local context state state_descr line",
      "  typeset -A opt_args",
      "  _arguments -C \\",
    ]
    lines += continued(specifications)
    lines += ["  case $state in", "    command)", "      local -a commands=("]
    for child in command.children {
      lines.append("        \(quote("\(child.name):\(escapeColons(child.summary))"))")
    }
    lines += [
      "      )", "      _describe -t commands command commands ;;", "    argument)",
      "      case $line[1] in",
    ]
    for child in command.children {
      lines.append("        \(child.name)) \(name(path + [child.name])) ;;")
    }
    return lines + ["      esac ;;", "  esac", "}"]
  }

  private static func continued(_ specifications: [String]) -> [String] {
    specifications.enumerated().map { index, text in
      "    \(text)\(index == specifications.count - 1 ? "" : " \\")"
    }
  }

  private static func specification(_ option: Option) -> String {
    let summary = "[\(escapeBrackets(option.summary))]"
    let value = option.valueName.map { ":\($0):\(action(option.value))" } ?? ""
    let sign = option.isFlag ? "" : "="
    let star = option.repeatable ? "*" : ""
    guard let short = option.short else {
      return quote("\(star)--\(option.long)\(sign)\(summary)\(value)")
    }
    let excluded = option.repeatable ? "*" : "(-\(short) --\(option.long))"
    return "\(quote(excluded)){-\(short),--\(option.long)\(sign)}\(quote(summary + value))"
  }

  private static func specification(_ positional: Positional, at index: Int) -> String {
    let label = escapeColons(positional.summary)
    let place =
      switch positional.arity {
      case .one: "\(index):"
      case .optional: "\(index)::"
      case .any, .some: "*:"
      }
    return quote("\(place)\(label):\(action(positional.value))")
  }

  private static func action(_ kind: ValueKind) -> String {
    switch kind {
    case .file: "_files"
    case .directory: "_files -/"
    case .choice(let choices): "(\(choices.joined(separator: " ")))"
    case .command: "(\(CompletionWords.commandsAndTopics.joined(separator: " ")))"
    case .text, .count: " "
    }
  }

  private static func escapeColons(_ text: String) -> String { escape(text, [":", "\\"]) }

  private static func escapeBrackets(_ text: String) -> String {
    escape(text, ["[", "]", ":", "\\"])
  }

  private static func escape(_ text: String, _ characters: Set<Character>) -> String {
    var result = ""
    for character in text {
      if characters.contains(character) { result += "\\" }
      result.append(character)
    }
    return result
  }

  private static func quote(_ text: String) -> String {
    var result = "'"
    for character in text { result += character == "'" ? "'\\''" : String(character) }
    return result + "'"
  }
}
