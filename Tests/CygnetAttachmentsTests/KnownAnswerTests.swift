import CygnetAttachments
import CygnetPrimitives
import CygnetVectors
import Testing

@Suite struct KnownAnswerTests {
  struct Case: Sendable {
    let size: Int
    let role: AttachmentRole
    let padding: Padding
    let plainSize: UInt64
    let blobSize: UInt64
    let digest: String
  }

  static let cases: [Case] = [
    Case(
      size: 0, role: .original, padding: .none, plainSize: 0, blobSize: 72,
      digest: "5f75be9bee4a3c2f5708e5d6e5d5af9598cc37579444d2a9a2dbe76cf9d82d0c"),
    Case(
      size: 1, role: .original, padding: .none, plainSize: 1, blobSize: 73,
      digest: "5187b5b9cf7bd716d293deabc77b0963983161c4459531b1fb1fbae2c115094a"),
    Case(
      size: 16383, role: .original, padding: .none, plainSize: 16383, blobSize: 16455,
      digest: "5a53889b14550f08628f04b86412cfe9d18615ba4eb22674f9dfc817094d6c37"),
    Case(
      size: 16384, role: .original, padding: .none, plainSize: 16384, blobSize: 16472,
      digest: "a84b65aa85041ebed40123b1cfc48f9d12c39930666329cd343515c001400809"),
    Case(
      size: 16385, role: .original, padding: .none, plainSize: 16385, blobSize: 16473,
      digest: "15f95741d701712be53d1ea56f54f0d9674b30572b4f1bc42c220bb9bf603ac1"),
    Case(
      size: 40000, role: .thumbnail, padding: .none, plainSize: 40000, blobSize: 40104,
      digest: "0b4b44ad295adf9183d87e63713bf84718ad985d021bbaed9dd05eacd493d6d7"),
    Case(
      size: 0, role: .original, padding: .padme, plainSize: 1024, blobSize: 1096,
      digest: "31e408a26be3f27963593b9f12064a9bd9c5952cdc7979bcd7d9634b02c7069f"),
    Case(
      size: 1000, role: .original, padding: .padme, plainSize: 1024, blobSize: 1096,
      digest: "49e5a15ed096ce104c6e0d9bce1b6539bf5361518380382d8b24f9cfb4fd399c"),
    Case(
      size: 16000, role: .original, padding: .padme, plainSize: 16384, blobSize: 16472,
      digest: "7794e4684c27937eab369ebc6674daf08be544284a79f2686e9b624a75e0ec99"),
    Case(
      size: 100000, role: .preview, padding: .padme, plainSize: 100352, blobSize: 100520,
      digest: "139cf4ee323025c58030511cbb2516bc178db3e1be9eb7eb94124d9dcabedac0"),
    Case(
      size: 1000000, role: .original, padding: .padme, plainSize: 1015808, blobSize: 1016872,
      digest: "e42ae34747f076f59ace82705ac158e2f592b41caca777acd0d7a15b8e2c1a2c"),
  ]

  @Test("the blob is the published one", arguments: cases)
  func blob(expected: Case) throws {
    let content = Fixture.content(expected.size)
    let (blob, pointer) = try Fixture.encrypt(
      content, role: expected.role, padding: expected.padding)
    #expect(try pointer.layout.plainSize == expected.plainSize)
    #expect(UInt64(blob.count) == expected.blobSize)
    #expect(Hex.encode(SHA256.hash(blob)) == expected.digest)
    #expect(Hex.encode(pointer.digest) == expected.digest)
    #expect(try AttachmentDecryptor.decrypt(blob, pointer) == content)
  }

  @Test("the header is the salt and the published commitment")
  func header() throws {
    let (blob, _) = try Fixture.encrypt([], padding: .none)
    #expect(Array(blob[..<24]) == Fixture.salt)
    #expect(
      Hex.encode(Array(blob[24..<56]))
        == "4c45270e0dbaf232980c94e270549f18b605f1568acd814d222783e71121021d")
  }

  @Test("a chunk is ChaCha20-Poly1305 under the published subkey and the counted nonce")
  func chunks() throws {
    let subkey = try #require(
      Hex.decode("ddcc977a80e951c532edae44c63d5180e8c2a6600af480f586c016907360878f"))
    let base = try #require(Hex.decode("f2b603250e5ca59d6b09cc2d"))
    let content = Fixture.content(16384 * 300 + 5)
    let (blob, _) = try Fixture.encrypt(content, padding: .none)
    for index in [0, 1, 255, 256, 299, 300] {
      var nonce = base
      nonce[10] ^= UInt8(index >> 8)
      nonce[11] ^= UInt8(index & 255)
      let plaintext = Array(content[(16384 * index)..<min(16384 * (index + 1), content.count)])
      let sealed = try ChaCha20Poly1305.seal(
        plaintext, key: SecretBytes(copying: subkey), nonce: nonce, authenticating: [])
      let start = 56 + 16400 * index
      #expect(Array(blob[start..<(start + sealed.count)]) == sealed)
    }
  }

  @Test("the digest of parts is SHA-256 over the digests of 8 MiB parts")
  func digestOfParts() throws {
    let content = [UInt8](repeating: 7, count: (64 << 20) + 3)
    let (blob, pointer) = try Fixture.encrypt(content, digest: .parts)
    var digests: [UInt8] = []
    for start in stride(from: 0, to: blob.count, by: 8_388_608) {
      digests += SHA256.hash(Array(blob[start..<min(start + 8_388_608, blob.count)]))
    }
    #expect(pointer.digest == SHA256.hash(digests))
    #expect(pointer.digestAlgorithm == .parts)
    #expect(try AttachmentDecryptor.decrypt(blob, pointer) == content)
  }
}
