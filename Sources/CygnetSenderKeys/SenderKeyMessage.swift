public import CygnetPrimitives
public import CygnetWire

/// A message as it travels, the same for every member; unverified until a `ReceivingSenderKey`
/// decrypts it.
///
///     struct {
///       SenderKeyHeader header;
///       opaque ciphertext<16..2^18+16>;
///       opaque signature[64];
///     } SenderKeyMessage;
///
/// The chain's key signs all that stands before the signature, with what the application binds.
public struct SenderKeyMessage: Equatable, Sendable {
  package let header: SenderKeyHeader
  package let ciphertext: [UInt8]
  package let signature: [UInt8]

  package init(header: SenderKeyHeader, ciphertext: [UInt8], signature: [UInt8]) {
    self.header = header
    self.ciphertext = ciphertext
    self.signature = signature
  }

  /// - Throws: `malformed`, or `unsupported` for a version that is unknown here.
  public init(decoding bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

  /// The canonical encoding, 140 to 143 bytes longer than the plaintext.
  public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }

  /// What the message is for: with its sender, it says which `ReceivingSenderKey` opens it.
  public var distributionID: DistributionID { header.distributionID }

  /// The chain it claims to be of.
  public var chainID: SenderChainID { header.chainID }

  /// The number that it claims in its chain.
  public var iteration: UInt32 { header.iteration }

  private static var ciphertextByteCount: ClosedRange<Int> {
    let tag = ChaCha20Poly1305.tagByteCount
    return tag...(SenderKeyLimits.maxPlaintextByteCount + tag)
  }
}

/// What stands in front of a message's ciphertext.
///
///     struct {
///       WireHeader header;              // sender_key_message
///       DistributionID distribution_id;
///       SenderChainID chain_id;
///       uint32 iteration;               // below 2^32 − 2
///       opaque commitment[32];
///     } SenderKeyHeader;
package struct SenderKeyHeader: Equatable, Sendable {
  package static let byteCount = 59

  package let distributionID: DistributionID
  package let chainID: SenderChainID
  package let iteration: UInt32
  package let commitment: [UInt8]

  package init(
    distributionID: DistributionID, chainID: SenderChainID, iteration: UInt32,
    commitment: [UInt8]
  ) {
    self.distributionID = distributionID
    self.chainID = chainID
    self.iteration = iteration
    self.commitment = commitment
  }
}

extension SenderKeyHeader: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.senderKeyMessage.encodeHeader(into: &writer)
    try distributionID.encode(into: &writer)
    try chainID.encode(into: &writer)
    writer.write(iteration)
    writer.write(fixed: commitment)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.senderKeyMessage.decodeHeader(from: &reader)
    distributionID = try DistributionID(from: &reader)
    chainID = try SenderChainID(from: &reader)
    iteration = try reader.readUInt32()
    guard iteration < SenderKeyLimits.maxChainLength else {
      throw CygnetError(.malformed, "no message has this number")
    }
    commitment = try reader.readFixed(SenderMessageKey.commitmentByteCount)
  }
}

extension SenderKeyMessage: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try header.encode(into: &writer)
    try writer.write(opaque: ciphertext)
    writer.write(fixed: signature)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    header = try SenderKeyHeader(from: &reader)
    ciphertext = try reader.readOpaque(Self.ciphertextByteCount)
    signature = try reader.readFixed(Ed25519.signatureByteCount)
  }
}
