import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Messages of a sender's chain")
struct SenderKeyTests {
  @Test("every member reads every message once")
  func everyMember() throws {
    var fixture = try Fixture(members: 3)
    for text in ["one", "two", "", "four"] {
      let message = try SenderKeyMessage(decoding: fixture.send(text).encoded())
      for index in fixture.members.indices {
        #expect(try fixture.members[index].decrypt(message) == Array(text.utf8))
      }
      #expect(try fixture.refusal(message) == .duplicate)
    }
    #expect(fixture.alice.iteration == 4 && fixture.members[0].skippedKeyCount == 0)
  }

  @Test("messages open in any order, each once, and lost ones hold nothing up")
  func order() throws {
    var fixture = try Fixture()
    var messages: [SenderKeyMessage] = []
    for number in 0..<8 { messages.append(try fixture.send("\(number)")) }
    for number in [5, 0, 7, 3, 4, 1] {
      #expect(try fixture.read(messages[number]) == "\(number)")
      #expect(try fixture.refusal(messages[number]) == .duplicate)
    }
    #expect(fixture.members[0].skippedKeyCount == 2)
    #expect(try fixture.read(fixture.send("8")) == "8")
    #expect(try fixture.read(messages[6]) == "6")
    #expect(fixture.members[0].skippedKeyCount == 1)
  }

  @Test("who joins later reads nothing that was sent before")
  func joiner() throws {
    var fixture = try Fixture(members: 0)
    let before = [try fixture.send("one"), try fixture.send("two")]
    try fixture.join()
    for message in before { #expect(try fixture.refusal(message) == .notFound) }
    #expect(try fixture.read(fixture.send("three")) == "three")
    for message in before { #expect(try fixture.refusal(message) == .notFound) }
    // Nor do the keys that were handed out lead back.
    let breaker = try RuleBreakingSender(fixture.alice)
    #expect(breaker.distribution.iteration == 3)
  }

  @Test("what the application binds must be the same on both sides")
  func bound() throws {
    var fixture = try Fixture()
    let message = try fixture.alice.encrypt([1], authenticating: [2])
    #expect(try fixture.refusal(message) == .authenticationFailed)
    #expect(try fixture.refusal(message, authenticating: [3]) == .authenticationFailed)
    #expect(try fixture.refusal(message, authenticating: [2, 0]) == .authenticationFailed)
    #expect(try fixture.members[0].decrypt(message, authenticating: [2]) == [1])
  }

  @Test("any bit changed on the way is refused and changes nothing, and then the message opens")
  func tampered() throws {
    var fixture = try Fixture()
    _ = try fixture.send("zero")
    let message = try fixture.send("one")
    try everyBitFlip(of: try message.encoded()) { (bit, flipped) throws in
      let code: CygnetError.Code?
      do { code = try fixture.refusal(SenderKeyMessage(decoding: flipped)) } catch let error
        as CygnetError
      { code = error.code }
      let expected: Set<CygnetError.Code> =
        switch bit / 8 {
        case 0..<2: [.unsupported]
        case 2: [.malformed]
        case 3..<19: [.notFound]
        case 19..<23: [.notFound, .malformed]
        case 59: [.malformed]
        default: [.authenticationFailed]
        }
      #expect(code.map(expected.contains) == true, "bit \(bit): \(code?.name ?? "none")")
    }
    #expect(try fixture.read(message) == "one")
  }

  @Test("a message of another sender's chain, or of another distribution, opens nothing")
  func foreign() throws {
    var fixture = try Fixture()
    var other = try Fixture(seed: 2)
    #expect(try fixture.refusal(other.send("hello")) == .notFound)
    // The same distribution, as in a group where every member sends.
    var mallory = try SendingSenderKey.generate(
      for: fixture.distributionID, sender: [9], now: Fixture.now)
    #expect(try fixture.refusal(mallory.encrypt([1])) == .authenticationFailed)
  }

  @Test("a chain that a member passes on as its own opens nothing")
  func passedOn() throws {
    var fixture = try Fixture()
    // Mallory is a member. She gives Alice's chain to Carol as if it were hers.
    let passedOn = fixture.alice.distributionMessage()
    fixture.members[0] = try ReceivingSenderKey(passedOn, from: Array("mallory".utf8))
    #expect(try fixture.refusal(fixture.send("from Alice")) == .authenticationFailed)
  }

  @Test("a member cannot write for the sender")
  func forgedByMember() throws {
    var fixture = try Fixture()
    let honest = try RuleBreakingSender(fixture.alice)
    // A member has every key but the one that signs.
    var mallory = try SendingSenderKey.generate(
      for: fixture.distributionID, sender: Fixture.sender, now: Fixture.now)
    let own = try RuleBreakingSender(mallory)
    let forged = try own.message([1], number: 0, key: honest.messageKey(0))
    #expect(try fixture.refusal(forged) == .authenticationFailed)
    // Nor does her signature of Alice's own message count.
    let message = try fixture.send("from Alice")
    let replaced = SenderKeyMessage(
      header: message.header, ciphertext: message.ciphertext,
      signature: try mallory.encrypt([1]).signature)
    #expect(try fixture.refusal(replaced) == .authenticationFailed)
    #expect(try fixture.read(message) == "from Alice")
  }

  @Test("members that hold the same message read the same, even from a hostile sender")
  func committed() throws {
    var fixture = try Fixture()
    let breaker = try RuleBreakingSender(fixture.alice)
    let key = breaker.messageKey(0)
    let other = SenderMessageKey(SecretBytes(copying: [UInt8](repeating: 3, count: 32)))
    // Sealed under another key than the one its number has, with either commitment.
    #expect(
      try fixture.refusal(breaker.message([1], number: 0, key: other)) == .authenticationFailed)
    let lying = try breaker.message(
      [1], number: 0, key: other, commitment: key.expanded().commitment)
    #expect(try fixture.refusal(lying) == .authenticationFailed)
    // Under the right key, but with a commitment to another one.
    let wrong = try breaker.message(
      [1], number: 0, key: key, commitment: other.expanded().commitment)
    #expect(try fixture.refusal(wrong) == .authenticationFailed)
    let right = try breaker.message([1], number: 0, key: key)
    #expect(try fixture.members[0].decrypt(right) == [1])
  }

  @Test("a signed message whose ciphertext does not open changes nothing")
  func signedNonsense() throws {
    var fixture = try Fixture()
    let breaker = try RuleBreakingSender(fixture.alice)
    let nonsense = try breaker.message([1, 2], number: 5, key: breaker.messageKey(5)) {
      $0.map { $0 ^ 1 }
    }
    #expect(try fixture.refusal(nonsense) == .authenticationFailed)
    #expect(try fixture.read(fixture.send("zero")) == "zero")
  }

  @Test("state that is used twice for sending shows as a duplicate")
  func restoredTwice() throws {
    var fixture = try Fixture()
    var copy = try SendingSenderKey(restoring: fixture.alice.state())
    let first = try fixture.send("one")
    let second = try copy.encrypt(Array("two".utf8))
    #expect(try fixture.read(first) == "one")
    #expect(try fixture.refusal(second) == .duplicate)
  }
}
