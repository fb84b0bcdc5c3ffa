public import CygnetPrimitives
public import CygnetWire

/// What a member receives so that it can read a sender's chain from some message on.
///
///     struct {
///       WireHeader header;              // sender_key_distribution_message
///       SenderKeySuite suite;
///       DistributionID distribution_id;
///       SenderChainID chain_id;
///       uint32 iteration;               // the first message that it opens, at most 2^32 − 2
///       opaque chain_key[32];
///       SenderSignatureKey signature_key;
///       opaque suite_data<V>;           // empty in suite 1
///     } SenderKeyDistributionMessage;
///
/// It holds a key and no signature. It travels inside a pairwise session with its sender, which
/// keeps it secret and says who sent it, and nowhere else: taken from anywhere else, it makes
/// whoever wrote it the sender.
public struct SenderKeyDistributionMessage: Sendable {
  /// What the chain is for.
  public let distributionID: DistributionID
  /// Which of the sender's chains it is.
  public let chainID: SenderChainID
  /// The number of the first message that it opens.
  public let iteration: UInt32
  package let chainKey: SenderChainKey
  package let signatureKey: SenderSignatureKey

  package init(
    distributionID: DistributionID, chainID: SenderChainID, iteration: UInt32,
    chainKey: SenderChainKey, signatureKey: SenderSignatureKey
  ) {
    self.distributionID = distributionID
    self.chainID = chainID
    self.iteration = iteration
    self.chainKey = chainKey
    self.signatureKey = signatureKey
  }

  /// Decodes what a pairwise session decrypted.
  /// - Throws: `malformed`, or `unsupported` for a version or suite that is unknown here.
  public init(decoding bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

  /// The canonical encoding, key included, 95 bytes. Encrypt it in a pairwise session.
  public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }
}

extension SenderKeyDistributionMessage: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.senderKeyDistributionMessage.encodeHeader(into: &writer)
    try SenderKeySuite.first.encode(into: &writer)
    try distributionID.encode(into: &writer)
    try chainID.encode(into: &writer)
    writer.write(iteration)
    writer.write(fixed: chainKey.secret)
    try signatureKey.encode(into: &writer)
    try SenderKeySuite.first.encodeNoData(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.senderKeyDistributionMessage.decodeHeader(from: &reader)
    let suite = try SenderKeySuite(from: &reader)
    distributionID = try DistributionID(from: &reader)
    chainID = try SenderChainID(from: &reader)
    iteration = try reader.readUInt32()
    guard iteration <= SenderKeyLimits.maxChainLength else {
      throw CygnetError(.malformed, "no chain is this long")
    }
    chainKey = SenderChainKey(try reader.readSecret(SenderChainKey.byteCount))
    signatureKey = try SenderSignatureKey(from: &reader)
    try suite.decodeData(from: &reader)
  }
}
