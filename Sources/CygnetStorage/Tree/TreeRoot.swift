internal import CygnetPrimitives
internal import CygnetWire

/// The one record from which the integrity of all others follows.
///
///     struct {
///       uint8 kind;
///       uint32 count;                // at least 1
///     } KindCount;
///
///     struct {
///       uint64 commit_count;         // also the root's own generation
///       opaque header_digest[32];    // SHA-256 of the StoreHeader
///       uint64 generations[64];      // of the nodes; 0 where there is none yet
///       KindCount counts<V>;         // kinds ascending
///     } TreeRoot;
struct TreeRoot: Equatable {
  /// Transactions that wrote, since the store was set up.
  var commitCount: UInt64
  var headerDigest: [UInt8]
  var generations = [UInt64](repeating: 0, count: BucketIndex.nodeCount)
  private(set) var counts: [UInt8: UInt32] = [:]

  init(commitCount: UInt64, headerDigest: [UInt8]) {
    self.commitCount = commitCount
    self.headerDigest = headerDigest
  }

  /// Records of a kind.
  func count(of kind: RecordKind) -> Int { Int(counts[kind.rawValue] ?? 0) }

  /// Records of all kinds but the tree's own.
  var recordCount: Int {
    var sum = 0
    for count in counts.values { sum += Int(count) }
    return sum
  }

  /// - Throws: `limitExceeded` beyond 2^32 − 1 records of a kind.
  mutating func add(_ kind: UInt8) throws(CygnetError) {
    let (sum, overflow) = (counts[kind] ?? 0).addingReportingOverflow(1)
    guard !overflow else { throw CygnetError(.limitExceeded, "too many records") }
    counts[kind] = sum
  }

  /// - Throws: `storeDamaged` where there is none.
  mutating func remove(_ kind: UInt8) throws(CygnetError) {
    guard let count = counts[kind], count > 0 else {
      throw CygnetError(.storeDamaged, "the count of records is wrong")
    }
    counts[kind] = count == 1 ? nil : count - 1
  }
}

extension TreeRoot {
  /// - Throws: `storeDamaged` where it is missing or altered; `locked` where the store got another
  ///   key since `key` was made.
  static func load(
    from store: any StoreTransaction, key: StoreKey
  ) throws(CygnetError) -> TreeRoot {
    let id = try id(key: key)
    guard let record = try store.reading({ try $0.record(id) }),
      record.kind == RecordKind.treeRoot.rawValue
    else {
      try demandSameKey(store, key)
      throw CygnetError(.storeDamaged, "the root of the store is missing")
    }
    let root = try TreeRoot(wire: SealedRecord(opening: record, key: key).value)
    guard root.commitCount == record.generation else {
      throw CygnetError(.storeDamaged, "the root of the store contradicts itself")
    }
    return root
  }

  /// A new master key comes with a new name of the store, and the header says it in the clear.
  private static func demandSameKey(
    _ store: any StoreTransaction, _ key: StoreKey
  ) throws(CygnetError) {
    guard let bytes = try store.reading({ try $0.header() }) else { return }
    if try StoreHeader(wire: bytes).storeID != key.storeID {
      throw CygnetError(.locked, "the store has another key now: open it again")
    }
  }

  /// The root as a record, of the generation that is its commit count.
  func record(key: StoreKey) throws(CygnetError) -> StoredRecord {
    try SealedRecord(key: [], value: wireEncodedSecret()).sealed(
      kind: .treeRoot, id: Self.id(key: key), generation: commitCount, key: key)
  }

  static func id(key: StoreKey) throws(CygnetError) -> RecordID {
    try key.recordID(.treeRoot, [])
  }
}

extension TreeRoot: WireEncodable, WireDecodable {
  private struct KindCount: WireEncodable, WireDecodable {
    static let byteCount = 5

    let kind: UInt8
    let count: UInt32

    init(kind: UInt8, count: UInt32) {
      self.kind = kind
      self.count = count
    }

    func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(kind)
      writer.write(count)
    }

    init(from reader: inout Reader) throws(CygnetError) {
      kind = try reader.readUInt8()
      count = try reader.readUInt32()
    }
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(commitCount)
    writer.write(fixed: headerDigest)
    for generation in generations { writer.write(generation) }
    var list: [KindCount] = []
    for kind in counts.keys.sorted() {
      if let count = counts[kind] { list.append(KindCount(kind: kind, count: count)) }
    }
    try writer.write(vector: list)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    commitCount = try reader.readUInt64()
    headerDigest = try reader.readFixed(SHA256.byteCount)
    for node in 0..<BucketIndex.nodeCount { generations[node] = try reader.readUInt64() }
    let list: [KindCount] = try reader.readVector(0...(256 * KindCount.byteCount), maxCount: 256)
    var last = -1
    for entry in list {
      guard Int(entry.kind) > last, entry.count > 0 else {
        throw CygnetError(.malformed, "counts of kinds are in order, and not zero")
      }
      last = Int(entry.kind)
      counts[entry.kind] = entry.count
    }
  }
}

extension StoreTransaction {
  /// A call whose errors are the library's: its own as they are, others as `storage`.
  func reading<Result>(
    _ body: (any StoreTransaction) throws -> Result
  ) throws(CygnetError) -> Result {
    do {
      return try body(self)
    } catch let error as CygnetError {
      throw error
    } catch {
      throw CygnetError(.storage, "the store failed", underlying: error)
    }
  }
}
