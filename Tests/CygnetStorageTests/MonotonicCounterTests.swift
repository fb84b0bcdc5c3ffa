import CygnetPrimitives
import CygnetStorage
import Synchronization
import Testing

@Suite("Stores with a counter outside")
struct MonotonicCounterTests {
  private final class Counter: MonotonicCounter {
    private let value = Mutex<UInt64>(0)
    struct Silence: Error {}

    func read() throws -> UInt64 { value.withLock { $0 } }
    func advance(to new: UInt64) throws { value.withLock { $0 = max($0, new) } }
  }

  private struct SilentCounter: MonotonicCounter {
    func read() throws -> UInt64 { throw Counter.Silence() }
    func advance(to new: UInt64) throws {}
  }

  private func write(
    _ text: String, _ store: any Store, _ key: StoreKey, _ counter: any MonotonicCounter
  ) async throws {
    try await RecordTransaction.run(
      in: store, key: key, counter: counter
    ) { transaction throws(CygnetError) in
      try transaction.put(.session, [0, 0], secret(text))
    }
  }

  @Test("a store that went back as a whole is noticed, and the current one is not")
  func rollback() async throws {
    let (store, key) = try await filledStore()
    let counter = Counter()
    try await write("first", store, key, counter)
    let old = try await Contents.of(store)
    #expect(try counter.read() == 3)
    try await write("second", store, key, counter)
    let current = try await Contents.of(store)
    try await old.restore(to: store)
    #expect(await failureCode { try await write("third", store, key, counter) } == .storeDamaged)
    #expect(try await Contents.of(store) == old)
    try await current.restore(to: store)
    try await write("third", store, key, counter)
    #expect(try counter.read() == 5)
  }

  @Test("a step that writes nothing leaves the counter where it is")
  func reading() async throws {
    let (store, key) = try await filledStore()
    let counter = Counter()
    try await RecordTransaction.run(
      in: store, key: key, counter: counter
    ) { transaction throws(CygnetError) in _ = try transaction.values(.session) }
    #expect(try counter.read() == 0)
  }

  @Test("a counter that does not answer lets nothing happen")
  func silence() async throws {
    let (store, key) = try await filledStore()
    let before = try await Contents.of(store)
    #expect(await failureCode { try await write("x", store, key, SilentCounter()) } == .storage)
    #expect(try await Contents.of(store) == before)
  }
}
