import CygnetPrimitives
import CygnetStorage
import TestSupport
import Testing

@Suite("Keys of a store")
struct StoreKeyTests {
  private func read(_ store: any Store, _ key: StoreKey) async throws -> SecretBytes? {
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      try transaction.value(.session, [0, 0])
    }
  }

  /// Replaces bytes of the header.
  private func change(
    _ store: any Store, _ body: @Sendable (inout [UInt8]) -> Void
  ) async throws {
    try await store.transaction { transaction in
      var header = try #require(try transaction.header())
      body(&header)
      try transaction.setHeader(header)
    }
  }

  @Test("a store opens with its passphrase and with no other secret")
  func passphrases() async throws {
    let store = InMemoryStore()
    let key = try await StoreKey.create(in: store, secret: passphrase("open"), cost: cheap)
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      try transaction.put(.session, [0, 0], secret("kept"))
    }
    let again = try await StoreKey.open(store, secret: passphrase("open"))
    #expect(try await read(store, again) == secret("kept"))
    for wrong in [passphrase("opem"), passphrase("Open"), passphrase("open "), keyFile()] {
      #expect(await failureCode { try await StoreKey.open(store, secret: wrong) } == .locked)
    }
  }

  @Test("a key file opens a store without any cost, and another one does not")
  func keyFiles() async throws {
    let (store, _) = try await filledStore()
    _ = try await StoreKey.open(store, secret: keyFile())
    #expect(await failureCode { try await StoreKey.open(store, secret: keyFile(8)) } == .locked)
    #expect(
      await failureCode { try await StoreKey.open(store, secret: passphrase("x")) } == .locked)
    let header = try #require(try await Contents.of(store).header)
    #expect(try StoreHeaderSummary(decoding: header).slots.map(\.memoryKiB) == [0])
  }

  @Test("secrets that cannot be one are refused when a store is made")
  func unusableSecrets() async throws {
    let short = StoreSecret.keyFile(SecretBytes(copying: [UInt8](repeating: 1, count: 31)))
    for unusable in [passphrase(""), short] {
      let store = InMemoryStore()
      let code = await failureCode {
        try await StoreKey.create(in: store, secret: unusable, cost: cheap)
      }
      #expect(code == .malformed)
      #expect(try await Contents.of(store) == Contents(header: nil, records: []))
    }
  }

  @Test("a store is set up once, and one that never was is not found")
  func setUp() async throws {
    let (store, _) = try await filledStore()
    let before = try await Contents.of(store)
    #expect(
      await failureCode { try await StoreKey.create(in: store, secret: keyFile()) } == .wrongState)
    #expect(try await Contents.of(store) == before)
    #expect(
      await failureCode { try await StoreKey.open(InMemoryStore(), secret: keyFile()) }
        == .notFound)
  }

  @Test("another secret takes the place of the first, and no record is touched")
  func change() async throws {
    let (store, key) = try await filledStore()
    let before = try await Contents.of(store)
    try await key.setSecret(passphrase("new"), cost: cheap, in: store)
    #expect(await failureCode { try await StoreKey.open(store, secret: keyFile()) } == .locked)
    let again = try await StoreKey.open(store, secret: passphrase("new"))
    #expect(try await read(store, again) == secret("0"))
    #expect(try await read(store, key) == secret("0"))
    let after = try await Contents.of(store)
    let (kept, had) = (
      after.records.filter { $0.kind < 16 }, before.records.filter { $0.kind < 16 }
    )
    #expect(kept == had && kept.count == 9)
  }

  @Test("up to eight secrets open a store, each alone")
  func severalSecrets() async throws {
    let (store, key) = try await filledStore()
    for index in 1..<8 {
      try await key.addSecret(passphrase("\(index)"), cost: cheap, in: store)
    }
    for index in 1..<8 { _ = try await StoreKey.open(store, secret: passphrase("\(index)")) }
    _ = try await StoreKey.open(store, secret: keyFile())
    let before = try await Contents.of(store)
    let code = await failureCode {
      try await key.addSecret(passphrase("9"), cost: cheap, in: store)
    }
    #expect(code == .limitExceeded)
    #expect(try await Contents.of(store) == before)
  }

  @Test("with a new key every record is sealed anew, and the old key is of no use")
  func rekey() async throws {
    let (store, key) = try await filledStore(records: 50)
    let before = try await Contents.of(store)
    let new = try await key.rekeyed(in: store, secret: passphrase("new"), cost: cheap)
    let after = try await Contents.of(store)
    let oldNames = Set(before.records.map(\.id))
    #expect(after.records.allSatisfy { !oldNames.contains($0.id) })
    try await RecordTransaction.run(in: store, key: new) { transaction throws(CygnetError) in
      #expect(try transaction.value(.contact, [49, 0]) == secret("49"))
      #expect(try transaction.values(.session).count == 50)
      let check = try transaction.checkAll()
      #expect(check.isSound && check.soundRecords == 150 && check.commitCount == 3)
    }
    _ = try await StoreKey.open(store, secret: passphrase("new"))
    #expect(await failureCode { try await StoreKey.open(store, secret: keyFile()) } == .locked)
    #expect(await failureCode { try await read(store, key) } == .locked)
  }

  @Test("records of a kind that a later version adds are checked and sealed anew like the others")
  func laterKinds() async throws {
    let (store, key) = try await filledStore()
    let later = RecordKind(rawValue: 200)
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      try transaction.put(later, [1], secret("from later"))
      let check = try transaction.checkAll()
      #expect(check.isSound && check.soundRecords == 10)
    }
    let new = try await key.rekeyed(in: store, secret: keyFile())
    try await RecordTransaction.run(in: store, key: new) { transaction throws(CygnetError) in
      #expect(try transaction.value(later, [1]) == secret("from later"))
      #expect(try transaction.checkAll().isSound)
    }
  }

  @Test("a new key is refused for a damaged store, which stays as it is")
  func rekeyOfDamaged() async throws {
    let (store, key) = try await filledStore()
    try await store.transaction { transaction in
      let sessions = try transaction.records(
        ofKind: RecordKind.session.rawValue, after: nil, limit: 1)
      try transaction.delete(sessions[0].id)
    }
    let before = try await Contents.of(store)
    let code = await failureCode { try await key.rekeyed(in: store, secret: keyFile(9)) }
    #expect(code == .storeDamaged)
    #expect(try await Contents.of(store) == before)
  }

  @Test("no bit of a header can be changed unnoticed")
  func tamperedHeader() async throws {
    let (store, _) = try await filledStore()
    let header = try #require(try await Contents.of(store).header)
    let refusals: Set<CygnetError.Code> = [.locked, .storeDamaged, .malformed, .unsupported]
    for bit in 0..<(8 * header.count) {
      try await change(store) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
      let code = await failureCode { try await StoreKey.open(store, secret: keyFile()) }
      #expect(code.map { refusals.contains($0) } == true, "bit \(bit): \(String(describing: code))")
      try await change(store) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
    }
    _ = try await StoreKey.open(store, secret: keyFile())
  }

  @Test("the header of another store, and an older one of this store, are noticed")
  func exchangedHeader() async throws {
    let (store, key) = try await filledStore()
    let (other, _) = try await filledStore()
    let old = try #require(try await Contents.of(store).header)
    let foreign = try #require(try await Contents.of(other).header)
    try await change(store) { $0 = foreign }
    #expect(
      await failureCode { try await StoreKey.open(store, secret: keyFile()) } == .storeDamaged)
    try await change(store) { $0 = old }
    try await key.setSecret(keyFile(9), in: store)
    try await change(store) { $0 = old }
    #expect(
      await failureCode { try await StoreKey.open(store, secret: keyFile()) } == .storeDamaged)
    #expect(await failureCode { try await key.setSecret(keyFile(1), in: store) } == .storeDamaged)
  }

  @Test("a newer version is unsupported, and a cost above the cap is refused before any work")
  func newerAndCostly() async throws {
    let store = InMemoryStore()
    _ = try await StoreKey.create(in: store, secret: passphrase("open"), cost: cheap)
    try await change(store) { $0[1] = 2 }
    #expect(
      await failureCode { try await StoreKey.open(store, secret: passphrase("open")) }
        == .unsupported)
    try await change(store) { $0[1] = 1 }
    // Header 3, name 16, vector length 2, kind 1, salt 16: then memory and passes.
    for (offset, value) in [(38, UInt8(1)), (42, 1), (45, 17)] {
      let header = try #require(try await Contents.of(store).header)
      try await change(store) { $0[offset] = value }
      #expect(
        await failureCode { try await StoreKey.open(store, secret: passphrase("open")) }
          == .limitExceeded)
      try await change(store) { $0 = header }
    }
    _ = try await StoreKey.open(store, secret: passphrase("open"))
  }

  @Test("headers obey the laws of the codec")
  func headerForm() async throws {
    let (store, key) = try await filledStore()
    try await key.addSecret(passphrase("open"), cost: cheap, in: store)
    let header = try #require(try await Contents.of(store).header)
    #expect(wireLawViolations(StoreHeader.self, header) == [])
    #expect(header.count == 279)
    let start = Array(header[..<19])
    let none = start + [0]
    var nine = start + [0x44, 0x89]
    for _ in 0..<9 { nine += header[21..<150] }
    #expect(TestSupport.failureCode { try StoreHeaderSummary(decoding: none) } == .malformed)
    #expect(TestSupport.failureCode { try StoreHeaderSummary(decoding: nine) } == .malformed)
  }

  @Test("a key prints nothing of itself")
  func redaction() async throws {
    let (_, key) = try await filledStore()
    var dumped = ""
    dump(key, to: &dumped)
    let secrets = "SecretBytes(32 bytes)"
    #expect(dumped.contains(secrets))
    #expect("\(key)".contains(secrets))
    #expect(!dumped.contains("block"))
  }

  /// The changes of a header between the first reading and the second are caught by trying again.
  @Test("a passphrase that changes while a key is derived is noticed")
  func changeWhileOpening() async throws {
    let (inner, key) = try await filledStore()
    let store = ChangingStore(inner: inner, key: key)
    #expect(await failureCode { try await StoreKey.open(store, secret: keyFile()) } == .locked)
    _ = try await StoreKey.open(inner, secret: keyFile(2))
  }
}

/// A store whose secret changes behind the first transaction.
private actor ChangingStore: Store {
  private let inner: InMemoryStore
  private let key: StoreKey
  private var count = 0

  init(inner: InMemoryStore, key: StoreKey) {
    self.inner = inner
    self.key = key
  }

  func transaction<Result: Sendable>(
    _ body: @Sendable (any StoreTransaction) throws -> Result
  ) async throws -> Result {
    count += 1
    let result = try await inner.transaction(body)
    if count == 1 { try await key.setSecret(keyFile(2), in: inner) }
    return result
  }
}
