internal import Cygnet
internal import CygnetVectors

/// `cygnet contact`
enum ContactCommand {
  static let command = Command(
    name: "contact",
    summary: "Add, list and change contacts",
    discussion: """
      A contact is a local name for somebody's device: its address, its identity key, and whether the \
      safety number was compared. Names are yours; what a card claims is shown, not believed.
      """,
    children: [
      ContactAddCommand.command, listCommand, showCommand, renameCommand, blockCommand,
      unblockCommand, removeCommand,
    ])

  static let name = Positional(name: "NAME", value: .text, summary: "The contact's name")

  static func name(_ invocation: Invocation) throws -> String {
    try invocation.arguments.argumentText("NAME") ?? ""
  }

  // MARK: list, show

  private static let listCommand = Command(
    name: "list", summary: "List the contacts",
    options: Option.store,
    examples: [Example(line: "cygnet contact list", meaning: "Names, addresses and trust")],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let contacts = try await StoreSession.open(invocation).client.contacts()
      var table = TextTable([
        .left("name"), .left("address"), .left("trust"), .left("since"),
      ])
      for contact in contacts {
        table.add([
          contact.name.escaped, contact.address.shown, contact.trust,
          contact.addedAt.calendarText,
        ])
      }
      let output = invocation.output
      if contacts.isEmpty { output.note("no contacts yet") }
      for line in contacts.isEmpty ? [] : table.lines(output.outputStyle) { try output.line(line) }
      try output.result(["contacts": .array(contacts.map(\.json))])
      invocation.next(contacts.isEmpty ? "contact add NAME CARD" : "contact show NAME")
      return .ok
    })

  private static let showCommand = Command(
    name: "show", summary: "Show what is known of a contact",
    options: Option.store, positionals: [name],
    examples: [Example(line: "cygnet contact show bob", meaning: "Address, key and trust")],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let client = try await StoreSession.open(invocation).client
      let contact = try await client.contact(name(invocation))
      let session = try await client.sessions().first { $0.address == contact.address }
      try lines(contact, invocation.output)
      try invocation.output.line("session   \(session.map(\.suite.described) ?? "none yet")")
      try invocation.output.result([
        "contact": contact.json, "session": session?.json ?? .null,
      ])
      let name = contact.name.shellWord
      invocation.next(contact.isVerified ? "send \(name) -m TEXT" : "verify \(name)")
      return .ok
    })

  static func show(_ contact: Contact, _ output: Output) throws {
    try lines(contact, output)
    try output.result(["contact": contact.json])
  }

  private static func lines(_ contact: Contact, _ output: Output) throws {
    try output.line("name      \(contact.name.escaped)")
    if let claimed = contact.claimedName { try output.line("says      \(claimed)") }
    try output.line("address   \(contact.address.shown)")
    try output.line("identity  \(Fingerprint(encodedKey: contact.identity).shown)")
    try output.line("trust     \(contact.trust)")
    if let time = contact.verifiedAt { try output.line("verified  \(time.calendarText)") }
    try output.line("added     \(contact.addedAt.calendarText)")
    let bundle = contact.bundleSuite.map { "at hand: suite \($0.described)" }
    try output.line("bundle    \(bundle ?? "none: ask for a card")")
  }

  // MARK: Changes

  private static let renameCommand = Command(
    name: "rename", summary: "Give a contact another name",
    options: Option.store,
    positionals: [name, Positional(name: "NEW", value: .text, summary: "The new name")],
    examples: [
      Example(line: "cygnet contact rename bob robert", meaning: "Only the name changes")
    ],
    exitCodes: [.authentication, .locked, .unknown],
    run: { invocation in
      let new = try invocation.arguments.argumentText("NEW") ?? ""
      let contact = try await StoreSession.open(invocation).client
        .renameContact(name(invocation), to: new)
      try show(contact, invocation.output)
      invocation.next("contact list")
      return .ok
    })

  private static let blockCommand = Command(
    name: "block", summary: "Refuse messages from and to a contact",
    options: Option.store, positionals: [name],
    examples: [Example(line: "cygnet contact block mallory", meaning: "Nothing is received")],
    exitCodes: [.locked, .unknown],
    run: { try await setBlocked(true, $0) })

  private static let unblockCommand = Command(
    name: "unblock", summary: "Let messages from and to a contact through again",
    options: Option.store, positionals: [name],
    examples: [Example(line: "cygnet contact unblock bob", meaning: "As before")],
    exitCodes: [.locked, .unknown],
    run: { try await setBlocked(false, $0) })

  @Sendable private static func setBlocked(
    _ isBlocked: Bool, _ invocation: Invocation
  ) async throws -> ExitCode {
    let contact = try await StoreSession.open(invocation).client
      .setBlocked(name(invocation), isBlocked)
    try show(contact, invocation.output)
    let name = contact.name.shellWord
    invocation.next(isBlocked ? "contact unblock \(name)" : "send \(name) -m TEXT")
    return .ok
  }

  private static let removeCommand = Command(
    name: "remove", summary: "Forget a contact and its sessions",
    discussion: """
      The identity key goes too: should the same person write again, nothing tells that it is the \
      same key as before.
      """,
    options: Option.store, positionals: [name],
    examples: [
      Example(line: "cygnet contact remove bob", meaning: "Bob is unknown afterwards")
    ],
    exitCodes: [.locked, .unknown],
    run: { invocation in
      let name = try name(invocation)
      try await StoreSession.open(invocation).client.removeContact(name)
      try invocation.output.line("\(name.escaped) is removed")
      try invocation.output.result(["removed": .string(name)])
      invocation.next("contact list")
      return .ok
    })
}
