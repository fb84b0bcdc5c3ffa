#if os(Linux)
  import Cygnet
  import CygnetPrimitives
  import CygnetStorage
  import TestSupport
  import Testing

  @Suite(
    "What a locked client leaves in memory",
    .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
  struct LockTests {
    @Test("after lock, neither the passphrase nor the master key is anywhere in the process")
    func lock() async throws {
      // Once for the dynamic linker, which spills registers to the stack at a function's first call.
      _ = try await use(#require(MemoryScan()))
      let scan = try #require(MemoryScan())
      let client = try await use(scan)
      // Both halves of both, which the key of the open client holds; the passphrase is gone already.
      #expect(scan.occurrences() == [0, 2])
      await client.lock()
      #expect(scan.occurrences() == [0, 0])
      #expect(await code { try await client.profile() } == .wrongState)
    }

    /// A client that was set up, opened and used, and the passphrase and master key in the scan.
    private func use(_ scan: MemoryScan) async throws -> Client {
      var random = SystemRandomSource()
      let passphrase = random.secret(32)
      passphrase.withUnsafeBytes { bytes in scan.add(bytes) }
      let store = InMemoryStore()
      let secret = StoreSecret.passphrase(passphrase)
      let created = try await Client.create(
        in: store, secret: secret, cost: .small, as: DeviceAddress(user: [1], device: 1),
        now: testTime)
      await created.lock()
      let key = try await StoreKey.open(store, secret: secret)
      key.masterKey.withUnsafeBytes { bytes in scan.add(bytes) }
      let client = try await Client(opening: store, secret: secret)
      _ = try await client.recoveryKey()
      _ = try await client.backup(now: testTime)
      return client
    }
  }
#endif
