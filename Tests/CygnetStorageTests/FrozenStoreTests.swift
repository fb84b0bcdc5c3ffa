import CygnetPrimitives
import CygnetStorage
import Testing

@Suite("Stores of earlier versions")
struct FrozenStoreTests {
  @Test(
    "a store of version 1 opens with each of its secrets, is sound, and can be written to",
    arguments: [false, true])
  func version1(_ byPassphrase: Bool) async throws {
    let store = InMemoryStore()
    try await FrozenStore.contents().restore(to: store)
    let key = try await StoreKey.open(
      store, secret: byPassphrase ? passphrase("a store of version 1") : keyFile())
    let bob = Array("bob".utf8)
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      #expect(try transaction.value(.session, bob) == secret("a session that went on"))
      #expect(try transaction.value(.contact, bob) == secret(""))
      let check = try transaction.checkAll()
      #expect(check.isSound && check.soundRecords == 2 && check.commitCount == 4)
      try transaction.put(.session, bob, secret("further"))
    }
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      #expect(try transaction.value(.session, bob) == secret("further"))
      #expect(try transaction.checkAll().isSound)
    }
  }
}
