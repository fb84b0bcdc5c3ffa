import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Rotation of chains")
struct RotationTests {
  @Test("a member that left reads nothing that is sent after the rotation")
  func memberLeft() throws {
    var fixture = try Fixture(members: 2)
    let gone = fixture.members.removeLast()
    try fixture.rotate()
    var last = gone
    let message = try fixture.send("without you")
    #expect(failureCode { try last.decrypt(message) } == .notFound)
    #expect(try fixture.read(message) == "without you")
  }

  @Test("a rotation replaces chain key and signature key, and counts chains from 1")
  func replaced() throws {
    var fixture = try Fixture()
    _ = try fixture.send("one")
    let old = try RuleBreakingSender(fixture.alice)
    #expect(fixture.alice.chainID.rawValue == 1 && fixture.alice.iteration == 1)
    try fixture.alice.rotate(now: Timestamp(seconds: 5))
    let new = try RuleBreakingSender(fixture.alice)
    #expect(fixture.alice.chainID.rawValue == 2 && fixture.alice.iteration == 0)
    #expect(fixture.alice.startedAt == Timestamp(seconds: 5))
    #expect(old.distribution.chainKey.secret != new.distribution.chainKey.secret)
    #expect(old.distribution.signatureKey != new.distribution.signatureKey)
    #expect(old.distribution.chainKey.step().next.secret != new.distribution.chainKey.secret)
    #expect(new.context == old.context)
  }

  @Test("messages on their way across four rotations still open, and older ones do not")
  func inFlight() throws {
    var fixture = try Fixture()
    var messages: [SenderKeyMessage] = []
    for number in 0..<6 {
      messages.append(try fixture.send("\(number)"))
      if number < 5 { try fixture.rotate() }
    }
    #expect(fixture.members[0].chainIDs.map(\.rawValue) == [2, 3, 4, 5, 6])
    #expect(try fixture.refusal(messages[0]) == .notFound)
    for number in [3, 1, 5, 2, 4] { #expect(try fixture.read(messages[number]) == "\(number)") }
  }

  @Test(
    "a rotation is due after so many messages, after so much time, and when the clock went back")
  func due() throws {
    let policy = try SenderKeyRotationPolicy(messageCount: 3, age: 100, hardLimit: 5)
    var fixture = try Fixture(policy: policy)
    let start = Fixture.now.seconds
    func isDue(_ seconds: UInt64) -> Bool {
      fixture.alice.needsRotation(now: Timestamp(seconds: seconds))
    }
    #expect(!isDue(start) && !isDue(start + 99) && isDue(start + 100) && isDue(.max))
    #expect(isDue(start - 1) && isDue(0))
    for _ in 0..<2 { _ = try fixture.send("") }
    #expect(!isDue(start))
    _ = try fixture.send("")
    #expect(isDue(start))
    try fixture.alice.rotate(now: Timestamp(seconds: start + 1_000))
    #expect(!isDue(start + 1_099) && isDue(start + 1_100))
  }

  @Test("an age beyond the last second is never reached before it, and does not trap")
  func lastSecond() throws {
    var fixture = try Fixture(policy: Fixture.unlimited())
    #expect(!fixture.alice.needsRotation(now: Fixture.now))
    try fixture.alice.rotate(now: Timestamp(seconds: .max))
    #expect(fixture.alice.needsRotation(now: Timestamp(seconds: .max)))
  }

  @Test("at the hard limit nothing is sent before a rotation")
  func hardLimit() throws {
    var fixture = try Fixture(
      policy: SenderKeyRotationPolicy(messageCount: 2, age: 100, hardLimit: 3))
    for _ in 0..<3 { _ = try fixture.send("") }
    let before = try fixture.alice.state()
    #expect(failureCode { try fixture.alice.encrypt([]) } == .limitExceeded)
    #expect(try fixture.alice.state() == before)
    // It survives storage.
    var restored = try SendingSenderKey(restoring: before)
    #expect(failureCode { try restored.encrypt([]) } == .limitExceeded)
    try fixture.rotate()
    #expect(try fixture.read(fixture.send("again")) == "again")
  }

  @Test("by the standard policy a member that missed a whole chain reads its last message")
  func standard() throws {
    let standard = SenderKeyRotationPolicy.standard
    #expect(standard.hardLimit <= SenderKeyLimits.maxSkip)
    #expect(standard.messageCount <= standard.hardLimit && standard.age == 604_800)
    var fixture = try Fixture()
    for _ in 1..<standard.hardLimit { _ = try fixture.alice.encrypt([]) }
    #expect(try fixture.read(fixture.send("the last")) == "the last")
    #expect(failureCode { try fixture.send("one more") } == .limitExceeded)
  }

  @Test("a policy has bounds that can be kept")
  func bounds() throws {
    let most = SenderKeyLimits.maxChainLength
    for (messages, age, limit): (UInt32, UInt64, UInt32) in [
      (0, 1, 1), (2, 1, 1), (1, 0, 1), (1, 1, 0), (1, 1, most + 1),
    ] {
      #expect(
        failureCode {
          try SenderKeyRotationPolicy(messageCount: messages, age: age, hardLimit: limit)
        } == .limitExceeded)
    }
    #expect(throws: Never.self) {
      _ = try SenderKeyRotationPolicy(messageCount: most, age: .max, hardLimit: most)
      _ = try SenderKeyRotationPolicy(messageCount: 1, age: 1, hardLimit: 1)
    }
  }

  @Test("after the last chain there is no other")
  func lastChain() throws {
    let fixture = try Fixture()
    var bytes = try fixture.alice.state().exposed()
    bytes.replaceSubrange(69..<73, with: [255, 255, 255, 255])
    var key = try SendingSenderKey(restoring: SecretBytes(copying: bytes))
    #expect(key.chainID.rawValue == .max)
    let before = try key.state()
    #expect(failureCode { try key.rotate(now: Fixture.now) } == .limitExceeded)
    #expect(try key.state() == before)
  }
}
