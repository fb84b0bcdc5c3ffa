import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("What travels of sender keys")
struct SenderKeyMessageTests {
  @Test("messages and distribution messages encode in one way only")
  func laws() throws {
    var fixture = try Fixture()
    for size in [0, 1, 47, 48, 300] {
      let message = try fixture.alice.encrypt([UInt8](repeating: 1, count: size)).encoded()
      #expect(wireLawViolations(SenderKeyMessage.self, message) == [], "\(size)")
    }
    let distribution = try fixture.alice.distributionMessage().encoded()
    #expect(distribution.count == 95)
    #expect(wireLawViolations(SenderKeyDistributionMessage.self, distribution) == [])
  }

  @Test("a message is 140 to 143 bytes longer than its plaintext")
  func overhead() throws {
    var fixture = try Fixture()
    for (size, overhead) in [
      (0, 140), (47, 140), (48, 141), (16_367, 141), (16_368, 143),
      (SenderKeyLimits.maxPlaintextByteCount, 143),
    ] {
      let message = try fixture.alice.encrypt([UInt8](repeating: 1, count: size))
      #expect(try message.encoded().count == size + overhead, "\(size)")
      let again = try SenderKeyMessage(decoding: message.encoded())
      #expect(again == message)
      #expect(try fixture.members[0].decrypt(again).count == size)
    }
  }

  @Test("a message says what it is for before it is verified")
  func claims() throws {
    var fixture = try Fixture()
    try fixture.rotate()
    _ = try fixture.send("one")
    let message = try SenderKeyMessage(decoding: fixture.send("two").encoded())
    #expect(message.distributionID == fixture.distributionID)
    #expect(message.chainID.rawValue == 2 && message.iteration == 1)
  }

  @Test("numbers and keys outside their bounds are refused")
  func bounds() throws {
    var fixture = try Fixture()
    let message = try fixture.alice.encrypt([]).encoded()
    let distribution = try fixture.alice.distributionMessage().encoded()
    func code(_ bytes: [UInt8], _ offset: Int, _ change: [UInt8]) -> CygnetError.Code? {
      var changed = bytes
      changed.replaceSubrange(offset..<(offset + change.count), with: change)
      return bytes == message
        ? failureCode { try SenderKeyMessage(decoding: changed) }
        : failureCode { try SenderKeyDistributionMessage(decoding: changed) }
    }
    #expect(code(message, 19, [0, 0, 0, 0]) == .malformed, "chain 0")
    #expect(code(message, 23, [255, 255, 255, 253]) == nil, "the last number")
    #expect(code(message, 23, [255, 255, 255, 254]) == .malformed, "a number too high")
    #expect(code(message, 59, [15]) == .malformed, "a ciphertext shorter than its tag")
    #expect(code(message, 0, [0, 2]) == .unsupported)
    #expect(code(message, 2, [3]) == .malformed)
    #expect(code(distribution, 3, [0, 2]) == .unsupported, "suite 2")
    #expect(code(distribution, 21, [0, 0, 0, 0]) == .malformed, "chain 0")
    #expect(code(distribution, 25, [255, 255, 255, 254]) == nil, "a full chain")
    #expect(code(distribution, 25, [255, 255, 255, 255]) == .malformed, "a number too high")
    #expect(code(distribution, 61, [1]) == .malformed, "an identity key's type")
    #expect(
      code(distribution, 62, [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f]) == .malformed)
    #expect(code(distribution, 2, [16]) == .malformed)
    var long = [UInt8](message[..<59])
    long += [0x80, 0x04, 0x00, 0x11] + [UInt8](repeating: 0, count: (1 << 18) + 17 + 64)
    #expect(failureCode { try SenderKeyMessage(decoding: long) } == .malformed)
  }

  @Test("more than 256 KiB is refused and changes nothing")
  func plaintextBound() throws {
    var fixture = try Fixture()
    let before = try fixture.alice.state()
    let large = [UInt8](repeating: 0, count: SenderKeyLimits.maxPlaintextByteCount + 1)
    #expect(failureCode { try fixture.alice.encrypt(large) } == .limitExceeded)
    #expect(try fixture.alice.state() == before)
  }
}
