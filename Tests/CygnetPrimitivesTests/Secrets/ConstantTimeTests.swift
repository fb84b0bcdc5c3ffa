import CygnetPrimitives
import TestSupport
import Testing

@Suite("Comparisons in constant time")
struct ConstantTimeTests {
  @Test("arrays are equal when every byte is")
  func equality() throws {
    let bytes = [UInt8](0..<65)
    #expect(ConstantTime.areEqual(bytes, bytes))
    try everyBitFlip(of: bytes) { bit, flipped in
      #expect(!ConstantTime.areEqual(bytes, flipped), "bit \(bit)")
    }
    #expect(!ConstantTime.areEqual(bytes, bytes + [0]))
    #expect(!ConstantTime.areEqual([], [0]))
    #expect(ConstantTime.areEqual([UInt8](), [UInt8]()))
  }

  @Test("buffers without an address are equal to each other and to empty ones")
  func noAddress() {
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    #expect(ConstantTime.areEqual(nothing, nothing))
    [UInt8]().withUnsafeBytes { empty in #expect(ConstantTime.areEqual(nothing, empty)) }
    [UInt8](repeating: 0, count: 1).withUnsafeBytes { byte in
      #expect(!ConstantTime.areEqual(nothing, byte))
    }
  }

  @Test("the zero test finds a single bit")
  func zero() throws {
    let zeros = [UInt8](repeating: 0, count: 33)
    #expect(zeros.withUnsafeBytes { ConstantTime.isZero($0) })
    #expect(ConstantTime.isZero(UnsafeRawBufferPointer(start: nil, count: 0)))
    try everyBitFlip(of: zeros) { bit, flipped in
      #expect(!flipped.withUnsafeBytes { ConstantTime.isZero($0) }, "bit \(bit)")
    }
  }

  @Test("wiping leaves zeros of the same length")
  func wiping() {
    var bytes = [UInt8](1...50)
    ConstantTime.wipe(&bytes)
    #expect(bytes == [UInt8](repeating: 0, count: 50))
    var empty: [UInt8] = []
    ConstantTime.wipe(&empty)
    #expect(empty == [])
  }
}
