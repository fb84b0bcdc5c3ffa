internal import CygnetPrimitives
internal import CygnetStorage

/// The statements of one transaction.
final class SQLiteTransaction: StoreTransaction {
  private let connection: Connection
  private var isOver = false

  init(_ connection: Connection) { self.connection = connection }

  /// From here on every call is refused: a body may not keep its transaction.
  func end() { isOver = true }

  func header() throws -> [UInt8]? {
    var header: [UInt8]?
    try open().run("SELECT v FROM meta WHERE k = 'header'", []) { (row) throws(CygnetError) in
      header = try row.blob(0)
    }
    return header
  }

  func setHeader(_ header: [UInt8]) throws {
    try open().run(
      "INSERT INTO meta(k, v) VALUES('header', ?1) ON CONFLICT(k) DO UPDATE SET v = excluded.v",
      [.blob(header)])
  }

  func record(_ id: RecordID) throws -> StoredRecord? {
    try records(
      "SELECT kind, id, generation, sealed FROM record WHERE id = ?1", [.blob(id.bytes)]
    ).first
  }

  func put(_ record: StoredRecord) throws {
    guard let generation = Int64(exactly: record.generation) else {
      throw CygnetError(.limitExceeded, "too many transactions")
    }
    let connection = try open()
    let values: [Statement.Value] = [
      .blob(record.id.bytes), .integer(Int64(record.kind)), .integer(generation),
      .blob(record.sealed),
    ]
    // Most records are there already, and then the index need not be touched.
    try connection.run(
      "UPDATE record SET generation = ?3, sealed = ?4 WHERE id = ?1 AND kind = ?2", values)
    if connection.changes > 0 { return }
    try connection.run(
      "INSERT OR REPLACE INTO record(id, kind, generation, sealed) VALUES(?1, ?2, ?3, ?4)", values)
  }

  func delete(_ id: RecordID) throws {
    try open().run("DELETE FROM record WHERE id = ?1", [.blob(id.bytes)])
  }

  func records(in range: ClosedRange<RecordID>) throws -> [StoredRecord] {
    try records(
      "SELECT kind, id, generation, sealed FROM record WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
      [.blob(range.lowerBound.bytes), .blob(range.upperBound.bytes)])
  }

  func records(ofKind kind: UInt8, after last: RecordID?, limit: Int) throws -> [StoredRecord] {
    // Nothing but the empty name stands before the first.
    try records(
      """
      SELECT kind, id, generation, sealed FROM record
      WHERE kind = ?1 AND id > ?2 ORDER BY id LIMIT ?3
      """,
      [.integer(Int64(kind)), .blob(last?.bytes ?? []), .integer(Int64(limit))])
  }

  private func records(
    _ sql: StaticString, _ values: [Statement.Value]
  ) throws(CygnetError) -> [StoredRecord] {
    var records: [StoredRecord] = []
    try open().run(sql, values) { (row) throws(CygnetError) in
      guard let kind = UInt8(exactly: try row.integer(0)),
        let generation = UInt64(exactly: try row.integer(2)),
        let id = try? RecordID(row.blob(1))
      else { throw CygnetError(.storeDamaged, "a row of the store is not a record") }
      records.append(
        StoredRecord(kind: kind, id: id, generation: generation, sealed: try row.blob(3)))
    }
    return records
  }

  private func open() throws(CygnetError) -> Connection {
    if isOver { throw CygnetError(.wrongState, "the transaction is over") }
    return connection
  }
}
