package import CygnetPrimitives
package import CygnetWire

///     struct {
///       HPKEPublicKey encryption_key;
///       opaque parent_hash<V>;
///       uint32 unmerged_leaves<V>;
///     } ParentNode;
///
/// A key that the members below share (RFC 9420 §7.1), but for those in `unmergedLeaves`, who came
/// after it was made.
package struct ParentNode: Hashable, Sendable, WireEncodable, WireDecodable {
  package let encryptionKey: MLS.HPKEPublicKey
  package let parentHash: [UInt8]
  /// In ascending order.
  package let unmergedLeaves: [LeafIndex]

  package init(
    encryptionKey: MLS.HPKEPublicKey, parentHash: [UInt8], unmergedLeaves: [LeafIndex] = []
  ) {
    self.encryptionKey = encryptionKey
    self.parentHash = parentHash
    self.unmergedLeaves = unmergedLeaves
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try encryptionKey.encode(into: &writer)
    try writer.write(opaque: parentHash)
    try writer.write(vector: unmergedLeaves)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    encryptionKey = try MLS.HPKEPublicKey(from: &reader)
    parentHash = try reader.readOpaque(0...MLS.Limits.opaqueByteCount)
    unmergedLeaves = try reader.readVector(
      0...(4 * MLS.Limits.leafCount), maxCount: MLS.Limits.leafCount)
  }
}
