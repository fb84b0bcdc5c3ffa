internal import CygnetPrimitives
internal import CygnetVectors

/// The command table as JSON, for tools that wrap the program.
enum HelpJSON {
  static func document(_ command: Command, path: [String]) -> JSON {
    var object = JSONObject()
    object.append("schema", "cygnet.help.v1")
    object.append("version", .string(VersionCommand.number))
    object.append("global_options", .array(Option.global.map(json)))
    object.append("exit_codes", .array(ExitCode.allCases.map(json)))
    object.append("topics", .array(HelpTopic.all.map { .string($0.name) }))
    object.append("command", json(command, path: path))
    return .object(object)
  }

  static func document(_ topic: HelpTopic) -> JSON {
    var object = JSONObject()
    object.append("schema", "cygnet.help-topic.v1")
    object.append("name", .string(topic.name))
    object.append("title", .string(topic.title))
    if topic.name == HelpTopic.exitCodes.name {
      object.append("exit_codes", .array(ExitCode.allCases.map(json)))
    }
    let page = HelpPage(width: 80, style: Style(enabled: false))
    object.append("text", .string(page.text(topic)))
    return .object(object)
  }

  private static func json(_ command: Command, path: [String]) -> JSON {
    [
      "name": .string(command.name),
      "path": .array(path.map { .string($0) }),
      "usage": .string(HelpPage.usage(command, path: path)),
      "summary": .string(command.summary),
      "discussion": .string(command.discussion),
      "options": .array(command.options.map(json)),
      "arguments": .array(command.positionals.map(json)),
      "examples": .array(
        command.examples.map {
          ["line": .string($0.line), "meaning": .string($0.meaning)]
        }),
      "exit_codes": .array(
        command.run == nil
          ? [] : HelpPage.exitCodes(command).map { .integer(Int($0.rawValue)) }),
      "commands": .array(command.children.map { json($0, path: path + [$0.name]) }),
    ]
  }

  private static func json(_ option: Option) -> JSON {
    [
      "long": .string("--\(option.long)"),
      "short": option.short.map { .string("-\($0)") } ?? .null,
      "value": option.valueName.map { .string($0) } ?? .null,
      "kind": option.isFlag ? .null : kind(option.value),
      "choices": choices(option.value),
      "repeatable": .bool(option.repeatable),
      "summary": .string(option.summary),
    ]
  }

  private static func json(_ positional: Positional) -> JSON {
    [
      "name": .string(positional.name),
      "arity": .string(positional.arity.rawValue),
      "kind": kind(positional.value),
      "choices": choices(positional.value),
      "summary": .string(positional.summary),
    ]
  }

  private static func json(_ code: ExitCode) -> JSON {
    [
      "exit": .integer(Int(code.rawValue)),
      "meaning": .string(code.meaning),
      "codes": .array(code.libraryCodes.map { .string($0.name) }),
    ]
  }

  private static func kind(_ kind: ValueKind) -> JSON {
    switch kind {
    case .text: "text"
    case .file: "file"
    case .directory: "directory"
    case .count: "count"
    case .choice: "choice"
    case .command: "command"
    }
  }

  private static func choices(_ kind: ValueKind) -> JSON {
    if case .choice(let choices) = kind { .array(choices.map { .string($0) }) } else { .null }
  }
}
