package import CygnetPrimitives
internal import CygnetWire

///     struct {
///       PreSharedKeyID id;
///       uint16 index;
///       uint16 count;
///     } PSKLabel;
private struct PSKLabel: WireEncodable {
  let id: MLS.PreSharedKeyID
  let index: UInt16
  let count: UInt16

  func encode(into writer: inout Writer) throws(CygnetError) {
    try id.encode(into: &writer)
    writer.write(index)
    writer.write(count)
  }
}

/// How pre-shared keys enter an epoch (RFC 9420 §8.4).
package enum PSKSecret {
  /// One secret of all keys, in the order of their proposals in the commit (rule C8); zeros for
  /// none.
  /// - Throws: `limitExceeded` for more than ``MLS/Limits/preSharedKeyCount``.
  package static func combine(
    _ keys: [(id: MLS.PreSharedKeyID, secret: SecretBytes)], suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    guard keys.count <= MLS.Limits.preSharedKeyCount, let count = UInt16(exactly: keys.count)
    else { throw CygnetError(.limitExceeded, "too many pre-shared keys in one commit") }
    var combined = suite.zeroSecret
    var index: UInt16 = 0
    for key in keys {
      let extracted = suite.extract(salt: suite.zeroSecret, inputKeyMaterial: key.secret)
      let label = PSKLabel(id: key.id, index: index, count: count)
      let input = try suite.expandWithLabel(
        extracted, label: "derived psk", context: label.wireEncoded(),
        count: suite.hashByteCount)
      combined = suite.extract(salt: input, inputKeyMaterial: combined)
      index += 1  // ends at `count`, which fits
    }
    return combined
  }
}
