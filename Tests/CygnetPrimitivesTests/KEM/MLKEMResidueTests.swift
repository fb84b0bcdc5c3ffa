#if os(Linux)
  import CygnetPrimitives
  import TestSupport
  import Testing

  @Suite(
    "What ML-KEM leaves in memory",
    .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
  struct MLKEMResidueTests {
    @Test("keys, messages, secrets and intermediate polynomials that were dropped leave nothing")
    func dropped() throws {
      try run(#require(MemoryScan()))
      let scan = try #require(MemoryScan())
      try run(scan)
      let counts = scan.occurrences()
      #expect(counts == [Int](repeating: 0, count: counts.count))
      #expect(counts.count == 13)
    }

    @Test("the scan finds the encoded vector while its key lives")
    func control() throws {
      let scan = try #require(MemoryScan())
      var random = SystemRandomSource()
      let key = MLKEM768.DecapsulationKey.generate(using: &random)
      add(key.expanded, 0, to: scan)
      #expect(scan.occurrences() == [2])
      withExtendedLifetime(key) {}
    }

    /// Key generation, encapsulation in one step and in two, decapsulation of what is right and wrong.
    @inline(never)
    private func run(_ scan: MemoryScan) throws {
      var random = SystemRandomSource()
      let key = MLKEM768.DecapsulationKey.generate(using: &random)
      let seed = try #require(key.seed)
      add(seed, 0, to: scan)
      add(seed, 32, to: scan)
      for i in 0..<3 { add(key.expanded, 384 * i, to: scan) }
      try addPolynomials(seed, key.expanded, to: scan)
      let message = random.secret(32)
      add(message, 0, to: scan)
      let sent = try key.encapsulationKey.encapsulate(message: message)
      add(sent.sharedSecret, 0, to: scan)
      let first = try key.encapsulationKey.header.encapsulate(message: message)
      _ = try first.pending.finish(with: key.encapsulationKey.vector)
      _ = key.decapsulate(sent.ciphertext)
      var bytes = sent.ciphertext.bytes
      bytes[3] ^= 1
      add(key.decapsulate(try MLKEM768.Ciphertext(bytes)), 0, to: scan)
    }

    /// ŝ and s as the computation holds them, 16 bits for each coefficient; and what they come from.
    private func addPolynomials(
      _ seed: SecretBytes, _ expanded: SecretBytes, to scan: MemoryScan
    ) throws {
      var hash = SHA3_512()
      hash.update(seed.slice(0..<32))
      hash.update([3])
      let output = hash.finalizeSecret()
      add(output, 32, to: scan)
      var noise = NoiseSource(output.slice(32..<64))
      for counter in [0, 3] {
        addValues(try distinctive(encoded(noise.sample(counter))), to: scan)
      }
      for i in 0..<2 { addValues(expanded.slice((384 * i)..<(384 * i + 24)), to: scan) }
    }

    private func encoded(_ element: borrowing RingElement) throws -> SecretBytes {
      try SecretBytes(count: RingElement.byteCount) { target in
        element.encode(into: &target, at: 0)
      }
    }

    /// The 16 coefficients of which the poorer half has the fewest zeros: most of them are small, and
    /// a few small numbers among zeros stand everywhere in memory.
    private func distinctive(_ encoded: SecretBytes) throws -> SecretBytes {
      func values(_ half: Int) -> Int {
        encoded.slice((12 * half)..<(12 * half + 12)).withUnsafeBytes { bytes in
          (0..<4).reduce(0) { count, i in
            let (a, b, c) = (bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2])
            return count + (a | b & 15 == 0 ? 0 : 1) + (b >> 4 | c == 0 ? 0 : 1)
          }
        }
      }
      let best = (0..<16).max { one, other in
        min(values(2 * one), values(2 * one + 1)) < min(values(2 * other), values(2 * other + 1))
      }
      let start = 24 * (try #require(best))
      return encoded.slice(start..<(start + 24))
    }

    private func addValues(_ encoded: SecretBytes, to scan: MemoryScan) {
      // 24 bytes hold 16 coefficients of 12 bits; what was negative is so again in memory.
      let values = SecretBytes(count: 32) { (target: UnsafeMutableRawBufferPointer) in
        encoded.withUnsafeBytes { source in
          for i in 0..<8 {
            let (a, b, c) = (source[3 * i], source[3 * i + 1], source[3 * i + 2])
            let pair = [Int16(a) | Int16(b & 15) << 8, Int16(b >> 4) | Int16(c) << 4]
            for (j, value) in pair.enumerated() {
              let held = value > 3326 ? value - 3329 : value
              target.storeBytes(of: held, toByteOffset: 4 * i + 2 * j, as: Int16.self)
            }
          }
        }
      }
      add(values, 0, to: scan)
    }

    private func add(_ secret: SecretBytes, _ offset: Int, to scan: MemoryScan) {
      secret.withUnsafeBytes { bytes in
        scan.add(UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + 32)]))
      }
    }
  }
#endif
