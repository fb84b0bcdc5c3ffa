internal import Cygnet
internal import CygnetVectors
internal import CygnetWire

/// `cygnet receive`
enum ReceiveCommand {
  /// The kinds of objects that may come.
  private static let labels: [Armor.Label] = [
    .message, .groupMessage, .groupInvitation, .keyPackage, .groupInfo,
  ]

  static let command = Command(
    name: "receive",
    summary: "Take in whatever came, and show it",
    discussion: """
      Messages of contacts and of groups, changes of groups, invitations and key packages: FILE may be \
      any of them. An invitation is shown with who invites into what, and nothing is joined before \
      'group accept'. What belongs to a group has to be received in the order in which it was made, as \
      far as changes are among it.

      Each message opens once. It is kept in the store until it was shown, so nothing is lost if the \
      program ends in between: the same command shows it again. Attachments are looked for beside the \
      message file and saved into the folder of --save-dir; without it, a message with attachments \
      stays in the store, unless --no-save says that they are not wanted.

      Somebody who writes for the first time becomes a contact, unverified. A known contact under \
      another identity key is refused with exit code 5, with both safety numbers shown.
      """,
    options: [
      Option(
        long: "save-dir", valueName: "DIR", value: .directory,
        summary: "Save attachments into DIR"),
      Option(long: "no-save", summary: "Do not keep attachments that were not saved"),
      IdentityChange.acceptOption,
    ] + Option.store,
    positionals: [
      Positional(
        name: "FILE", arity: .any, summary: "Messages, by name or - for standard input")
    ],
    examples: [
      Example(line: "cygnet receive m1", meaning: "alice (unverified, first contact): salam"),
      Example(line: "cygnet receive m2 --save-dir .", meaning: "Opens m2.blob as well"),
    ],
    exitCodes: [
      .authentication, .identity, .locked, .duplicate, .unknown, .stale, .limit,
    ],
    run: run)

  @Sendable static func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = invocation.arguments
    if let folder = arguments.path("save-dir"), FileStatus.of(folder)?.kind != .directory {
      throw CommandFailure(.inputOutput, "\(folder) is not a folder")
    }
    var paths = arguments.argumentPaths("FILE")
    if paths.isEmpty { paths = [Path("-")] }
    let client = try await StoreSession.open(invocation).client
    if paths.count == 1 {
      let next = try await receive(paths[0], client, invocation)
      if let next { invocation.next(next) }
      return .ok
    }
    var end = ExitCode.ok
    for path in paths {
      do { _ = try await receive(path, client, invocation) } catch {
        // The others are no worse for it.
        let failure = CommandFailure(error)
        invocation.output.failure(failure)
        if end == .ok { end = failure.exitCode }
      }
    }
    return end
  }

  /// - Returns: the next useful command.
  private static func receive(
    _ path: Path, _ client: Client, _ invocation: Invocation
  ) async throws -> String? {
    let number = try invocation.acceptedNumber
    let bytes = try ObjectFile.read(
      InputFile(path), oneOf: labels, limit: GroupCommand.maxObjectByteCount)
    switch try await open(bytes, path, number, client, invocation) {
    case .message(let message):
      try await keep(message.content, path, message.id, client, invocation) { saved in
        try show(message, saved, invocation)
      }
      let name = message.contact?.name.shellWord ?? "NAME"
      return message.contact?.isVerified == true ? "send \(name) -m TEXT" : "verify \(name)"
    case .group(let event):
      guard case .message(let sender, let content) = event.content else {
        let next = try GroupReceipt(invocation).show(event)
        try await client.confirmDelivered(event.id)
        return next
      }
      try await keep(content, path, event.id, client, invocation) { saved in
        try GroupReceipt(invocation).show(event, from: sender, content, saved)
      }
      return "send \(event.groupName.shellWord) -m TEXT"
    case .invitation(let invitation): return try GroupReceipt(invocation).show(invitation)
    case .keyPackage(let owner): return try GroupReceipt(invocation).show(keyPackageOf: owner)
    case .broadcastShared(let sender, _):
      return try GroupReceipt(invocation).show(listSharedBy: sender)
    case .own(let group): return try GroupReceipt(invocation).show(ownMessageIn: group)
    }
  }

  /// Saves the attachments of a message and shows it; it is kept until both is done.
  private static func keep(
    _ content: MessageContent, _ path: Path, _ id: [UInt8], _ client: Client,
    _ invocation: Invocation, _ show: ([IncomingBlobs.Saved]) throws -> Void
  ) async throws {
    var saved = content.attachments.map { IncomingBlobs.Saved(pointer: $0, path: nil) }
    var failure: (any Error)?
    if let folder = invocation.arguments.path("save-dir") {
      do {
        saved = try IncomingBlobs(message: path, folder: folder, invocation: invocation)
          .save(content.attachments)
      } catch { failure = error }
    }
    try show(saved)
    let isKept = saved.contains { $0.path == nil } && !invocation.arguments.has("no-save")
    if !isKept { try await client.confirmDelivered(id) }
    if let failure { throw failure }
    if isKept { try explain(saved, invocation) }
  }

  private static func open(
    _ bytes: [UInt8], _ path: Path, _ number: String?, _ client: Client,
    _ invocation: Invocation
  ) async throws -> Received {
    do throws(CygnetError) {
      return try await client.receiveAny(bytes, acceptingChange: number, now: .now)
    } catch {
      let line = invocation.line("receive \(path.text.shellWord)")
      if error.code == .identityChanged {
        if error.underlying is ChangedIdentity {
          throw try await IdentityChange.explained(error, client, repeating: line)
        }
        if let decoded = try? Envelope(decoding: bytes),
          case .initial(let initial) = decoded.message,
          let known = try await client.contacts().first(where: { $0.address == decoded.sender })
        {
          throw try await IdentityChange.failure(
            of: known, claimed: initial.unverifiedIdentity, client: client, repeating: line)
        }
      }
      var failure = CommandFailure(error, about: path)
      if (try? MLS.Message(decoding: bytes).groupInfo) != nil {
        failure.hint =
          "come back with '\(invocation.line("group rejoin \(path.text.shellWord)")) -o FILE'"
        throw failure
      }
      throw MLSObject.isOne(bytes)
        ? GroupReceipt(invocation).explained(failure, error) : failure.explained(error)
    }
  }

  private static func show(
    _ message: IncomingMessage, _ saved: [IncomingBlobs.Saved], _ invocation: Invocation
  ) throws {
    let output = invocation.output
    let name = message.contact?.name.escaped ?? message.sender.shown
    let trust = message.contact?.trust ?? "unknown"
    let head = message.isFirstContact ? "\(trust), first contact" : trust
    let lines = MessageText.lines(message.content.text)
    try output.line("\(name) (\(head)): \(lines.first ?? "")")
    for line in lines.dropFirst() { try output.line("  \(line)") }
    for one in saved { try output.line(one.line) }
    try output.record([
      "kind": "message", "id": .hex(message.id), "from": message.contact?.json ?? .null,
      "address": message.sender.json,
      "first_contact": .bool(message.isFirstContact),
      "received_at": message.receivedAt.json,
      "text": .string(String(decoding: message.content.text, as: UTF8.self)),
      "text_hex": .hex(message.content.text), "attachments": .array(saved.map(\.json)),
    ])
  }

  private static func explain(
    _ saved: [IncomingBlobs.Saved], _ invocation: Invocation
  ) throws {
    let output = invocation.output
    guard invocation.arguments.has("save-dir") else {
      output.note("the attachments wait in the store: repeat this with --save-dir DIR")
      return
    }
    let missing = saved.filter { $0.path == nil }.map { $0.pointer.locator.escaped }
    throw CommandFailure(
      .inputOutput, "not beside the message: \(missing.joined(separator: ", "))",
      hint: "the message is kept: put the blob there and repeat this")
  }
}

extension CommandFailure {
  /// With a way on, where there is one.
  fileprivate func explained(_ error: CygnetError) -> CommandFailure {
    var failure = self
    switch error.code {
    case .duplicate: failure.hint = "it was received before: each message opens once"
    case .notFound:
      failure.hint =
        "if it is for you, your side lost the session: write to the sender to begin a new one"
    case .authenticationFailed:
      failure.hint = "it was altered on its way, or is of a session that is gone"
    default: break
    }
    return failure
  }
}
