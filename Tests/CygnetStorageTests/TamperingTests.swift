import CygnetPrimitives
import CygnetStorage
import TestSupport
import Testing

/// What somebody can do to a store without its key.
enum Tampering: String, CaseIterable, Sendable {
  case olderRecord, deleted, movedToFreeName, replacedByAnother, contentsSwapped
  case ofAnotherKind, asTreeNode, asTreeRoot, ofUnknownKind
  case laterGeneration, earlierGeneration, noGeneration, lastGeneration
  case cutShort, lengthened, emptied, foreignCopyBeside, fromAnotherStore
  case olderNode, deletedNode, olderRoot, deletedRoot, nodeUnderAnotherNumber
  case olderBucketAndNode

  /// Applies it to the record at `index`.
  ///
  /// `old` are the contents before the record and others were written last; `foreign` those of
  /// another store with the same keys and values.
  func apply(
    to contents: inout Contents, _ index: Int, old: Contents, foreign: Contents, another: Int,
    node: RecordID
  ) throws {
    let record = contents.records[index]
    switch self {
    case .olderRecord: contents.replace(old.named(record.id))
    case .deleted: contents.records.remove(at: index)
    case .movedToFreeName: contents.records[index] = record.with(id: try record.id.neighbour())
    case .replacedByAnother:
      let other = contents.records[another]
      contents.records[index] = other.with(id: record.id)
    case .contentsSwapped:
      let other = contents.records[another]
      contents.replace(record.with(sealed: other.sealed, generation: other.generation))
      contents.replace(other.with(sealed: record.sealed, generation: record.generation))
    case .ofAnotherKind: contents.records[index] = record.with(kind: RecordKind.contact.rawValue)
    case .asTreeNode: contents.records[index] = record.with(kind: 0xf0)
    case .asTreeRoot: contents.records[index] = record.with(kind: 0xf1)
    case .ofUnknownKind: contents.records[index] = record.with(kind: 99)
    case .laterGeneration: contents.records[index] = record.with(generation: record.generation + 1)
    case .earlierGeneration:
      contents.records[index] = record.with(generation: record.generation - 1)
    case .noGeneration: contents.records[index] = record.with(generation: 0)
    case .lastGeneration: contents.records[index] = record.with(generation: .max)
    case .cutShort: contents.records[index] = record.with(sealed: Array(record.sealed.dropLast()))
    case .lengthened: contents.records[index] = record.with(sealed: record.sealed + [0])
    case .emptied: contents.records[index] = record.with(sealed: [])
    case .foreignCopyBeside: contents.records.append(record.with(id: try record.id.neighbour()))
    case .fromAnotherStore:
      let other = try #require(foreign.records.first { $0.kind == record.kind })
      contents.records[index] = other.with(id: record.id)
    default: try applyToTree(&contents, record, old: old, node)
    }
  }

  private func applyToTree(
    _ contents: inout Contents, _ record: StoredRecord, old: Contents, _ node: RecordID
  ) throws {
    let node = try #require(contents.named(node))
    let root = try #require(contents.records.first { $0.kind == 0xf1 })
    switch self {
    case .olderNode: contents.replace(old.named(node.id))
    case .deletedNode: contents.records.removeAll { $0.id == node.id }
    case .olderRoot: contents.replace(old.named(root.id))
    case .deletedRoot: contents.records.removeAll { $0.id == root.id }
    case .nodeUnderAnotherNumber:
      let other = try #require(contents.records.first { $0.kind == 0xf0 && $0.id != node.id })
      contents.replace(other.with(id: node.id, generation: node.generation))
    default:
      contents.replace(old.named(record.id))
      contents.replace(old.named(node.id))
    }
  }
}

extension Contents {
  func named(_ id: RecordID) -> StoredRecord? { records.first { $0.id == id } }

  mutating func replace(_ record: StoredRecord?) {
    guard let record else { return }
    records.removeAll { $0.id == record.id }
    records.append(record)
  }

  func changedSince(_ old: Contents, kind: UInt8) -> [StoredRecord] {
    records.filter { $0.kind == kind && old.named($0.id) != nil && old.named($0.id) != $0 }
  }
}

extension StoredRecord {
  func with(
    kind: UInt8? = nil, id: RecordID? = nil, sealed: [UInt8]? = nil, generation: UInt64? = nil
  ) -> StoredRecord {
    StoredRecord(
      kind: kind ?? self.kind, id: id ?? self.id, generation: generation ?? self.generation,
      sealed: sealed ?? self.sealed)
  }
}

extension RecordID {
  /// Another name in the same bucket.
  func neighbour() throws -> RecordID {
    var bytes = bytes
    bytes[15] ^= 1
    return try RecordID(bytes)
  }
}

@Suite("Tampering with a store")
struct TamperingTests {
  /// A store in which session 0, and after it another one in another part of the tree, were written
  /// again after `old`.
  private struct Scene {
    let store: InMemoryStore
    let key: StoreKey
    let old: Contents
    let contents: Contents
    /// Where the first session is among the contents, and another.
    let index: Int
    let another: Int
    /// The first session's part of the tree.
    let node: RecordID

    init() async throws {
      (store, key) = try await filledStore(records: 40)
      old = try await Contents.of(store)
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        try transaction.put(.session, [0, 0], secret("later"))
      }
      let middle = try await Contents.of(store)
      let first = try #require(middle.changedSince(old, kind: RecordKind.session.rawValue).first)
      let node = try #require(middle.changedSince(old, kind: 0xf0).first).id
      // Then other sessions, until one lies in another part of the tree.
      var (step, now) = (UInt8(1), middle)
      while now.changedSince(middle, kind: 0xf0).map(\.id).filter({ $0 != node }).isEmpty {
        let name = [step, 0]
        try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
          try transaction.put(.session, name, secret("later"))
        }
        now = try await Contents.of(store)
        step += 1
      }
      self.node = node
      contents = now
      index = try #require(now.records.firstIndex { $0.id == first.id })
      another = try #require(
        now.records.firstIndex {
          $0.kind == first.kind && $0.id != first.id && $0.generation == 2
        })
    }

    func read() async throws -> SecretBytes? {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        try transaction.value(.session, [0, 0])
      }
    }

    func list() async throws {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        _ = try transaction.values(.session)
      }
    }

    func write() async throws {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        try transaction.put(.session, [0, 0], secret("changed"))
      }
    }

    func delete() async throws {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        try transaction.delete(.session, [0, 0])
      }
    }

    func isSound() async throws -> Bool {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        try transaction.checkAll().isSound
      }
    }
  }

  @Test("is noticed at every use, and nothing is written", arguments: Tampering.allCases)
  func noticed(_ tampering: Tampering) async throws {
    let scene = try await Scene()
    let (other, _) = try await filledStore(records: 40)
    var contents = scene.contents
    try tampering.apply(
      to: &contents, scene.index, old: scene.old, foreign: try await Contents.of(other),
      another: scene.another, node: scene.node)
    try await contents.restore(to: scene.store)
    let damaged = try await Contents.of(scene.store)
    #expect(damaged != scene.contents)
    for use in [scene.list, scene.write, scene.delete] {
      #expect(await failureCode { try await use() } == .storeDamaged)
    }
    #expect(await failureCode { try await scene.read() } == .storeDamaged)
    #expect(try await Contents.of(scene.store) == damaged)
    // With the root gone, nothing can be said of the rest.
    let isSound = try? await scene.isSound()
    #expect(isSound != true)
    try await scene.contents.restore(to: scene.store)
    #expect(try await scene.isSound())
    #expect(try await scene.read() == secret("later"))
  }

  @Test("no bit of a record can be changed")
  func everyBit() async throws {
    let scene = try await Scene()
    let record = scene.contents.records[scene.index]
    for bit in 0..<(8 * record.sealed.count) {
      var sealed = record.sealed
      sealed[bit / 8] ^= 1 << UInt8(bit % 8)
      let changed = record.with(sealed: sealed)
      try await scene.store.transaction { try $0.put(changed) }
      // The first byte is the version of the layout.
      let expected: CygnetError.Code = bit < 8 ? .unsupported : .storeDamaged
      #expect(await failureCode { try await scene.read() } == expected, "bit \(bit)")
      if bit % 40 == 0 { #expect(try await !scene.isSound(), "bit \(bit)") }
    }
  }

  @Test("no byte of the root can be changed")
  func everyByteOfTheRoot() async throws {
    let scene = try await Scene()
    let root = try #require(scene.contents.records.first { $0.kind == 0xf1 })
    for bit in stride(from: 8, to: 8 * root.sealed.count, by: 7) {
      var sealed = root.sealed
      sealed[bit / 8] ^= 1 << UInt8(bit % 8)
      let changed = root.with(sealed: sealed)
      try await scene.store.transaction { try $0.put(changed) }
      #expect(await failureCode { try await scene.read() } == .storeDamaged, "bit \(bit)")
    }
  }

  @Test("a check says how much is damaged")
  func report() async throws {
    let scene = try await Scene()
    var contents = scene.contents
    contents.records[scene.index] = contents.records[scene.index].with(sealed: [1, 2, 3])
    contents.records[scene.another] = try #require(
      scene.old.named(contents.records[scene.another].id)
    ).with(generation: 1)
    let node = try #require(contents.records.first { $0.kind == 0xf0 })
    contents.records.append(node.with(id: try node.id.neighbour()))
    try await contents.restore(to: scene.store)
    let check = try await RecordTransaction.run(
      in: scene.store, key: scene.key
    ) { transaction throws(CygnetError) in try transaction.checkAll() }
    #expect(check.soundRecords == 118 && check.alteredRecords == 2 && check.damagedPlaces == 2)
    #expect(check.damagedParts == 0 && check.strayRecords == 1 && !check.isMiscounted)
    #expect(!check.isSound && check.commitCount >= 4)
  }

  @Test("with an older root, whatever was not put back with it is damaged")
  func olderRootAndPart() async throws {
    let scene = try await Scene()
    var contents = scene.contents
    for record in contents.changedSince(scene.old, kind: 0xf1) {
      contents.replace(scene.old.named(record.id))
    }
    contents.replace(scene.old.named(scene.node))
    contents.replace(scene.old.named(contents.records[scene.index].id))
    try await contents.restore(to: scene.store)
    #expect(await failureCode { try await scene.list() } == .storeDamaged)
    #expect(try await !scene.isSound())
  }

  @Test("a record of an unused kind at an unused place is found by the check")
  func strangers() async throws {
    let scene = try await Scene()
    let used = Set(scene.contents.records.map { Array($0.id.bytes[..<2]) })
    let free = try #require((0..<256).first { !used.contains([UInt8($0), 0]) })
    let id = try RecordID([UInt8(free)] + [UInt8](repeating: 0, count: 15))
    let stranger = scene.contents.records[scene.index].with(id: id)
    try await scene.store.transaction { try $0.put(stranger) }
    #expect(try await !scene.isSound())
    #expect(await failureCode { try await scene.list() } == .storeDamaged)
  }
}
