#if os(Linux)
  import CygnetPrimitives
  import TestSupport
  import Testing

  @Suite(
    "What dropped secrets leave in memory",
    .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
  struct ResidueTests {
    /// Runs `body` with a fresh secret that nothing else holds, below the frames that `occurrences`
    /// will look at, and adds it to the scan.
    @inline(never)
    private func borrow(_ scan: MemoryScan, _ body: (SecretBytes) throws -> Void) rethrows {
      var random = SystemRandomSource()
      let secret = random.secret(32)
      secret.withUnsafeBytes { bytes in scan.add(bytes) }
      try body(secret)
    }

    @Test("the scan finds both halves of a secret while it lives")
    func control() throws {
      let scan = try #require(MemoryScan())
      borrow(scan) { secret in
        #expect(scan.occurrences() == [2])
        let copy = secret.slice(0..<32)
        #expect(scan.occurrences() == [4])
        withExtendedLifetime((secret, copy)) {}
      }
    }

    @Test("a dropped secret, its slices and its concatenations leave nothing")
    func dropped() throws {
      // Once for the dynamic linker, which spills registers to the stack at a function's first call.
      copies(try #require(MemoryScan()))
      let scan = try #require(MemoryScan())
      for _ in 0..<8 { copies(scan) }
      #expect(scan.occurrences() == [Int](repeating: 0, count: 8))
    }

    private func copies(_ scan: MemoryScan) {
      borrow(scan) { secret in
        let parts = SecretBytes(concatenating: [secret.slice(0..<32), secret])
        #expect(parts.slice(0..<32) == secret)
      }
    }

    @Test("keys that are derived and dropped leave nothing")
    func derived() throws {
      try derivations(#require(MemoryScan()))
      let scan = try #require(MemoryScan())
      try derivations(scan)
      #expect(scan.occurrences() == [Int](repeating: 0, count: 6))
    }

    private func derivations(_ scan: MemoryScan) throws {
      try borrow(scan) { secret in
        let okm = try secret.withBytes { (key) throws(CygnetError) in
          try HKDFSHA256.derive(salt: key, inputKeyMaterial: key, info: [1], count: 96)
        }
        for start in [0, 32, 64] {
          okm.slice(start..<(start + 32)).withUnsafeBytes { bytes in scan.add(bytes) }
        }
        let (first, second) = HMACSHA256.tags(of: 1, 2, key: okm.slice(0..<32))
        first.withUnsafeBytes { bytes in scan.add(bytes) }
        second.withUnsafeBytes { bytes in scan.add(bytes) }
      }
    }
  }
#endif
