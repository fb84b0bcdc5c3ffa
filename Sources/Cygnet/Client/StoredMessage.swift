public import CygnetPairwise
public import CygnetPrimitives
public import CygnetSenderKeys
internal import CygnetWire

/// A message that was encrypted and waits to leave. The store keeps it until `confirmSent`, so that
/// a process that ends in between loses nothing and encrypts nothing twice.
public struct OutgoingMessage: Sendable {
  /// 16 bytes that name the message here.
  public let id: [UInt8]
  /// The contact it is for, as it is called now; nil if the contact was removed meanwhile.
  public let contact: Contact?
  /// What to carry to the contact: an encoded `Envelope`.
  public let envelope: [UInt8]
  /// When it was encrypted.
  public let createdAt: Timestamp
  /// The suite of the session it was encrypted in; nil for a message to a broadcast list, whose chain
  /// went out in sessions.
  public let suite: Suite?
}

/// A message that was decrypted. The store keeps it until `confirmDelivered`, since its key is gone
/// and it cannot be decrypted again.
public struct IncomingMessage: Sendable {
  /// 16 bytes that name the message here.
  public let id: [UInt8]
  /// Who sent it; nil if the contact was removed meanwhile.
  public let contact: Contact?
  /// The address it came from.
  public let sender: DeviceAddress
  /// What it says.
  public let content: MessageContent
  /// When it was decrypted.
  public let receivedAt: Timestamp
  /// Whether the sender was not known before.
  public let isFirstContact: Bool
  /// The broadcast list of the sender that it came by; nil for a message to this client alone.
  public let distributionID: DistributionID?
}

/// The name of a message: the first 16 bytes of the SHA-256 of its envelope.
struct MessageID: Hashable, Sendable {
  static let byteCount = 16
  let bytes: [UInt8]

  init(of envelope: [UInt8]) { bytes = Array(SHA256.hash(envelope).prefix(Self.byteCount)) }
}

///     struct {
///       uint16 version = 1;
///       DeviceAddress recipient;
///       uint64 created_at;
///       opaque envelope<V>;
///     } OutgoingRecord;
struct OutgoingRecord: WireEncodable, WireDecodable, Sendable {
  let recipient: DeviceAddress
  let createdAt: Timestamp
  let envelope: [UInt8]

  init(recipient: DeviceAddress, createdAt: Timestamp, envelope: [UInt8]) {
    self.recipient = recipient
    self.createdAt = createdAt
    self.envelope = envelope
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try recipient.encode(into: &writer)
    writer.write(createdAt.seconds)
    try writer.write(opaque: envelope)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    recipient = try DeviceAddress(from: &reader)
    createdAt = try reader.readTimestamp()
    envelope = try reader.readOpaque(0...(1 << 20))
  }

  var isBroadcast: Bool {
    get throws(CygnetError) {
      if case .broadcast = try AnyEnvelope(decoding: envelope) { true } else { false }
    }
  }

  func message(_ contact: Contact?) -> OutgoingMessage {
    OutgoingMessage(
      id: MessageID(of: envelope).bytes, contact: contact, envelope: envelope,
      createdAt: createdAt, suite: (try? AnyEnvelope(decoding: envelope))?.suite)
  }
}

extension AnyEnvelope {
  fileprivate var suite: Suite? {
    guard case .pairwise(let envelope) = self else { return nil }
    return switch envelope.message {
    case .initial(let message): message.handshake.suite
    case .ratchet(let message): message.suite
    }
  }
}

///     struct {
///       uint16 version = 1;
///       opaque id[16];
///       DeviceAddress sender;
///       uint64 received_at;
///       uint8 is_first_contact;
///       opaque content<V>;                 // MessageContent
///       DistributionID distribution_id;    // of a broadcast list; absent in other messages
///     } IncomingRecord;
struct IncomingRecord: WireEncodable, WireDecodable, Sendable {
  let id: [UInt8]
  let sender: DeviceAddress
  let receivedAt: Timestamp
  let isFirstContact: Bool
  let content: MessageContent
  let distributionID: DistributionID?

  init(
    id: MessageID, sender: DeviceAddress, receivedAt: Timestamp, isFirstContact: Bool,
    content: MessageContent, distributionID: DistributionID? = nil
  ) {
    self.id = id.bytes
    self.sender = sender
    self.receivedAt = receivedAt
    self.isFirstContact = isFirstContact
    self.content = content
    self.distributionID = distributionID
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    writer.write(fixed: id)
    try sender.encode(into: &writer)
    writer.write(receivedAt.seconds)
    writer.write(flag: isFirstContact)
    try writer.vector { (writer) throws(CygnetError) in try content.encode(into: &writer) }
    if let distributionID { try distributionID.encode(into: &writer) }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    id = try reader.readFixed(MessageID.byteCount)
    sender = try DeviceAddress(from: &reader)
    receivedAt = try reader.readTimestamp()
    isFirstContact = try reader.readFlag()
    content = try reader.vector(0...(1 << 20)) { (reader) throws(CygnetError) in
      try MessageContent(from: &reader)
    }
    distributionID = reader.remaining > 0 ? try DistributionID(from: &reader) : nil
  }

  func message(_ contact: Contact?) -> IncomingMessage {
    IncomingMessage(
      id: id, contact: contact, sender: sender, content: content, receivedAt: receivedAt,
      isFirstContact: isFirstContact, distributionID: distributionID)
  }
}
