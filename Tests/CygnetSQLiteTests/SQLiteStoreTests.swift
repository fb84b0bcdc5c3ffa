import CygnetPrimitives
import CygnetSQLite
import CygnetStorage
import TestSupport
import Testing

@Suite("Stores in SQLite")
struct SQLiteStoreTests {
  private struct Refusal: Error, Equatable {}

  private func record(_ first: UInt8, _ kind: UInt8, _ sealed: [UInt8]) throws -> StoredRecord {
    StoredRecord(
      kind: kind, id: try RecordID([first] + [UInt8](repeating: 0, count: 15)), generation: 1,
      sealed: sealed)
  }

  @Test("records are put, replaced, listed and deleted, and stay when the file is opened again")
  func records() async throws {
    let folder = try Folder()
    let path = folder.file("store.db")
    let written = [
      try record(3, 1, [1, 2]), try record(5, 2, []), try record(6, 1, [9]), try record(9, 1, [4]),
    ]
    do {
      let store = try SQLiteStore(path: path, create: true)
      try await store.transaction { transaction in
        #expect(try transaction.header() == nil)
        try transaction.setHeader([1])
        try transaction.setHeader([1, 2, 3])
        for record in written.reversed() { try transaction.put(record) }
        try transaction.put(record(3, 2, [7]))
        #expect(try transaction.record(written[0].id)?.kind == 2)
        try transaction.put(written[0])
        try transaction.put(record(77, 1, [7]))
        try transaction.delete(record(77, 1, []).id)
        try transaction.delete(record(78, 1, []).id)
      }
    }
    let store = try SQLiteStore(path: path, create: false)
    try await store.transaction { transaction in
      #expect(try transaction.header() == [1, 2, 3])
      #expect(try transaction.record(written[1].id) == written[1])
      #expect(try transaction.record(record(4, 1, []).id) == nil)
      let range = written[0].id...written[2].id
      #expect(try transaction.records(in: range) == Array(written[..<3]))
      let first = try transaction.records(ofKind: 1, after: nil, limit: 2)
      #expect(first == [written[0], written[2]])
      let rest = try transaction.records(ofKind: 1, after: first[1].id, limit: 2)
      #expect(rest == [written[3]])
      #expect(try transaction.records(ofKind: 3, after: nil, limit: 2) == [])
    }
  }

  @Test("a transaction that throws leaves every record and the file's content as they were")
  func rollback() async throws {
    let disk = try await StoreOnDisk()
    let before = try await CygnetSQLiteTests.records(of: disk.store)
    do {
      try await disk.store.transaction { transaction in
        try transaction.setHeader([])
        try transaction.delete(before[0].id)
        try transaction.put(record(1, 1, [1]))
        throw Refusal()
      }
      Issue.record("the body's error must arrive")
    } catch {
      #expect(error as? Refusal == Refusal())
    }
    #expect(try await CygnetSQLiteTests.records(of: disk.store) == before)
    _ = try await StoreKey.open(disk.store, secret: keyFile)
  }

  @Test("steps of a client work in SQLite as they do in memory")
  func steps() async throws {
    let disk = try await StoreOnDisk(records: 150)
    let again = try SQLiteStore(path: disk.path, create: false)
    let key = try await StoreKey.open(again, secret: keyFile)
    try await RecordTransaction.run(in: again, key: key) { transaction throws(CygnetError) in
      #expect(try transaction.values(.session).count == 150)
      #expect(try transaction.value(.session, [149, 0]) == secret("149"))
      #expect(try transaction.checkAll().isSound)
    }
    let new = try await key.rekeyed(in: again, secret: keyFile)
    #expect(await failure { try await disk.read() }?.code == .locked)
    try await RecordTransaction.run(in: disk.store, key: new) { transaction throws(CygnetError) in
      #expect(try transaction.checkAll().soundRecords == 150)
    }
  }

  @Test("a transaction that is kept beyond its end does nothing")
  func keptTransaction() async throws {
    final class Box: @unchecked Sendable { var transaction: (any StoreTransaction)? }
    let disk = try await StoreOnDisk()
    let box = Box()
    try await disk.store.transaction { box.transaction = $0 }
    let kept = try #require(box.transaction)
    #expect(failureCode { try kept.header() } == .wrongState)
    #expect(failureCode { try kept.setHeader([]) } == .wrongState)
  }

  @Test("a record above 64 MiB is refused, and a long one below is not")
  func longRecords() async throws {
    let disk = try await StoreOnDisk(records: 0)
    let long = SecretBytes(copying: [UInt8](repeating: 5, count: 4 << 20))
    try await RecordTransaction.run(in: disk.store, key: disk.key) {
      transaction throws(CygnetError) in
      try transaction.put(.incoming, [1], long)
    }
    let read = try await RecordTransaction.run(in: disk.store, key: disk.key) {
      transaction throws(CygnetError) in try transaction.value(.incoming, [1])
    }
    #expect(read == long)
    let tooMuch = SecretBytes(copying: [UInt8](repeating: 5, count: 64 << 20 | 1))
    let error = await failure {
      try await RecordTransaction.run(in: disk.store, key: disk.key) {
        transaction throws(CygnetError) in try transaction.put(.incoming, [1], tooMuch)
      }
    }
    #expect(error?.code == .limitExceeded)
    let row = try record(1, 1, [UInt8](repeating: 0, count: 80 << 20))
    #expect(
      await failure { try await disk.store.transaction { try $0.put(row) } }?.code == .limitExceeded
    )
    #expect(try await disk.check().isSound)
  }

  @Test("a closed store refuses every transaction, and opens again")
  func closing() async throws {
    let disk = try await StoreOnDisk()
    await disk.store.close()
    #expect(await failure { try await disk.read() }?.code == .wrongState)
    #expect(try disk.folder.names() == ["store.db", "store.db.lock"])
    #expect(try await disk.read(SQLiteStore(path: disk.path, create: false)) == secret("0"))
  }

  @Test("a plain text is in none of the files, and deleted records leave nothing in the database")
  func plainText() async throws {
    let disk = try await StoreOnDisk()
    let text = "a text that is easy to find"
    try await disk.write(text)
    for name in try disk.folder.names() {
      let content = try disk.folder.read(name)
      #expect(content.firstRange(of: Array(text.utf8)) == nil, "\(name)")
    }
    let sealed = try await CygnetSQLiteTests.records(of: disk.store)
    try await RecordTransaction.run(in: disk.store, key: disk.key) {
      transaction throws(CygnetError) in try transaction.delete(.session, [0, 0])
    }
    await disk.store.close()
    let left = try await CygnetSQLiteTests.records(
      of: try SQLiteStore(path: disk.path, create: false))
    let content = try disk.folder.read("store.db")
    for record in sealed {
      let isLeft = left.contains(record)
      #expect((content.firstRange(of: record.sealed) != nil) == isLeft)
    }
  }
}
