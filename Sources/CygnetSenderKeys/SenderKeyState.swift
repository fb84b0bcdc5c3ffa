public import CygnetPrimitives
public import CygnetWire

extension SendingSenderKey {
  /// From what `state()` gave.
  /// - Throws: `malformed`, or `unsupported` for a later version or an unknown suite.
  public init(restoring state: SecretBytes) throws(CygnetError) { try self.init(wire: state) }

  /// The stored form, 150 bytes. It holds keys: seal it before it reaches a disk.
  public func state() throws(CygnetError) -> SecretBytes { try wireEncodedSecret() }
}

extension ReceivingSenderKey {
  /// From what `state()` gave.
  /// - Throws: `malformed`, or `unsupported` for a later version or an unknown suite.
  public init(restoring state: SecretBytes) throws(CygnetError) { try self.init(wire: state) }

  /// The stored form, 60 bytes with 78 for each chain and 36 for each skipped key. It holds keys:
  /// seal it before it reaches a disk.
  public func state() throws(CygnetError) -> SecretBytes { try wireEncodedSecret() }
}

extension SendingSenderKey: WireEncodable, WireDecodable {
  ///     struct {
  ///       WireHeader header;                 // sending_sender_key_state
  ///       SenderKeySuite suite;
  ///       DistributionID distribution_id;
  ///       opaque context[32];                // SHA-256 of SenderKeyContext
  ///       SenderKeyRotationPolicy policy;
  ///       SenderChainID chain_id;
  ///       uint64 started_at;                 // seconds
  ///       uint32 iteration;                  // at most 2^32 − 2
  ///       opaque chain_key[32];
  ///       opaque signature_seed[32];
  ///       opaque suite_data<V>;              // empty in suite 1
  ///     } SendingSenderKeyState;
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.sendingSenderKeyState.encodeHeader(into: &writer)
    try SenderKeySuite.first.encode(into: &writer)
    try distributionID.encode(into: &writer)
    writer.write(fixed: context.digest)
    policy.encode(into: &writer)
    try chainID.encode(into: &writer)
    writer.write(startedAt.seconds)
    writer.write(iteration)
    writer.write(fixed: chainKey.secret)
    writer.write(fixed: signingKey.seed)
    try SenderKeySuite.first.encodeNoData(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.sendingSenderKeyState.decodeHeader(from: &reader)
    let suite = try SenderKeySuite(from: &reader)
    let distributionID = try DistributionID(from: &reader)
    let context = try SenderKeyContext(from: &reader)
    let policy = try SenderKeyRotationPolicy(from: &reader)
    let chainID = try SenderChainID(from: &reader)
    let startedAt = Timestamp(seconds: try reader.readUInt64())
    let iteration = try reader.readUInt32()
    guard iteration <= SenderKeyLimits.maxChainLength else {
      throw CygnetError(.malformed, "no chain is this long")
    }
    let chainKey = SenderChainKey(try reader.readSecret(SenderChainKey.byteCount))
    let seed = try reader.readSecret(Ed25519.seedByteCount)
    try suite.decodeData(from: &reader)
    self.init(
      distributionID: distributionID, context: context, policy: policy, chainID: chainID,
      startedAt: startedAt, iteration: iteration, chainKey: chainKey,
      signingKey: try Ed25519.PrivateKey(seed: seed))
  }
}

extension ReceivingSenderKey: WireEncodable, WireDecodable {
  /// Chains with every skipped key that all may hold, with room.
  private static let chainsByteCount =
    1...(SenderKeyLimits.maxChains * 128 + SenderKeyLimits.maxSkippedKeys * 36)

  ///     struct {
  ///       WireHeader header;                 // receiving_sender_key_state
  ///       SenderKeySuite suite;
  ///       DistributionID distribution_id;
  ///       opaque context[32];                // SHA-256 of SenderKeyContext
  ///       uint32 retired;
  ///       ReceivingSenderChain chains<V>;    // ids ascending, above retired, 1 to 5
  ///       opaque suite_data<V>;              // empty in suite 1
  ///     } ReceivingSenderKeyState;             // at most 4000 skipped keys in all
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.receivingSenderKeyState.encodeHeader(into: &writer)
    try SenderKeySuite.first.encode(into: &writer)
    try distributionID.encode(into: &writer)
    writer.write(fixed: context.digest)
    writer.write(retired)
    try writer.write(vector: chains)
    try SenderKeySuite.first.encodeNoData(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.receivingSenderKeyState.decodeHeader(from: &reader)
    let suite = try SenderKeySuite(from: &reader)
    let distributionID = try DistributionID(from: &reader)
    let context = try SenderKeyContext(from: &reader)
    let retired = try reader.readUInt32()
    let chains = try reader.readVector(
      Self.chainsByteCount, maxCount: SenderKeyLimits.maxChains, of: ReceivingSenderChain.self)
    var last = retired
    for chain in chains {
      guard chain.id.rawValue > last else {
        throw CygnetError(.malformed, "chains are stored in ascending order")
      }
      last = chain.id.rawValue
    }
    try suite.decodeData(from: &reader)
    self.init(
      distributionID: distributionID, context: context, retired: retired, chains: chains)
    guard skippedKeyCount <= SenderKeyLimits.maxSkippedKeys else {
      throw CygnetError(.malformed, "too many skipped keys")
    }
  }
}
