internal import Cygnet
internal import CygnetVectors

/// `cygnet session`
enum SessionCommand {
  static let command = Command(
    name: "session",
    summary: "Look at sessions, and begin them anew",
    children: [listCommand, showCommand, resetCommand])

  private static let listCommand = Command(
    name: "list", summary: "List the sessions",
    options: Option.store,
    examples: [Example(line: "cygnet session list", meaning: "With whom, and since when")],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let sessions = try await StoreSession.open(invocation).client.sessions()
      let output = invocation.output
      var table = TextTable([
        .left("contact"), .left("state"), .left("post-quantum"), .left("started"), .left("used"),
        .right("older"),
      ])
      for session in sessions {
        table.add([
          session.name.escaped, session.state, session.suite.isPostQuantum ? "yes" : "no",
          session.startedAt.calendarText, session.usedAt.calendarText,
          String(session.previousCount),
        ])
      }
      if sessions.isEmpty { output.note("no sessions yet: the first message starts one") }
      for line in sessions.isEmpty ? [] : table.lines(output.outputStyle) { try output.line(line) }
      try output.result(["sessions": .array(sessions.map(\.json))])
      invocation.next("send NAME -m TEXT")
      return .ok
    })

  private static let showCommand = Command(
    name: "show", summary: "Show the session with a contact",
    options: Option.store, positionals: [ContactCommand.name],
    examples: [Example(line: "cygnet session show bob", meaning: "Counters, never keys")],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let output = invocation.output
      let session = try await StoreSession.open(invocation).client
        .session(with: ContactCommand.name(invocation))
      try output.line("contact  \(session.name.escaped)")
      try output.line("address  \(session.address.shown)")
      try output.line("suite    \(session.suite.described)")
      try output.line("state    \(session.state)")
      try output.line("started  \(session.startedAt.calendarText)")
      try output.line("used     \(session.usedAt.calendarText)")
      try output.line("sent     \(session.sentCount) in the current chain")
      try output.line("missing  \(session.skippedKeyCount) messages that have not arrived")
      try output.line("older    \(session.previousCount) sessions kept for messages on their way")
      try output.result(["session": session.json])
      let name = session.name.shellWord
      if session.suite.isPostQuantum {
        invocation.next("session reset \(name)", ", if messages no longer open")
      } else {
        invocation.next(
          "send \(name) --bundle FILE", ", with a new bundle from there, begins a post-quantum one")
      }
      return .ok
    })

  private static let resetCommand = Command(
    name: "reset", summary: "Drop the session with a contact",
    discussion: """
      The next message begins a new session from the contact's card. Messages on their way in the old \
      one will not open any more. The contact and its verification stay.

      A session that an earlier version began is not post-quantum and stays so. To begin one that is, \
      take a new card with 'cygnet contact add' and drop the old session, or send with --bundle, which \
      keeps the old one for messages on their way.
      """,
    options: Option.store, positionals: [ContactCommand.name],
    examples: [
      Example(line: "cygnet session reset bob", meaning: "The next message starts anew")
    ],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let name = try ContactCommand.name(invocation)
      try await StoreSession.open(invocation).client.resetSession(with: name)
      try invocation.output.line("the session with \(name.escaped) is dropped")
      try invocation.output.result(["reset": .string(name)])
      invocation.next("send \(name.shellWord) -m TEXT")
      return .ok
    })
}

extension SessionInfo {
  fileprivate var state: String { isEstablished ? "established" : "waiting for a first reply" }

  var json: JSON {
    .object([
      "contact": .string(name), "address": address.json, "suite": suite.json,
      "post_quantum": .bool(suite.isPostQuantum), "established": .bool(isEstablished),
      "started_at": startedAt.json, "used_at": usedAt.json,
      "older": .integer(previousCount), "sent_in_chain": .integer(Int(sentCount)),
      "skipped_keys": .integer(skippedKeyCount),
    ])
  }
}
