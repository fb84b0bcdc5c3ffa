package import CygnetPrimitives
package import CygnetWire

/// Sixteen symbols of the erasure code, which are 32 bytes: the values of sixteen polynomials at one
/// point. Symbols are two bytes each, big-endian, four of them in a word.
package struct ChunkData: Hashable, Sendable {
  package static let byteCount = 32

  var words: (UInt64, UInt64, UInt64, UInt64)

  static let zero = ChunkData(words: (0, 0, 0, 0))

  init(words: (UInt64, UInt64, UInt64, UInt64)) { self.words = words }

  /// The 32 bytes from `offset` on.
  /// - Precondition: they lie inside; callers pass multiples of 32 below a checked length.
  init(_ bytes: [UInt8], at offset: Int) {
    func word(_ index: Int) -> UInt64 {
      var value: UInt64 = 0
      for place in (offset + 8 * index)..<(offset + 8 * index + 8) {
        value = value << 8 | UInt64(bytes[place])
      }
      return value
    }
    words = (word(0), word(1), word(2), word(3))
  }

  /// - Precondition: exactly 32 bytes.
  package init(_ bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount, "a chunk has 32 bytes")
    self.init(bytes, at: 0)
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    append(to: &bytes)
    return bytes
  }

  func append(to bytes: inout [UInt8]) {
    func add(_ word: UInt64) {
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
      }
    }
    add(words.0)
    add(words.1)
    add(words.2)
    add(words.3)
  }

  static func ^= (left: inout ChunkData, right: ChunkData) {
    left.words.0 ^= right.words.0
    left.words.1 ^= right.words.1
    left.words.2 ^= right.words.2
    left.words.3 ^= right.words.3
  }

  /// Every symbol times x.
  var timesX: ChunkData {
    func shifted(_ word: UInt64) -> UInt64 {
      let carries = (word & 0x8000_8000_8000_8000) >> 15
      // Each carry is one bit, so a product of 16 bits fits in its own symbol.
      return (word & 0x7fff_7fff_7fff_7fff) << 1 ^ carries &* UInt64(GF65536.reduction)
    }
    return ChunkData(
      words: (shifted(words.0), shifted(words.1), shifted(words.2), shifted(words.3)))
  }

  package static func == (left: ChunkData, right: ChunkData) -> Bool {
    left.words == right.words
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(words.0)
    hasher.combine(words.1)
    hasher.combine(words.2)
    hasher.combine(words.3)
  }
}

/// A codeword: the sixteen polynomials at the point `index`.
package struct Chunk: Hashable, Sendable {
  package let index: UInt16
  package let data: ChunkData

  package init(index: UInt16, data: ChunkData) {
    self.index = index
    self.data = data
  }
}

extension ChunkData: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(words.0)
    writer.write(words.1)
    writer.write(words.2)
    writer.write(words.3)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    words = (
      try reader.readUInt64(), try reader.readUInt64(), try reader.readUInt64(),
      try reader.readUInt64()
    )
  }
}
