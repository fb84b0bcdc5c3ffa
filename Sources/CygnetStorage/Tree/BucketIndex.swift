internal import CygnetPrimitives

/// Which of 4096 buckets a record falls into: the first 12 bits of its name. 64 neighbours share a
/// node of the tree.
struct BucketIndex: Hashable {
  static let perNode = 64
  static let nodeCount = 64

  /// 0 to 4095.
  let value: Int

  init(of id: RecordID) { value = Int(id.bytes[0]) << 4 | Int(id.bytes[1]) >> 4 }

  init(node: Int, place: Int) { value = node * Self.perNode + place }

  var node: Int { value / Self.perNode }
  var place: Int { value % Self.perNode }

  /// The names that fall into this bucket.
  func range() throws(CygnetError) -> ClosedRange<RecordID> { try Self.range(self, self) }

  /// The names that fall into the buckets of a node.
  static func range(ofNode node: Int) throws(CygnetError) -> ClosedRange<RecordID> {
    try range(
      BucketIndex(node: node, place: 0), BucketIndex(node: node, place: perNode - 1))
  }

  private static func range(
    _ first: BucketIndex, _ last: BucketIndex
  ) throws(CygnetError) -> ClosedRange<RecordID> {
    let rest = RecordID.byteCount - 2
    let low = [UInt8(first.value >> 4), UInt8(first.value & 15) << 4]
    let high = [UInt8(last.value >> 4), UInt8(last.value & 15) << 4 | 15]
    return try RecordID(
      low + [UInt8](repeating: 0, count: rest))...RecordID(
        high + [UInt8](repeating: 0xff, count: rest))
  }
}
