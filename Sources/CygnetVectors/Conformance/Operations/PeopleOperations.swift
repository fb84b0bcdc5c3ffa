internal import Cygnet
internal import CygnetAttachments
internal import CygnetPairwise
internal import CygnetPrimitives

/// What people hand to each other: cards, envelopes, and what a message says.
enum PeopleOperations {
  static let all: [Operation] = [
    Operation(
      "card.make", "Makes a contact card and signs it",
      takes: [
        IdentityOperations.identityField, BundleOperations.bundleField,
        Field("name", .hex(0...255)), Field("now", .uint64),
      ], gives: [cardField], makeCard),
    Operation(
      "card.decode", "Takes a contact card apart and verifies nothing",
      takes: [cardField], gives: cardFields + [Field("signature", .hex(64))],
      { (call: inout Call) throws(CygnetError) in
        let card = try ContactCard(decoding: call.arguments.bytes("card"))
        var members = try describe(card.bundle, card.name, card.createdAt)
        members.append("signature", .hex(card.signature))
        return members
      }),
    Operation(
      "card.verify", "Checks a card's signature and its bundle",
      takes: [cardField, Field("now", .uint64), BundleOperations.expectingField],
      gives: cardFields,
      { (call: inout Call) throws(CygnetError) in
        let card = try ContactCard(decoding: call.arguments.bytes("card")).verified(
          now: call.arguments.now(), expecting: call.arguments.optionalIdentityKey("expecting"),
          policy: .classicalAllowed)
        return try describe(card.unverifiedBundle, card.name, card.createdAt)
      }),
    Operation(
      "envelope.encode", "Puts a message into an envelope",
      takes: envelopeFields, gives: [envelopeField],
      { (call: inout Call) throws(CygnetError) in
        let envelope = Envelope(
          sender: try call.arguments.address("sender"),
          recipient: try call.arguments.address("recipient"),
          message: try PairwiseMessage(decoding: call.arguments.bytes("message")))
        return .of(["envelope": .hex(try envelope.encoded())])
      }),
    Operation(
      "envelope.decode", "Opens an envelope, which proves nothing",
      takes: [envelopeField], gives: envelopeFields,
      { (call: inout Call) throws(CygnetError) in
        let envelope = try Envelope(decoding: call.arguments.bytes("envelope"))
        return .of([
          "sender": envelope.sender.json, "recipient": envelope.recipient.json,
          "message": .hex(try envelope.message.encoded()),
        ])
      }),
    Operation(
      "content.encode", "Writes what a message says",
      takes: contentFields, gives: [contentField], encodeContent),
    Operation(
      "content.decode", "Reads what a message says",
      takes: [contentField], gives: contentFields, decodeContent),
  ]

  private static let cardField = Field("card", .hex, "ContactCard")
  private static let cardFields = [
    BundleOperations.bundleField, Field("name", .hex(0...255)), Field("created_at", .uint64),
  ]
  private static let envelopeField = Field("envelope", .hex, "Envelope")
  private static let envelopeFields = [
    Field("sender", .address), Field("recipient", .address),
    Field("message", .hex, "PairwiseMessage"),
  ]
  private static let contentField = Field("content", .hex, "MessageContent")
  private static let contentFields = [
    Field("text", .hex), Field("attachments", .list(.hex), "AttachmentPointer each"),
  ]

  private static func describe(
    _ bundle: PreKeyBundle, _ name: [UInt8], _ createdAt: Timestamp
  ) throws(CygnetError) -> JSONObject {
    .of([
      "bundle": .hex(try bundle.encoded()), "name": .hex(name),
      "created_at": .counting(createdAt.seconds),
    ])
  }

  private static func makeCard(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let card = try ContactCard.make(
      PreKeyBundle(decoding: call.arguments.bytes("bundle")), name: call.arguments.bytes("name"),
      by: call.identity(), now: call.arguments.now())
    return .of(["card": .hex(try card.encoded())])
  }

  private static func encodeContent(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var attachments: [AttachmentPointer] = []
    for value in try call.arguments.list("attachments") {
      guard case .bytes(let bytes) = value else { throw Call.slip }
      attachments.append(try AttachmentPointer(decoding: bytes))
    }
    let content = try MessageContent(text: call.arguments.bytes("text"), attachments: attachments)
    return .of(["content": .hex(try content.encoded())])
  }

  private static func decodeContent(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let content = try MessageContent(decoding: call.arguments.bytes("content"))
    var attachments: [JSON] = []
    for pointer in content.attachments { attachments.append(.hex(try pointer.encoded())) }
    return .of(["text": .hex(content.text), "attachments": .array(attachments)])
  }
}
