/// Completion for bash, without the bash-completion package.
enum BashCompletion {
  static var script: String {
    var lines = [
      "# bash completion for cygnet",
      "_cygnet() {",
      "  local current previous place words index",
      "  COMPREPLY=()",
      "  current=\"${COMP_WORDS[COMP_CWORD]}\"",
      "  previous=\"${COMP_WORDS[COMP_CWORD-1]}\"",
      // bash splits --name=value at the sign.
      "  if [[ \"$current\" == = ]]; then current=; fi",
      "  if [[ \"$previous\" == = ]]; then previous=\"${COMP_WORDS[COMP_CWORD-2]}\"; fi",
      "  place=",
      "  for ((index = 1; index < COMP_CWORD; index++)); do",
      "    case \"$place/${COMP_WORDS[index]}\" in",
    ]
    let places = CommandTable.all.map { $0.path.joined(separator: "/") }.filter { !$0.isEmpty }
    lines.append(
      "      \(places.map { "/\($0)" }.joined(separator: "|"))) "
        + "place=\"$place/${COMP_WORDS[index]}\" ;;")
    lines += ["    esac", "  done", "  case \"$place $previous\" in"]
    for (path, command) in CommandTable.all { lines += values(command, path) }
    lines += ["  esac", "  words=", "  case \"$place\" in"]
    for (path, command) in CommandTable.all { lines += words(command, path) }
    lines += [
      "  esac",
      "  COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))",
      "}",
      // With nothing to offer, the shell completes file names by itself.
      "complete -o default -F _cygnet cygnet",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// What follows an option that takes a value.
  private static func values(_ command: Command, _ path: [String]) -> [String] {
    var lines: [String] = []
    let place = path.map { "/\($0)" }.joined()
    for option in command.options + Option.global where !option.isFlag {
      var patterns = ["\"\(place) --\(option.long)\""]
      if let short = option.short { patterns.append("\"\(place) -\(short)\"") }
      let reply: String
      if case .choice(let choices) = option.value {
        let list = choices.joined(separator: " ")
        reply = "COMPREPLY=($(compgen -W \"\(list)\" -- \"$current\")); return"
      } else {
        reply = "return"
      }
      lines.append("    \(patterns.joined(separator: "|"))) \(reply) ;;")
    }
    return lines
  }

  /// Options once a dash is typed; commands or choices otherwise.
  private static func words(_ command: Command, _ path: [String]) -> [String] {
    let place = path.map { "/\($0)" }.joined()
    let options = (command.options + Option.global).flatMap { option in
      ["--\(option.long)"] + (option.short.map { ["-\($0)"] } ?? [])
    }
    let plain = CompletionWords.plain(command).joined(separator: " ")
    return [
      "    \"\(place)\")",
      "      if [[ \"$current\" == -* ]]; then words=\"\(options.joined(separator: " "))\"",
      "      else words=\"\(plain)\"; fi ;;",
    ]
  }
}

/// Words a command takes that are not options, for all shells.
enum CompletionWords {
  static func plain(_ command: Command) -> [String] {
    guard command.children.isEmpty else { return command.children.map(\.name) }
    switch command.positionals.first?.value {
    case .choice(let choices): return choices
    case .command: return commandsAndTopics
    default: return []
    }
  }

  static var commandsAndTopics: [String] {
    CommandTable.root.children.map(\.name) + HelpTopic.all.map(\.name)
  }
}
