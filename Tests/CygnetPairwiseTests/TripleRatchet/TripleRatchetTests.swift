import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Triple Ratchet")
struct TripleRatchetTests {
  @Test("a conversation goes through epochs, and both ratchets count the same messages")
  func epochs() throws {
    var pair = try TestPair(suite: .pqxdh)
    while try pair.epoch < 4 {
      try pair.bobToAlice()
      try pair.aliceToBob()
    }
    for session in [pair.aliceSession, pair.bobSession] {
      #expect(session.suite == .pqxdh)
      #expect(session.summary.skippedKeyCount == 0)
      #expect(session.sparseRatchet?.skipped.count == 0)
    }
  }

  @Test("a message's key needs the keys of both ratchets")
  func hybrid() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    let breaker = try #require(try RuleBreaker(pair.bobSession))
    var own = try #require(pair.bobSession.sparseRatchet)
    let outgoing = try own.send()
    let state = try pair.aliceSession.state()
    // Sealed under the Double Ratchet's key alone.
    let single = try breaker.message(breaker.n, headerEnd: outgoing.encoded())
    #expect(failureCode { try pair.aliceSession.decrypt(single) } == .authenticationFailed)
    // Under a key of the sparse ratchet that is another message's.
    let other = SparseRatchet.Outgoing(
      message: outgoing.message, messageKey: try own.send().messageKey)
    let wrong = try breaker.message(breaker.n, sparse: other)
    #expect(failureCode { try pair.aliceSession.decrypt(wrong) } == .authenticationFailed)
    #expect(try pair.aliceSession.state() == state)
    let right = try breaker.message(breaker.n, plaintext: [7], sparse: outgoing)
    #expect(try pair.aliceSession.decrypt(right) == [7])
  }

  @Test("a message that opens and whose sparse part is refused changes neither ratchet")
  func refusedCommit() throws {
    // Alice's third message completes the header of her first key pair.
    var pair = try TestPair(suite: .pqxdh)
    try pair.aliceToBob()
    let breaker = try #require(try RuleBreaker(pair.aliceSession))
    var sparse = try #require(pair.aliceSession.sparseRatchet)
    let outgoing = try sparse.send()
    let honest = outgoing.message
    guard case .header(let chunk) = honest.braid.content else {
      Issue.record("no chunk of a header is due")
      return
    }
    let spoiled = Chunk(
      index: chunk.index, data: try ChunkData(wire: [UInt8](repeating: 9, count: 32)))
    let message = SparseRatchetMessage(
      braid: BraidMessage(epoch: honest.braid.epoch, content: .header(spoiled)), n: honest.n,
      previousChainLength: honest.previousChainLength)
    let state = try pair.bobSession.state()
    let hostile = try breaker.message(
      breaker.n, sparse: .init(message: message, messageKey: outgoing.messageKey))
    #expect(failureCode { try pair.bobSession.decrypt(hostile) } == .authenticationFailed)
    #expect(try pair.bobSession.state() == state)
    let good = try breaker.message(breaker.n, plaintext: [7], sparse: outgoing)
    #expect(try pair.bobSession.decrypt(good) == [7])
  }

  @Test("an epoch that cannot have begun is against the rules")
  func laterEpoch() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    let breaker = try #require(try RuleBreaker(pair.bobSession))
    var sparse = try #require(pair.bobSession.sparseRatchet)
    let outgoing = try sparse.send()
    let state = try pair.aliceSession.state()
    for epoch in [2, 3, Braid.maxEpoch] {
      let message = SparseRatchetMessage(
        braid: BraidMessage(epoch: epoch, content: .none), n: 1, previousChainLength: 0)
      let hostile = try breaker.message(
        breaker.n, sparse: .init(message: message, messageKey: outgoing.messageKey))
      #expect(failureCode { try pair.aliceSession.decrypt(hostile) } == .ruleViolation)
    }
    #expect(try pair.aliceSession.state() == state)
  }

  @Test("loss, reordering, copies and restarts at random: what arrives opens once, to the byte")
  func random() throws {
    for seed in 1...3 as ClosedRange<UInt64> {
      var pair = try TestPair.established(seed: seed, suite: .pqxdh)
      var random = SeededRandomSource(seed, label: "triple ratchet")
      var underway: [(message: PairwiseMessage, toBob: Bool, text: [UInt8])] = []
      var opened: [(message: PairwiseMessage, toBob: Bool)] = []
      for number in 0..<1_500 {
        let fromAlice = random.number(below: 3) > 0
        let text = [UInt8(number >> 8), UInt8(number & 0xff)]
        let message =
          try fromAlice
          ? pair.aliceSession.encrypt(text) : pair.bobSession.encrypt(text)
        underway.append((message, fromAlice, text))
        while underway.count > random.number(below: 12) {
          let next = underway.remove(at: random.number(below: underway.count))
          if random.number(below: 10) == 0 { continue }  // lost
          #expect(try pair.deliver(next.message, toBob: next.toBob) == next.text)
          opened.append((next.message, next.toBob))
        }
        if let copy = opened.last, random.number(below: 8) == 0 {
          let state = try pair.states()
          let code = failureCode { try pair.deliver(copy.message, toBob: copy.toBob) }
          #expect(code == .duplicate || code == .authenticationFailed)
          #expect(try pair.states() == state)
        }
        if random.number(below: 20) == 0 { try pair.restore() }
      }
      #expect(try pair.epoch > 5)
    }
  }

  @Test("a session of suite 1 has one ratchet, in its state and in its messages")
  func classical() throws {
    let pair = try TestPair.established()
    #expect(pair.aliceSession.sparseRatchet == nil)
    #expect(pair.aliceSession.summary.sparse == nil)
    #expect(try pair.aliceSession.state().count <= 400)
  }
}

extension TestPair {
  /// The epoch that both sparse ratchets have come to.
  fileprivate var epoch: UInt64 {
    get throws {
      min(
        try #require(aliceSession.summary.sparse).epoch,
        try #require(bobSession.summary.sparse).epoch)
    }
  }

  fileprivate mutating func deliver(_ message: PairwiseMessage, toBob: Bool) throws -> [UInt8] {
    try toBob ? bobSession.decrypt(message) : aliceSession.decrypt(message)
  }

  fileprivate func states() throws -> [SecretBytes] {
    [try aliceSession.state(), try bobSession.state()]
  }

  fileprivate mutating func restore() throws {
    aliceSession = try PairwiseSession(restoring: aliceSession.state())
    bobSession = try PairwiseSession(restoring: bobSession.state())
  }
}
