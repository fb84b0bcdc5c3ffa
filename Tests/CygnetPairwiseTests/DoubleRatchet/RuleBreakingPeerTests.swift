import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

@Suite("A peer that holds the keys and breaks the rules")
struct RuleBreakingPeerTests {
  /// Expects Bob to refuse `message` with `code` and to stay as he was.
  private func expect(
    _ code: CygnetError.Code, _ message: PairwiseMessage, _ bob: inout PairwiseSession,
    _ comment: Comment
  ) throws {
    let state = try bob.state()
    #expect(failureCode { try bob.decrypt(message) } == code, comment)
    #expect(try bob.state() == state, comment)
  }

  @Test("a message number beyond the skip bound is too far ahead, up to the last number there is")
  func tooFarAhead() throws {
    var pair = try TestPair.established()
    try pair.aliceToBob()
    let peer = try #require(try RuleBreaker(pair.aliceSession))
    #expect(peer.n == 1)
    for number in [2_002, 10_000, UInt32.max - 1, UInt32.max] {
      try expect(.tooFarAhead, peer.message(number), &pair.bobSession, "\(number)")
    }
    #expect(try pair.bobSession.decrypt(peer.message(2_001, plaintext: [1])) == [1])
  }

  @Test("in a new chain, number and previous-chain length share one skip budget")
  func sharedBudget() throws {
    var pair = try TestPair.established()
    for _ in 0..<5 { try pair.aliceToBob() }
    try pair.bobToAlice()
    _ = try pair.aliceSession.encrypt([0])
    let peer = try #require(try RuleBreaker(pair.aliceSession))
    let restart = RuleBreaker(
      associatedData: peer.associatedData, headerKey: peer.headerKey.bytes,
      chainKey: peer.chainKey.bytes, ratchetKey: peer.ratchetKey, n: 1)
    let cases: [(UInt32, UInt32)] = [
      (1_000, 1_006), (2_001, 5), (1, 2_005), (0, 2_006), (.max, 5), (1, .max), (.max, .max),
    ]
    for (number, previous) in cases {
      try expect(
        .tooFarAhead, restart.message(number, previousChainLength: previous), &pair.bobSession,
        "number \(number), previous \(previous)")
    }
    let message = try restart.message(1_000, previousChainLength: 1_005, plaintext: [1])
    #expect(try pair.bobSession.decrypt(message) == [1])
  }

  @Test("a previous-chain length below what has arrived is against the rules")
  func shrunkenChain() throws {
    var pair = try TestPair.established()
    for _ in 0..<5 { try pair.aliceToBob() }
    try pair.bobToAlice()
    _ = try pair.aliceSession.encrypt([0])
    let peer = try #require(try RuleBreaker(pair.aliceSession))
    for previous in [0, 4] as [UInt32] {
      try expect(
        .ruleViolation, peer.message(1, previousChainLength: previous), &pair.bobSession,
        "previous \(previous)")
    }
  }

  @Test("a chain before the first is against the rules")
  func chainBeforeTheFirst() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob")
    var session = try alice.initiate(to: &bob)
    guard case .initial(let initial) = try session.encrypt([0]) else { throw NotInitial() }
    let peer = try #require(try RuleBreaker(session))
    guard case .ratchet(let body) = try peer.message(1, previousChainLength: 1) else {
      throw NotInitial()
    }
    let state = try bob.preKeys.state()
    let message = PairwiseMessage.initial(
      InitialMessage(handshake: initial.handshake, body: body))
    #expect(throws: CygnetError(.ruleViolation, "")) { try bob.accept(message, from: alice) }
    #expect(try bob.preKeys.state() == state)
  }

  @Test("ratcheting twice without an answer is against the rules")
  func twice() throws {
    var pair = try TestPair.established()
    try pair.aliceToBob()
    let bob = try SessionStateView(pair.bobSession)
    let peer = RuleBreaker(
      associatedData: bob.associatedData, headerKey: bob.nextReceivingHeaderKey,
      chainKey: [UInt8](repeating: 1, count: 32), ratchetKey: [UInt8](repeating: 9, count: 32),
      n: 0)
    try expect(.ruleViolation, peer.message(0), &pair.bobSession, "second step")
    try pair.bobToAlice()
    try pair.aliceToBob()
  }

  @Test("a ratchet key that is not canonical or of low order is refused")
  func badRatchetKeys() throws {
    var pair = try TestPair.established()
    try pair.aliceToBob()
    try pair.bobToAlice()
    _ = try pair.aliceSession.encrypt([0])
    let peer = try #require(try RuleBreaker(pair.aliceSession))
    let zero = [UInt8](repeating: 0, count: 32)
    let prime = [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
    let topBit = zero.dropLast() + [0x80]
    let keys: [([UInt8], CygnetError.Code)] = [
      (zero, .authenticationFailed), ([1] + zero.dropLast(), .authenticationFailed),
      (prime, .ruleViolation), (Array(topBit), .ruleViolation),
      ([UInt8](repeating: 0xff, count: 32), .ruleViolation),
    ]
    for (key, code) in keys {
      try expect(
        code, peer.message(1, previousChainLength: 1, ratchetKey: key), &pair.bobSession,
        "\(key[0])…\(key[31])")
    }
  }

  @Test("another ratchet key than the chain's makes keys that open nothing")
  func otherRatchetKey() throws {
    var pair = try TestPair.established()
    try pair.aliceToBob()
    try pair.bobToAlice()
    _ = try pair.aliceSession.encrypt([0])
    let peer = try #require(try RuleBreaker(pair.aliceSession))
    var other = [UInt8](repeating: 0, count: 32)
    other[0] = 9
    try expect(
      .authenticationFailed, peer.message(1, previousChainLength: 1, ratchetKey: other),
      &pair.bobSession, "base point")
  }

  @Test("a header that opens with a body that does not changes nothing, even after a gap")
  func bodyDoesNotOpen() throws {
    var pair = try TestPair.established()
    let old = try (0..<30).map { try pair.aliceSession.encrypt([UInt8($0)]) }
    _ = try pair.bobSession.decrypt(old[20])
    try pair.bobToAlice()
    for _ in 0..<50 { _ = try pair.aliceSession.encrypt([0]) }
    let new = try pair.aliceSession.encrypt([1])
    for genuine in [old[5], old[29], new] {
      guard case .ratchet(let body) = genuine else { throw NotInitial() }
      for ciphertext in [body.ciphertext + [0], [UInt8](repeating: 0, count: 16)] {
        try expect(
          .authenticationFailed,
          .ratchet(RatchetMessage(sealedHeader: body.sealedHeader, ciphertext: ciphertext)),
          &pair.bobSession, "\(ciphertext.count) bytes")
      }
    }
    #expect(try pair.bobSession.decrypt(new) == [1])
    #expect(try pair.bobSession.decrypt(old[5]) == [5])
    #expect(try pair.bobSession.decrypt(old[29]) == [29])
  }

  @Test("a header of one message does not go with the body of another")
  func swappedBodies() throws {
    var pair = try TestPair.established()
    guard case .ratchet(let first) = try pair.aliceSession.encrypt([1]),
      case .ratchet(let second) = try pair.aliceSession.encrypt([2])
    else { throw NotInitial() }
    for (header, body) in [(first, second), (second, first)] {
      try expect(
        .authenticationFailed,
        .ratchet(
          RatchetMessage(sealedHeader: header.sealedHeader, ciphertext: body.ciphertext)),
        &pair.bobSession, "swapped")
    }
  }
}

extension SecretBytes {
  fileprivate var bytes: [UInt8] { withUnsafeBytes { Array($0) } }
}
