package import CygnetPrimitives

/// What a look at everything in a store has found.
public struct StoreCheck: Sendable, Equatable {
  /// Records that open and are the last that were written at their places.
  public internal(set) var soundRecords = 0
  /// Their bytes as the store keeps them.
  public internal(set) var byteCount = 0
  /// Transactions that wrote since the store was set up.
  public internal(set) var commitCount: UInt64 = 0
  /// Records that do not open.
  public internal(set) var alteredRecords = 0
  /// Places, of 4096, whose records are not the ones that were written last: one is altered, went
  /// back to an older one, is gone, or was added.
  public internal(set) var damagedPlaces = 0
  /// Parts of the integrity tree, of 64, that are altered, too old or gone. Nothing at their 64
  /// places can be used.
  public internal(set) var damagedParts = 0
  /// Records that pass for parts of the tree and are none. They hurt nothing.
  public internal(set) var strayRecords = 0
  /// Whether the store counts other numbers of records than it has.
  public internal(set) var isMiscounted = false

  /// Whether nothing is amiss.
  public var isSound: Bool {
    alteredRecords == 0 && damagedPlaces == 0 && damagedParts == 0 && strayRecords == 0
      && !isMiscounted
  }
}

extension RecordTree {
  /// Looks at everything as it stood before this transaction wrote. It reads a 64th of the store at
  /// a time.
  func checkAll() throws(CygnetError) -> StoreCheck {
    var check = StoreCheck()
    check.commitCount = generation - 1
    var counts: [UInt8: Int] = [:]
    for number in 0..<BucketIndex.nodeCount {
      let range = try BucketIndex.range(ofNode: number)
      let records = try store.reading { try $0.records(in: range) }
      let node = try nodeIfSound(number)
      if node == nil { check.damagedParts += 1 }
      try self.check(records, against: node, number, &check, &counts)
    }
    check.isMiscounted = counts != root.counts.mapValues { Int($0) }
    return check
  }

  private func nodeIfSound(_ number: Int) throws(CygnetError) -> TreeNode? {
    do throws(CygnetError) {
      return try node(number)
    } catch {
      guard error.code == .storeDamaged || error.code == .malformed else { throw error }
      return nil
    }
  }

  /// The records of one node's range.
  private func check(
    _ records: [StoredRecord], against node: TreeNode?, _ number: Int, _ check: inout StoreCheck,
    _ counts: inout [UInt8: Int]
  ) throws(CygnetError) {
    var digests = [BucketDigest](repeating: BucketDigest(), count: BucketIndex.perNode)
    var damaged: Set<Int> = []
    for record in records {
      if RecordKind(rawValue: record.kind).isOfTree {
        if try !isOfTree(record) { check.strayRecords += 1 }
        continue
      }
      counts[record.kind, default: 0] += 1
      let place = BucketIndex(of: record.id).place
      guard let member = try? TreeMember(record), try opens(record) else {
        check.alteredRecords += 1
        damaged.insert(place)
        continue
      }
      try digests[place].add(member, key: key.treeKey)
      check.soundRecords += 1
      check.byteCount += record.sealed.count
    }
    guard let node else { return }
    for place in 0..<BucketIndex.perNode where node.buckets[place] != digests[place] {
      damaged.insert(place)
    }
    check.damagedPlaces += damaged.count
  }

  private func isOfTree(_ record: StoredRecord) throws(CygnetError) -> Bool {
    if record.kind == RecordKind.treeRoot.rawValue {
      return record.id == (try TreeRoot.id(key: key))
    }
    for number in 0..<BucketIndex.nodeCount where root.generations[number] > 0 {
      if record.id == (try TreeNode.id(of: number, key: key)) { return true }
    }
    return false
  }

  /// Whether the record opens, and has the name of its key.
  private func opens(_ record: StoredRecord) throws(CygnetError) -> Bool {
    let kind = RecordKind(rawValue: record.kind)
    do throws(CygnetError) {
      let content = try SealedRecord(opening: record, key: key)
      return try key.recordID(kind, content.key) == record.id
    } catch {
      guard error.code == .storeDamaged || error.code == .unsupported else { throw error }
      return false
    }
  }
}

extension RecordTransaction {
  /// Looks at everything in the store, which takes time in proportion to it, and says what is
  /// damaged. What this transaction wrote before counts as part of the store.
  /// - Throws: `storage`; damage is in the result.
  package func checkAll() throws(CygnetError) -> StoreCheck { try checkedTree().checkAll() }
}
