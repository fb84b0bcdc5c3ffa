internal import CygnetPairwise
package import CygnetPrimitives
package import CygnetSenderKeys
package import CygnetWire

/// A message of a broadcast list with the addresses it travels between: an `Envelope` whose message
/// is a `SenderKeyMessage`, the same for every recipient.
///
///     struct {
///       WireHeader header;              // envelope
///       DeviceAddress sender;
///       DeviceAddress recipient;
///       opaque message<V>;              // SenderKeyMessage
///     } Envelope;
///
/// The sender's address is in the context of its chain, so that a message under another address does
/// not open. The recipient's is for whoever carries it.
package struct BroadcastEnvelope: Equatable, Sendable {
  package let sender: DeviceAddress
  package let recipient: DeviceAddress
  package let message: SenderKeyMessage

  package init(sender: DeviceAddress, recipient: DeviceAddress, message: SenderKeyMessage) {
    self.sender = sender
    self.recipient = recipient
    self.message = message
  }
}

extension BroadcastEnvelope: WireEncodable, WireDecodable {
  private static let messageByteCount =
    0...(SenderKeyLimits.maxPlaintextByteCount + (1 << 16))

  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.envelope.encodeHeader(into: &writer)
    try sender.encode(into: &writer)
    try recipient.encode(into: &writer)
    try writer.vector { (writer) throws(CygnetError) in try message.encode(into: &writer) }
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.envelope.decodeHeader(from: &reader)
    sender = try DeviceAddress(from: &reader)
    recipient = try DeviceAddress(from: &reader)
    message = try reader.vector(Self.messageByteCount) { (reader) throws(CygnetError) in
      try SenderKeyMessage(from: &reader)
    }
  }
}

/// An envelope of either kind, told by the type of the message in it.
package enum AnyEnvelope: Sendable {
  case pairwise(Envelope)
  case broadcast(BroadcastEnvelope)

  /// - Throws: `malformed`, or `unsupported` for a version, suite or type that is unknown here.
  package init(decoding bytes: [UInt8]) throws(CygnetError) {
    do throws(CygnetError) {
      self = .pairwise(try Envelope(decoding: bytes))
    } catch {
      guard let envelope = try? BroadcastEnvelope(wire: bytes) else { throw error }
      self = .broadcast(envelope)
    }
  }
}
