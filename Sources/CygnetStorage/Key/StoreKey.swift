public import CygnetPrimitives
internal import CygnetWire

/// The key of an open store: what seals its records, names them, and tells whether they are the last
/// that were written. It prints nothing of itself.
public struct StoreKey: Sendable {
  static let byteCount = 32

  let storeID: [UInt8]
  package let masterKey: SecretBytes
  /// The key of the integrity tree's digests.
  let treeKey: SecretBytes
  private let kinds: [RecordKind: RecordKeys]

  init(masterKey: SecretBytes, storeID: [UInt8]) throws(CygnetError) {
    self.masterKey = masterKey
    self.storeID = storeID
    treeKey = try Self.expand(masterKey, "Cygnet 1.0 record tree", storeID)
    var kinds: [RecordKind: RecordKeys] = [:]
    for kind in RecordKind.all {
      kinds[kind] = try Self.derive(masterKey, storeID, kind)
    }
    self.kinds = kinds
  }

  /// A new key under a new name.
  static func generate(using random: inout some RandomSource) throws(CygnetError) -> StoreKey {
    try StoreKey(
      masterKey: random.secret(byteCount), storeID: random.bytes(StoreHeader.storeIDByteCount))
  }

  /// The keys of a kind, of a later version's too.
  func keys(for kind: RecordKind) throws(CygnetError) -> RecordKeys {
    if let keys = kinds[kind] { return keys }
    return try Self.derive(masterKey, storeID, kind)
  }

  private static func derive(
    _ masterKey: SecretBytes, _ storeID: [UInt8], _ kind: RecordKind
  ) throws(CygnetError) -> RecordKeys {
    let context = storeID + [kind.rawValue]
    return RecordKeys(
      sealing: try expand(masterKey, "Cygnet 1.0 record key", context),
      naming: try expand(masterKey, "Cygnet 1.0 record name", context))
  }

  private static func expand(
    _ masterKey: SecretBytes, _ label: StaticString, _ context: [UInt8]
  ) throws(CygnetError) -> SecretBytes {
    try masterKey.withBytes { (key) throws(CygnetError) in
      try HKDFSHA512.expand(
        pseudorandomKey: key, info: Array("\(label)".utf8) + context, count: byteCount)
    }
  }
}

/// What belongs to the records of one kind.
struct RecordKeys: Sendable {
  let sealing: SecretBytes
  let naming: SecretBytes
}

extension StoreKey {
  /// Sets up `store` with a new key, which `secret` opens from now on. Deriving a key from a
  /// passphrase takes as long as `cost` says, outside of any transaction.
  /// - Throws: `wrongState` where the store is set up already; `malformed` for an empty passphrase
  ///   or a key file's secret of another length than 32 bytes; `storage`.
  public static func create(
    in store: any Store, secret: StoreSecret, cost: PassphraseCost = .interactive
  ) async throws(CygnetError) -> StoreKey {
    try await RecordTransaction.create(in: store, secret: secret, cost: cost) { _ in }
  }

  /// The key of a store that was set up.
  /// - Throws: `notFound` where it never was; `locked` for another secret; `storeDamaged` where the
  ///   header or the root of the store was altered, exchanged or removed; `malformed`;
  ///   `unsupported` for a store of a newer version; `limitExceeded` where the store asks for more
  ///   than 1 GiB or 16 passes; `storage`.
  public static func open(
    _ store: any Store, secret: StoreSecret
  ) async throws(CygnetError) -> StoreKey {
    // Another process may change the passphrase while this one derives its key: then once more.
    for _ in 0..<8 {
      let bytes = try await headerBytes(of: store)
      let header = try StoreHeader(wire: bytes)
      let key = try StoreKey(masterKey: header.unwrap(with: secret), storeID: header.storeID)
      let isCurrent = try await store.run { transaction in
        guard try transaction.header() == bytes else { return false }
        let root = try TreeRoot.load(from: transaction, key: key)
        guard root.headerDigest == StoreHeader.digest(of: bytes) else {
          throw CygnetError(.storeDamaged, "the header of the store was exchanged")
        }
        return true
      }
      if isCurrent { return key }
    }
    throw CygnetError(.storage, "the header of the store changes all the time")
  }

  /// Makes `secret` the only one that opens the store. Records stay as they are, so who has a copy
  /// of the old header and its secret can still read them: see `rekeyed(in:secret:cost:)`.
  /// - Throws: as `create`; `storeDamaged`; `locked` where the store got another key meanwhile.
  public func setSecret(
    _ secret: StoreSecret, cost: PassphraseCost = .interactive, in store: any Store
  ) async throws(CygnetError) {
    let header = try header(for: secret, cost: cost)
    try await replaceHeader(in: store) { _ in header }
  }

  /// Lets `secret` open the store beside those that do already.
  /// - Throws: as `setSecret`; `limitExceeded` beyond eight secrets.
  public func addSecret(
    _ secret: StoreSecret, cost: PassphraseCost = .interactive, in store: any Store
  ) async throws(CygnetError) {
    let added = try header(for: secret, cost: cost).slots
    try await replaceHeader(in: store) { (old) throws(CygnetError) in
      guard old.slots.count < StoreHeader.maxSlotCount else {
        throw CygnetError(.limitExceeded, "at most eight secrets open a store")
      }
      return StoreHeader(storeID: old.storeID, slots: old.slots + added)
    }
  }

  /// A header with one slot.
  func header(
    for secret: StoreSecret, cost: PassphraseCost
  ) throws(CygnetError) -> StoreHeader {
    var random = SystemRandomSource()
    let slot = try KeySlot.wrapping(
      masterKey, under: secret, cost: cost, storeID: storeID, using: &random)
    return StoreHeader(storeID: storeID, slots: [slot])
  }

  private func replaceHeader(
    in store: any Store, by change: @Sendable (StoreHeader) throws(CygnetError) -> StoreHeader
  ) async throws(CygnetError) {
    try await store.run { transaction in
      let tree = try RecordTree(in: transaction, key: self)
      guard let bytes = try transaction.header(),
        tree.root.headerDigest == StoreHeader.digest(of: bytes)
      else { throw CygnetError(.storeDamaged, "the header of the store was exchanged") }
      let header = try change(StoreHeader(wire: bytes)).wireEncoded()
      try transaction.setHeader(header)
      tree.setHeaderDigest(StoreHeader.digest(of: header))
      try tree.commit()
    }
  }

  private static func headerBytes(of store: any Store) async throws(CygnetError) -> [UInt8] {
    guard let bytes = try await store.run({ try $0.header() }) else {
      throw CygnetError(.notFound, "the store was never set up")
    }
    return bytes
  }
}

extension Store {
  /// A transaction whose errors are the library's: its own as they are, others as `storage`.
  func run<Result: Sendable>(
    _ body: @Sendable (any StoreTransaction) throws -> Result
  ) async throws(CygnetError) -> Result {
    do {
      return try await transaction(body)
    } catch let error as CygnetError {
      throw error
    } catch {
      throw CygnetError(.storage, "the store failed", underlying: error)
    }
  }
}
