import CSQLite
import Testing

/// A database as another program would open it.
final class RawDatabase {
  private var handle: OpaquePointer?

  init(_ path: String) throws {
    #expect(sqlite3_open(path, &handle) == SQLITE_OK)
    try #require(handle != nil)
  }

  deinit { sqlite3_close(handle) }

  func run(_ sql: String) throws {
    let code = sqlite3_exec(handle, sql, nil, nil, nil)
    #expect(code == SQLITE_OK, "\(sql): \(String(cString: sqlite3_errmsg(handle)))")
  }
}
