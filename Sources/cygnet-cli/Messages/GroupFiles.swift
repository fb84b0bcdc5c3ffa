internal import Cygnet
internal import CygnetVectors
internal import CygnetWire

/// Where a change of a group goes: the commit into the file of `--output`, for all who were members,
/// and the invitation beside it, for those who are new. With `--json` and no file both are members
/// of the result.
///
/// Made before the change, so that nothing is changed whose product has nowhere to go.
struct GroupFiles {
  private let output: Output
  private let isBinary: Bool
  private let commit: OutputFile?
  private let welcome: OutputFile?

  /// - Parameter invites: whether there is an invitation.
  init(_ invocation: Invocation, invites: Bool) throws(CommandFailure) {
    let arguments = invocation.arguments
    output = invocation.output
    isBinary = arguments.has(Option.binary.long)
    let path = arguments.path(Option.output.long)
    guard path != nil || !output.isJSON else {
      (commit, welcome) = (nil, nil)
      return
    }
    let force = arguments.has(Option.force.long)
    if invites {
      guard let path, !path.isStandardStream else {
        throw .usage("-o FILE is needed: the invitation is written beside it, as FILE.welcome")
      }
      welcome = try OutputFile(
        path.adding(suffix: ".welcome"), force: force, isBinary: isBinary)
    } else {
      welcome = nil
    }
    commit = try OutputFile(path, force: force, isBinary: isBinary)
  }

  /// Writes what a change made. Only what is written is no longer kept.
  func write(_ step: GroupStep, _ client: Client, _ group: String) async throws {
    var object = JSONObject()
    object.append("group", .string(group))
    object.append("change", step.change.json)
    for (message, file) in [(step.commit, commit), (step.welcome, welcome)] {
      guard let message else { continue }
      let name = message.kind == .welcome ? "welcome" : "commit"
      object.append(name, try write(message, file))
      try await client.confirmSent(message.id)
    }
    if commit?.isStandardOutput != true {
      for sentence in step.change.sentences { try output.line("\(group.escaped): \(sentence)") }
      try output.result(object)
    }
    explain(step)
  }

  /// Writes a request.
  func write(_ message: OutgoingGroupMessage, _ client: Client) async throws {
    let value = try write(message, commit)
    try await client.confirmSent(message.id)
    guard commit?.isStandardOutput != true else { return }
    try output.result(["group": .string(message.groupName), "proposal": value])
    if let commit { output.hint("Next: carry \(commit.name) to all members, for 'cygnet receive'") }
  }

  /// - Returns: the member of a result that tells where it went.
  private func write(
    _ message: OutgoingGroupMessage, _ file: OutputFile?
  ) throws(CommandFailure) -> JSON {
    let armor = Armor.encode(message.bytes, label: message.kind.label)
    guard let file else {
      return [
        "id": .hex(message.id),
        "text": isBinary ? .hex(message.bytes) : .string(String(decoding: armor, as: UTF8.self)),
      ]
    }
    try file.write(isBinary ? message.bytes : armor)
    try file.commit()
    return ["id": .hex(message.id), "file": .string(file.name)]
  }

  private func explain(_ step: GroupStep) {
    var parts: [String] = []
    if let commit, step.commit != nil { parts.append("\(commit.name) to all who were members") }
    if let welcome, step.welcome != nil {
      parts.append("\(welcome.name) to \(step.change.added.listed)")
    }
    guard !parts.isEmpty else { return }
    if step.commit == nil, step.welcome != nil {
      output.note("nobody else was in the group: there is an invitation, and nothing besides")
    }
    output.hint("Next: carry \(parts.joined(separator: ", ")), for 'cygnet receive'")
  }
}
