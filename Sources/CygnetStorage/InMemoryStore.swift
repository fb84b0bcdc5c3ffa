internal import CygnetPrimitives

/// A store that ends with its process: for tests, and for what must never reach a disk.
///
/// A transaction that throws leaves no trace, as in any other store. Two transactions never run at
/// once, because this is an actor and a transaction has no suspension in it.
public actor InMemoryStore: Store {
  private var rows = SortedRows()

  /// A store without records and without a header.
  public init() {}

  /// Runs `body`, and puts everything back if it throws.
  public func transaction<Result: Sendable>(
    _ body: @Sendable (any StoreTransaction) throws -> Result
  ) async throws -> Result {
    // The transaction gets the only copy of the rows, so that writing to them copies nothing.
    let transaction = InMemoryTransaction(rows)
    rows = SortedRows()
    do {
      let result = try body(transaction)
      rows = transaction.end()
      return result
    } catch {
      rows = transaction.undo()
      throw error
    }
  }
}

/// Rows in ascending order of their names, and the header.
struct SortedRows {
  var header: [UInt8]?
  var records: [StoredRecord] = []

  /// Where the record of that name is, or would be.
  func index(of id: RecordID) -> Int {
    var (low, high) = (0, records.count)
    while low < high {
      let middle = low + (high - low) / 2
      if records[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low
  }

  func record(_ id: RecordID) -> StoredRecord? {
    let index = index(of: id)
    return index < records.count && records[index].id == id ? records[index] : nil
  }

  /// Sets or removes the record of that name, and gives what was there.
  mutating func replace(_ id: RecordID, by record: StoredRecord?) -> StoredRecord? {
    let index = index(of: id)
    let old = index < records.count && records[index].id == id ? records[index] : nil
    switch (old, record) {
    case (nil, nil): break
    case (nil, let record?): records.insert(record, at: index)
    case (_?, nil): records.remove(at: index)
    case (_?, let record?): records[index] = record
    }
    return old
  }
}

/// A transaction that notes what it replaced, so that it can put everything back.
final class InMemoryTransaction: StoreTransaction {
  private enum Change {
    case header([UInt8]?)
    case record(RecordID, StoredRecord?)
  }

  private var rows: SortedRows
  private var changes: [Change] = []
  private var isOver = false

  init(_ rows: SortedRows) { self.rows = rows }

  func end() -> SortedRows {
    isOver = true
    defer { rows = SortedRows() }
    return rows
  }

  func undo() -> SortedRows {
    for change in changes.reversed() {
      switch change {
      case .header(let old): rows.header = old
      case .record(let id, let old): _ = rows.replace(id, by: old)
      }
    }
    return end()
  }

  func header() throws -> [UInt8]? {
    try demandOpen()
    return rows.header
  }

  func setHeader(_ header: [UInt8]) throws {
    try demandOpen()
    changes.append(.header(rows.header))
    rows.header = header
  }

  func record(_ id: RecordID) throws -> StoredRecord? {
    try demandOpen()
    return rows.record(id)
  }

  func put(_ record: StoredRecord) throws {
    try demandOpen()
    changes.append(.record(record.id, rows.replace(record.id, by: record)))
  }

  func delete(_ id: RecordID) throws {
    try demandOpen()
    changes.append(.record(id, rows.replace(id, by: nil)))
  }

  func records(in range: ClosedRange<RecordID>) throws -> [StoredRecord] {
    try demandOpen()
    var found: [StoredRecord] = []
    for record in rows.records[rows.index(of: range.lowerBound)...] {
      if record.id > range.upperBound { break }
      found.append(record)
    }
    return found
  }

  func records(ofKind kind: UInt8, after last: RecordID?, limit: Int) throws -> [StoredRecord] {
    try demandOpen()
    var found: [StoredRecord] = []
    for record in rows.records[(last.map { rows.index(of: $0) } ?? 0)...] {
      if found.count >= limit { break }
      if record.kind == kind && record.id != last { found.append(record) }
    }
    return found
  }

  private func demandOpen() throws(CygnetError) {
    if isOver { throw CygnetError(.wrongState, "the transaction is over") }
  }
}
