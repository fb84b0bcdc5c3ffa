import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Messages and state of suite 2")
struct SuiteTwoTests {
  @Test("messages keep the wire laws, and are of other wire types than those of suite 1")
  func wire() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    var other = try pair.alice.initiate(to: &pair.bob)
    let initial = try other.encrypt([1]).encoded()
    #expect(wireLawViolations(PairwiseMessage.self, initial) == [])
    let message = try pair.bobSession.encrypt([1, 2, 3]).encoded()
    #expect(wireLawViolations(PairwiseMessage.self, message) == [])
    #expect(try WireType.peek(message) == .ratchetMessage2)
    var classical = try TestPair.established()
    let old = try classical.bobSession.encrypt([1, 2, 3])
    #expect(try WireType.peek(old.encoded()) == .ratchetMessage)
    // The one in the clothes of the other.
    var disguised = message
    disguised[2] = WireType.ratchetMessage.rawValue
    #expect(failureCode { try PairwiseMessage(decoding: disguised) } == .malformed)
    disguised = try old.encoded()
    disguised[2] = WireType.ratchetMessage2.rawValue
    #expect(failureCode { try PairwiseMessage(decoding: disguised) } == .malformed)
    let state = try pair.aliceSession.state()
    #expect(failureCode { try pair.aliceSession.decrypt(old) } == .authenticationFailed)
    #expect(try pair.aliceSession.state() == state)
  }

  @Test("a session's state comes back at every phase and says its suite")
  func state() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice.postQuantum("bob")
    var aliceSession = try alice.initiate(to: &bob)
    func check(_ session: PairwiseSession, _ comment: Comment) throws {
      let state = try session.state()
      #expect(wireLawViolations(PairwiseSession.self, state.exposed()) == [], comment)
      let restored = try PairwiseSession(restoring: state)
      #expect(restored.suite == .pqxdh, comment)
    }
    try check(aliceSession, "nothing sent")
    // The handshake is of another suite than the state then says.
    var suiteOne = try aliceSession.state().exposed()
    suiteOne[4] = 1
    let code = failureCode { try PairwiseSession(restoring: SecretBytes(copying: suiteOne)) }
    #expect(code == .malformed)
    var bobSession = try bob.accept(aliceSession.encrypt([1]), from: alice).session
    try check(bobSession, "answered")
    #expect(try aliceSession.decrypt(bobSession.encrypt([2])) == [2])
    try check(aliceSession, "established")
    #expect(try aliceSession.state().count <= 400 + 3_000)
    // Nothing, or the peer's part, where the sparse ratchet's state belongs.
    let bytes = try aliceSession.state().exposed()
    let sparse = try #require(aliceSession.sparseRatchet).wireEncodedSecret().count
    let none = SecretBytes(copying: bytes.dropLast(sparse + 2) + [0])
    #expect(failureCode { try PairwiseSession(restoring: none) } == .malformed)
    // Only an initiator has a handshake to send.
    let begun = try alice.initiate(to: &bob).state().exposed()
    let role =
      begun.count
      - (try #require(alice.initiate(to: &bob).sparseRatchet)
        .wireEncodedSecret().count) + 1
    #expect(begun[role] == 0)
    let swapped = SecretBytes(copying: begun[..<role] + [1] + begun[(role + 1)...])
    #expect(failureCode { try PairwiseSession(restoring: swapped) } == .malformed)
  }

  @Test("an authentic header without what belongs into it is against the protocol")
  func headerField() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    let breaker = try #require(try RuleBreaker(pair.bobSession))
    var sparse = try #require(pair.bobSession.sparseRatchet)
    let outgoing = try sparse.send()
    let state = try pair.aliceSession.state()
    let whole = try outgoing.encoded()
    for end in [[], [0], whole.dropLast(), whole + [0], [0x20] + whole.dropFirst()] as [[UInt8]] {
      let message = try breaker.message(breaker.n, sparse: outgoing, headerEnd: end)
      #expect(failureCode { try pair.aliceSession.decrypt(message) } == .ruleViolation)
      #expect(try pair.aliceSession.state() == state)
    }
    let good = try breaker.message(breaker.n, plaintext: [5], sparse: outgoing)
    #expect(try pair.aliceSession.decrypt(good) == [5])
  }

  @Test(
    "sealed headers have one length, whatever the sparse ratchet says, for thousands of messages")
  func lengths() throws {
    var pair = try TestPair.established(suite: .pqxdh)
    var lengths: Set<Int> = []
    for _ in 0..<300 {
      for message in [try pair.aliceSession.encrypt([1]), try pair.bobSession.encrypt([2])] {
        guard case .ratchet(let body) = message else { throw NotInitial() }
        lengths.insert(body.sealedHeader.count)
      }
      try pair.aliceToBob()
      try pair.bobToAlice()
    }
    #expect(lengths == [HeaderKey.tripleSealedByteCount.lowerBound])
    #expect(try pair.bobSession.encrypt([]).encoded().count == 3 + 2 + 113 + 1 + 16)
  }
}
