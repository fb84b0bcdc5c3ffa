public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       opaque kem_output<V>;
  ///       opaque ciphertext<V>;
  ///     } HPKECiphertext;
  ///
  /// A secret sealed to a public key (RFC 9420 §5.1.3).
  public struct HPKECiphertext: Hashable, Sendable, WireEncodable, WireDecodable {
    package let kemOutput: [UInt8]
    package let ciphertext: [UInt8]

    package init(kemOutput: [UInt8], ciphertext: [UInt8]) {
      self.kemOutput = kemOutput
      self.ciphertext = ciphertext
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(opaque: kemOutput)
      try writer.write(opaque: ciphertext)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      kemOutput = try reader.readOpaque(0...Limits.opaqueByteCount)
      ciphertext = try reader.readOpaque(0...Limits.opaqueByteCount)
    }
  }

  ///     struct {
  ///       HPKEPublicKey encryption_key;
  ///       HPKECiphertext encrypted_path_secret<V>;
  ///     } UpdatePathNode;
  ///
  /// The new key of one node of a path, and its secret sealed to each node of the copath's
  /// resolution (RFC 9420 §7.6).
  public struct UpdatePathNode: Hashable, Sendable, WireEncodable, WireDecodable {
    package let encryptionKey: HPKEPublicKey
    package let ciphertexts: CiphertextList

    package init(encryptionKey: HPKEPublicKey, ciphertexts: CiphertextList) {
      self.encryptionKey = encryptionKey
      self.ciphertexts = ciphertexts
    }

    /// - Precondition: less than 2^30 bytes, as of any tree.
    package init(encryptionKey: HPKEPublicKey, encryptedPathSecret: [HPKECiphertext]) {
      self.init(encryptionKey: encryptionKey, ciphertexts: CiphertextList(encryptedPathSecret))
    }

    /// All ciphertexts, taken apart: who opens one needs ``ciphertexts`` only.
    package var encryptedPathSecret: [HPKECiphertext] { ciphertexts.all }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try encryptionKey.encode(into: &writer)
      try writer.write(opaque: ciphertexts.encoded)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      encryptionKey = try HPKEPublicKey(from: &reader)
      ciphertexts = try CiphertextList(from: &reader)
    }
  }

  ///     struct {
  ///       LeafNode leaf_node;
  ///       UpdatePathNode nodes<V>;
  ///     } UpdatePath;
  ///
  /// The committer's new leaf and the new keys from there to the root (RFC 9420 §7.6).
  public struct UpdatePath: Hashable, Sendable, WireEncodable, WireDecodable {
    package let leafNode: LeafNode
    package let nodes: [UpdatePathNode]

    package init(leafNode: LeafNode, nodes: [UpdatePathNode]) {
      self.leafNode = leafNode
      self.nodes = nodes
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try leafNode.encode(into: &writer)
      try writer.write(vector: nodes)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      leafNode = try LeafNode(from: &reader)
      nodes = try reader.readVector(
        0...Limits.opaqueByteCount, maxCount: Limits.pathNodeCount)
    }
  }
}
