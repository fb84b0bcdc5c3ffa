import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

@Suite("Double Ratchet")
struct DoubleRatchetTests {
  @Test("a received message makes no key pair: the step is due until something is sent")
  func deferredStep() throws {
    var pair = try TestPair.established()
    var random = CountingRandomSource(7)
    _ = try pair.bobSession.encrypt([0], using: &random)
    #expect(random.takeDraws() == [16], "in a running chain only a header nonce is drawn")
    try pair.aliceToBob()
    guard case .due = try SessionStateView(pair.bobSession).sending else {
      Issue.record("a ratchet key exists before anything is sent under it")
      return
    }
    try pair.aliceToBob()
    _ = try pair.bobSession.encrypt([0], using: &random)
    #expect(random.takeDraws() == [32, 16], "a ratchet key, then a header nonce")
    _ = try pair.bobSession.encrypt([0], using: &random)
    #expect(random.takeDraws() == [16])
  }

  @Test("the initiator draws its ephemeral and its first ratchet key, in this order")
  func initiatorDraws() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob")
    var random = CountingRandomSource(7)
    var session = try PairwiseSession.initiate(
      to: bob.takeBundle().verified(now: TestDevice.now, policy: .classicalAllowed),
      as: alice.identity, at: alice.address,
      using: &random)
    #expect(random.takeDraws() == [32, 32])
    _ = try session.encrypt([0], using: &random)
    #expect(random.takeDraws() == [16])
  }

  @Test("the rest of an old chain is skipped up to the previous-chain length, and opens later")
  func previousChainLength() throws {
    var pair = try TestPair.established()
    let old = try (0..<10).map { try pair.aliceSession.encrypt([UInt8($0)]) }
    #expect(try pair.bobSession.decrypt(old[3]) == [3])
    let oldReceiving = try #require(SessionStateView(pair.bobSession).receiving)
    try pair.bobToAlice()
    let new = try pair.aliceSession.encrypt([99])
    #expect(try SessionStateView(pair.aliceSession).previousChainLength == 10)
    #expect(try pair.bobSession.decrypt(new) == [99])

    let state = try SessionStateView(pair.bobSession).bytes
    var chain = ChainKey(SecretBytes(copying: oldReceiving.chainKey))
    for step in 0..<20 {
      #expect(!contains(state, chain.secret), "an old chain key, \(step) steps on, is still held")
      let (messageKey, next) = chain.step()
      let n = step + 4
      #expect(contains(state, messageKey.secret) == (n < 10), "message key \(n) of the old chain")
      chain = next
    }
    for index in [9, 0, 1, 2, 4, 5, 6, 7, 8] {
      #expect(try pair.bobSession.decrypt(old[index]) == [UInt8(index)])
    }
    let after = try pair.bobSession.state()
    for message in old {
      let code = failureCode { try pair.bobSession.decrypt(message) }
      #expect(code == .authenticationFailed || code == .duplicate)
    }
    #expect(try pair.bobSession.state() == after)
  }

  @Test("every chain has a new ratchet key, header key and root key")
  func freshKeys() throws {
    var pair = try TestPair.established()
    var seen: Set<[UInt8]> = []
    for round in 1...6 {
      try pair.aliceToBob()
      try pair.bobToAlice()
      let alice = try SessionStateView(pair.aliceSession)
      let bob = try SessionStateView(pair.bobSession)
      let receiving = try #require(alice.receiving)
      guard case .chain(let privateKey, let publicKey, let chainKey, let headerKey, 1) = bob.sending
      else {
        Issue.record("one message was sent in this chain")
        return
      }
      #expect(receiving.chainKey == chainKey && receiving.headerKey == headerKey)
      #expect(alice.rootKey == bob.rootKey)
      #expect(alice.nextReceivingHeaderKey == bob.nextSendingHeaderKey)
      #expect(alice.nextSendingHeaderKey == bob.nextReceivingHeaderKey)
      seen.formUnion([privateKey, publicKey, chainKey, headerKey, bob.rootKey])
      #expect(seen.count == 5 * round)
    }
  }

  @Test("a responder cannot send before it received, and its state can be stored then")
  func waitingResponder() throws {
    let shared = X3DH.SharedSecret(SecretBytes(copying: [UInt8](repeating: 1, count: 32)))
    var random = CountingRandomSource(1)
    let own = try X25519.KeyPair.generate(using: &random)
    let start = try RootKey.Start(shared, suite: .x3dh)
    var bob = DoubleRatchet.responder(start, ownRatchetKey: own, suite: .x3dh)
    #expect(throws: CygnetError(.wrongState, "")) {
      try bob.encrypt([1], sessionData: [], authenticating: [], using: &random)
    }
    var alice = try DoubleRatchet.initiator(
      start, peerRatchetKey: own.publicKey, suite: .x3dh, using: &random)
    let message = try alice.encrypt([1], sessionData: [2], authenticating: [3], using: &random)
    #expect(try bob.decrypt(message, sessionData: [2], authenticating: [3]) == [1])
    let reply = try bob.encrypt([4], sessionData: [2], authenticating: [], using: &random)
    #expect(try alice.decrypt(reply, sessionData: [2], authenticating: []) == [4])
  }

  @Test("a full sending chain is refused, and a message beyond it is not opened")
  func fullChain() throws {
    var pair = try TestPair.established()
    try pair.aliceToBob()
    let view = try SessionStateView(pair.aliceSession)
    var state = view.bytes
    for (index, byte) in [UInt8](arrayLiteral: 0xff, 0xff, 0xff, 0xfe).enumerated() {
      state[view.sendingNumberOffset + index] = byte
    }
    var full = try PairwiseSession(restoring: SecretBytes(copying: state))
    let last = try full.encrypt([1])
    #expect(failureCode { try full.encrypt([2]) } == .limitExceeded)
    #expect(failureCode { try pair.bobSession.decrypt(last) } == .tooFarAhead)
    #expect(failureCode { try full.encrypt([2]) } == .limitExceeded)
  }

  private func contains(_ state: [UInt8], _ secret: SecretBytes) -> Bool {
    secret.withUnsafeBytes { secret in
      for start in 0...(state.count - secret.count)
      where state[start..<(start + secret.count)].elementsEqual(secret) { return true }
      return false
    }
  }
}
