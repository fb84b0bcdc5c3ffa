internal import Cygnet
internal import CygnetVectors
internal import CygnetWire

/// `cygnet group`
enum GroupCommand {
  /// The largest message of a group, and its armor.
  static let maxObjectByteCount = 1 << 26

  static let command = Command(
    name: "group",
    summary: "Make, change and leave groups",
    discussion: """
      The members of a group share keys that are renewed with every change (MLS, RFC 9420). Messages go \
      to all of them with 'cygnet send GROUP', and whatever comes goes to 'cygnet receive'.

      To come in, make a key package with 'group join' and give it to a member, who invites you with \
      'group invite'. Nobody is in a group who has not accepted: an invitation is shown with who \
      invites into what, and waits for 'group accept' or 'group decline'.

      A change makes a file for all who were members before it, and an invitation, FILE.welcome, for \
      those who are new. It takes effect here at once; the others have to receive changes in the order \
      in which they were made. If two members make a change at the same time, one of them has to come \
      back with 'group rejoin'. Where that is likely, use --wait: then a change takes effect when it \
      comes back, or when 'group pending --delivered' says that the others have it.
      """,
    children: [
      GroupAcceptCommand.command, GroupAddCommand.addCommand, createCommand,
      GroupAcceptCommand.declineCommand, exportInfoCommand, GroupAddCommand.inviteCommand,
      joinCommand, leaveCommand, GroupListCommand.command, GroupPendingCommand.command,
      GroupRejoinCommand.command, GroupAddCommand.removeCommand, GroupListCommand.showCommand,
      GroupAddCommand.updateCommand,
    ])

  static let name = Positional(name: "GROUP", value: .text, summary: "What you call the group")

  static let wait = Option(
    long: "wait", summary: "Take effect only when it is known that the others have it")

  static func name(_ invocation: Invocation) throws -> String {
    try invocation.arguments.argumentText("GROUP") ?? ""
  }

  // MARK: create

  private static let createCommand = Command(
    name: "create", summary: "Make a group with nobody else in it",
    discussion: """
      The name is what you call it, and its title, which those who are invited see. Others may call it \
      something else.
      """,
    options: Option.store,
    positionals: [Positional(name: "GROUP", value: .text, summary: "What to call the group")],
    examples: [Example(line: "cygnet group create friends", meaning: "Invite others next")],
    exitCodes: [.authentication, .locked, .unknown],
    run: { invocation in
      let group = try await StoreSession.open(invocation).client
        .createGroup(name(invocation), now: .now)
      try GroupListCommand.show(group, invocation.output)
      invocation.next("group invite \(group.summary.name.shellWord) KEYPACKAGE -o FILE")
      return .ok
    })

  // MARK: join

  private static let joinCommand = Command(
    name: "join", summary: "Make a key package, with which others can invite you",
    discussion: """
      A key package serves one invitation, within 90 days: make one for everybody who asks. One of a \
      last resort may serve again and again, for a year; there is one at a time. Giving it away joins \
      nothing.
      """,
    options: [
      Option(long: "last-resort", summary: "Make one that serves more than once"), .output, .binary,
      .force,
    ] + Option.store,
    examples: [
      Example(line: "cygnet group join -o me.keys", meaning: "Give me.keys to who shall invite you")
    ],
    exitCodes: [.locked, .unknown, .limit],
    run: { invocation in
      let isLastResort = invocation.arguments.has("last-resort")
      let target = try ObjectTarget(.keyPackage, invocation)
      let client = try await StoreSession.open(invocation).client
      let package = try await client.makeKeyPackage(isLastResort: isLastResort, now: .now)
      try target.write(package, ["last_resort": .bool(isLastResort)])
      guard let path = invocation.arguments.path("output"), !path.isStandardStream else {
        return .ok
      }
      invocation.output.hint(
        "Next: give \(path) to who shall invite you, for 'cygnet group invite GROUP \(path)'")
      return .ok
    })

  // MARK: leave

  private static let leaveCommand = Command(
    name: "leave", summary: "Ask the others to let you go",
    discussion: """
      Nobody can take himself out of a group: a member has to, with 'group update'. You are in it until \
      that change comes. With --forget the group is dropped here at once, with its keys; the others \
      still have to be told. A group without others is simply dropped.
      """,
    options: [
      Option(long: "forget", summary: "Drop the group here without waiting"), .output, .binary,
      .force,
    ] + Option.store,
    positionals: [name],
    examples: [
      Example(line: "cygnet group leave friends -o bye", meaning: "Carry bye to the members")
    ],
    exitCodes: [.locked, .unknown],
    run: leave)

  @Sendable private static func leave(_ invocation: Invocation) async throws -> ExitCode {
    let name = try name(invocation)
    let files = try GroupFiles(invocation, invites: false)
    let client = try await StoreSession.open(invocation).client
    let message = try await client.leaveGroup(name, now: .now)
    if let message {
      try await files.write(message, client)
      if invocation.arguments.has("forget") {
        try await client.forgetGroup(name)
        invocation.output.note("\(name.escaped) is forgotten here")
      } else {
        invocation.output.note(
          "you are in \(name.escaped) until a member commits it and you receive that")
      }
      return .ok
    }
    try invocation.output.line("\(name.escaped) had no other members and is dropped")
    try invocation.output.result(["group": .string(name), "dropped": .bool(true)])
    return .ok
  }

  // MARK: export-info

  private static let exportInfoCommand = Command(
    name: "export-info", summary: "Export the state of a group for a member who lost its own",
    discussion: """
      With it a member comes back with 'group rejoin', and nobody else: who is no member is refused. It \
      holds no key, but names all members. It serves until the next change.
      """,
    options: [.output, .binary, .force] + Option.store, positionals: [name],
    examples: [
      Example(line: "cygnet group export-info friends -o friends.info", meaning: "For 'rejoin'")
    ],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let name = try name(invocation)
      let target = try ObjectTarget(.groupInfo, invocation)
      let client = try await StoreSession.open(invocation).client
      try target.write(try await client.exportGroupInfo(name), ["group": .string(name)])
      if let path = invocation.arguments.path("output"), !path.isStandardStream {
        invocation.output.hint(
          "Next: give \(path) to the member, for 'cygnet group rejoin \(path) -o FILE'")
      }
      return .ok
    })
}
