import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

/// Each test is a process of its own, so that no other test's keys are in the memory it searches.
@Suite(
  "Residues of the Triple Ratchet's keys in memory",
  .enabled(if: !Sanitizer.isActive, "a sanitizer's shadow memory is too large to search"))
struct TripleResidueTests {
  @Test("used keys of both ratchets, the keys made of them and replaced chain keys are gone")
  func messageKeys() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      var pair = try TestPair.established(suite: .pqxdh)
      let late = try TripleResidue.use(&pair, noting: scan)
      var counts = scan.occurrences()
      #expect(counts.count == 20)
      #expect(counts.suffix(2) == [2, 2], "keys of a skipped message are held once: \(counts)")
      #expect(counts.dropLast(2).allSatisfy { $0 == 0 }, "\(counts)")
      _ = try pair.bobSession.decrypt(late)
      counts = scan.occurrences()
      #expect(counts.allSatisfy { $0 == 0 }, "\(counts)")
      try pair.bobToAlice()
    }
  }

  @Test("what an epoch's key was made of is gone once both have the key, and then the key too")
  func epoch() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      var pair = try TestPair(suite: .pqxdh)
      try TripleResidue.noteKeyPair(pair, scan)
      try TripleResidue.run(&pair) { bob in if case .ct1Sampled = bob { true } else { false } }
      try TripleResidue.noteEncapsulation(pair, scan)
      var counts = scan.occurrences()
      #expect(counts.count == 12)
      #expect(counts[..<3].allSatisfy { $0 == 2 }, "seed and m are held, once: \(counts)")
      try TripleResidue.run(&pair) { bob in if case .ct2Sampled = bob { true } else { false } }
      counts = scan.occurrences()
      #expect(counts[2] == 0, "m has served: \(counts)")
      try TripleResidue.run(&pair) { bob in if case .keysSampled = bob { true } else { false } }
      // One more of either, so that both use the chains of the epoch.
      try pair.aliceToBob()
      try pair.bobToAlice()
      counts = scan.occurrences()
      #expect(counts.allSatisfy { $0 == 0 }, "\(counts)")
      try pair.aliceToBob()
    }
  }

  @Test("the handshake's secret and SEED are gone as soon as both ratchets have begun")
  func seed() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      let ratchets = try TripleResidue.start(noting: scan)
      let counts = scan.occurrences()
      #expect(counts == [0, 0], "\(counts)")
      withExtendedLifetime(ratchets) {}
    }
  }

  @Test("a dropped session of suite 2 leaves no key behind")
  func droppedSession() async {
    await #expect(processExitsWith: .success) {
      let scan = try #require(MemoryScan())
      try TripleResidue.live(noting: scan)
      let counts = scan.occurrences()
      #expect(counts.count == 19)
      #expect(counts.allSatisfy { $0 == 0 }, "\(counts)")
    }
  }
}

private enum TripleResidue {
  private static func note(_ secret: SecretBytes, _ scan: MemoryScan) {
    secret.withUnsafeBytes { bytes in
      for start in stride(from: 0, to: bytes.count, by: 32) {
        scan.add(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + 32)]))
      }
    }
  }

  /// Alice sends four, Bob reads all but the second, which is given back; its keys of both ratchets
  /// are noted last.
  @inline(never)
  static func use(_ pair: inout TestPair, noting scan: MemoryScan) throws -> PairwiseMessage {
    try pair.aliceToBob()
    var sparse = try #require(pair.aliceSession.sparseRatchet)
    var chain = try pair.aliceSession.state().withUnsafeBytes { state in
      ChainKey(
        SecretBytes(count: 32) { $0.copyMemory(from: .init(rebasing: state[253..<285])) })
    }
    var skipped: [SecretBytes] = []
    for index in 0..<4 {
      try #require(sparse.braid.drawByteCount == 0)
      note(chain.secret, scan)
      note(sparse.chains.sending.key, scan)
      let (own, next) = chain.step()
      let other = try sparse.send().messageKey
      note(try MessageKey.hybrid(doubleRatchet: own, sparse: other).secret, scan)
      if index == 1 {
        skipped = [own.secret, other.secret]
      } else {
        note(own.secret, scan)
        note(other.secret, scan)
      }
      chain = next
    }
    for key in skipped { note(key, scan) }
    _ = try pair.bobSession.decrypt(pair.aliceSession.encrypt([1]))
    let late = try pair.aliceSession.encrypt([2])
    for text in [3, 4] as [UInt8] {
      _ = try pair.bobSession.decrypt(pair.aliceSession.encrypt([text]))
    }
    return late
  }

  @inline(never)
  private static func side(_ session: PairwiseSession) throws -> SparseRatchet {
    try #require(session.sparseRatchet)
  }

  /// Both halves of the seed of Alice's first key pair.
  @inline(never)
  static func noteKeyPair(_ pair: TestPair, _ scan: MemoryScan) throws {
    guard case .keysSampled(let seed, _, _) = try side(pair.aliceSession).braid.state else {
      throw CygnetError(.wrongState, "no key pair")
    }
    note(seed, scan)
  }

  /// Bob's m, what it gives, and all that the epoch replaces.
  @inline(never)
  static func noteEncapsulation(_ pair: TestPair, _ scan: MemoryScan) throws {
    let bob = try side(pair.bobSession)
    let alice = try side(pair.aliceSession)
    guard case .ct1Sampled(let pending, _, _) = bob.braid.state else {
      throw CygnetError(.wrongState, "no encapsulation")
    }
    let message = pending.slice(64..<96)
    note(message, scan)
    let header = try MLKEM768.EncapsulationHeader(pending.withUnsafeBytes { Array($0.prefix(64)) })
    let shared = try header.encapsulate(message: message).sharedSecret
    note(shared, scan)
    note(try BraidProtocol.outputKey(shared, epoch: 1), scan)
    // Bob's authenticator and root key are the epoch's already; the old ones are those that Alice has.
    note(alice.braid.authenticator.rootKey, scan)
    note(alice.braid.authenticator.macKey, scan)
    note(alice.chains.rootKey, scan)
    for party in [alice, bob] {
      note(party.chains.sending.key, scan)
      note(party.chains.receiving.key, scan)
    }
  }

  /// Takes turns until Bob's Braid has come to a state.
  @inline(never)
  static func run(_ pair: inout TestPair, until isThere: (Braid.State) -> Bool) throws {
    for _ in 0..<200 {
      if try isThere(side(pair.bobSession).braid.state) { return }
      try pair.bobToAlice()
      if try isThere(side(pair.bobSession).braid.state) { return }
      try pair.aliceToBob()
    }
    throw CygnetError(.notFound, "Bob never came there")
  }

  @inline(never)
  static func start(noting scan: MemoryScan) throws -> [TripleRatchet] {
    var random = SystemRandomSource()
    let shared = X3DH.SharedSecret(random.secret(32))
    note(shared.secret, scan)
    note(try #require(try RootKey.Start(shared, suite: .pqxdh).sparseSeed), scan)
    let own = try X25519.KeyPair.generate(using: &random)
    return [
      try .initiator(
        shared: shared, peerRatchetKey: own.publicKey, suite: .pqxdh, using: &random),
      try .responder(shared: shared, ownRatchetKey: own, suite: .pqxdh),
    ]
  }

  /// Sessions between an encapsulation and its end, restored as well.
  @inline(never)
  static func live(noting scan: MemoryScan) throws {
    var pair = try TestPair(suite: .pqxdh)
    try run(&pair) { bob in if case .ct1Sampled = bob { true } else { false } }
    for session in [pair.aliceSession, pair.bobSession] {
      let restored = try PairwiseSession(restoring: session.state())
      let sparse = try side(restored)
      note(sparse.braid.authenticator.rootKey, scan)
      note(sparse.braid.authenticator.macKey, scan)
      note(sparse.chains.rootKey, scan)
      note(sparse.chains.sending.key, scan)
      note(sparse.chains.receiving.key, scan)
      switch sparse.braid.state {
      case .headerSent(let seed, _, _), .keysSampled(let seed, _, _): note(seed, scan)
      case .ct1Sampled(let pending, _, _): note(pending.slice(64..<96), scan)
      default: throw CygnetError(.wrongState, "another state than the scene is for")
      }
      if let next = sparse.chains.next {
        for key in [next.sending, next.receiving] { if let key { note(key, scan) } }
      }
      let state = try restored.state()
      for offset in [87, 119] { note(state.slice(offset..<(offset + 32)), scan) }
    }
  }
}
