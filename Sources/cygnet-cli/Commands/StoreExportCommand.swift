internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet store export`
enum StoreExportCommand {
  static let command = Command(
    name: "export",
    summary: "Write what the store knows as JSON, without any key",
    discussion: """
      Profile, contacts, sessions, and the messages that wait to be sent or shown: for other \
      programs, and to see what is there. What was received is in it in plain text. Nothing can be \
      restored from it; for that there is 'cygnet backup create'. To move to another machine, move \
      the profile's folder while no command runs, and keep no copy: two copies in use would use keys \
      twice.
      """,
    options: [.output, .force] + Option.store,
    examples: [
      Example(line: "cygnet store export -o cygnet.json", meaning: "A file that only you can read")
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let target = try OutputFile(
      arguments.path("output"), force: arguments.has("force"), isBinary: false)
    let session = try await StoreSession.open(invocation)
    try await target.write(Array(document(session).pretty.utf8))
    try target.commit()
    if !target.isStandardOutput { try output.result(["file": .string(target.name)]) }
    output.hint("Next: save what can be restored with " + session.folder.line("backup create"))
    return .ok
  }

  private static func document(_ session: StoreSession) async throws -> JSON {
    let client = session.client
    var object = JSONObject()
    object.append("schema", "cygnet.store.export.v1")
    let profile = try await client.profile()
    for member in try ProfileText.members(profile, session).members {
      object.append(member.key, member.value)
    }
    object.append("contacts", .array(try await client.contacts().map(contact)))
    object.append("sessions", .array(try await client.sessions().map(self.session)))
    object.append("outgoing", .array(try await client.outgoing().map(outgoing)))
    object.append("incoming", .array(try await client.incoming().map(incoming)))
    return .object(object)
  }

  private static func contact(_ contact: Contact) -> JSON {
    [
      "name": .string(contact.name), "address": contact.address.json,
      "identity": .hex(contact.identity), "verified_at": contact.verifiedAt?.json ?? .null,
      "blocked": .bool(contact.isBlocked), "added_at": contact.addedAt.json,
      "card_name": .string(String(decoding: contact.cardName, as: UTF8.self)),
    ]
  }

  private static func session(_ session: SessionInfo) -> JSON {
    [
      "name": .string(session.name), "established": .bool(session.isEstablished),
      "started_at": session.startedAt.json, "used_at": session.usedAt.json,
      "sent": .counting(UInt64(session.sentCount)),
      "skipped_keys": .integer(session.skippedKeyCount),
    ]
  }

  private static func outgoing(_ message: OutgoingMessage) -> JSON {
    [
      "id": .hex(message.id), "name": message.contact.map { .string($0.name) } ?? .null,
      "created_at": message.createdAt.json, "envelope": .hex(message.envelope),
    ]
  }

  private static func incoming(_ message: IncomingMessage) -> JSON {
    let bytes = message.content.text
    let text: JSON = String(validating: bytes, as: UTF8.self).map { .string($0) } ?? .hex(bytes)
    return [
      "id": .hex(message.id), "name": message.contact.map { .string($0.name) } ?? .null,
      "sender": message.sender.json, "received_at": message.receivedAt.json, "text": text,
      "attachments": .integer(message.content.attachments.count),
    ]
  }
}
