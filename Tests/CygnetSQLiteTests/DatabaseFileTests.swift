import CygnetPrimitives
import CygnetSQLite
import CygnetStorage
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("Files that are stores, and files that are none", .serialized)
struct DatabaseFileTests {
  private func openingFails(_ path: String, create: Bool = false) -> CygnetError? {
    do throws(CygnetError) {
      _ = try SQLiteStore(path: path, create: create, patience: .milliseconds(50))
      return nil
    } catch { return error }
  }

  @Test("a file is made only when asked for")
  func missing() throws {
    let folder = try Folder()
    #expect(openingFails(folder.file("store.db"))?.code == .notFound)
    #expect(try folder.names() == [])
    #expect(openingFails(folder.file("none/store.db"))?.code == .notFound)
    #expect(openingFails(folder.file("none/store.db"), create: true)?.code == .storage)
    #expect(openingFails("")?.code == .storage)
    #expect(openingFails("a\0b")?.code == .storage)
    #expect(openingFails(folder.path)?.code == .storage)
    #expect(openingFails(folder.path, create: true)?.code == .storage)
  }

  @Test("what is no database, or another program's, is malformed and left alone")
  func foreign() throws {
    let folder = try Folder()
    try folder.write([], "empty")
    try folder.write(Array("no database at all, but a text that is long enough".utf8), "text")
    try folder.write([UInt8](repeating: 0, count: 10_000), "zeros")
    try RawDatabase(folder.file("other")).run("CREATE TABLE t(x); INSERT INTO t VALUES (1)")
    try RawDatabase(folder.file("marked")).run("CREATE TABLE t(x); PRAGMA application_id = 7")
    for name in ["empty", "text", "zeros", "other", "marked"] {
      chmod(folder.file(name), 0o600)
      let before = try folder.read(name)
      let expected = name == "empty" ? CygnetError.Code.notFound : .malformed
      #expect(openingFails(folder.file(name))?.code == expected, "\(name)")
      if name != "empty" {
        #expect(openingFails(folder.file(name), create: true)?.code == .malformed, "\(name)")
      }
      #expect(try folder.read(name) == before, "\(name)")
    }
  }

  @Test("a set-up that was interrupted is begun again")
  func interruptedSetUp() async throws {
    let folder = try Folder()
    try folder.write([], "store.db")
    chmod(folder.file("store.db"), 0o600)
    let store = try SQLiteStore(path: folder.file("store.db"), create: true)
    _ = try await StoreKey.create(in: store, secret: keyFile)
  }

  @Test("a newer version is unsupported, and altered tables are damage")
  func schema() async throws {
    let changes: [(String, CygnetError.Code)] = [
      ("PRAGMA user_version = 2", .unsupported),
      ("PRAGMA application_id = 1", .malformed),
      ("DROP TABLE meta", .storeDamaged),
      ("DROP INDEX record_kind", .storeDamaged),
      ("CREATE TABLE more(x)", .storeDamaged),
      ("CREATE VIEW more AS SELECT * FROM record", .storeDamaged),
      (
        """
        CREATE TRIGGER more AFTER INSERT ON record BEGIN
        DELETE FROM record WHERE id <> new.id; END
        """, .storeDamaged
      ),
    ]
    for (change, code) in changes {
      let disk = try await StoreOnDisk()
      await disk.store.close()
      try RawDatabase(disk.path).run(change)
      #expect(openingFails(disk.path)?.code == code, "\(change)")
      #expect(openingFails(disk.path, create: true)?.code == code, "\(change)")
    }
  }

  /// What the records of a file hold, opened anew.
  private func readNumbers(_ disk: StoreOnDisk) async throws -> Set<String> {
    let store = try SQLiteStore(path: disk.path, create: false)
    let key = try await StoreKey.open(store, secret: keyFile)
    let values = try await RecordTransaction.run(
      in: store, key: key
    ) { transaction throws(CygnetError) in try transaction.values(.session) }
    var numbers: Set<String> = []
    for value in values {
      numbers.insert(value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
    }
    return numbers
  }

  @Test("a file that was cut short is refused, or what is missing shows at its use")
  func cutShort() async throws {
    let disk = try await StoreOnDisk(records: 300)
    await disk.store.close()
    let whole = try disk.folder.read("store.db")
    for count in [1, 99, 100, 511, 4096, 8192, 8193, 20_000, whole.count - 8192, whole.count - 1] {
      try disk.folder.write(Array(whole[..<count]), "store.db")
      do {
        let numbers = try await readNumbers(disk)
        // SQLite reads zero for a byte beyond the end, which may be what stood there.
        #expect(count == whole.count - 1, "\(count) bytes")
        #expect(numbers == Set((0..<300).map(String.init)), "\(count) bytes")
      } catch {
        let code = (error as? CygnetError)?.code
        #expect(code == .storeDamaged || code == .malformed, "\(count) bytes: \(error)")
      }
    }
    try disk.folder.write(whole, "store.db")
    #expect(try await disk.read(SQLiteStore(path: disk.path, create: false)) == secret("0"))
  }

  @Test("whatever bytes of the file are changed, what is read is right or an error")
  func changedBytes() async throws {
    let disk = try await StoreOnDisk(records: 60)
    await disk.store.close()
    let whole = try disk.folder.read("store.db")
    var random = CountingRandomSource(77)
    var refusals = 0
    for _ in 0..<150 {
      var content = whole
      // Half of the changes go where SQLite keeps the structure of its pages.
      let draw = random.bytes(5)
      let wide = Int(draw[0]) << 16 | Int(draw[1]) << 8 | Int(draw[2])
      let start =
        draw[3] < 128 ? wide % whole.count : wide % (whole.count / 8192) * 8192 + wide % 64
      content[min(start, whole.count - 1)] ^= draw[4] | 1
      try disk.folder.write(content, "store.db")
      do {
        let numbers = try await readNumbers(disk)
        #expect(numbers == Set((0..<60).map(String.init)), "byte \(start)")
      } catch let error as CygnetError {
        let codes: [CygnetError.Code] = [
          .storeDamaged, .malformed, .unsupported, .locked, .notFound, .storage,
        ]
        #expect(codes.contains(error.code), "\(error)")
        refusals += 1
      }
    }
    #expect(refusals > 30)
  }

  @Test("rows that no store writes are damage")
  func strangeRows() async throws {
    for row in [
      "(x'010203', 7, 1, x'00')", "(zeroblob(17), 7, 1, x'00')", "(zeroblob(16), -1, 1, x'00')",
      "(zeroblob(16), 256, 1, x'00')", "(zeroblob(16), 7, -1, x'00')",
    ] {
      let disk = try await StoreOnDisk(records: 0)
      try RawDatabase(disk.path).run(
        "INSERT INTO record(id, kind, generation, sealed) VALUES \(row)")
      #expect(
        await failure { try await disk.check() }?.code == .storeDamaged, "\(row)")
    }
  }

  @Test("every file is its owner's alone, whatever the mask", arguments: ["0", "63", "191"])
  func permissions(_ mask: String) async throws {
    // In a process of its own, since the mask holds for all of a process.
    let folder = try Folder()
    let worker = try CommandLineTool("StoreWorker")
    let said = try worker.run(["mask", mask, "create", folder.file("store.db")]).text
    #expect(said == "store.db 600\nstore.db-shm 600\nstore.db-wal 600\nstore.db.lock 600\ndone\n")
  }

  @Test("a store that others may read or write is refused, unless that is wanted")
  func openToOthers() async throws {
    let disk = try await StoreOnDisk()
    await disk.store.close()
    for mode: mode_t in [0o640, 0o620, 0o604, 0o602, 0o644, 0o610] {
      chmod(disk.path, mode)
      let error = openingFails(disk.path)
      #expect(error?.code == .storage && "\(error?.reason ?? "")".contains("chmod 600"))
      let store = try SQLiteStore(path: disk.path, create: false, allowingOthers: true)
      #expect(try await disk.read(store) == secret("0"))
    }
  }
}
