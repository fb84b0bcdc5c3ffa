public import CygnetPrimitives
public import CygnetWire

/// A message of a session as it travels, unauthenticated until the session decrypts it.
public enum PairwiseMessage: Equatable, Sendable {
  /// From the initiator before the first reply: it carries the handshake, so that any one of them
  /// can start the session.
  case initial(InitialMessage)
  /// Every other message.
  case ratchet(RatchetMessage)

  /// - Throws: `malformed`, or `unsupported` for a version, suite or type that is unknown here.
  public init(decoding bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

  /// The canonical encoding.
  public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }
}

/// The body of every message: the sealed header and the sealed plaintext.
///
///     struct {
///       select (suite) {
///         case 1: opaque sealed_header[72];           // nonce[16], then header[40], tag[16] sealed
///         case 2: opaque sealed_header<113..121>;     // a TripleRatchetHeader, sealed likewise
///       };
///       opaque ciphertext<16..2^18+16>;
///     } RatchetBody;
///
///     struct {
///       WireHeader header;              // ratchet_message, or in suite 2 ratchet_message_2
///       RatchetBody body;
///     } RatchetMessage;
public struct RatchetMessage: Equatable, Sendable {
  package let sealedHeader: [UInt8]
  package let ciphertext: [UInt8]

  package init(sealedHeader: [UInt8], ciphertext: [UInt8]) {
    self.sealedHeader = sealedHeader
    self.ciphertext = ciphertext
  }

  /// The suite that has headers of this length; no two share one.
  package var suite: Suite { sealedHeader.count == HeaderKey.sealedByteCount ? .x3dh : .pqxdh }

  private static let ciphertextByteCount =
    ChaCha20Poly1305.tagByteCount...(Limits.maxPlaintextByteCount + ChaCha20Poly1305.tagByteCount)
}

/// A message that carries the handshake.
///
///     struct {
///       WireHeader header;              // initial_message
///       Handshake handshake;
///       RatchetBody body;
///     } InitialMessage;
public struct InitialMessage: Equatable, Sendable {
  package let handshake: Handshake
  package let body: RatchetMessage

  package init(handshake: Handshake, body: RatchetMessage) {
    self.handshake = handshake
    self.body = body
  }

  /// The identity key the message claims, 33 bytes encoded: what to look the sender up by before
  /// `PairwiseSession.accept` proves it.
  public var unverifiedIdentity: [UInt8] {
    [KeyType.ed25519.rawValue] + handshake.identity.bytes
  }
}

extension RatchetMessage {
  package func encodeBody(in suite: Suite, into writer: inout Writer) throws(CygnetError) {
    if suite.isPostQuantum {
      try writer.write(opaque: sealedHeader)
    } else {
      writer.write(fixed: sealedHeader)
    }
    try writer.write(opaque: ciphertext)
  }

  package init(bodyIn suite: Suite, from reader: inout Reader) throws(CygnetError) {
    sealedHeader =
      if suite.isPostQuantum {
        try reader.readOpaque(HeaderKey.tripleSealedByteCount)
      } else {
        try reader.readFixed(HeaderKey.sealedByteCount)
      }
    ciphertext = try reader.readOpaque(Self.ciphertextByteCount)
  }
}

extension PairwiseMessage: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    switch self {
    case .initial(let message):
      WireType.initialMessage.encodeHeader(into: &writer)
      try message.handshake.encode(into: &writer)
      try message.body.encodeBody(in: message.handshake.suite, into: &writer)
    case .ratchet(let message):
      let type: WireType = message.suite.isPostQuantum ? .ratchetMessage2 : .ratchetMessage
      type.encodeHeader(into: &writer)
      try message.encodeBody(in: message.suite, into: &writer)
    }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt16() == WireType.version else {
      throw CygnetError(.unsupported, "unknown layout version")
    }
    switch WireType(rawValue: try reader.readUInt8()) {
    case .initialMessage:
      let handshake = try Handshake(from: &reader)
      self = .initial(
        InitialMessage(
          handshake: handshake,
          body: try RatchetMessage(bodyIn: handshake.suite, from: &reader)))
    case .ratchetMessage:
      self = .ratchet(try RatchetMessage(bodyIn: .x3dh, from: &reader))
    case .ratchetMessage2:
      self = .ratchet(try RatchetMessage(bodyIn: .pqxdh, from: &reader))
    default:
      throw CygnetError(.malformed, "not a message of a session")
    }
  }
}
