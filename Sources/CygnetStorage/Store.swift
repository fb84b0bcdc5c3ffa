public import CygnetPrimitives

/// Where records are kept. A store sees sealed bytes under meaningless names: which record is which,
/// and what it says, stays with the holder of the key.
///
/// An implementation promises that a transaction happens whole or not at all, that it is on disk
/// when `transaction` returns, and that no two run at once, whatever process they run in. It may
/// throw what it likes; the library hands that on as the `underlying` error of `storage`.
public protocol Store: Sendable {
  /// Runs `body` in a transaction of its own, and commits if it returns. If it throws, nothing has
  /// changed. `body` must not keep the transaction.
  func transaction<Result: Sendable>(
    _ body: @Sendable (any StoreTransaction) throws -> Result
  ) async throws -> Result
}

/// The records as one transaction sees them, its own changes included.
public protocol StoreTransaction {
  /// The store's header: which keys open it. nil in a store that was never set up.
  func header() throws -> [UInt8]?

  /// Replaces the header.
  func setHeader(_ header: [UInt8]) throws

  /// The record of that name, if there is one.
  func record(_ id: RecordID) throws -> StoredRecord?

  /// Adds the record, or replaces the one of the same name.
  func put(_ record: StoredRecord) throws

  /// Removes the record of that name; no matter if there is none.
  func delete(_ id: RecordID) throws

  /// Every record whose name lies in `range`, in ascending order.
  func records(in range: ClosedRange<RecordID>) throws -> [StoredRecord]

  /// Up to `limit` records of a kind in ascending order of their names, beginning behind `last`.
  func records(ofKind kind: UInt8, after last: RecordID?, limit: Int) throws -> [StoredRecord]
}

/// The name of a record in a store: 16 bytes, which tell nothing without the key.
public struct RecordID: Hashable, Sendable, Comparable {
  /// Bytes of a name.
  public static let byteCount = 16
  /// 16 bytes.
  public let bytes: [UInt8]

  /// - Throws: `malformed` for another number of bytes than 16.
  public init(_ bytes: [UInt8]) throws(CygnetError) {
    guard bytes.count == Self.byteCount else {
      throw CygnetError(.malformed, "a record's name has 16 bytes")
    }
    self.bytes = bytes
  }

  public static func < (left: RecordID, right: RecordID) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

/// A record as a store keeps it.
public struct StoredRecord: Sendable, Equatable {
  /// What kind of thing it is: the one attribute of its content that a store sees, to list by.
  public let kind: UInt8
  /// Its name.
  public let id: RecordID
  /// Which transaction of the store wrote it, counted from 1.
  public let generation: UInt64
  /// The content, sealed.
  public let sealed: [UInt8]

  /// A record with its place and its content.
  public init(kind: UInt8, id: RecordID, generation: UInt64, sealed: [UInt8]) {
    self.kind = kind
    self.id = id
    self.generation = generation
    self.sealed = sealed
  }
}
