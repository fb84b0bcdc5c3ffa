internal import Cygnet
internal import CygnetVectors

/// `cygnet group pending`
enum GroupPendingCommand {
  static let command = Command(
    name: "pending",
    summary: "Show what waits: invitations, requests, changes, files",
    discussion: """
      Without options this lists invitations to be answered, requests of members to be granted, own \
      changes of which it is not known that the others have them, and what was made and never written \
      to a file. With one of the options it settles what waits in GROUP.
      """,
    options: [
      Option(long: "delivered", summary: "The others have the own change: it takes effect"),
      Option(long: "withdraw", summary: "The own change is given up"),
      Option(
        long: "discard",
        summary: "The requests that wait are forgotten, and must not be granted by others"),
    ] + Option.store,
    positionals: [
      Positional(name: "GROUP", arity: .optional, value: .text, summary: "Only this group")
    ],
    examples: [
      Example(line: "cygnet group pending", meaning: "All of it"),
      Example(
        line: "cygnet group pending friends --delivered", meaning: "After a change with --wait"),
    ],
    exitCodes: [.locked, .unknown],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = invocation.arguments
    let name = try arguments.argumentText("GROUP")
    let actions = ["delivered", "withdraw", "discard"].filter { arguments.has($0) }
    guard actions.count <= 1 else {
      throw CommandFailure.usage("--delivered, --withdraw and --discard exclude each other")
    }
    guard let action = actions.first else { return try await list(name, invocation) }
    guard let name else { throw CommandFailure.usage("--\(action) needs the name of a group") }
    return try await settle(name, action, invocation)
  }

  private static func settle(
    _ name: String, _ action: String, _ invocation: Invocation
  ) async throws -> ExitCode {
    let client = try await StoreSession.open(invocation).client
    let output = invocation.output
    var change: GroupChange?
    switch action {
    case "delivered":
      let made = try await client.confirmCommit(name, now: .now)
      for sentence in made.sentences { try output.line("\(name.escaped): \(sentence)") }
      change = made
    case "withdraw":
      try await client.withdrawCommit(name)
      try output.line("\(name.escaped): your change is given up")
    default:
      try await client.discardProposals(in: name)
      try output.line("\(name.escaped): the requests are forgotten")
    }
    try output.result([
      "group": .string(name), "action": .string(action), "change": change?.json ?? .null,
    ])
    invocation.next("group show \(name.shellWord)")
    return .ok
  }

  // MARK: The list

  private static func list(_ name: String?, _ invocation: Invocation) async throws -> ExitCode {
    let client = try await StoreSession.open(invocation).client
    let output = invocation.output
    let invitations = name == nil ? try await client.invitations() : []
    for invitation in invitations {
      try output.line("invitation \(invitation.shortID)")
      for line in invitation.lines { try output.line("  \(line)") }
    }
    var groups: [GroupDetails] = []
    if let name {
      groups = [try await client.group(name)]
    } else {
      for group in try await client.groups() { groups.append(try await client.group(group.name)) }
    }
    var waiting: [JSON] = []
    for group in groups { try show(group, output, &waiting) }
    let unsent = try await client.outgoingGroupMessages()
      .filter { name == nil || $0.groupName == groups.first?.summary.name }
    for message in unsent {
      try output.line("\(message.groupName.escaped): a \(message.kind.noun) was never written")
    }
    if invitations.isEmpty && waiting.isEmpty && unsent.isEmpty { output.note("nothing waits") }
    try output.result([
      "invitations": .array(invitations.map(\.json)), "groups": .array(waiting),
      "unsent": .array(
        unsent.map {
          ["group": .string($0.groupName), "kind": .string($0.kind.noun), "id": .hex($0.id)]
        }),
    ])
    if let invitation = invitations.first {
      invocation.next("group accept \(invitation.shortID)", ", or 'group decline'")
    } else if let message = unsent.first {
      invocation.next("send \(message.groupName.shellWord) --unsent -o FILE")
    } else if let group = groups.first(where: { !$0.proposals.isEmpty }) {
      invocation.next("group update \(group.summary.name.shellWord) -o FILE")
    }
    return .ok
  }

  private static func show(
    _ group: GroupDetails, _ output: Output, _ waiting: inout [JSON]
  ) throws {
    guard !group.proposals.isEmpty || group.summary.pendingChange != nil else { return }
    let name = group.summary.name.escaped
    for proposal in group.proposals { try output.line("\(name): \(proposal.sentence)") }
    for sentence in group.summary.pendingChange?.sentences ?? [] {
      try output.line("\(name): \(sentence), once the others have it")
    }
    waiting.append([
      "group": .string(group.summary.name), "proposals": .array(group.proposals.map(\.json)),
      "pending_change": group.summary.pendingChange?.json ?? .null,
    ])
  }
}
