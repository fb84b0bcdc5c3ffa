/// Completion for fish.
enum FishCompletion {
  static var script: String {
    let places = CommandTable.all.map { $0.path.joined(separator: "/") }.filter { !$0.isEmpty }
    var lines = [
      "# fish completion for cygnet",
      "function __cygnet_is_at",
      "  set -l place",
      "  for word in (commandline -opc)[2..-1]",
      "    switch (string join / -- $place $word)",
      "      case \(places.joined(separator: " "))",
      "        set -a place $word",
      "    end",
      "  end",
      "  test (string join / -- $place)/ = \"$argv[1]/\"",
      "end",
      "complete -c cygnet -f",
    ]
    for (path, command) in CommandTable.all {
      let condition = "complete -c cygnet -n \(quote("__cygnet_is_at \(place(path))"))"
      for option in command.options + Option.global {
        lines.append("\(condition) \(arguments(option))")
      }
      for child in command.children {
        lines.append("\(condition) -a \(child.name) -d \(quote(child.summary))")
      }
      for positional in command.positionals {
        lines.append("\(condition) \(values(positional.value)) -d \(quote(positional.summary))")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The argument of the condition; quoted, as it is empty for the program itself.
  private static func place(_ path: [String]) -> String { "\"\(path.joined(separator: "/"))\"" }

  private static func arguments(_ option: Option) -> String {
    let short = option.short.map { "-s \($0) " } ?? ""
    let value = option.isFlag ? "" : " -r \(values(option.value))"
    return "\(short)-l \(option.long)\(value) -d \(quote(option.summary))"
  }

  private static func values(_ kind: ValueKind) -> String {
    switch kind {
    case .file, .directory: "-F"
    case .choice(let choices): "-f -a \(quote(choices.joined(separator: " ")))"
    case .command: "-f -a \(quote(CompletionWords.commandsAndTopics.joined(separator: " ")))"
    case .text, .count: "-f"
    }
  }

  private static func quote(_ text: String) -> String {
    var result = "'"
    for character in text {
      if character == "'" || character == "\\" { result += "\\" }
      result.append(character)
    }
    return result + "'"
  }
}
