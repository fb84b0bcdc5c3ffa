internal import Cygnet
internal import CygnetVectors
internal import CygnetWire

/// `cygnet send`
enum SendCommand {
  static let command = Command(
    name: "send",
    summary: "Encrypt a message to a contact or a group",
    discussion: """
      Contacts and groups share their names, so NAME is one or the other. A message to a group is one \
      file for all its members. The text is that of -m, of FILE or of standard input. Each --attach FILE becomes a blob beside \
      the message, OUT.blob, or OUT.1.blob, OUT.2.blob and so on; carry it along with the message, or \
      put it on any server.

      A new session starts from the contact's card, or from --bundle, and is post-quantum: a card or \
      bundle that offers less is refused. A session of an earlier version goes on as it is until it \
      is dropped or a post-quantum --bundle is given.

      The message is written only after the session that made it is safe on disk. If the program ends \
      in between, the message is kept: --unsent writes it.
      """,
    options: [
      Option(
        long: "message", short: "m", valueName: "TEXT",
        summary: "The text; others on this machine may see it in the list of processes"),
      Option(
        long: "attach", valueName: "FILE", value: .file,
        summary: "Send FILE along; may be given several times", repeatable: true),
      Option(
        long: "bundle", valueName: "FILE", value: .file,
        summary: "A fresh prekey bundle of the contact, to start the session from"),
      ClassicalSession.allowOption,
      Option(long: "unsent", summary: "Write the oldest message that was never written"),
      .output, .binary, .force,
    ] + Option.store,
    positionals: [
      Positional(name: "NAME", value: .text, summary: "The name of a contact or a group"),
      Positional(
        name: "FILE", arity: .optional, summary: "The text, by name or - for standard input"),
    ],
    examples: [
      Example(line: "echo salam | cygnet send bob -o m1", meaning: "Carry m1 to Bob in any way"),
      Example(
        line: "cygnet send bob -m look --attach photo.jpg -o m2",
        meaning: "Writes m2 and m2.blob"),
      Example(
        line: "cygnet send friends -m look --attach photo.jpg -o m3",
        meaning: "The same for every member of a group"),
    ],
    exitCodes: [.authentication, .identity, .locked, .unknown, .stale, .limit],
    run: run)

  @Sendable static func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = invocation.arguments
    let name = try ContactCommand.name(invocation)
    let target = try ObjectTarget(.message, invocation)
    if arguments.has("unsent") { return try await writeUnsent(name, target, invocation) }
    let text = try text(invocation)
    let bundle = try bundle(arguments)
    let client = try await StoreSession.open(invocation).client
    // Known before the work of encrypting files.
    guard let contact = try await contact(name, client) else {
      guard bundle == nil else { throw CommandFailure.usage("--bundle is for a contact") }
      return try await GroupSending(name, client, invocation).send(text, to: target)
    }
    let blobs = try OutgoingBlobs.encrypt(invocation)
    let message: OutgoingMessage
    do throws(CygnetError) {
      let content = try MessageContent(text: text, attachments: blobs.pointers)
      message = try await client.send(
        content, to: name, bundle: bundle, suitePolicy: invocation.suitePolicy, now: .now)
    } catch {
      blobs.remove()
      if error.code == .ruleViolation, invocation.suitePolicy == .postQuantumOnly,
        (bundle?.suite ?? contact.bundleSuite)?.isPostQuantum == false
      {
        throw ClassicalSession.failure(bundle == nil ? "the card" : "the bundle", of: name)
      }
      guard error.code == .identityChanged, let bundle else { throw error }
      throw try await IdentityChange.failure(
        of: contact, claimed: bundle.unverifiedIdentity, client: client,
        repeating: invocation.line("contact add \(name.shellWord) CARD"))
    }
    try await write(message, to: target, blobs.paths, client, invocation)
    if message.suite?.isPostQuantum == false { warn(name, invocation) }
    if !contact.isVerified {
      let line = invocation.line("verify \(name.shellWord)")
      invocation.output.note("\(name.escaped) is unverified: see '\(line)'")
    }
    return .ok
  }

  /// Said of every message in a classical session; louder to whoever allows one.
  private static func warn(_ name: String, _ invocation: Invocation) {
    let text = "the session with \(name.escaped) is not post-quantum: of what is sent,"
    if invocation.suitePolicy == .classicalAllowed {
      invocation.output.warning("\(text) \(ClassicalSession.risk)")
    } else {
      let line = invocation.line("session show \(name.shellWord)")
      invocation.output.note("\(text) \(ClassicalSession.risk); see '\(line)'")
    }
  }

  /// nil for the name of a group.
  private static func contact(_ name: String, _ client: Client) async throws -> Contact? {
    do throws(CygnetError) { return try await client.contact(name) } catch {
      guard error.code == .notFound else { throw error }
    }
    do throws(CygnetError) {
      _ = try await client.groupSummary(name)
      return nil
    } catch {
      guard error.code == .notFound else { throw error }
      var failure = CommandFailure(
        .unknown, "no contact and no group is called \(name.escaped)",
        hint: "see 'cygnet contact list' and 'cygnet group list'")
      failure.libraryCode = error.code.name
      throw failure
    }
  }

  // MARK: What is sent

  private static func text(_ invocation: Invocation) throws -> [UInt8] {
    let arguments = invocation.arguments
    let path = arguments.argumentPath("FILE")
    if let text = try arguments.text("message") {
      guard path == nil else { throw CommandFailure.usage("both -m and FILE give a text") }
      return Array(text.utf8)
    }
    // A file that is sent needs no words.
    if path == nil && arguments.has("attach") { return [] }
    let file = try InputFile(path ?? Path("-"))
    if path == nil && Terminal.isTerminal(.standardInput) {
      invocation.output.note("type the message; end it with Control-D on a line of its own")
    }
    var text = try file.readAll(limit: MessageContent.maxTextByteCount + 2)
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    return text
  }

  private static func bundle(_ arguments: Arguments) throws -> PreKeyBundle? {
    guard let path = arguments.path("bundle") else { return nil }
    let bytes = try ObjectFile.read(path, .preKeyBundle, limit: 1 << 16)
    do throws(CygnetError) { return try PreKeyBundle(decoding: bytes) } catch {
      throw CommandFailure(error, about: path)
    }
  }

  // MARK: What leaves

  private static func writeUnsent(
    _ name: String, _ target: ObjectTarget, _ invocation: Invocation
  ) async throws -> ExitCode {
    let client = try await StoreSession.open(invocation).client
    guard let contact = try await contact(name, client) else {
      return try await GroupSending(name, client, invocation).writeUnsent(to: target)
    }
    let waiting = try await client.outgoing().filter { $0.contact?.address == contact.address }
    guard let message = waiting.first else {
      throw CommandFailure(.unknown, "every message to \(name.escaped) was written")
    }
    try await write(message, to: target, [], client, invocation)
    return .ok
  }

  /// Only when the message is written is it no longer kept.
  private static func write(
    _ message: OutgoingMessage, to target: ObjectTarget, _ blobs: [Path], _ client: Client,
    _ invocation: Invocation
  ) async throws {
    let output = invocation.output
    let waiting = try await client.outgoing().filter { $0.id != message.id }
    try target.write(
      message.envelope,
      [
        "id": .hex(message.id), "to": message.contact?.json ?? .null,
        "bytes": .integer(message.envelope.count),
        "post_quantum": message.suite.map { .bool($0.isPostQuantum) } ?? .null,
        "blobs": .array(blobs.map { .string($0.text) }), "unsent": .integer(waiting.count),
      ])
    try await client.confirmSent(message.id)
    if let contact = waiting.first?.contact {
      let line = invocation.line("send \(contact.name.shellWord) --unsent -o FILE")
      output.warning("\(waiting.count) earlier messages were never written: see '\(line)'")
    }
    guard let path = invocation.arguments.path("output"), !path.isStandardStream else { return }
    let files = ([path] + blobs).map(\.description).joined(separator: ", ")
    output.hint("Next: carry \(files) to the other side, for 'cygnet receive \(path)'")
  }
}
