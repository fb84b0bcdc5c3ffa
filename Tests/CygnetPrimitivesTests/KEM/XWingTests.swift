import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("X-Wing")
struct XWingTests {
  private static let lowOrder: [UInt8] = [1] + [UInt8](repeating: 0, count: 31)

  @Test("both sides get one secret, and the key comes back from its seed")
  func agreement() throws {
    var random = SystemRandomSource()
    let key = try XWing.DecapsulationKey.generate(using: &random)
    #expect(key.encapsulationKey.bytes.count == 1216 && key.seed.count == 32)
    let sent = try XWing.EncapsulationKey(key.encapsulationKey.bytes).encapsulate(using: &random)
    #expect(sent.ciphertext.bytes.count == 1120 && sent.sharedSecret.count == 32)
    let again = try XWing.DecapsulationKey(seed: key.seed)
    #expect(again.encapsulationKey == key.encapsulationKey)
    let received = try XWing.Ciphertext(sent.ciphertext.bytes)
    #expect(try again.decapsulate(received) == sent.sharedSecret)
  }

  @Test("the secret follows from both halves by the combiner")
  func combiner() throws {
    var random = SystemRandomSource()
    let key = try XWing.DecapsulationKey.generate(using: &random)
    let seed = random.secret(64)
    let sent = try key.encapsulationKey.encapsulate(seed: seed)
    let expanded = SHAKE256.secretHash(key.seed, count: 96)
    let mlkem = try MLKEM768.DecapsulationKey(seed: expanded.slice(0..<64))
    let x25519 = try X25519.KeyPair(X25519.PrivateKey(expanded.slice(64..<96)))
    let bytes = sent.ciphertext.bytes
    let inner = mlkem.decapsulate(try MLKEM768.Ciphertext([UInt8](bytes[..<1088])))
    let peer = try X25519.PublicKey([UInt8](bytes[1088...]))
    let agreement = try X25519.agreement(x25519.privateKey, peer)
    let input = inner.exposed() + agreement.exposed() + peer.bytes + x25519.publicKey.bytes
    #expect(
      sent.sharedSecret.exposed() == SHA3_256.hash(input + [0x5c, 0x2e, 0x2f, 0x2f, 0x5e, 0x5c]))
  }

  @Test("a change of either half of the ciphertext gives another secret")
  func changes() throws {
    var random = SystemRandomSource()
    let key = try XWing.DecapsulationKey.generate(using: &random)
    let sent = try key.encapsulationKey.encapsulate(using: &random)
    for offset in [0, 1087, 1088, 1118] {
      var bytes = sent.ciphertext.bytes
      bytes[offset] ^= 2
      #expect(try key.decapsulate(XWing.Ciphertext(bytes)) != sent.sharedSecret)
    }
  }

  @Test("other lengths, unreduced coefficients and points of low order are refused")
  func refusals() throws {
    var random = SystemRandomSource()
    let key = try XWing.DecapsulationKey.generate(using: &random)
    for count in [0, 31, 33, 63, 65, 1119, 1121, 1184, 1215, 1217] {
      let bytes = [UInt8](repeating: 0, count: count)
      let secret = SecretBytes(copying: bytes)
      #expect(failureCode { try XWing.EncapsulationKey(bytes) } == .malformed)
      #expect(failureCode { try XWing.Ciphertext(bytes) } == .malformed)
      #expect(failureCode { try XWing.DecapsulationKey(seed: secret) } == .malformed)
      #expect(
        failureCode { try key.encapsulationKey.encapsulate(seed: secret) } == .malformed)
    }
    var unreduced = key.encapsulationKey.bytes
    unreduced[0] = 0xff
    unreduced[1] |= 0x0f
    #expect(failureCode { try XWing.EncapsulationKey(unreduced) } == .malformed)
    let weak = try XWing.EncapsulationKey(key.encapsulationKey.bytes[..<1184] + Self.lowOrder)
    #expect(failureCode { try weak.encapsulate(using: &random) } == .authenticationFailed)
    let sent = try key.encapsulationKey.encapsulate(using: &random).ciphertext.bytes
    let forced = try XWing.Ciphertext(sent[..<1088] + Self.lowOrder)
    #expect(failureCode { try key.decapsulate(forced) } == .authenticationFailed)
  }
}
