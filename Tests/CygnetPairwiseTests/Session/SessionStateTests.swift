import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Stored sessions")
struct SessionStateTests {
  /// Sessions at every phase: with and without handshake, chains and skipped keys.
  private static func phases() throws -> [(name: String, session: PairwiseSession)] {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob", oneTimeCount: 1)
    var withKey = try alice.initiate(to: &bob)
    var phases = [("initiated", withKey)]
    _ = try withKey.encrypt([1])
    phases.append(("initiator that sent", withKey))
    phases.append(("initiated without a one-time prekey", try alice.initiate(to: &bob)))
    var pair = try TestPair()
    phases.append(("responder that has not sent", pair.bobSession))
    try pair.bobToAlice()
    phases.append(("responder that sent", pair.bobSession))
    phases.append(("initiator that received", pair.aliceSession))
    try pair.aliceToBob()
    try pair.bobToAlice()
    phases.append(("established, both halves", pair.bobSession))
    for _ in 0..<3 {
      for _ in 0..<4 { _ = try pair.aliceSession.encrypt([0]) }
      try pair.aliceToBob()
      for _ in 0..<2 { _ = try pair.aliceSession.encrypt([0]) }
      try pair.bobToAlice()
    }
    try pair.aliceToBob()
    phases.append(("with skipped keys of several chains", pair.bobSession))
    return phases
  }

  @Test("what is stored comes back byte for byte at every phase")
  func identity() throws {
    for (name, session) in try Self.phases() {
      let state = try session.state()
      let restored = try PairwiseSession(restoring: state)
      #expect(try restored.state() == state, "\(name)")
      #expect(restored.isEstablished == session.isEstablished, "\(name)")
      #expect(restored.suite == session.suite, "\(name)")
      #expect(try restored.peerIdentity() == session.peerIdentity(), "\(name)")
      #expect(wireLawViolations(PairwiseSession.self, state.exposed()) == [], "\(name)")
    }
  }

  @Test("a state with any bit flipped is refused, or is one that can be used and stored")
  func flipped() throws {
    var pair = try TestPair.established()
    try pair.bobToAlice()
    let toBob = try pair.aliceSession.encrypt([1])
    for (name, session) in try Self.phases() {
      let comment: Comment = "\(name)"
      try everyBitFlip(of: try session.state().exposed()) { (bit, flipped) throws in
        do {
          var restored = try PairwiseSession(restoring: SecretBytes(copying: flipped))
          #expect(try restored.state().exposed() == flipped, comment)
          guard bit % 8 == bit / 8 % 8 else { return }  // one bit of each byte is used further
          _ = failureCode { try restored.decrypt(toBob) }
          _ = failureCode { try restored.encrypt([1]) }
          _ = failureCode { try restored.encrypt([2]) }
          _ = try PairwiseSession(restoring: restored.state())
        } catch let error as CygnetError {
          #expect([.malformed, .unsupported].contains(error.code), comment)
        }
      }
    }
  }

  @Test("a state that holds numbers at their end is usable and does not trap")
  func extremeNumbers() throws {
    var pair = try TestPair.established()
    try pair.aliceToBob()
    try pair.bobToAlice()
    let next = try pair.aliceSession.encrypt([1])
    let state = try pair.bobSession.state().exposed()
    for offset in 80..<(state.count - 4) {
      var changed = state
      for index in 0..<4 { changed[offset + index] = 0xff }
      guard var session = try? PairwiseSession(restoring: SecretBytes(copying: changed)) else {
        continue
      }
      _ = failureCode { try session.decrypt(next) }
      _ = failureCode { try session.encrypt([1]) }
      _ = failureCode { try session.encrypt([1]) }
      _ = try session.state()
    }
  }

  @Test("an established session takes at most 400 bytes, at any message number")
  func size() throws {
    var pair = try TestPair.established()
    for _ in 0..<3 {
      for _ in 0..<5 { try pair.aliceToBob() }
      for _ in 0..<5 { try pair.bobToAlice() }
      let sizes = [try pair.aliceSession.state().count, try pair.bobSession.state().count]
      #expect(sizes[0] <= 400 && sizes[1] <= 400, "\(sizes)")
    }
  }

  @Test("states of other objects, versions and suites are refused")
  func foreign() throws {
    let bob = try TestDevice("bob")
    let session = try TestPair().bobSession
    let sessionState = try session.state()
    for other in [try bob.preKeys.state(), try bob.identity.state()] {
      #expect(failureCode { try PairwiseSession(restoring: other) } == .malformed)
    }
    #expect(failureCode { try PreKeys(restoring: sessionState) } == .malformed)
    #expect(failureCode { try IdentityKeyPair(restoring: sessionState) } == .malformed)
    for (offset, code) in [(1, CygnetError.Code.unsupported), (2, .malformed), (4, .unsupported)] {
      var changed = sessionState.exposed()
      changed[offset] = 7
      let state = SecretBytes(copying: changed)
      #expect(failureCode { try PairwiseSession(restoring: state) } == code)
    }
    #expect(failureCode { try PairwiseSession(restoring: SecretBytes(copying: [])) } == .malformed)
  }

  @Test("both sides may restart after every single message")
  func restarts() throws {
    var pair = try TestPair()
    for round in 0..<12 {
      pair.aliceSession = try PairwiseSession(restoring: pair.aliceSession.state())
      pair.bobSession = try PairwiseSession(restoring: pair.bobSession.state())
      pair.bob.preKeys = try PreKeys(restoring: pair.bob.preKeys.state())
      if round % 3 == 0 { _ = try pair.aliceSession.encrypt([0]) }
      if round % 5 < 3 { try pair.bobToAlice() } else { try pair.aliceToBob() }
    }
  }

  @Test("a copy of a session goes its own way")
  func copies() throws {
    var pair = try TestPair.established()
    let message = try pair.aliceSession.encrypt([1])
    let before = try pair.bobSession.state()
    var copy = pair.bobSession
    #expect(try copy.decrypt(message) == [1])
    #expect(try pair.bobSession.state() == before)
    #expect(try pair.bobSession.decrypt(message) == [1])
  }
}
