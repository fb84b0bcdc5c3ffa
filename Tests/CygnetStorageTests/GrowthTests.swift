import CygnetPrimitives
import CygnetStorage
import Synchronization
import Testing

@Suite("Cost of a step")
struct GrowthTests {
  /// A store that counts the rows it hands out and takes.
  private final class CountingStore: Store {
    let inner: InMemoryStore
    private let counts = Mutex((read: 0, written: 0))

    init(_ inner: InMemoryStore) { self.inner = inner }

    func takeCounts() -> (read: Int, written: Int) {
      counts.withLock { counts in
        defer { counts = (0, 0) }
        return counts
      }
    }

    func transaction<Result: Sendable>(
      _ body: @Sendable (any StoreTransaction) throws -> Result
    ) async throws -> Result {
      try await inner.transaction { try body(Counting(inner: $0, store: self)) }
    }

    fileprivate func add(read: Int, written: Int) {
      counts.withLock { counts in
        counts.read += read
        counts.written += written
      }
    }
  }

  private struct Counting: StoreTransaction {
    let inner: any StoreTransaction
    let store: CountingStore

    func header() throws -> [UInt8]? { try inner.header() }
    func setHeader(_ header: [UInt8]) throws { try inner.setHeader(header) }
    func record(_ id: RecordID) throws -> StoredRecord? {
      store.add(read: 1, written: 0)
      return try inner.record(id)
    }
    func put(_ record: StoredRecord) throws {
      store.add(read: 0, written: 1)
      try inner.put(record)
    }
    func delete(_ id: RecordID) throws {
      store.add(read: 0, written: 1)
      try inner.delete(id)
    }
    func records(in range: ClosedRange<RecordID>) throws -> [StoredRecord] {
      let records = try inner.records(in: range)
      store.add(read: records.count, written: 0)
      return records
    }
    func records(ofKind kind: UInt8, after last: RecordID?, limit: Int) throws -> [StoredRecord] {
      let records = try inner.records(ofKind: kind, after: last, limit: limit)
      store.add(read: records.count, written: 0)
      return records
    }
  }

  /// Rows read and written by a hundred steps that read three records and write three.
  private func rows(with count: Int) async throws -> (read: Int, written: Int) {
    let (inner, key) = try await filledStore(records: count)
    let store = CountingStore(inner)
    for step in 0..<100 {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        let index = step * 31 % count
        for kind in [RecordKind.session, .contact, .incoming] {
          let name = [UInt8(index & 255), UInt8(index >> 8)]
          let value = try transaction.value(kind, name)
          try transaction.put(kind, name, value ?? secret(""))
        }
      }
    }
    return store.takeCounts()
  }

  @Test("a step reads and writes as many rows with 10,000 records as with 10, but for its buckets")
  func growth() async throws {
    let few = try await rows(with: 3)
    let many = try await rows(with: 3334)
    // A root, three buckets and at most three parts of the tree: at most 7 rows beside the buckets.
    #expect(few.written <= 700 && many.written <= 700)
    #expect(few.written >= 600 && many.written >= 600)
    #expect(few.read <= 800)
    // 10,002 records in 4096 buckets: a bucket holds 2.4 others on average beside the one that is read.
    #expect(many.read <= 800 + 3 * 100 * 3)
  }
}
