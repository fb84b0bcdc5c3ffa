public import CygnetPrimitives
public import CygnetWire

/// A message with the addresses it travels between, for where no server carries them.
///
///     struct {
///       WireHeader header;              // envelope
///       DeviceAddress sender;
///       DeviceAddress recipient;
///       opaque message<V>;              // PairwiseMessage
///     } Envelope;
///
/// Nothing in it is authenticated by itself. But both addresses are in the associated data of the
/// session, so that a message under another address than its sender's does not open. Whoever
/// carries it sees both addresses.
public struct Envelope: Equatable, Sendable {
  /// Who claims to have sent it.
  public let sender: DeviceAddress
  /// Whom it is for.
  public let recipient: DeviceAddress
  /// What the recipient's session decrypts.
  public let message: PairwiseMessage

  /// A message on its way from one device to another.
  public init(sender: DeviceAddress, recipient: DeviceAddress, message: PairwiseMessage) {
    self.sender = sender
    self.recipient = recipient
    self.message = message
  }

  /// - Throws: `malformed`, or `unsupported` for a version, suite or type that is unknown here.
  public init(decoding bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

  /// The canonical encoding.
  public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }
}

extension Envelope: WireEncodable, WireDecodable {
  private static let messageByteCount = 0...(Limits.maxPlaintextByteCount + (1 << 16))

  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.envelope.encodeHeader(into: &writer)
    try sender.encode(into: &writer)
    try recipient.encode(into: &writer)
    try writer.vector { (writer) throws(CygnetError) in try message.encode(into: &writer) }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.envelope.decodeHeader(from: &reader)
    sender = try DeviceAddress(from: &reader)
    recipient = try DeviceAddress(from: &reader)
    message = try reader.vector(Self.messageByteCount) { (reader) throws(CygnetError) in
      try PairwiseMessage(from: &reader)
    }
  }
}
