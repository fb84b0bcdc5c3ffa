import CygnetPairwise
import CygnetPrimitives
import CygnetWire
import TestSupport
import Testing

@Suite("Envelopes")
struct EnvelopeTests {
  @Test("both kinds of message come back with their addresses")
  func roundTrip() throws {
    var pair = try TestPair.established()
    let other = try TestDevice("carol", device: .max)
    var first = try other.initiate(to: &pair.bob)
    let messages = [try pair.aliceSession.encrypt([1, 2]), try first.encrypt([])]
    for message in messages {
      let envelope = Envelope(
        sender: pair.alice.address, recipient: other.address, message: message)
      let encoded = try envelope.encoded()
      let decoded = try Envelope(decoding: encoded)
      #expect(decoded == envelope && decoded.message == message)
      #expect(decoded.sender == pair.alice.address && decoded.recipient == other.address)
      #expect(wireLawViolations(Envelope.self, encoded) == [])
    }
  }

  @Test("the largest message fits")
  func largest() throws {
    var pair = try TestPair.established()
    let text = [UInt8](repeating: 9, count: Limits.maxPlaintextByteCount)
    let envelope = Envelope(
      sender: pair.alice.address, recipient: pair.bob.address,
      message: try pair.aliceSession.encrypt(text))
    let arrived = try Envelope(decoding: envelope.encoded())
    #expect(try pair.bobSession.decrypt(arrived.message) == text)
  }

  @Test("an object of another type inside, and two messages, are malformed")
  func foreignContent() throws {
    var pair = try TestPair.established()
    let message = try pair.aliceSession.encrypt([1]).encoded()
    let bundle = try pair.bob.bundleWithoutOneTimePreKey().encoded()
    for content in [bundle, message + message, [], Array(message.dropLast())] {
      let bytes = try Raw(
        sender: pair.alice.address, recipient: pair.bob.address, content: content
      ).wireEncoded()
      #expect(failureCode { try Envelope(decoding: bytes) } == .malformed)
    }
    let good = try Raw(
      sender: pair.alice.address, recipient: pair.bob.address, content: message
    ).wireEncoded()
    _ = try Envelope(decoding: good)
  }

  private struct Raw: WireEncodable {
    let sender: DeviceAddress
    let recipient: DeviceAddress
    let content: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) {
      WireType.envelope.encodeHeader(into: &writer)
      try sender.encode(into: &writer)
      try recipient.encode(into: &writer)
      try writer.write(opaque: content)
    }
  }
}
