import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

/// Ciphertexts of a path stay encoded until somebody opens theirs.
@Suite("Ciphertexts of a path")
struct CiphertextListTests {
  private static let key = MLS.HPKEPublicKey([UInt8](repeating: 9, count: 32))

  private static func ciphertext(_ number: Int, _ sizes: (Int, Int)) -> MLS.HPKECiphertext {
    let byte = UInt8(truncatingIfNeeded: number)
    return MLS.HPKECiphertext(
      kemOutput: [UInt8](repeating: byte, count: sizes.0),
      ciphertext: [UInt8](repeating: ~byte, count: sizes.1))
  }

  private static let uniform = (0..<300).map { ciphertext($0, (32, 48)) }
  private static let mixed = (0..<300).map { ciphertext($0, ($0 % 70, ($0 * 7) % 130)) }
  private static let oneDiffers = (0..<9).map { ciphertext($0, ($0 == 4 ? 31 : 32, 48)) }

  @Test(
    "each is found in its place, as made and as decoded",
    arguments: [[], [uniform[3]], uniform, mixed, oneDiffers])
  func places(list: [MLS.HPKECiphertext]) throws {
    let made = MLS.UpdatePathNode(encryptionKey: Self.key, encryptedPathSecret: list)
    let decoded = try MLS.UpdatePathNode(wire: made.wireEncoded())
    #expect(decoded == made && decoded.hashValue == made.hashValue)
    #expect(try decoded.wireEncoded() == made.wireEncoded())
    for node in [made, decoded] {
      #expect(node.ciphertexts.count == list.count && node.encryptedPathSecret == list)
      for (index, ciphertext) in list.enumerated() {
        #expect(node.ciphertexts[index] == ciphertext)
      }
      #expect(node.ciphertexts[list.count] == nil && node.ciphertexts[-1] == nil)
    }
  }

  @Test("the encoding is that of the struct")
  func encoding() throws {
    let list = Array(Self.mixed.prefix(5))
    var body: [UInt8] = []
    for item in list { body += try item.wireEncoded() }
    #expect(body.count < 16384 && body.count >= 64)
    let expected =
      try Self.key.wireEncoded() + [0x40 | UInt8(body.count >> 8), UInt8(body.count & 255)] + body
    let node = MLS.UpdatePathNode(encryptionKey: Self.key, encryptedPathSecret: list)
    #expect(try node.wireEncoded() == expected)
  }

  @Test("S3, S4: a list that ends within a ciphertext is refused")
  func truncated() throws {
    let whole = try Self.uniform[0].wireEncoded() + Self.uniform[1].wireEncoded()
    for count in 1..<whole.count where count != whole.count / 2 {
      let head = Array(whole.prefix(count))
      let length = count < 64 ? [UInt8(count)] : [0x40, UInt8(count)]
      #expect(throws: CygnetError(.malformed, "")) {
        try MLS.UpdatePathNode(wire: Self.key.wireEncoded() + length + head)
      }
    }
  }

  @Test("S4: more ciphertexts than a tree has leaves are refused")
  func tooMany() throws {
    for (count, isFine) in [(MLS.Limits.leafCount, true), (MLS.Limits.leafCount + 1, false)] {
      let body = [UInt8](repeating: 0, count: 2 * count)
      let length = UInt32(body.count) | 0x8000_0000
      let bytes =
        try Self.key.wireEncoded() + withUnsafeBytes(of: length.bigEndian) { Array($0) } + body
      if isFine {
        #expect(try MLS.UpdatePathNode(wire: bytes).ciphertexts.count == count)
      } else {
        #expect(throws: CygnetError(.malformed, "")) { try MLS.UpdatePathNode(wire: bytes) }
      }
    }
  }
}
