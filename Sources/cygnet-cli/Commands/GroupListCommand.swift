internal import Cygnet
internal import CygnetVectors

/// `cygnet group list` and `show`
enum GroupListCommand {
  static let command = Command(
    name: "list", summary: "List the groups",
    options: Option.store,
    examples: [Example(line: "cygnet group list", meaning: "Names, members, and what waits")],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let client = try await StoreSession.open(invocation).client
      let groups = try await client.groups()
      let invitations = try await client.invitations()
      let output = invocation.output
      var table = TextTable([
        .left("name"), .right("members"), .right("epoch"), .left("since"), .left("state"),
      ])
      for group in groups {
        table.add([
          group.name.escaped, String(group.memberCount), String(group.epoch),
          group.joinedAt.calendarText, group.state,
        ])
      }
      if groups.isEmpty { output.note("no groups yet") }
      for line in groups.isEmpty ? [] : table.lines(output.outputStyle) { try output.line(line) }
      if !invitations.isEmpty {
        output.note("\(invitations.count) invitations wait: see 'group pending'")
      }
      try output.result([
        "groups": .array(groups.map { .object($0.members) }),
        "invitations": .integer(invitations.count),
      ])
      invocation.next(groups.isEmpty ? "group create NAME" : "group show NAME")
      return .ok
    })

  static let showCommand = Command(
    name: "show", summary: "Show who is in a group",
    discussion: """
      The code is the same for all who are in the same state of the group: compare it over another \
      channel to know that nobody is missing and nobody is there besides.
      """,
    options: Option.store, positionals: [GroupCommand.name],
    examples: [Example(line: "cygnet group show friends", meaning: "Members, trust and code")],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let group = try await StoreSession.open(invocation).client
        .group(GroupCommand.name(invocation))
      try show(group, invocation.output)
      invocation.next("send \(group.summary.name.shellWord) -m TEXT")
      return .ok
    })

  static func show(_ group: GroupDetails, _ output: Output) throws {
    let summary = group.summary
    try output.line("name     \(summary.name.escaped)")
    if String(decoding: summary.title, as: UTF8.self) != summary.name {
      try output.line("title    \(GroupTitleText.quoted(summary.title))")
    }
    try output.line("epoch    \(summary.epoch)")
    try output.line("since    \(summary.joinedAt.calendarText)")
    try output.line("code     \(grouped(group.authenticator))")
    if !summary.state.isEmpty { try output.line("state    \(summary.state)") }
    try output.line("members  \(group.members.count)")
    for member in group.members { try output.line("  \(member.described)") }
    for proposal in group.proposals { try output.line("waits    \(proposal.sentence)") }
    var object = JSON.object(summary.members).object ?? JSONObject()
    object["members"] = group.members.json
    object.append("proposals", .array(group.proposals.map(\.json)))
    object.append("code", .hex(group.authenticator))
    try output.result(["group": .object(object)])
  }

  /// Hexadecimal digits in groups of four.
  private static func grouped(_ bytes: [UInt8]) -> String {
    stride(from: 0, to: bytes.count, by: 2).map { start in
      Hex.encode(Array(bytes[start..<min(start + 2, bytes.count)]))
    }.joined(separator: " ")
  }
}
