internal import Cygnet
internal import CygnetVectors

/// What came in for a group, shown.
struct GroupReceipt {
  private let invocation: Invocation
  private var output: Output { invocation.output }

  init(_ invocation: Invocation) { self.invocation = invocation }

  // MARK: Messages

  func show(
    _ event: GroupEvent, from sender: GroupMember, _ content: MessageContent,
    _ saved: [IncomingBlobs.Saved]
  ) throws {
    let lines = MessageText.lines(content.text)
    let head = "\(event.groupName.escaped): \(sender.described)"
    try output.line("\(head): \(lines.first ?? "")")
    for line in lines.dropFirst() { try output.line("  \(line)") }
    for one in saved { try output.line(one.line) }
    try output.record([
      "kind": "group_message", "id": .hex(event.id), "group": .string(event.groupName),
      "epoch": .integer(event.epoch), "from": sender.json, "received_at": event.receivedAt.json,
      "text": .string(String(decoding: content.text, as: UTF8.self)),
      "text_hex": .hex(content.text), "attachments": .array(saved.map(\.json)),
    ])
  }

  func show(ownMessageIn group: String) throws -> String? {
    try output.line("\(group.escaped): a message of your own, which only the others can read")
    try output.record(["kind": "own_message", "group": .string(group)])
    return nil
  }

  // MARK: Changes and requests

  /// - Returns: the next useful command.
  func show(_ event: GroupEvent) throws -> String? {
    let name = event.groupName
    switch event.content {
    case .message: return nil
    case .change(let change):
      for sentence in change.sentences { try output.line("\(name.escaped): \(sentence)") }
      if change.removesSelf { try output.line("\(name.escaped): the group is forgotten here") }
      try output.record([
        "kind": "group_change", "id": .hex(event.id), "group": .string(name),
        "received_at": event.receivedAt.json, "change": change.json,
      ])
      return change.removesSelf ? "group list" : "group show \(name.shellWord)"
    case .proposal(let proposal):
      try output.line("\(name.escaped): \(proposal.sentence)")
      try output.record([
        "kind": "group_proposal", "id": .hex(event.id), "group": .string(name),
        "received_at": event.receivedAt.json, "proposal": proposal.json,
      ])
      return "group update \(name.shellWord) -o FILE"
    }
  }

  // MARK: Ways in

  /// - Returns: the next useful command.
  func show(_ invitation: GroupInvitation) throws -> String? {
    for line in invitation.lines { try output.line(line) }
    try output.line(
      "  nothing is joined: answer with 'group accept \(invitation.shortID)' or 'group decline'")
    try output.record(["kind": "invitation", "invitation": invitation.json])
    return "group accept \(invitation.shortID)"
  }

  /// - Returns: the next useful command.
  func show(keyPackageOf owner: Contact) throws -> String? {
    try output.line("\(owner.described) can be invited into a group")
    try output.record(["kind": "key_package", "from": owner.json])
    return "group add GROUP \(owner.name.shellWord) -o FILE"
  }

  func show(listSharedBy sender: Contact) throws -> String? {
    try output.line("\(sender.described) shares a broadcast list")
    try output.record(["kind": "broadcast_shared", "from": sender.json])
    return nil
  }

  // MARK: Failures

  /// With a way on, where there is one.
  func explained(_ failure: CommandFailure, _ error: CygnetError) -> CommandFailure {
    var failure = failure
    switch error.code {
    case .wrongEpoch:
      failure.hint = """
        receive the changes of the group that were made before it first; if two were made at the same \
        time, one of those who made them comes back with 'group rejoin'
        """
    case .duplicate: failure.hint = "it was received before: each opens once"
    case .notFound:
      failure.hint = "if it is of a group of yours, something that was made before it is missing"
    case .wrongState:
      failure.hint = "invitations are shown by '\(invocation.line("group pending"))'"
    case .authenticationFailed: failure.hint = "it was altered on its way, or is of another state"
    default: break
    }
    return failure
  }
}
