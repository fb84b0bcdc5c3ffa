public import CygnetPrimitives
public import CygnetWire

extension PairwiseSession {
  /// From what `state()` gave.
  /// - Throws: `malformed`, or `unsupported` for a later version or an unknown suite.
  public init(restoring state: SecretBytes) throws(CygnetError) { try self.init(wire: state) }

  /// The stored form, below 400 bytes for an established session plus 36 for each skipped key. It
  /// holds keys: seal it before it reaches a disk.
  public func state() throws(CygnetError) -> SecretBytes { try wireEncodedSecret() }
}

extension PairwiseSession: WireEncodable, WireDecodable {
  ///     struct {
  ///       WireHeader header;               // session_state
  ///       Suite suite;
  ///       opaque associated_data[32];      // SHA-256 of AssociatedData
  ///       IdentityKey peer;
  ///       opaque handshake_id[16];
  ///       DoubleRatchetState ratchet;
  ///       optional<Handshake> handshake;   // until the first reply
  ///       opaque suite_data<V>;            // empty in suite 1
  ///     } SessionState;
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.sessionState.encodeHeader(into: &writer)
    try suite.encode(into: &writer)
    writer.write(fixed: associatedData)
    try peer.encode(into: &writer)
    try handshakeID.encode(into: &writer)
    try ratchet.encode(into: &writer)
    try writer.write(optional: handshake)
    try Suite.encodeNoData(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.sessionState.decodeHeader(from: &reader)
    suite = try Suite(from: &reader)
    associatedData = try reader.readFixed(AssociatedData.digestByteCount)
    peer = try Ed25519.PublicKey(from: &reader)
    handshakeID = try HandshakeID(from: &reader)
    ratchet = try DoubleRatchet(suite: suite, from: &reader)
    handshake = try reader.readOptional()
    try suite.decodeData(from: &reader)
    if let handshake, try handshake.id() != handshakeID {
      throw CygnetError(.malformed, "the handshake is not this session's")
    }
  }
}
