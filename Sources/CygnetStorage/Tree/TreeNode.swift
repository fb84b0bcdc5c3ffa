internal import CygnetPrimitives
internal import CygnetWire

/// The digests of 64 neighbouring buckets.
///
///     struct {
///       BucketDigest buckets[64];
///     } TreeNode;
struct TreeNode: Equatable {
  var buckets = [BucketDigest](repeating: BucketDigest(), count: BucketIndex.perNode)

  /// The node of that number.
  /// - Parameter generation: what the root says; 0 for a node that was never written.
  static func load(
    _ number: Int, generation: UInt64, from store: any StoreTransaction, key: StoreKey
  ) throws(CygnetError) -> TreeNode {
    guard generation > 0 else { return TreeNode() }
    guard let record = try store.reading({ try $0.record(try id(of: number, key: key)) }),
      record.kind == RecordKind.treeNode.rawValue, record.generation == generation
    else {
      throw CygnetError(.storeDamaged, "a part of the store went back to an older one, or is gone")
    }
    return try TreeNode(wire: SealedRecord(opening: record, key: key).value)
  }

  /// The node as a record.
  func record(
    _ number: Int, generation: UInt64, key: StoreKey
  ) throws(CygnetError) -> StoredRecord {
    try SealedRecord(key: [UInt8(number)], value: wireEncodedSecret()).sealed(
      kind: .treeNode, id: Self.id(of: number, key: key), generation: generation, key: key)
  }

  static func id(of number: Int, key: StoreKey) throws(CygnetError) -> RecordID {
    try key.recordID(.treeNode, [UInt8(number)])
  }
}

extension TreeNode: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    for bucket in buckets { try bucket.encode(into: &writer) }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    for place in 0..<BucketIndex.perNode { buckets[place] = try BucketDigest(from: &reader) }
  }
}
