public import CygnetPrimitives
public import CygnetWire

extension PairwiseSession {
  /// From what `state()` gave.
  /// - Throws: `malformed`, or `unsupported` for a later version or an unknown suite.
  public init(restoring state: SecretBytes) throws(CygnetError) { try self.init(wire: state) }

  /// The stored form. It holds keys: seal it before it reaches a disk. In suite 2 it has up to 3,300
  /// bytes and 72 for each skipped key, 90 for one that was skipped alone; in suite 1 below 400, and
  /// 36 or 41.
  public func state() throws(CygnetError) -> SecretBytes { try wireEncodedSecret() }
}

extension PairwiseSession: WireEncodable, WireDecodable {
  ///     struct {
  ///       WireHeader header;               // session_state
  ///       Suite suite;
  ///       opaque associated_data[32];      // SHA-256 of AssociatedData
  ///       IdentityKey peer;
  ///       uint8 is_established;            // 1 once the peer has replied, on the responder always
  ///       select (is_established) {
  ///         case 0: Handshake handshake;
  ///         case 1: opaque handshake_id[16];
  ///       };
  ///       DoubleRatchetState ratchet;
  ///       opaque suite_data<V>;            // empty; in suite 2 the SparseRatchetState
  ///     } SessionState;
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.sessionState.encodeHeader(into: &writer)
    try suite.encode(into: &writer)
    writer.write(fixed: associatedData)
    try peer.encode(into: &writer)
    if let handshake {
      writer.write(UInt8(0))
      try handshake.encode(into: &writer)
    } else {
      writer.write(UInt8(1))
      try handshakeID.encode(into: &writer)
    }
    try ratchet.double.encode(into: &writer)
    guard let sparse = ratchet.sparse else { return try Suite.encodeNoData(into: &writer) }
    try writer.vector { (writer) throws(CygnetError) in try sparse.encode(into: &writer) }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.sessionState.decodeHeader(from: &reader)
    suite = try Suite(from: &reader)
    associatedData = try reader.readFixed(AssociatedData.digestByteCount)
    peer = try Ed25519.PublicKey(from: &reader)
    switch try reader.readUInt8() {
    case 0:
      let handshake = try Handshake(from: &reader)
      guard handshake.suite == suite else {
        throw CygnetError(.malformed, "the handshake is of another suite")
      }
      self.handshake = handshake
      handshakeID = try handshake.id()
    case 1:
      handshake = nil
      handshakeID = try HandshakeID(from: &reader)
    default:
      throw CygnetError(.malformed, "a flag is 0 or 1")
    }
    let double = try DoubleRatchet(suite: suite, from: &reader)
    ratchet = TripleRatchet(double: double, sparse: try Self.readSparse(suite, from: &reader))
    guard handshake == nil || ratchet.sparse?.role != .responder else {
      throw CygnetError(.malformed, "only an initiator sends a handshake")
    }
  }

  private static func readSparse(
    _ suite: Suite, from reader: inout Reader
  ) throws(CygnetError) -> SparseRatchet? {
    guard suite.isPostQuantum else {
      try Suite.decodeNoData(from: &reader)
      return nil
    }
    return try reader.vector(Limits.sparseRatchetStateByteCount) { (reader) throws(CygnetError) in
      try SparseRatchet(from: &reader)
    }
  }
}
