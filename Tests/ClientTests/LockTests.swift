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
    /// The places in the profile's record: version, address of one letter, two times, and the length
    /// and header of the stored identity stand before its seed.
    private static let seed = 21..<53

    @Test("neither a step nor a backup leaves the identity's seed in the process")
    func seed() async throws {
      _ = try await useSeed(#require(MemoryScan()))
      let scan = try #require(MemoryScan())
      let client = try await useSeed(scan)
      #expect(scan.occurrences() == [0])
      await client.lock()
    }

    private func useSeed(_ scan: MemoryScan) async throws -> Client {
      let store = InMemoryStore()
      let client = try await Client.create(
        in: store, secret: testSecret, as: DeviceAddress(user: [1], device: 1), now: testTime)
      let record = try await RecordTransaction.run(
        in: store, key: StoreKey.open(store, secret: testSecret)
      ) { (records) throws(CygnetError) in try records.value(.profile, []) }
      record?.withUnsafeBytes { bytes in
        scan.add(UnsafeRawBufferPointer(rebasing: bytes[Self.seed]))
      }
      let key = try await client.recoveryKey()
      let backup = try await client.backup(now: testTime)
      _ = try Client.checkBackup(backup, key: key)
      _ = try await client.card(name: "x", now: testTime)
      return client
    }

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
