internal import CygnetPrimitives

/// The integrity tree as one transaction sees it: every record that is read is one that was written
/// last at its place, and none that was written is missing (Specification: StoredRecords).
///
/// A record is checked against the others of its bucket, the bucket against its node, the node
/// against the root. So a read costs the records of one bucket, one node and the root, whatever the
/// number of records, up to some ten thousand where buckets begin to fill.
final class RecordTree {
  let store: any StoreTransaction
  let key: StoreKey
  private(set) var root: TreeRoot
  /// The generation of what this transaction writes.
  let generation: UInt64

  private var nodes: [Int: TreeNode] = [:]
  private var buckets: [BucketIndex: [TreeMember]] = [:]
  private var changedNodes: Set<Int> = []
  private var hasChanged = false
  /// Whether all records there are were written by this transaction.
  private let isNew: Bool

  /// The tree of a store that was set up.
  convenience init(in store: any StoreTransaction, key: StoreKey) throws(CygnetError) {
    try self.init(
      store: store, key: key, root: try TreeRoot.load(from: store, key: key), isNew: false)
  }

  /// A tree without records, in which nothing of the store counts that is not added to it.
  convenience init(
    newWith root: TreeRoot, in store: any StoreTransaction, key: StoreKey
  ) throws(CygnetError) {
    try self.init(store: store, key: key, root: root, isNew: true)
    hasChanged = true
  }

  private init(
    store: any StoreTransaction, key: StoreKey, root: TreeRoot, isNew: Bool
  ) throws(CygnetError) {
    let (generation, overflow) = root.commitCount.addingReportingOverflow(1)
    guard !overflow else { throw CygnetError(.limitExceeded, "too many transactions") }
    (self.store, self.key, self.root, self.generation) = (store, key, root, generation)
    self.isNew = isNew
  }

  /// Replaces what the root says of the header.
  func setHeaderDigest(_ digest: [UInt8]) {
    root.headerDigest = digest
    hasChanged = true
  }

  /// The record of that name as it was written last.
  /// - Throws: `storeDamaged` where the store has another one, or one too many or too few beside it.
  func record(_ id: RecordID) throws(CygnetError) -> StoredRecord? {
    let index = BucketIndex(of: id)
    if buckets[index] == nil && !isNew {
      for record in try load(index) where record.id == id { return record }
      return nil
    }
    guard let member = try member(id) else { return nil }
    guard let record = try store.reading({ try $0.record(id) }),
      try TreeMember(record) == member
    else { throw Self.isDamaged }
    return record
  }

  /// - Throws: `storeDamaged` unless the record is the one written last at its place.
  func verify(_ record: StoredRecord) throws(CygnetError) {
    guard try TreeMember(record) == member(record.id) else { throw Self.isDamaged }
  }

  /// The names of all records, each of which is the one written last at its place.
  /// - Throws: `storeDamaged` unless the store holds exactly what was written.
  func verifiedNames() throws(CygnetError) -> [RecordID] {
    var names: [RecordID] = []
    for number in 0..<BucketIndex.nodeCount {
      for place in 0..<BucketIndex.perNode {
        let index = BucketIndex(node: number, place: place)
        for record in try load(index) { names.append(record.id) }
      }
    }
    guard names.count == root.recordCount else { throw Self.isDamaged }
    return names
  }

  /// Adds the record, or replaces the one of the same name.
  func put(_ record: StoredRecord) throws(CygnetError) {
    try replace(record.id, by: TreeMember(record))
    try store.reading { try $0.put(record) }
  }

  /// Removes the record of that name; no matter if there is none.
  func delete(_ id: RecordID) throws(CygnetError) {
    guard try member(id) != nil else { return }
    try replace(id, by: nil)
    try store.reading { try $0.delete(id) }
  }

  /// Writes what changed of the tree; nothing where nothing did.
  func commit() throws(CygnetError) {
    guard hasChanged else { return }
    for number in changedNodes.sorted() {
      let record = try node(number).record(number, generation: generation, key: key)
      try store.reading { try $0.put(record) }
      root.generations[number] = generation
    }
    root.commitCount = generation
    let record = try root.record(key: key)
    try store.reading { try $0.put(record) }
  }

  /// Whether this transaction has written anything.
  var hasWritten: Bool { hasChanged }

  /// The node of that number.
  func node(_ number: Int) throws(CygnetError) -> TreeNode {
    if let node = nodes[number] { return node }
    let node = try TreeNode.load(
      number, generation: root.generations[number], from: store, key: key)
    nodes[number] = node
    return node
  }

  private static var isDamaged: CygnetError {
    CygnetError(
      .storeDamaged, "a record of the store was altered, went back to an older one, or is gone")
  }

  private func member(_ id: RecordID) throws(CygnetError) -> TreeMember? {
    let index = BucketIndex(of: id)
    if buckets[index] == nil && !isNew { _ = try load(index) }
    for member in buckets[index] ?? [] where member.id == id { return member }
    return nil
  }

  /// The bucket's records, which are all there and none of which is another.
  private func load(_ index: BucketIndex) throws(CygnetError) -> [StoredRecord] {
    let range = try index.range()
    let all = try store.reading { try $0.records(in: range) }
    var (records, members, digest) = ([StoredRecord](), [TreeMember](), BucketDigest())
    for record in all where !RecordKind(rawValue: record.kind).isOfTree {
      let member = try TreeMember(record)
      try digest.add(member, key: key.treeKey)
      members.append(member)
      records.append(record)
    }
    guard try node(index.node).buckets[index.place] == digest else { throw Self.isDamaged }
    buckets[index] = members
    return records
  }

  private func replace(_ id: RecordID, by new: TreeMember?) throws(CygnetError) {
    let old = try member(id)
    let index = BucketIndex(of: id)
    var node = try node(index.node)
    var members = buckets[index] ?? []
    if let old {
      try node.buckets[index.place].remove(old, key: key.treeKey)
      try root.remove(old.kind)
      members.removeAll { $0.id == id }
    }
    if let new {
      try node.buckets[index.place].add(new, key: key.treeKey)
      try root.add(new.kind)
      members.append(new)
    }
    nodes[index.node] = node
    buckets[index] = members
    changedNodes.insert(index.node)
    hasChanged = true
  }
}
