import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

/// Each test is a process of its own, so that no other test's keys are in the memory it searches.
@Suite(
  "Residues of keys in memory",
  .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
struct ResidueTests {
  @Test("the search finds a key while it lives, and one that was left behind")
  func control() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      var random = SystemRandomSource()
      let secret = random.secret(32)
      let careless = random.secret(32)
      for key in [secret, careless] { key.withUnsafeBytes { scan.add($0) } }
      let left = careless.withUnsafeBytes { [UInt8]($0) }
      let counts = scan.occurrences()
      #expect(counts[0] >= 2 && counts[1] >= 4, "\(counts)")
      withExtendedLifetime((secret, left)) {}
    }
  }

  @Test("a dropped session leaves no key behind")
  func droppedSession() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      try Residue.live(noting: scan)
      let counts = scan.occurrences()
      #expect(counts.count >= 14)
      #expect(counts == [Int](repeating: 0, count: counts.count), "\(counts)")
    }
  }

  @Test("a used message key and the chain keys before it are gone while the session lives")
  func usedMessageKey() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      var pair = try TestPair.established()
      let late = try Residue.use(&pair, noting: scan)
      var counts = scan.occurrences()
      #expect(counts.last == 2, "the key of a skipped message is held once: \(counts)")
      #expect(counts.dropLast().allSatisfy { $0 == 0 }, "\(counts)")
      _ = try pair.bobSession.decrypt(late)
      counts = scan.occurrences()
      #expect(counts.allSatisfy { $0 == 0 }, "\(counts)")
      try pair.bobToAlice()
    }
  }

  @Test("a dropped identity and dropped prekeys leave no key behind")
  func droppedIdentity() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      try Residue.dropDevice(noting: scan)
      let counts = scan.occurrences()
      #expect(counts == [0, 0, 0, 0], "\(counts)")
    }
  }
}

private enum Residue {
  /// Fields of a stored established session with a sending chain, 32 bytes each.
  private static let secretOffsets = [87, 119, 151, 189, 253, 285]

  @inline(never)
  static func live(noting scan: MemoryScan) throws {
    var pair = try TestPair.established()
    for _ in 0..<3 {
      try pair.aliceToBob()
      try pair.bobToAlice()
    }
    _ = try pair.aliceSession.encrypt([1])
    for session in [pair.aliceSession, pair.bobSession] {
      let restored = try PairwiseSession(restoring: session.state())
      try restored.state().withUnsafeBytes { state in
        for offset in secretOffsets + [322, 354] {
          scan.add(UnsafeRawBufferPointer(rebasing: state[offset..<(offset + 32)]))
        }
      }
    }
  }

  /// Alice sends four, Bob reads the first and the last two; gives the second, which he skipped.
  @inline(never)
  static func use(_ pair: inout TestPair, noting scan: MemoryScan) throws -> PairwiseMessage {
    try pair.aliceToBob()
    var chain = try pair.aliceSession.state().withUnsafeBytes { state in
      ChainKey(SecretBytes(copying: state[253..<285].map { $0 }))
    }
    var skipped: MessageKey?
    for index in 0..<4 {
      chain.secret.withUnsafeBytes { scan.add($0) }
      let (key, next) = chain.step()
      if index == 1 { skipped = key } else { key.secret.withUnsafeBytes { scan.add($0) } }
      chain = next
    }
    skipped?.secret.withUnsafeBytes { scan.add($0) }
    _ = try pair.bobSession.decrypt(pair.aliceSession.encrypt([1]))
    let late = try pair.aliceSession.encrypt([2])
    for text in [3, 4] as [UInt8] {
      _ = try pair.bobSession.decrypt(pair.aliceSession.encrypt([text]))
    }
    return late
  }

  @inline(never)
  static func dropDevice(noting scan: MemoryScan) throws {
    let bob = try TestDevice("bob", oneTimeCount: 1)
    try bob.identity.state().withUnsafeBytes { state in
      scan.add(UnsafeRawBufferPointer(rebasing: state[3...]))
    }
    bob.identity.agreementKey.secret.withUnsafeBytes { scan.add($0) }
    try bob.preKeys.state().withUnsafeBytes { state in
      scan.add(UnsafeRawBufferPointer(rebasing: state[116..<148]))
      scan.add(UnsafeRawBufferPointer(rebasing: state[161..<193]))
    }
  }
}
