internal import Cygnet
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors

/// What people hand to each other: cards, envelopes, contents, backups.
extension Inspection {
  static func envelope(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    let (sender, recipient, message): (DeviceAddress, DeviceAddress, Inspection)
    switch try AnyEnvelope(decoding: bytes) {
    case .pairwise(let envelope):
      (sender, recipient) = (envelope.sender, envelope.recipient)
      message = try Self.message(envelope.message.encoded())
    case .broadcast(let envelope):
      (sender, recipient) = (envelope.sender, envelope.recipient)
      message = try senderKeyMessage(envelope.message.encoded())
    }
    return Inspection(
      "Envelope", "a message with the addresses it travels between; not verified here",
      [
        "sender": address(sender), "recipient": address(recipient),
        "message_type": .string(message.type), "message": .object(message.fields),
      ])
  }

  static func contactCard(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    let card = try ContactCard(decoding: bytes)
    let bundle = try preKeyBundle(card.bundle.encoded())
    return Inspection(
      "ContactCard", "what somebody hands out to be written to; not verified here",
      [
        "name": .string(String(decoding: card.name, as: UTF8.self)),
        "created_at": time(card.createdAt), "bundle": .object(bundle.fields),
      ])
  }

  static func messageContent(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    let content = try MessageContent(decoding: bytes)
    return Inspection(
      "MessageContent", "the plaintext of a message",
      [
        "text_bytes": .integer(content.text.count),
        "attachments": .integer(content.attachments.count),
      ])
  }
}
