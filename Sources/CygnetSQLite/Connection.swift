internal import CSQLite
internal import CygnetPrimitives

/// The one connection of a store, with its statements. It is used by one thread at a time: the actor
/// that owns it sees to that.
@safe
final class Connection {
  private let database: OpaquePointer
  private var prepared: [String: Statement] = [:]

  /// More than the longest record takes, so that a foreign file cannot exhaust the memory.
  private static let maxRowByteCount: Int32 = 80 << 20

  /// Opens a database file that exists.
  /// - Parameter patience: how long SQLite waits for a process that does not know the store's lock.
  init(path: String, patience: Duration) throws(CygnetError) {
    var database: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
    let code = unsafe sqlite3_open_v2(path, &database, flags, nil)
    guard code == SQLITE_OK, let database = unsafe database else {
      _ = unsafe sqlite3_close_v2(database)
      throw CygnetError.sqlite(code)
    }
    unsafe self.database = database
    _ = unsafe sqlite3_limit(database, SQLITE_LIMIT_LENGTH, Self.maxRowByteCount)
    _ = unsafe sqlite3_busy_timeout(database, Int32(clamping: patience.milliseconds))
  }

  deinit {
    // Finalised first: closing would otherwise be put off until they are.
    prepared = [:]
    _ = unsafe sqlite3_close_v2(database)
  }

  /// Runs a statement once and forgets it.
  func run(_ sql: StaticString) throws(CygnetError) {
    try unsafe Statement(sql, in: database).run()
  }

  /// Runs a statement that is kept for the next time.
  func run(
    _ sql: StaticString, _ values: [Statement.Value],
    row: (Statement) throws(CygnetError) -> Void = { _ in }
  ) throws(CygnetError) {
    let name = "\(sql)"
    if let statement = prepared[name] { return try statement.run(values, row: row) }
    let statement = try unsafe Statement(sql, in: database)
    prepared[name] = statement
    try statement.run(values, row: row)
  }

  /// The number in the first column of the only row.
  func integer(_ sql: StaticString) throws(CygnetError) -> Int64 {
    var value: Int64?
    try unsafe Statement(sql, in: database).run { (row) throws(CygnetError) in
      value = try row.integer(0)
    }
    guard let value else { throw CygnetError(.storeDamaged, "the database does not answer") }
    return value
  }

  /// The text in the first column of each row.
  func texts(_ sql: StaticString) throws(CygnetError) -> [String?] {
    var texts: [String?] = []
    try unsafe Statement(sql, in: database).run { row in texts.append(row.text(0)) }
    return texts
  }

  /// Rows that the last statement changed.
  var changes: Int { Int(unsafe sqlite3_changes(database)) }

  /// Runs `body` in a transaction that nobody else can write beside, and commits if it returns.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    try run("BEGIN IMMEDIATE", [])
    do {
      let result = try body()
      try run("COMMIT", [])
      return result
    } catch {
      rollBack()
      throw error
    }
  }

  /// SQLite rolls back by itself after some errors, and then has nothing left to roll back.
  private func rollBack() {
    if unsafe sqlite3_get_autocommit(database) == 0 { try? run("ROLLBACK", []) }
  }

  /// Whether a transaction could neither be committed nor rolled back, so that none can begin.
  var isStuck: Bool { unsafe sqlite3_get_autocommit(database) == 0 }
}

extension Duration {
  /// Whole milliseconds.
  fileprivate var milliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    return overflow ? .max : product + attoseconds / 1_000_000_000_000_000
  }
}
