import CygnetHPKE
import CygnetPrimitives
import Testing

@Suite("HPKE contexts")
struct ContextTests {
  @Test("messages open in the order in which they were sealed")
  func order() throws {
    let key = try HPKE.PrivateKey.generate()
    var sender = try HPKE.Sender(
      to: key.publicKey, suite: .x25519SHA256ChaCha20Poly1305, info: [1, 2, 3])
    var recipient = try HPKE.Recipient(
      sender.encapsulatedKey, for: key, suite: .x25519SHA256ChaCha20Poly1305, info: [1, 2, 3])
    for number in 0..<UInt8(20) {
      let ciphertext = try sender.seal([number, 7], authenticating: [number])
      #expect(try recipient.open(ciphertext, authenticating: [number]) == [number, 7])
    }
  }
}
