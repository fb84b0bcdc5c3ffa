import CygnetPairwise
import CygnetPrimitives
import Testing

@Suite("A first conversation")
struct FirstConversationTests {
  let now = Timestamp(seconds: 1_767_225_600)

  @Test("two people write to each other after one handshake")
  func conversation() throws {
    let aliceAddress = try DeviceAddress(user: Array("alice".utf8), device: 1)
    let bobAddress = try DeviceAddress(user: Array("bob".utf8), device: 1)
    let alice = try IdentityKeyPair.generate()
    let bob = try IdentityKeyPair.generate()
    var preKeys = try PreKeys.generate(for: bob, at: bobAddress, now: now, oneTimeCount: 3)
    let published = try preKeys.takeBundle(for: bob.publicKey, at: bobAddress).encoded()

    let bundle = try PreKeyBundle(decoding: published).verified(now: now)
    var aliceSession = try PairwiseSession.initiate(to: bundle, as: alice, at: aliceAddress)
    let first = try aliceSession.encrypt(Array("salam".utf8)).encoded()
    let second = try aliceSession.encrypt(Array("are you there?".utf8)).encoded()

    guard case .initial(let initial) = try PairwiseMessage(decoding: second) else {
      Issue.record("a message before the first reply carries the handshake")
      return
    }
    var (bobSession, plaintext) = try PairwiseSession.accept(
      initial, as: bob, at: bobAddress, from: aliceAddress, using: &preKeys)
    #expect(plaintext == Array("are you there?".utf8))
    #expect(
      try bobSession.decrypt(PairwiseMessage(decoding: first)) == Array("salam".utf8))
    #expect(throws: CygnetError(.duplicate, "")) {
      try bobSession.decrypt(PairwiseMessage(decoding: first))
    }
    #expect(throws: CygnetError(.duplicate, "")) {
      try PairwiseSession.accept(
        initial, as: bob, at: bobAddress, from: aliceAddress, using: &preKeys)
    }

    for round in 0..<10 {
      let text = Array("round \(round)".utf8)
      let reply = try bobSession.encrypt(text).encoded()
      #expect(try aliceSession.decrypt(PairwiseMessage(decoding: reply)) == text)
      let answer = try aliceSession.encrypt(text, authenticating: [1]).encoded()
      #expect(answer.count - text.count <= 136)
      #expect(
        try bobSession.decrypt(PairwiseMessage(decoding: answer), authenticating: [1]) == text)
    }
    #expect(try aliceSession.state().count <= 3_300)
    #expect(try bobSession.state().count <= 3_300)
    #expect(try PairwiseSession(restoring: bobSession.state()).state() == bobSession.state())
  }
}
