internal import CSQLite
internal import CygnetPrimitives

/// A prepared statement, which is finalised with this object. Values are bound, never pasted.
@safe
final class Statement {
  private let handle: OpaquePointer

  /// Compiles one statement.
  init(_ sql: StaticString, in database: OpaquePointer) throws(CygnetError) {
    var handle: OpaquePointer?
    let code = unsafe sqlite3_prepare_v3(
      database, "\(sql)", -1, UInt32(SQLITE_PREPARE_PERSISTENT), &handle, nil)
    guard code == SQLITE_OK, let handle = unsafe handle else { throw CygnetError.sqlite(code) }
    unsafe self.handle = handle
  }

  deinit { _ = unsafe sqlite3_finalize(handle) }

  /// Something to bind to a parameter.
  enum Value {
    case blob([UInt8])
    case integer(Int64)
  }

  /// Runs the statement with these values, handing each row to `row`.
  func run(
    _ values: [Value] = [], row: (Statement) throws(CygnetError) -> Void = { _ in }
  ) throws(CygnetError) {
    // Resetting ends the statement's hold on the database, and dropping the values keeps no blob.
    defer {
      _ = unsafe sqlite3_reset(handle)
      _ = unsafe sqlite3_clear_bindings(handle)
    }
    for (index, value) in values.enumerated() { try bind(value, at: Int32(index) + 1) }
    while true {
      let code = unsafe sqlite3_step(handle)
      switch code {
      case SQLITE_ROW: try row(self)
      case SQLITE_DONE: return
      default: throw CygnetError.sqlite(code)
      }
    }
  }

  private func bind(_ value: Value, at index: Int32) throws(CygnetError) {
    let code: Int32
    switch value {
    case .integer(let number):
      code = unsafe sqlite3_bind_int64(handle, index, number)
    case .blob(let bytes) where bytes.isEmpty:
      // Without an address, a blob would be bound as NULL.
      code = unsafe sqlite3_bind_zeroblob(handle, index, 0)
    case .blob(let bytes):
      guard let count = Int32(exactly: bytes.count) else {
        throw CygnetError(.limitExceeded, "a record is larger than a database takes")
      }
      // SQLITE_TRANSIENT: SQLite copies the bytes before the call returns.
      let copied = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
      code = unsafe sqlite3_bind_blob(handle, index, bytes, count, copied)
    }
    guard code == SQLITE_OK else { throw CygnetError.sqlite(code) }
  }

  /// The bytes of a column of the current row.
  /// - Throws: `storeDamaged` where it is something else than a blob.
  func blob(_ column: Int32) throws(CygnetError) -> [UInt8] {
    guard unsafe sqlite3_column_type(handle, column) == SQLITE_BLOB else { throw Self.isDamaged }
    // An empty blob has no address.
    guard let base = unsafe sqlite3_column_blob(handle, column) else { return [] }
    let count = Int(unsafe sqlite3_column_bytes(handle, column))
    return unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialised in
      unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(start: base, count: count))
      initialised = count
    }
  }

  /// The number in a column of the current row.
  /// - Throws: `storeDamaged` where it is something else than an integer.
  func integer(_ column: Int32) throws(CygnetError) -> Int64 {
    guard unsafe sqlite3_column_type(handle, column) == SQLITE_INTEGER else {
      throw Self.isDamaged
    }
    return unsafe sqlite3_column_int64(handle, column)
  }

  /// The text in a column of the current row, or nil where there is none.
  func text(_ column: Int32) -> String? {
    guard let base = unsafe sqlite3_column_text(handle, column) else { return nil }
    return unsafe String(cString: base)
  }

  private static var isDamaged: CygnetError {
    CygnetError(.storeDamaged, "a row of the store has a column of another type")
  }
}
