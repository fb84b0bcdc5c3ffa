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
    #expect(try aliceSession.state().count <= 400)
  }

  @Test("a header with something in the post-quantum ratchet's place is against the protocol")
  func headerField() throws {
    let header = RatchetHeader(
      ratchetKey: try TestDevice("alice").identity.publicKey.x25519, previousChainLength: 0, n: 1)
    for count in [0, 1, 63, 64, 1024] {
      let filled = RatchetHeader2(header, postQuantum: [UInt8](repeating: 3, count: count))
      let encoded = try filled.wireEncoded()
      #expect(wireLawViolations(RatchetHeader2.self, encoded) == [])
      #expect(
        HeaderKey.postQuantumSealedByteCount.contains(
          encoded.count + XChaCha20Poly1305Box.overhead))
    }
    let long = RatchetHeader2(header, postQuantum: [UInt8](repeating: 3, count: 1025))
    #expect(failureCode { try RatchetHeader2(wire: long.wireEncoded()) } == .malformed)

    var pair = try TestPair.established(suite: .pqxdh)
    let breaker = try #require(try RuleBreaker(pair.bobSession))
    let state = try pair.aliceSession.state()
    for end in [[], [1, 7], [0, 0], [2]] as [[UInt8]] {
      let message = try breaker.message(breaker.n, headerEnd: end)
      #expect(failureCode { try pair.aliceSession.decrypt(message) } == .ruleViolation)
      #expect(try pair.aliceSession.state() == state)
    }
    let good = try breaker.message(breaker.n, plaintext: [5], headerEnd: [0])
    #expect(try pair.aliceSession.decrypt(good) == [5])
  }
}
