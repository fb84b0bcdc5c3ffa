import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

@Suite("Padding of encrypted messages")
struct PaddingTests {
  @Test("A10: without padding a message has the length of its content")
  func none() throws {
    for count in [0, 1, 77, 1 << 20] {
      #expect(try MLS.PaddingPolicy.none.paddedCount(count) == count)
    }
  }

  @Test("A10: steps round up to a multiple; a step below one counts as one")
  func steps() throws {
    for (step, count, padded) in [
      (1, 5, 5), (256, 0, 0), (256, 1, 256), (256, 256, 256), (256, 257, 512), (0, 7, 7),
      (-3, 7, 7), (Int.min, 7, 7), (100, 99, 100), (Int.max, 1, Int.max),
    ] { #expect(try MLS.PaddingPolicy.step(step).paddedCount(count) == padded) }
  }

  @Test("A10: Padmé rounds as published, and never adds more than 12 %")
  func padme() throws {
    for (count, padded) in [
      (0, 0), (1, 1), (2, 2), (3, 3), (8, 8), (9, 10), (11, 12), (100, 104), (129, 144),
      (1_000, 1_024), (1_025, 1_088), (65_537, 67_584),
    ] { #expect(try MLS.PaddingPolicy.padme.paddedCount(count) == padded, "\(count)") }
    for count in 1...5_000 {
      let padded = try MLS.PaddingPolicy.padme.paddedCount(count)
      #expect(padded >= count && (padded - count) * 100 <= 12 * count, "\(count)")
      #expect(try MLS.PaddingPolicy.padme.paddedCount(padded) == padded)
    }
  }

  @Test("A10: a length that cannot be expressed is an error, not a trap")
  func overflow() {
    #expect(
      failure { try MLS.PaddingPolicy.step(Int.max).paddedCount(Int.max - 1) } == nil)
    #expect(
      failure { try MLS.PaddingPolicy.step(Int.max - 1).paddedCount(Int.max) }
        == "limitExceeded A10")
    #expect(failure { try MLS.PaddingPolicy.padme.paddedCount(Int.max) } == "limitExceeded A10")
  }

  @Test("A10: messages of one class have one length on the wire")
  func lengths() throws {
    var fixture = try EpochFixture()
    var lengths: Set<Int> = []
    for count in [0, 1, 30, 60] {
      let data = [UInt8](repeating: 1, count: count)
      let message = try fixture.send(.application(data), padding: .step(128))
      #expect(message.ciphertext.count == 128 + 16)
      lengths.insert(try message.wireEncoded().count)
      #expect(try fixture.receive(message).content == .application(data))
    }
    #expect(lengths.count == 1)
  }

  @Test("A10: a message beyond the bound is refused before a key is used")
  func tooLong() throws {
    var fixture = try EpochFixture()
    let before = try fixture.sending.wireEncoded()
    for step in [MLS.Limits.messageByteCount, Int.max] {
      #expect(failure { try fixture.send(padding: .step(step)) } == "limitExceeded A10")
    }
    #expect(try fixture.sending.wireEncoded() == before)
  }
}
