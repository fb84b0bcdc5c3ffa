package import CygnetPrimitives
internal import CygnetWire

/// One step of the client in its store: what it reads is what was written last, and what it writes
/// happens whole or not at all.
package final class RecordTransaction {
  private let tree: RecordTree
  private var isOver = false
  private var hasFailed = false

  private init(_ tree: RecordTree) { self.tree = tree }

  /// Runs `body` in one transaction of the store, and commits if it returns. A `body` that writes
  /// nothing leaves the store as it is, byte for byte, and so does one that throws.
  /// - Parameter counter: where there is one, the store may not be older than it says, and it is
  ///   raised after each commit.
  /// - Throws: what `body` throws; `storeDamaged` where the store is not what was written last;
  ///   `locked` where it got another key since `key` was made; `storage`.
  package static func run<Result: Sendable>(
    in store: any Store, key: StoreKey, counter: (any MonotonicCounter)? = nil,
    _ body: @Sendable (RecordTransaction) throws(CygnetError) -> Result
  ) async throws(CygnetError) -> Result {
    let (result, commitCount) = try await store.run { raw in
      let tree = try RecordTree(in: raw, key: key)
      if let counter { try demand(tree.root.commitCount, atLeast: counter) }
      let transaction = RecordTransaction(tree)
      defer { transaction.isOver = true }
      let result = try body(transaction)
      try transaction.finish()
      return (result, tree.hasWritten ? tree.root.commitCount : nil)
    }
    if let counter, let commitCount { try advance(counter, to: commitCount) }
    return result
  }

  /// Sets up `store` with a new key, which `secret` opens from now on, and with what `body` writes:
  /// both in one transaction, so that no store is left half made.
  /// - Throws: as `StoreKey.create`, and what `body` throws.
  package static func create(
    in store: any Store, secret: StoreSecret, cost: PassphraseCost,
    _ body: @Sendable (RecordTransaction) throws(CygnetError) -> Void
  ) async throws(CygnetError) -> StoreKey {
    let isSetUp = CygnetError(.wrongState, "the store is set up already")
    guard try await store.run({ try $0.header() }) == nil else { throw isSetUp }
    var random = SystemRandomSource()
    let key = try StoreKey.generate(using: &random)
    let header = try key.header(for: secret, cost: cost).wireEncoded()
    try await store.run { raw in
      guard try raw.header() == nil else { throw isSetUp }
      try raw.setHeader(header)
      let root = TreeRoot(commitCount: 0, headerDigest: StoreHeader.digest(of: header))
      let transaction = RecordTransaction(try RecordTree(newWith: root, in: raw, key: key))
      defer { transaction.isOver = true }
      try body(transaction)
      try transaction.finish()
    }
    return key
  }

  /// The value of that kind and key, or nil where there is none.
  /// - Throws: `storeDamaged` where the store has not got what was written last; `storage`.
  package func value(
    _ kind: RecordKind, _ key: [UInt8]
  ) throws(CygnetError) -> SecretBytes? {
    try demandOpen()
    guard let record = try tree.record(tree.key.recordID(kind, key)) else { return nil }
    return try SealedRecord(opening: record, key: tree.key).value
  }

  /// Sets the value of that kind and key.
  /// - Parameters:
  ///   - key: at most 1024 bytes.
  ///   - value: at most 64 MiB.
  /// - Throws: `limitExceeded`, `storeDamaged`, `storage`.
  package func put(
    _ kind: RecordKind, _ key: [UInt8], _ value: SecretBytes
  ) throws(CygnetError) {
    try writing { () throws(CygnetError) in
      let id = try tree.key.recordID(kind, key)
      try tree.put(
        SealedRecord(key: key, value: value).sealed(
          kind: kind, id: id, generation: tree.generation, key: tree.key))
    }
  }

  /// Removes the value of that kind and key; no matter if there is none.
  /// - Throws: `storeDamaged`, `storage`.
  package func delete(_ kind: RecordKind, _ key: [UInt8]) throws(CygnetError) {
    try writing { () throws(CygnetError) in try tree.delete(tree.key.recordID(kind, key)) }
  }

  /// Every value of a kind, in no meaningful order.
  /// - Throws: `storeDamaged` where one is altered, too old, missing or too many; `storage`.
  package func values(_ kind: RecordKind) throws(CygnetError) -> [SecretBytes] {
    try demandOpen()
    var values: [SecretBytes] = []
    var last: RecordID?
    while true {
      let position = last
      let page = try tree.store.reading {
        try $0.records(ofKind: kind.rawValue, after: position, limit: Self.pageCount)
      }
      for record in page {
        // Ascending names are distinct names, so the count below proves that none is missing.
        if let last, record.id <= last { throw Self.isIncomplete }
        guard record.kind == kind.rawValue else { throw Self.isIncomplete }
        try tree.verify(record)
        values.append(try SealedRecord(opening: record, key: tree.key).value)
        last = record.id
      }
      if page.count < Self.pageCount { break }
    }
    guard values.count == tree.root.count(of: kind) else { throw Self.isIncomplete }
    return values
  }

  /// Values of a kind, without reading them.
  package func count(_ kind: RecordKind) throws(CygnetError) -> Int {
    try demandOpen()
    return tree.root.count(of: kind)
  }

  /// The tree, for what looks at all of it.
  func checkedTree() throws(CygnetError) -> RecordTree {
    try demandOpen()
    return tree
  }

  /// Values of all kinds, without reading them.
  package var recordCount: Int { tree.root.recordCount }

  /// Transactions that wrote, before this one.
  package var commitCount: UInt64 { tree.generation - 1 }

  private static let pageCount = 64

  private static var isIncomplete: CygnetError {
    CygnetError(.storeDamaged, "the store does not list what was written")
  }

  private func demandOpen() throws(CygnetError) {
    if isOver { throw CygnetError(.wrongState, "the transaction is over") }
  }

  /// A write that failed half done must not be committed, even by a `body` that ignores its error.
  private func writing(_ body: () throws(CygnetError) -> Void) throws(CygnetError) {
    try demandOpen()
    do throws(CygnetError) {
      try body()
    } catch {
      hasFailed = true
      throw error
    }
  }

  private func finish() throws(CygnetError) {
    if hasFailed { throw CygnetError(.wrongState, "a write of this transaction failed") }
    try tree.commit()
  }

  private static func demand(
    _ commitCount: UInt64, atLeast counter: any MonotonicCounter
  ) throws(CygnetError) {
    let least: UInt64
    do { least = try counter.read() } catch {
      throw CygnetError(.storage, "the counter of the store does not answer", underlying: error)
    }
    guard commitCount >= least else {
      throw CygnetError(.storeDamaged, "the whole store went back to an older one")
    }
  }

  private static func advance(
    _ counter: any MonotonicCounter, to value: UInt64
  ) throws(CygnetError) {
    do { try counter.advance(to: value) } catch {
      throw CygnetError(.storage, "the counter of the store does not advance", underlying: error)
    }
  }
}
