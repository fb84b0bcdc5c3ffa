import CygnetPrimitives
import Testing

@Suite("X25519 public keys")
struct X25519BaseTests {
  @Test("the Edwards table and the ladder give the same public key")
  func bothWaysAgree() throws {
    var random = SystemRandomSource()
    var scalars = (0..<4_000).map { _ in random.bytes(32) }
    for byte in [UInt8](0...255) { scalars.append([UInt8](repeating: byte, count: 32)) }
    for bit in 0..<256 {
      var scalar = [UInt8](repeating: 0, count: 32)
      scalar[bit / 8] = 1 << UInt8(bit % 8)
      scalars.append(scalar)
      scalars.append(scalar.map { ~$0 })
    }
    for scalar in scalars {
      let key = try X25519.PrivateKey(SecretBytes(copying: scalar))
      #expect(try key.publicKey() == key.publicKeyByLadder(), "scalar \(scalar)")
    }
    #expect(scalars.count == 4_000 + 256 + 512)
  }
}
