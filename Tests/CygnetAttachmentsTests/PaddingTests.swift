import CygnetAttachments
import CygnetPrimitives
import Testing

@Suite struct PaddingTests {
  @Test("Padmé lengths never shrink, stay put, and cost at most 6.3 percent above 1 KiB")
  func properties() throws {
    var sizes: [UInt64] = []
    for bit in 0..<62 {
      for delta: Int64 in -3...3 {
        sizes.append(UInt64(max(0, Int64(1) << Int64(bit) + delta)))
        sizes.append(UInt64(max(0, Int64(3) << Int64(bit / 2) + delta)))
      }
    }
    var last: UInt64 = 0
    for size in sizes.sorted() {
      let padded = try #require(Padding.padme.paddedSize(size))
      #expect(padded >= size && padded >= 1024)
      #expect(Padding.padme.paddedSize(padded) == padded)
      #expect(padded >= last)
      if size > 1024 { #expect(padded - size <= size / 16) }
      last = padded
    }
  }

  @Test("small figures by hand")
  func byHand() {
    let figures: [(UInt64, UInt64)] = [
      (0, 1024), (1, 1024), (1024, 1024), (1025, 1088), (1088, 1088), (1089, 1152),
      (100_000, 100_352), (1_000_000, 1_015_808), (1 << 32, 1 << 32),
    ]
    for (size, padded) in figures { #expect(Padding.padme.paddedSize(size) == padded) }
  }

  @Test("from 512 KiB on a padded length is a multiple of a chunk")
  func lastChunkIsEmpty() throws {
    for size: UInt64 in [524_288, 524_289, 600_001, 5_000_000, 1 << 31 + 1] {
      #expect(try #require(Padding.padme.paddedSize(size)) % 16384 == 0)
    }
  }

  @Test("lengths near the end of 64 bits have no padded length, and never trap")
  func extremes() {
    #expect(Padding.padme.paddedSize(.max) == nil)
    #expect(Padding.padme.paddedSize(1 << 63) == 1 << 63)
    #expect(Padding.padme.paddedSize(1 << 63 + 1) == 1 << 63 + 1 << 57)
    #expect(Padding.none.paddedSize(.max) == .max)
  }
}
