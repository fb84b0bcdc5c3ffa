import CygnetPrimitives
import CygnetSQLite
import CygnetStorage

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

private let writeAll = write(_:_:_:)

enum Work {
  /// A line that leaves at once, unlike what `print` writes into a pipe.
  static func say(_ text: String) {
    let line = Array("\(text)\n".utf8)
    _ = writeAll(STDOUT_FILENO, line, line.count)
  }

  static func number(_ value: SecretBytes?) -> Int {
    value.flatMap { value in
      value.withUnsafeBytes { Int(String(decoding: $0, as: UTF8.self)) }
    } ?? 0
  }

  static func secret(_ number: Int) -> SecretBytes {
    SecretBytes(copying: Array("\(number)".utf8))
  }

  static func count(_ store: SQLiteStore, _ key: StoreKey) async throws {
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      let value = number(try transaction.value(.profile, []))
      try transaction.put(.profile, [], secret(value + 1))
    }
  }

  static func list(_ path: String) {
    for suffix in ["", "-shm", "-wal", ".lock"] {
      var status = stat()
      let isThere = stat(path + suffix, &status) == 0
      let mode = isThere ? String(status.st_mode & 0o7777, radix: 8) : "missing"
      print("store.db\(suffix) \(mode)")
    }
  }

  static func churn(_ store: SQLiteStore, _ key: StoreKey) async throws {
    for value in 1... {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        for place in 0..<8 { try transaction.put(.session, [UInt8(place)], secret(value)) }
      }
      say("\(value)")
    }
  }

  static func write(_ count: Int, _ store: SQLiteStore, _ key: StoreKey) async throws {
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      let value = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      try transaction.put(.incoming, [1], value)
    }
  }

  static func hold(_ store: SQLiteStore) async throws {
    try await store.transaction { _ in
      say("holding")
      while readLine() != nil {}
    }
  }
}
