import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Bounds on skipped messages")
struct SkippedKeysTests {
  @Test("one message may skip 2000, and not one more")
  func jump() throws {
    var fixture = try Fixture(policy: Fixture.unlimited())
    let first = try fixture.send("first")
    for _ in 1..<SenderKeyLimits.maxSkip { _ = try fixture.send("") }
    let atBound = try fixture.send("at the bound")
    let beyond = try fixture.send("beyond")
    #expect(atBound.iteration == SenderKeyLimits.maxSkip)
    #expect(try fixture.refusal(beyond) == .tooFarAhead)
    #expect(try fixture.read(atBound) == "at the bound")
    #expect(fixture.members[0].skippedKeyCount == Int(SenderKeyLimits.maxSkip))
    #expect(try fixture.read(beyond) == "beyond")
    #expect(try fixture.read(first) == "first")
  }

  @Test("a forged message with a high number costs one signature, not two thousand steps")
  func forgedJump() throws {
    var fixture = try Fixture()
    var other = try SendingSenderKey.generate(
      for: fixture.distributionID, sender: Fixture.sender, now: Fixture.now)
    let forger = try RuleBreakingSender(other)
    _ = try other.encrypt([])
    for number: UInt32 in [1, 2_000, 2_001, .max - 2] {
      let forged = try forger.message([1], number: number, key: forger.messageKey(0))
      #expect(try fixture.refusal(forged) == .authenticationFailed, "\(number)")
    }
  }

  @Test("an authentic message with the last number of a chain is too far ahead, without a trap")
  func lastNumber() throws {
    var fixture = try Fixture()
    let breaker = try RuleBreakingSender(fixture.alice)
    let last = try breaker.message(
      [1], number: SenderKeyLimits.maxChainLength - 1, key: breaker.messageKey(0))
    #expect(try fixture.refusal(last) == .tooFarAhead)
  }

  @Test("beyond 4000 skipped keys the oldest go")
  func number() throws {
    var fixture = try Fixture(policy: Fixture.unlimited())
    var messages: [SenderKeyMessage] = []
    for number in 0...4_500 {
      let message = try fixture.alice.encrypt([])
      messages.append(message)
      if number == 1_500 || number == 3_000 || number == 4_500 {
        _ = try fixture.members[0].decrypt(message)
      }
    }
    #expect(fixture.members[0].skippedKeyCount == SenderKeyLimits.maxSkippedKeys)
    // 4498 were skipped, without numbers 1500 and 3000.
    #expect(try fixture.refusal(messages[497]) == .duplicate)
    #expect(try fixture.members[0].decrypt(messages[498]) == [])
    #expect(try fixture.members[0].decrypt(messages[4_499]) == [])
    #expect(fixture.members[0].skippedKeyCount == SenderKeyLimits.maxSkippedKeys - 2)
  }

  @Test("the bound counts all chains, and the oldest chain's keys go first")
  func chains() throws {
    var fixture = try Fixture(policy: Fixture.unlimited())
    var old: [SenderKeyMessage] = []
    for _ in 0...2_000 { old.append(try fixture.alice.encrypt([])) }
    _ = try fixture.members[0].decrypt(old[2_000])
    try fixture.rotate()
    var new: [SenderKeyMessage] = []
    for _ in 0...2_500 { new.append(try fixture.alice.encrypt([])) }
    _ = try fixture.members[0].decrypt(new[1_500])
    _ = try fixture.members[0].decrypt(new[2_500])
    #expect(fixture.members[0].skippedKeyCount == SenderKeyLimits.maxSkippedKeys)
    #expect(try fixture.refusal(old[498]) == .duplicate)
    #expect(try fixture.members[0].decrypt(old[499]) == [])
    #expect(try fixture.members[0].decrypt(new[0]) == [])
  }

  @Test("a key that its chain left 10000 messages behind is dropped")
  func age() throws {
    var fixture = try Fixture(policy: Fixture.unlimited())
    let first = try fixture.send("first")
    let second = try fixture.send("second")
    _ = try fixture.read(fixture.send("third"))
    try fixture.moveOn(to: SenderKeyLimits.maxSkippedKeyAge)
    // `next` becomes 10001: 10001 above the first, 10000 above the second.
    _ = try fixture.read(fixture.send("last"))
    #expect(fixture.members[0].skippedKeyCount == 1)
    #expect(try fixture.refusal(first) == .duplicate)
    #expect(try fixture.read(second) == "second")
  }

  @Test("keys are found, removed and forgotten in any order")
  func anyOrder() throws {
    var fixture = try Fixture(policy: Fixture.unlimited())
    var messages: [SenderKeyMessage] = []
    for number in 0..<300 { messages.append(try fixture.send("\(number)")) }
    #expect(try fixture.read(messages[299]) == "299")
    var waiting = Array(0..<299)
    while !waiting.isEmpty {
      let draw = fixture.random.bytes(2)
      let index = (Int(draw[0]) << 8 | Int(draw[1])) % waiting.count
      let number = waiting.remove(at: index)
      #expect(try fixture.read(messages[number]) == "\(number)")
      #expect(try fixture.refusal(messages[number]) == .duplicate)
      #expect(fixture.members[0].skippedKeyCount == waiting.count)
      if number % 50 == 0 {
        fixture.members[0] = try ReceivingSenderKey(restoring: fixture.members[0].state())
      }
    }
  }
}
