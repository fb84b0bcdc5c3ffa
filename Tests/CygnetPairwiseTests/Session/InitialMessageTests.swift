import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

@Suite("Initial messages")
struct InitialMessageTests {
  /// Expects a copy of `message` to be a duplicate to `bob`, by either call, and nothing to change.
  private static func expectDuplicate(
    _ message: PairwiseMessage, to bob: inout TestDevice, _ session: inout PairwiseSession,
    from alice: TestDevice, _ comment: Comment
  ) throws {
    guard case .initial(let initial) = message else { throw NotInitial() }
    let preKeys = try bob.preKeys.state()
    let state = try session.state()
    #expect(session.belongs(initial), comment)
    #expect(failureCode { try session.decrypt(message) } == .duplicate, comment)
    #expect(failureCode { try bob.accept(message, from: alice) } == .duplicate, comment)
    #expect(try bob.preKeys.state() == preKeys, comment)
    #expect(try session.state() == state, comment)
  }

  @Test("a replay is a duplicate at every later time", arguments: [0, 1])
  func replay(oneTimeCount: Int) throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob", oneTimeCount: oneTimeCount)
    var aliceSession = try alice.initiate(to: &bob)
    let first = try aliceSession.encrypt([1])
    let second = try aliceSession.encrypt([2])
    let lost = try aliceSession.encrypt([3])
    let last = try aliceSession.encrypt([4])
    var bobSession = try bob.accept(first, from: alice).session
    func check(_ messages: [PairwiseMessage], _ comment: Comment) throws {
      for message in messages {
        try Self.expectDuplicate(message, to: &bob, &bobSession, from: alice, comment)
      }
    }
    try check([first], "at once")
    #expect(try bobSession.decrypt(second) == [2])
    #expect(try bobSession.decrypt(last) == [4])
    try check([first, second, last], "in the first chain")
    bob.preKeys = try PreKeys(restoring: bob.preKeys.state())
    bobSession = try PairwiseSession(restoring: bobSession.state())
    try check([first, second, last], "after a restart")
    #expect(try aliceSession.decrypt(bobSession.encrypt([5])) == [5])
    #expect(try bobSession.decrypt(aliceSession.encrypt([6])) == [6])
    try check([first, second, last], "in the second chain, with a key of the first left")
    #expect(try bobSession.decrypt(lost) == [3])
    try check([first, second, lost, last], "with no key of the first chain left")
    bobSession = try PairwiseSession(restoring: bobSession.state())
    try check([first, second, lost, last], "after another restart")
  }

  @Test("any of the first messages starts the session, and all open in any order")
  func anyOrder() throws {
    let orders = [[0, 1, 2, 3, 4], [4, 3, 2, 1, 0], [2, 0, 4, 1, 3], [3, 4, 0, 2, 1]]
    for order in orders {
      let alice = try TestDevice("alice")
      var bob = try TestDevice("bob")
      var aliceSession = try alice.initiate(to: &bob)
      let messages = try (0..<5).map { try aliceSession.encrypt([UInt8($0)]) }
      let accepted = try bob.accept(messages[order[0]], from: alice)
      var bobSession = accepted.session
      #expect(accepted.plaintext == [UInt8(order[0])])
      for index in order.dropFirst() {
        #expect(try bobSession.decrypt(messages[index]) == [UInt8(index)])
      }
    }
  }

  @Test("a lost first message does not wedge the session, nor do many")
  func lostFirst() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob")
    var aliceSession = try alice.initiate(to: &bob)
    for _ in 0..<100 { _ = try aliceSession.encrypt([0]) }
    #expect(!aliceSession.isEstablished)
    var bobSession = try bob.accept(aliceSession.encrypt([1]), from: alice).session
    #expect(try aliceSession.decrypt(bobSession.encrypt([2])) == [2])
    #expect(aliceSession.isEstablished)
    #expect(try bobSession.decrypt(aliceSession.encrypt([3])) == [3])
  }

  @Test("the handshake travels until a reply arrives, and a lost reply does not wedge")
  func lostReply() throws {
    var pair = try TestPair()
    _ = try pair.bobSession.encrypt([0])
    guard case .initial = try pair.aliceSession.encrypt([1]) else {
      Issue.record("no reply arrived, so the handshake must travel on")
      return
    }
    try pair.aliceToBob()
    try pair.bobToAlice()
    guard case .ratchet = try pair.aliceSession.encrypt([1]) else {
      Issue.record("a reply arrived, so the handshake must not travel on")
      return
    }
  }

  @Test("a message that belongs to another handshake is not found in the session")
  func otherHandshake() throws {
    var pair = try TestPair()
    var other = try pair.alice.initiate(to: &pair.bob)
    let message = try other.encrypt([1])
    let state = try pair.bobSession.state()
    #expect(throws: CygnetError(.notFound, "")) { try pair.bobSession.decrypt(message) }
    #expect(try pair.bobSession.state() == state)
    #expect(try pair.bob.accept(message, from: pair.alice).plaintext == [1])
  }

  @Test("a party refuses its own messages sent back")
  func reflection() throws {
    var pair = try TestPair()
    let initial = try pair.aliceSession.encrypt([1])
    #expect(failureCode { try pair.aliceSession.decrypt(initial) } == .authenticationFailed)
    try pair.bobToAlice()
    try pair.aliceToBob()
    for _ in 0..<2 {
      let fromAlice = try pair.aliceSession.encrypt([1])
      let fromBob = try pair.bobSession.encrypt([1])
      #expect(failureCode { try pair.aliceSession.decrypt(fromAlice) } == .authenticationFailed)
      #expect(failureCode { try pair.bobSession.decrypt(fromBob) } == .authenticationFailed)
      try pair.bobToAlice()
    }
  }

  @Test("a message without its handshake opens in the session and only once")
  func strippedHandshake() throws {
    var pair = try TestPair()
    let message = try pair.aliceSession.encrypt([9])
    guard case .initial(let initial) = message else { throw NotInitial() }
    #expect(try pair.bobSession.decrypt(.ratchet(initial.body)) == [9])
    #expect(throws: CygnetError(.duplicate, "")) { try pair.bobSession.decrypt(message) }
  }

  @Test("what the application binds must come back with the message")
  func authenticating() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob")
    var aliceSession = try alice.initiate(to: &bob)
    let first = try aliceSession.encrypt([1], authenticating: [5])
    let preKeys = try bob.preKeys.state()
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try bob.accept(first, from: alice)
    }
    #expect(try bob.preKeys.state() == preKeys)
    var bobSession = try bob.accept(first, from: alice, authenticating: [5]).session
    let reply = try bobSession.encrypt([2], authenticating: [6, 7])
    let state = try aliceSession.state()
    for wrong in [[], [6], [6, 7, 0], [7, 6]] as [[UInt8]] {
      #expect(throws: CygnetError(.authenticationFailed, "")) {
        try aliceSession.decrypt(reply, authenticating: wrong)
      }
    }
    #expect(try aliceSession.state() == state)
    #expect(try aliceSession.decrypt(reply, authenticating: [6, 7]) == [2])
  }
}
