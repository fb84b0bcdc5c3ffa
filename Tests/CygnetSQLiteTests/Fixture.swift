import CygnetPrimitives
import CygnetSQLite
import CygnetStorage
import TestSupport

typealias Folder = CommandLineTool.Folder

let keyFile = StoreSecret.keyFile(SecretBytes(copying: [UInt8](repeating: 7, count: 32)))

func secret(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }

/// A store in a file of its own, with a few records.
struct StoreOnDisk {
  let folder: Folder
  let store: SQLiteStore
  let key: StoreKey

  var path: String { folder.file("store.db") }

  init(records: Int = 3) async throws {
    folder = try Folder()
    store = try SQLiteStore(path: folder.file("store.db"), create: true)
    key = try await StoreKey.create(in: store, secret: keyFile)
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      for index in 0..<records {
        try transaction.put(.session, [UInt8(index & 255), UInt8(index >> 8)], secret("\(index)"))
      }
    }
  }

  /// What a transaction of `store`, this one or another on the same file, reads.
  func read(_ other: SQLiteStore? = nil) async throws -> SecretBytes? {
    try await RecordTransaction.run(
      in: other ?? store, key: key
    ) { transaction throws(CygnetError) in try transaction.value(.session, [0, 0]) }
  }

  func write(_ text: String, _ other: SQLiteStore? = nil) async throws {
    try await RecordTransaction.run(
      in: other ?? store, key: key
    ) { transaction throws(CygnetError) in
      try transaction.put(.session, [0, 0], secret(text))
    }
  }

  func check() async throws -> StoreCheck {
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      try transaction.checkAll()
    }
  }
}

/// Every record of a store.
func records(of store: any Store) async throws -> [StoredRecord] {
  let all =
    try RecordID([UInt8](repeating: 0, count: 16))...RecordID([UInt8](repeating: 255, count: 16))
  return try await store.transaction { try $0.records(in: all) }
}

/// The error with which an asynchronous `body` fails.
func failure<Value>(_ body: () async throws -> Value) async -> CygnetError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error as? CygnetError
  }
}
