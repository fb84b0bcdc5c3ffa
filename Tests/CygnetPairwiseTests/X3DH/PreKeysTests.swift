import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Prekeys")
struct PreKeysTests {
  @Test("one-time prekeys are handed out once each, then bundles come without")
  func handingOut() throws {
    var bob = try TestDevice("bob", oneTimeCount: 2)
    #expect(bob.preKeys.unusedOneTimePreKeyCount == 2)
    let first = try #require(bob.takeBundle().oneTimePreKey)
    let second = try #require(bob.takeBundle().oneTimePreKey)
    #expect(first != second)
    #expect(bob.preKeys.unusedOneTimePreKeyCount == 0)
    #expect(try !bob.takeBundle().hasOneTimePreKey)
    try bob.preKeys.addOneTimePreKeys(1)
    let third = try #require(bob.takeBundle().oneTimePreKey)
    #expect(third.id.rawValue == 3, "ids go on and are never reused")
  }

  @Test("a one-time prekey serves one session, even when a server hands it out twice")
  func usedOnce() throws {
    var bob = try TestDevice("bob", oneTimeCount: 1)
    let bundle = try bob.takeBundle().verified(now: TestDevice.now, policy: .classicalAllowed)
    let alice = try TestDevice("alice")
    let carol = try TestDevice("carol")
    var first = try PairwiseSession.initiate(to: bundle, as: alice.identity, at: alice.address)
    var second = try PairwiseSession.initiate(to: bundle, as: carol.identity, at: carol.address)
    _ = try bob.accept(first.encrypt([1]), from: alice)
    let before = try bob.preKeys.state()
    let late = try second.encrypt([2])
    #expect(throws: CygnetError(.duplicate, "")) { try bob.accept(late, from: carol) }
    #expect(try bob.preKeys.state() == before)
  }

  @Test("a replaced signed prekey still answers until it is the fifth oldest")
  func rotation() throws {
    var bob = try TestDevice("bob", oneTimeCount: 0)
    let alice = try TestDevice("alice")
    let bundle = try bob.takeBundle().verified(now: TestDevice.now, policy: .classicalAllowed)
    for rotation in 1...Limits.maxSignedPreKeys {
      var session = try PairwiseSession.initiate(to: bundle, as: alice.identity, at: alice.address)
      let message = try session.encrypt([1])
      #expect(try bob.accept(message, from: alice).plaintext == [1], "rotation \(rotation)")
      try bob.preKeys.rotateSignedPreKey(for: bob.identity, at: bob.address, now: TestDevice.now)
    }
    var session = try PairwiseSession.initiate(to: bundle, as: alice.identity, at: alice.address)
    let message = try session.encrypt([1])
    #expect(throws: CygnetError(.notFound, "")) { try bob.accept(message, from: alice) }
    var fresh = try alice.initiate(to: &bob)
    #expect(try bob.accept(fresh.encrypt([3]), from: alice).plaintext == [3])
  }

  @Test("more one-time prekeys than the limit are refused and none is added")
  func limit() throws {
    var bob = try TestDevice("bob", oneTimeCount: 1)
    let before = try bob.preKeys.state()
    for count in [Limits.maxOneTimePreKeys, Int.max, -1] {
      #expect(throws: CygnetError(.limitExceeded, "")) { try bob.preKeys.addOneTimePreKeys(count) }
    }
    #expect(try bob.preKeys.state() == before)
  }

  @Test("a replayed handshake is refused after later ones and a restart")
  func memory() throws {
    var bob = try TestDevice("bob", oneTimeCount: 0)
    let alice = try TestDevice("alice")
    var session = try alice.initiate(to: &bob)
    let first = try session.encrypt([1])
    _ = try bob.accept(first, from: alice)
    for _ in 0..<20 {
      var other = try alice.initiate(to: &bob)
      _ = try bob.accept(other.encrypt([2]), from: alice)
    }
    bob.preKeys = try PreKeys(restoring: bob.preKeys.state())
    #expect(throws: CygnetError(.duplicate, "")) { try bob.accept(first, from: alice) }
  }

  @Test("at the bound a handshake is refused, never an old one forgotten")
  func fullMemory() throws {
    var bob = try TestDevice("bob", oneTimeCount: 0)
    let alice = try TestDevice("alice")
    var session = try alice.initiate(to: &bob)
    let first = try session.encrypt([1])
    _ = try bob.accept(first, from: alice)
    let signed = try #require(bob.preKeys.summary.signed.last).id
    var random = SeededRandomSource(seed: [7], label: "full memory")
    for _ in 1..<Limits.maxRememberedHandshakes {
      try bob.preKeys.consume(
        Handshake(
          suite: .x3dh, identity: alice.identity.publicKey.ed25519,
          ephemeral: X25519.KeyPair.generate(using: &random).publicKey,
          signedPreKeyID: signed, oneTimePreKeyID: nil))
    }
    let before = try bob.preKeys.state()
    #expect(try PreKeys(restoring: before).state() == before)
    var late = try alice.initiate(to: &bob)
    let refused = try late.encrypt([2])
    #expect(throws: CygnetError(.limitExceeded, "")) { try bob.accept(refused, from: alice) }
    #expect(throws: CygnetError(.duplicate, "")) { try bob.accept(first, from: alice) }
    #expect(try bob.preKeys.state() == before)
    try bob.preKeys.rotateSignedPreKey(
      for: bob.identity, at: bob.address, now: TestDevice.now)
    var next = try alice.initiate(to: &bob)
    _ = try bob.accept(next.encrypt([3]), from: alice)
    #expect(throws: CygnetError(.duplicate, "")) { try bob.accept(first, from: alice) }
  }

  @Test(
    "a stored form that claims billions of one-time prekeys costs no time", .timeLimit(.minutes(1)))
  func claimedCount() throws {
    let bob = try TestDevice("bob", oneTimeCount: 0)
    var state = try bob.preKeys.state().exposed()
    let nextOneTimeID = 3 + 2 + 2 + 142  // header, suite, one signed prekey with its length
    for index in 0..<4 {
      #expect(state[nextOneTimeID + index] == (index == 3 ? 1 : 0))
      state[nextOneTimeID + index] = 0xff
    }
    var preKeys = try PreKeys(restoring: SecretBytes(copying: state))
    #expect(
      try !preKeys.takeBundle(for: bob.identity.publicKey, at: bob.address).hasOneTimePreKey)
    #expect(throws: CygnetError(.limitExceeded, "")) { try preKeys.addOneTimePreKeys(1) }
  }

  @Test("the stored form comes back byte for byte at every phase")
  func stored() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob", oneTimeCount: 3)
    func check(_ comment: Comment) throws {
      let state = try bob.preKeys.state()
      #expect(try PreKeys(restoring: state).state() == state, comment)
      #expect(wireLawViolations(PreKeys.self, state.exposed()) == [], comment)
    }
    try check("fresh")
    var session = try alice.initiate(to: &bob)
    try check("one handed out")
    _ = try bob.accept(session.encrypt([1]), from: alice)
    try check("one used")
    try bob.preKeys.rotateSignedPreKey(for: bob.identity, at: bob.address, now: TestDevice.now)
    try check("rotated")
  }

  @Test("a stored form with a bit flipped is refused, or is one that can be used and stored")
  func flippedState() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob", oneTimeCount: 2)
    var session = try alice.initiate(to: &bob)
    _ = try bob.accept(session.encrypt([1]), from: alice)
    try everyBitFlip(of: try bob.preKeys.state().exposed()) { (bit, flipped) throws in
      do {
        var preKeys = try PreKeys(restoring: SecretBytes(copying: flipped))
        #expect(try preKeys.state().exposed() == flipped, "bit \(bit)")
        _ = preKeys.unusedOneTimePreKeyCount
        _ = try preKeys.takeBundle(for: bob.identity.publicKey, at: bob.address)
        _ = failureCode { try preKeys.addOneTimePreKeys(1) }
      } catch let error as CygnetError {
        #expect([.malformed, .unsupported].contains(error.code), "bit \(bit): \(error)")
      }
    }
  }
}
