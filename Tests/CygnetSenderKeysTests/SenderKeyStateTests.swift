import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Stored sender keys")
struct SenderKeyStateTests {
  /// A sender after a rotation, a member with skipped keys in two chains, and a message to it.
  private static func scene() throws -> (
    SendingSenderKey, ReceivingSenderKey, SenderKeyMessage
  ) {
    var fixture = try Fixture()
    for number in 0..<4 {
      let message = try fixture.send("\(number)")
      if number.isMultiple(of: 3) { _ = try fixture.read(message) }
    }
    try fixture.rotate()
    for number in 0..<3 {
      let message = try fixture.send("\(number)")
      if number == 1 { _ = try fixture.read(message) }
    }
    let next = try fixture.send("next")
    return (fixture.alice, fixture.members[0], next)
  }

  @Test("what is stored comes back byte for byte and goes on")
  func identity() throws {
    let (sender, member, next) = try Self.scene()
    let sending = try sender.state()
    let receiving = try member.state()
    #expect(sending.count == 150 && receiving.count == 60 + 2 * 79 + 3 * 36 - 1)
    #expect(wireLawViolations(SendingSenderKey.self, sending.exposed()) == [])
    #expect(wireLawViolations(ReceivingSenderKey.self, receiving.exposed()) == [])
    var restored = try ReceivingSenderKey(restoring: receiving)
    #expect(try restored.decrypt(next) == Array("next".utf8))
    var sendingAgain = try SendingSenderKey(restoring: sending)
    #expect(sendingAgain.chainID == sender.chainID && sendingAgain.policy == sender.policy)
    #expect(sendingAgain.startedAt == sender.startedAt)
    #expect(sendingAgain.distributionID == sender.distributionID)
    #expect(try restored.decrypt(sendingAgain.encrypt([7])) == [7])
  }

  @Test("a state with any bit flipped is refused, or is one that can be used and stored")
  func flipped() throws {
    let (sender, member, next) = try Self.scene()
    try everyBitFlip(of: try member.state().exposed()) { (bit, flipped) throws in
      do {
        var restored = try ReceivingSenderKey(restoring: SecretBytes(copying: flipped))
        #expect(try restored.state().exposed() == flipped, "bit \(bit)")
        _ = failureCode { try restored.decrypt(next) }
        _ = failureCode { try restored.process(sender.distributionMessage()) }
        _ = try ReceivingSenderKey(restoring: restored.state())
      } catch let error as CygnetError {
        #expect([.malformed, .unsupported].contains(error.code), "bit \(bit)")
      }
    }
    try everyBitFlip(of: try sender.state().exposed()) { (bit, flipped) throws in
      do {
        var restored = try SendingSenderKey(restoring: SecretBytes(copying: flipped))
        #expect(try restored.state().exposed() == flipped, "bit \(bit)")
        _ = failureCode { try restored.encrypt([1]) }
        _ = restored.needsRotation(now: Fixture.now)
        _ = failureCode { try restored.rotate(now: Fixture.now) }
        _ = try SendingSenderKey(restoring: restored.state())
      } catch let error as CygnetError {
        #expect([.malformed, .unsupported].contains(error.code), "bit \(bit)")
      }
    }
  }

  @Test("a state that holds numbers at their end is usable and does not trap")
  func extremeNumbers() throws {
    let (sender, member, next) = try Self.scene()
    let receiving = try member.state().exposed()
    let sending = try sender.state().exposed()
    for number: [UInt8] in [
      [255, 255, 255, 255], [255, 255, 255, 254], [255, 255, 255, 253], [0, 0, 0, 0],
    ] {
      for offset in 0..<(receiving.count - 4) {
        var changed = receiving
        changed.replaceSubrange(offset..<(offset + 4), with: number)
        guard var key = try? ReceivingSenderKey(restoring: SecretBytes(copying: changed)) else {
          continue
        }
        _ = failureCode { try key.decrypt(next) }
        _ = failureCode { try key.process(sender.distributionMessage()) }
        #expect(throws: Never.self) { try ReceivingSenderKey(restoring: key.state()) }
      }
      for offset in 0..<(sending.count - 4) {
        var changed = sending
        changed.replaceSubrange(offset..<(offset + 4), with: number)
        guard var key = try? SendingSenderKey(restoring: SecretBytes(copying: changed)) else {
          continue
        }
        _ = failureCode { try key.encrypt([]) }
        _ = failureCode { try key.encrypt([]) }
        #expect(throws: Never.self) { try SendingSenderKey(restoring: key.state()) }
      }
    }
  }

  @Test("a member at the end of a chain reads its last message and no further one")
  func endOfChain() throws {
    let fixture = try Fixture(policy: Fixture.unlimited())
    var bytes = try fixture.alice.state().exposed()
    bytes.replaceSubrange(81..<85, with: [255, 255, 255, 253])
    var sender = try SendingSenderKey(restoring: SecretBytes(copying: bytes))
    #expect(sender.iteration == SenderKeyLimits.maxChainLength - 1)
    var member = try ReceivingSenderKey(sender.distributionMessage(), from: Fixture.sender)
    let last = try SenderKeyMessage(decoding: sender.encrypt([1]).encoded())
    #expect(try member.decrypt(last) == [1])
    #expect(failureCode { try member.decrypt(last) } == .duplicate)
    #expect(failureCode { try sender.encrypt([2]) } == .limitExceeded)
    sender = try SendingSenderKey(restoring: sender.state())
    member = try ReceivingSenderKey(restoring: member.state())
    let full = try SenderKeyDistributionMessage(decoding: sender.distributionMessage().encoded())
    #expect(full.iteration == SenderKeyLimits.maxChainLength)
    #expect(try member.process(full) == .known)
    #expect(throws: Never.self) { try ReceivingSenderKey(full, from: Fixture.sender) }
  }

  @Test("chains out of order, too many, none, or behind what was given up are refused")
  func chainList() throws {
    var fixture = try Fixture()
    try fixture.rotate()
    let bytes = try fixture.members[0].state().exposed()
    let head = Array(bytes[..<57])
    let chains = [Array(bytes[59..<137]), Array(bytes[137..<215])]
    #expect(bytes.count == 216)
    func code(_ list: [[UInt8]], retired: UInt8 = 0) -> CygnetError.Code? {
      let count = list.reduce(0) { $0 + $1.count }
      let length: [UInt8] =
        count < 64 ? [UInt8(count)] : [UInt8(0x40 | count >> 8), UInt8(count & 0xff)]
      var state = Array(head[..<53])
      state += [0, 0, 0, retired] + length + list.flatMap { $0 } + [0]
      return failureCode { try ReceivingSenderKey(restoring: SecretBytes(copying: state)) }
    }
    func numbered(_ number: UInt8) -> [UInt8] { [0, 0, 0, number] + chains[0][4...] }
    #expect(code(chains) == nil && code([chains[1]], retired: 1) == nil)
    #expect(code([chains[1], chains[0]]) == .malformed)
    #expect(code([chains[0], chains[0]]) == .malformed)
    #expect(code(chains, retired: 1) == .malformed)
    #expect(code([]) == .malformed)
    #expect(code((1...5).map(numbered)) == nil)
    #expect(code((1...6).map(numbered)) == .malformed)
  }

  @Test("skipped keys out of order, outside their chain, or too many in all are refused")
  func skippedKeys() throws {
    var fixture = try Fixture(policy: Fixture.unlimited())
    _ = try fixture.send("lost")
    fixture.members[0] = try ReceivingSenderKey(
      fixture.alice.distributionMessage(), from: Fixture.sender)
    let state = try fixture.members[0].state().exposed()
    let head = Array(state[..<57])
    let chain = Array(state[59..<136])  // without the length of its skipped keys
    func code(_ numbers: [[Int]], next: Int) -> CygnetError.Code? {
      var chains: [UInt8] = []
      for (index, list) in numbers.enumerated() {
        var bytes = [0, 0, 0, UInt8(index + 1)] + chain[4..<73] + Self.bigEndian(next)
        var keys: [UInt8] = []
        for number in list { keys += Self.bigEndian(number) + [UInt8](repeating: 1, count: 32) }
        bytes += Self.length(keys.count) + keys
        chains += bytes
      }
      let bytes = head + Self.length(chains.count) + chains + [0]
      return failureCode { try ReceivingSenderKey(restoring: SecretBytes(copying: bytes)) }
    }
    #expect(code([[1, 2, 5]], next: 6) == nil)
    #expect(code([[2, 1]], next: 6) == .malformed)
    #expect(code([[1, 1]], next: 6) == .malformed)
    #expect(code([[0]], next: 6) == .malformed, "before the first")
    #expect(code([[6]], next: 6) == .malformed, "at the next")
    #expect(code([Array(1...4_000)], next: 5_000) == nil)
    #expect(code([Array(1...4_001)], next: 5_000) == .malformed)
    #expect(code([Array(1...2_000), Array(1...2_000)], next: 5_000) == nil)
    #expect(code([Array(1...2_000), Array(1...2_001)], next: 5_000) == .malformed)
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func length(_ count: Int) -> [UInt8] {
    count < 64
      ? [UInt8(count)]
      : count < 16_384
        ? Array(bigEndian(count | 0x4000)[2...]) : bigEndian(count | 0x8000_0000)
  }
}
