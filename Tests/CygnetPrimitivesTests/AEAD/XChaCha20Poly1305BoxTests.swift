import CygnetPrimitives
import TestSupport
import Testing

@Suite("XChaCha20-Poly1305 boxes")
struct XChaCha20Poly1305BoxTests {
  private let key = secret(AEADSample.key)

  @Test("a box is the AEAD under its first 16 bytes and 8 zeros")
  func layout() throws {
    var random = CountingRandomSource(7)
    let box = try XChaCha20Poly1305Box.seal([1, 2, 3], key: key, using: &random)
    #expect(box.count == 3 + XChaCha20Poly1305Box.overhead && XChaCha20Poly1305Box.overhead == 32)
    #expect(random.takeDraws() == [16])
    let nonce = Array(box[..<16]) + [UInt8](repeating: 0, count: 8)
    #expect(
      try XChaCha20Poly1305.open(Array(box[16...]), key: key, nonce: nonce, authenticating: [])
        == [1, 2, 3])
  }

  @Test("a box opens under its key alone, and no bit of it may change")
  func opening() throws {
    var random = SystemRandomSource()
    let box = try XChaCha20Poly1305Box.seal([1, 2, 3], key: key, using: &random)
    #expect(try XChaCha20Poly1305Box.open(box, key: key) == [1, 2, 3])
    let other = SecretBytes(copying: [UInt8](repeating: 0, count: 32))
    #expect(try XChaCha20Poly1305Box.open(box, key: other) == nil)
    try everyBitFlip(of: box) { (bit, flipped) throws in
      #expect(try XChaCha20Poly1305Box.open(flipped, key: key) == nil, "bit \(bit)")
    }
    for count in 0..<box.count {
      #expect(try XChaCha20Poly1305Box.open(Array(box[..<count]), key: key) == nil, "\(count)")
    }
  }

  @Test("an empty plaintext has a box of 32 bytes, a fresh one each time")
  func empty() throws {
    var random = SystemRandomSource()
    let box = try XChaCha20Poly1305Box.seal([], key: key, using: &random)
    #expect(box.count == 32)
    #expect(try XChaCha20Poly1305Box.open(box, key: key) == [])
    #expect(try XChaCha20Poly1305Box.seal([], key: key, using: &random) != box)
  }

  @Test("a key of another length is refused")
  func keyLength() {
    var random = SystemRandomSource()
    for count in [0, 16, 31, 33] {
      let key = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      #expect(
        failureCode { try XChaCha20Poly1305Box.seal([], key: key, using: &random) }
          == .internalFault)
      #expect(
        failureCode {
          try XChaCha20Poly1305Box.open([UInt8](repeating: 0, count: 32), key: key)
        } == .internalFault)
    }
  }
}
