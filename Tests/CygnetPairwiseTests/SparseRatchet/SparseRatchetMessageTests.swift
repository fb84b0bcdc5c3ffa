import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Messages of the sparse ratchet")
struct SparseRatchetMessageTests {
  static let chunk = Chunk(index: 5, data: ChunkData([UInt8](1...32)))
  static let contents: [BraidMessage.Content] = [
    .none, .header(chunk), .vector(chunk), .vectorAcknowledging(chunk), .acknowledgement,
    .firstCiphertext(chunk), .secondCiphertext(Chunk(index: .max, data: chunk.data)),
  ]

  private func message(
    _ content: BraidMessage.Content, epoch: UInt64 = 1, n: UInt32 = 1, previous: UInt32 = 0
  ) -> SparseRatchetMessage {
    SparseRatchetMessage(
      braid: BraidMessage(epoch: epoch, content: content), n: n, previousChainLength: previous)
  }

  @Test("every type has one encoding, of 41 bytes", arguments: contents)
  func laws(content: BraidMessage.Content) throws {
    let encoded = try message(content).wireEncoded()
    #expect(wireLawViolations(SparseRatchetMessage.self, encoded) == [])
    guard content.chunk?.index != .max else { return #expect(encoded.count == 41) }
    #expect(encoded.count == 41)
    #expect(try SparseRatchetMessage(wire: encoded) == message(content))
  }

  @Test("the layout is the one of the specification")
  func layout() throws {
    let encoded = try message(.firstCiphertext(Self.chunk), epoch: 300, n: 7, previous: 64)
      .wireEncoded()
    #expect(encoded.hexDigits == "15412c07404005" + [UInt8](1...32).hexDigits + "0000")
    let none = try message(.none, epoch: 2, n: 3, previous: 4).wireEncoded()
    #expect(none.hexDigits == "10020304" + String(repeating: "00", count: 37))
  }

  @Test("large counters make a message longer, and the largest still fit")
  func largest() throws {
    let largest = message(
      Self.contents[6], epoch: Braid.maxEpoch, n: SparseRatchetMessage.maxNumber,
      previous: SparseRatchetMessage.maxNumber)
    let encoded = try largest.wireEncoded()
    #expect(encoded.count == SparseRatchetMessage.maxByteCount)
    #expect(wireLawViolations(SparseRatchetMessage.self, encoded) == [])
    let many = message(Self.contents[6], epoch: 16_383, n: 16_383, previous: 16_383)
    #expect(try many.wireEncoded().count == 43, "the index alone takes two bytes more")
    let usual = message(Self.contents[1], epoch: 16_383, n: 16_383, previous: 16_383)
    #expect(try usual.wireEncoded().count == 41)
  }

  @Test("another version is unsupported; unknown types, zeros and long forms are malformed")
  func refusals() throws {
    let good = try message(.none, epoch: 2, n: 3, previous: 4).wireEncoded()
    func code(_ change: (inout [UInt8]) -> Void) -> CygnetError.Code? {
      var bytes = good
      change(&bytes)
      return failureCode { try SparseRatchetMessage(wire: bytes) }
    }
    #expect(code { _ in } == nil)
    #expect(code { $0[0] = 0x20 } == .unsupported)
    #expect(code { $0[0] = 0x00 } == .unsupported)
    for type: UInt8 in 7...15 { #expect(code { $0[0] = 0x10 | type } == .malformed) }
    #expect(code { $0[1] = 0 } == .malformed, "epoch 0")
    #expect(code { $0[2] = 0 } == .malformed, "number 0")
    #expect(code { $0[40] = 1 } == .malformed, "padding")
    #expect(code { $0[1...1] = [0x40, 0x02] } == .malformed, "a number in more bytes than needed")
    #expect(code { $0[1] = 0xc0 } == .malformed)
    #expect(code { $0 = [] } == .malformed)
  }

  @Test("a message with any bit flipped is refused, or is one of another meaning")
  func flipped() throws {
    for content in Self.contents {
      try everyBitFlip(of: message(content, epoch: 5, n: 9, previous: 2).wireEncoded()) {
        (_, flipped) throws in
        do {
          #expect(try SparseRatchetMessage(wire: flipped).wireEncoded() == flipped)
        } catch let error as CygnetError {
          #expect([.malformed, .unsupported].contains(error.code))
        }
      }
    }
  }
}
