import CygnetPrimitives
import CygnetStorage
import TestSupport
import Testing

@Suite("Transactions of records")
struct RecordTransactionTests {
  private struct Refusal: Error {}

  @Test("what was put is there in later transactions, under its kind and key alone")
  func putAndGet() async throws {
    let (store, key) = try await filledStore(records: 0)
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      try transaction.put(.session, [1], secret("a session"))
      #expect(try transaction.value(.session, [1]) == secret("a session"))
      try transaction.put(.session, [1], secret("a later one"))
      try transaction.put(.contact, [], secret(""))
      #expect(try transaction.value(.session, [1]) == secret("a later one"))
    }
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      #expect(try transaction.value(.session, [1]) == secret("a later one"))
      #expect(try transaction.value(.contact, []) == secret(""))
      #expect(try transaction.value(.contact, [1]) == nil)
      #expect(try transaction.value(.session, [1, 0]) == nil)
      #expect(transaction.recordCount == 2)
    }
  }

  @Test("values of every length around the padding's steps come back")
  func lengths() async throws {
    let (store, key) = try await filledStore(records: 0)
    let lengths = [0, 1, 60, 61, 62, 63, 64, 65, 126, 127, 128, 4096, 100_000]
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      for count in lengths {
        let value = SecretBytes(copying: [UInt8](repeating: 0x80, count: count))
        try transaction.put(.outgoing, Array("\(count)".utf8), value)
      }
    }
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      for count in lengths {
        let value = SecretBytes(copying: [UInt8](repeating: 0x80, count: count))
        #expect(try transaction.value(.outgoing, Array("\(count)".utf8)) == value)
      }
    }
    for record in try await Contents.of(store).records {
      #expect((record.sealed.count - 41).isMultiple(of: 64))
    }
  }

  @Test("a kind is listed whole across pages, and counted")
  func listing() async throws {
    let (store, key) = try await filledStore(records: 200)
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      try transaction.delete(.contact, [5, 0])
      try transaction.delete(.contact, [5, 0])
      try transaction.put(.contact, [6, 0], secret("changed"))
      var texts: Set<String> = []
      for value in try transaction.values(.contact) {
        texts.insert(value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) })
      }
      #expect(texts.count == 199 && texts.contains("changed") && !texts.contains("6"))
      #expect(try transaction.count(.contact) == 199)
      #expect(try transaction.values(.session).count == 200)
      #expect(try transaction.values(.profile).isEmpty)
      #expect(try transaction.count(.profile) == 0)
    }
    #expect(try await Contents.of(store).records.count == 599 + 64 + 1)
  }

  @Test("a transaction that writes nothing leaves the store as it is, byte for byte")
  func readOnly() async throws {
    let (store, key) = try await filledStore()
    let before = try await Contents.of(store)
    try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
      _ = try transaction.value(.session, [0, 0])
      _ = try transaction.values(.contact)
      try transaction.delete(.contact, [77])
    }
    #expect(try await Contents.of(store) == before)
  }

  @Test("a transaction that throws leaves everything, byte for byte")
  func rollback() async throws {
    let (store, key) = try await filledStore()
    let before = try await Contents.of(store)
    let code = await failureCode {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        try transaction.put(.session, [0, 0], secret("changed"))
        try transaction.put(.session, [9, 9], secret("new"))
        try transaction.delete(.contact, [1, 0])
        throw CygnetError(.ruleViolation, "no")
      }
    }
    #expect(code == .ruleViolation)
    #expect(try await Contents.of(store) == before)
  }

  @Test("a body that ignores a failed write commits nothing")
  func ignoredFailure() async throws {
    let (store, key) = try await filledStore()
    let before = try await Contents.of(store)
    let code = await failureCode {
      try await RecordTransaction.run(in: store, key: key) { transaction throws(CygnetError) in
        try transaction.put(.session, [0, 0], secret("changed"))
        let tooLong = [UInt8](repeating: 0, count: 1025)
        #expect(
          TestSupport.failureCode { try transaction.put(.session, tooLong, secret("")) }
            == .limitExceeded)
      }
    }
    #expect(code == .wrongState)
    #expect(try await Contents.of(store) == before)
  }

  @Test("errors of a store arrive as the underlying error of storage")
  func foreignErrors() async throws {
    struct Failing: Store {
      func transaction<Result: Sendable>(
        _ body: @Sendable (any StoreTransaction) throws -> Result
      ) async throws -> Result { throw Refusal() }
    }
    let (_, key) = try await filledStore()
    do {
      try await RecordTransaction.run(in: Failing(), key: key) { _ throws(CygnetError) in }
      Issue.record("a store that fails must not succeed")
    } catch {
      #expect(error.code == .storage && error.underlying is Refusal)
    }
  }
}
