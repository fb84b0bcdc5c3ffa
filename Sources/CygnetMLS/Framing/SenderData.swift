package import CygnetPrimitives
package import CygnetWire

///     struct {
///       uint32 leaf_index;
///       uint32 generation;
///       opaque reuse_guard[4];
///     } SenderData;
///
/// Who sent an encrypted message, and with which key (RFC 9420 §6.3.2).
package struct SenderData: Hashable, Sendable {
  /// Bytes of the reuse guard.
  package static let reuseGuardByteCount = 4

  package let leafIndex: LeafIndex
  package let generation: Generation
  /// XORed into the nonce, so that a sender whose state went back repeats none (rule A1).
  package let reuseGuard: [UInt8]

  package init(leafIndex: LeafIndex, generation: Generation, reuseGuard: [UInt8]) {
    self.leafIndex = leafIndex
    self.generation = generation
    self.reuseGuard = reuseGuard
  }
}

extension SenderData: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try leafIndex.encode(into: &writer)
    try generation.encode(into: &writer)
    writer.write(fixed: reuseGuard)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    leafIndex = try LeafIndex(from: &reader)
    generation = try Generation(from: &reader)
    reuseGuard = try reader.readFixed(Self.reuseGuardByteCount)
  }
}

///     struct {
///       opaque group_id<V>;
///       uint64 epoch;
///       ContentType content_type;
///     } SenderDataAAD;
///
/// Where an encrypted message belongs, which its sender data is bound to; what its content is bound
/// to begins likewise.
package struct SenderDataAAD: WireEncodable, Sendable {
  let groupID: MLS.GroupID
  let epoch: MLS.Epoch
  let contentType: MLS.ContentType

  package init(groupID: MLS.GroupID, epoch: MLS.Epoch, contentType: MLS.ContentType) {
    self.groupID = groupID
    self.epoch = epoch
    self.contentType = contentType
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try groupID.encode(into: &writer)
    try epoch.encode(into: &writer)
    try contentType.encode(into: &writer)
  }
}

extension SenderData {
  /// Sealed for one message: the key comes from a sample of its ciphertext (rule A2).
  package func sealed(
    secret: SecretBytes, ciphertext: [UInt8], authenticating place: SenderDataAAD, suite: Algorithms
  ) throws(CygnetError) -> [UInt8] {
    let (key, nonce) = try Self.keyAndNonce(secret: secret, ciphertext: ciphertext, suite: suite)
    let plaintext = try wireEncodedSecret()
    let associated = try place.wireEncoded()
    return try nonce.withExposedCopy { (nonce) throws(CygnetError) in
      try suite.aead.seal(plaintext, key: key, nonce: nonce, authenticating: associated)
    }
  }

  /// - Throws: `authenticationFailed`; `malformed` for another length.
  package static func open(
    _ sealed: [UInt8], secret: SecretBytes, ciphertext: [UInt8],
    authenticating place: SenderDataAAD, suite: Algorithms
  ) throws(CygnetError) -> SenderData {
    let (key, nonce) = try keyAndNonce(secret: secret, ciphertext: ciphertext, suite: suite)
    let associated = try place.wireEncoded()
    let plaintext = try nonce.withExposedCopy { (nonce) throws(CygnetError) in
      do throws(CygnetError) {
        return try suite.aead.open(sealed, key: key, nonce: nonce, authenticating: associated)
      } catch {
        throw CygnetError(error.code, "A2: the sender data does not open (RFC 9420 §6.3.2)")
      }
    }
    return try SenderData(wire: plaintext)
  }

  /// The first bytes of the ciphertext, as many as the hash has, or all where there are fewer.
  package static func keyAndNonce(
    secret: SecretBytes, ciphertext: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> (key: SecretBytes, nonce: SecretBytes) {
    let sample = Array(ciphertext.prefix(suite.hashByteCount))
    return try suite.withExpander(secret) { (expander) throws(CygnetError) in
      (
        key: try expander.expand(.key, context: sample, count: suite.aeadKeyByteCount),
        nonce: try expander.expand(.nonce, context: sample, count: suite.aeadNonceByteCount)
      )
    }
  }
}
