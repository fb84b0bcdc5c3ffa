import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import Testing

@Suite("Erasure code")
struct ErasureCodeTests {
  static let payloads = BraidPayload.allCases

  /// Multiplication as in a book: the product of polynomials, then its remainder.
  private func product(_ left: UInt16, _ right: UInt16) -> UInt16 {
    var product: UInt32 = 0
    for bit in 0..<16 where right >> bit & 1 == 1 { product ^= UInt32(left) << bit }
    for bit in (16..<32).reversed() where product >> bit & 1 == 1 {
      product ^= 0x1100b << (bit - 16)
    }
    return UInt16(product)
  }

  @Test("the field is GF(2^16) with 0x1100b, and every element but zero has its inverse")
  func field() {
    var random = SeededRandomSource(1)
    for _ in 0..<2_000 {
      let (a, b) = (random.uint16(), random.uint16())
      #expect((GF65536(a) * GF65536(b)).rawValue == product(a, b))
      if a != 0 { #expect(GF65536(a) * GF65536(a).inverse == .one) }
    }
    #expect((GF65536(0x8000) * GF65536(2)).rawValue == 0x100b)
    #expect(GF65536.zero * GF65536(77) == .zero)
  }

  @Test("payloads take 3, 36, 30 and 5 chunks")
  func counts() {
    #expect(Self.payloads.map(\.chunkCount) == [3, 36, 30, 5])
    #expect(Self.payloads.map(\.byteCount) == [96, 1152, 960, 160])
  }

  @Test("the first chunks are the payload itself", arguments: payloads)
  func systematic(payload: BraidPayload) {
    var random = SeededRandomSource(2)
    let message = random.bytes(payload.byteCount)
    var encoder = ErasureEncoder(message, as: payload)
    var bytes: [UInt8] = []
    for index in 0..<payload.chunkCount {
      let chunk = encoder.nextChunk()
      #expect(Int(chunk.index) == index)
      bytes += chunk.data.bytes
    }
    #expect(bytes == message)
  }

  @Test("a later chunk is sixteen polynomials at its index, by Lagrange's formula")
  func evaluation() {
    var random = SeededRandomSource(3)
    let payload = BraidPayload.secondCiphertext
    let message = random.bytes(payload.byteCount)
    let encoder = ErasureEncoder(message, as: payload)
    for index: UInt16 in [5, 6, 77, 4_660, .max] {
      let chunk = encoder.chunk(at: index).data.bytes
      for polynomial in 0..<16 {
        var sum = GF65536.zero
        for i in 0..<payload.chunkCount {
          let place = 2 * (16 * i + polynomial)
          var term = GF65536(UInt16(message[place]) << 8 | UInt16(message[place + 1]))
          for j in 0..<payload.chunkCount where j != i {
            term = term * (GF65536(index) + GF65536(UInt16(j)))
            term = term * (GF65536(UInt16(i)) + GF65536(UInt16(j))).inverse
          }
          sum = sum + term
        }
        let symbol = UInt16(chunk[2 * polynomial]) << 8 | UInt16(chunk[2 * polynomial + 1])
        #expect(symbol == sum.rawValue)
      }
    }
  }

  @Test("any chunks that are different and enough give the payload back", arguments: payloads)
  func anySubset(payload: BraidPayload) {
    var random = SeededRandomSource(4)
    for round in 0..<40 {
      let message = random.bytes(payload.byteCount)
      let encoder = ErasureEncoder(message, as: payload)
      var indices: Set<UInt16> = []
      // From near the payload, where some of it arrives, to anywhere at all.
      let range = round < 20 ? payload.chunkCount * 2 : 1 << 16
      while indices.count < payload.chunkCount {
        indices.insert(UInt16(Int(random.uint16()) % range))
      }
      var decoder = ErasureDecoder(payload)
      var order = Array(indices)
      random.shuffle(&order)
      for (count, index) in order.enumerated() {
        let whole = decoder.add(encoder.chunk(at: index))
        #expect(whole == (count + 1 == payload.chunkCount ? message : nil))
      }
    }
  }

  @Test("a chunk that is known counts once, even with another content")
  func duplicates() {
    var random = SeededRandomSource(5)
    let payload = BraidPayload.header
    let message = random.bytes(payload.byteCount)
    let encoder = ErasureEncoder(message, as: payload)
    var decoder = ErasureDecoder(payload)
    #expect(decoder.add(encoder.chunk(at: 9)) == nil)
    for _ in 0..<10 {
      #expect(decoder.add(encoder.chunk(at: 9)) == nil)
      #expect(decoder.add(Chunk(index: 9, data: ChunkData(random.bytes(32)))) == nil)
    }
    #expect(decoder.chunks.count == 1)
    #expect(decoder.add(encoder.chunk(at: 1)) == nil)
    #expect(decoder.add(encoder.chunk(at: 2)) == message)
  }

  @Test("one wrong chunk gives another payload, which is why payloads are authenticated")
  func wrongChunk() {
    var random = SeededRandomSource(6)
    let message = random.bytes(BraidPayload.header.byteCount)
    let encoder = ErasureEncoder(message, as: .header)
    var decoder = ErasureDecoder(.header)
    _ = decoder.add(encoder.chunk(at: 3))
    _ = decoder.add(Chunk(index: 4, data: ChunkData(random.bytes(32))))
    let whole = decoder.add(encoder.chunk(at: 5))
    #expect(whole != nil && whole != message)
  }

  @Test("the stream of chunks begins anew after 2^16")
  func wrapsAround() {
    var encoder = ErasureEncoder([UInt8](0..<96), as: .header)
    for _ in 0..<3 { _ = encoder.nextChunk() }
    for _ in 3..<(1 << 16) { _ = encoder.nextChunk() }
    #expect(encoder.nextChunk().index == 0)
  }
}

extension RandomSource {
  mutating func uint16() -> UInt16 {
    let bytes = bytes(2)
    return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
  }

  /// Below `bound`, which is small.
  mutating func number(below bound: Int) -> Int {
    let bytes = bytes(4)
    return Int(bytes.reduce(0) { $0 << 8 | UInt32($1) }) % bound
  }

  mutating func shuffle<Element>(_ elements: inout [Element]) {
    for index in elements.indices.reversed().dropLast() {
      elements.swapAt(index, number(below: index + 1))
    }
  }
}
