import CygnetHPKE
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("HPKE keys and algorithms")
struct KeyTests {
  @Test("a key of another length is malformed")
  func lengths() throws {
    for count in [0, 31, 33, 1216] {
      let bytes = [UInt8](repeating: 7, count: count)
      #expect(failureCode { try HPKE.PublicKey(kem: .x25519, bytes: bytes) } == .malformed)
      let secret = SecretBytes(copying: bytes)
      #expect(failureCode { try HPKE.PrivateKey(kem: .x25519, secret: secret) } == .malformed)
      let key = try HPKE.PrivateKey.generate().publicKey
      let code = failureCode {
        try HPKE.PrivateKey(kem: .x25519, secret: secret, publicKey: key)
      }
      #expect(code == .malformed)
    }
  }

  @Test("a private key comes back from its serialized form with the same public half")
  func restoring() throws {
    let key = try HPKE.PrivateKey.generate()
    let restored = try HPKE.PrivateKey(kem: key.kem, secret: key.secret)
    #expect(restored.publicKey == key.publicKey)
    #expect(restored.secret == key.secret)
    #expect(try HPKE.PublicKey(kem: .x25519, bytes: key.publicKey.bytes) == key.publicKey)
    #expect(try HPKE.PrivateKey.generate().publicKey != key.publicKey)
  }

  @Test("a key pair is derived from its material, whatever its length")
  func derivation() throws {
    var seen: Set<HPKE.PublicKey> = []
    for count in [0, 1, 32, 64] {
      let material = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      let key = try HPKE.KEM.x25519.deriveKeyPair(inputKeyMaterial: material)
      let again = try HPKE.KEM.x25519.deriveKeyPair(inputKeyMaterial: material)
      #expect(key.secret == again.secret)
      #expect(try HPKE.PrivateKey(kem: .x25519, secret: key.secret).publicKey == key.publicKey)
      seen.insert(key.publicKey)
    }
    #expect(seen.count == 4)
  }

  @Test("one draw of 32 bytes makes a key pair, and one an encapsulation")
  func draws() throws {
    var random = CountingRandomSource(1)
    let key = try HPKE.PrivateKey.generate(using: &random)
    #expect(random.takeDraws() == [32])
    for mode in Mode.allCases {
      let fixture = try Fixture()
      _ = try HPKE.Sender(
        to: key.publicKey, suite: fixture.suite, info: [], mode: fixture.senderMode(mode),
        using: &random)
      #expect(random.takeDraws() == [32])
    }
  }

  @Test("numbers that are not offered are refused")
  func numbers() throws {
    #expect(try HPKE.KEM(id: 0x20) == .x25519)
    #expect(try HPKE.KEM(id: 0x647a) == .xWing)
    #expect(try HPKE.KDF(id: 1) == .hkdfSHA256)
    #expect(try HPKE.KDF(id: 3) == .hkdfSHA512)
    #expect(try HPKE.AEAD(id: 3) == .chaCha20Poly1305)
    #expect(try HPKE.AEAD(id: 0xffff) == .exportOnly)
    for id in [0, 0x10, 0x21, 0xffff] as [UInt16] {
      #expect(failureCode { try HPKE.KEM(id: id) } == .unsupported)
    }
    for id in [0, 2, 4, 0xffff] as [UInt16] {
      #expect(failureCode { try HPKE.KDF(id: id) } == .unsupported)
    }
    for id in [0, 1, 2, 4, 0xfffe] as [UInt16] {
      #expect(failureCode { try HPKE.AEAD(id: id) } == .unsupported)
    }
    #expect(HPKE.CipherSuite.x25519SHA256ChaCha20Poly1305 != .x25519SHA512ChaCha20Poly1305)
    #expect(HPKE.CipherSuite.x25519SHA256ChaCha20Poly1305 != .x25519SHA256ExportOnly)
    #expect(Set(allSuites).count == 6)
  }

  @Test("nothing is sealed to a key of low order, in any mode", arguments: lowOrderPoints)
  func lowOrderRecipient(point: String) throws {
    var fixture = try Fixture()
    let key = try HPKE.PublicKey(kem: .x25519, bytes: hex(point))
    for mode in Mode.allCases {
      let senderMode = fixture.senderMode(mode)
      do throws(CygnetError) {
        _ = try HPKE.Sender(
          to: key, suite: fixture.suite, info: [], mode: senderMode, using: &fixture.random)
        Issue.record("a context for a key of low order")
      } catch { #expect(error.code == .malformed) }
    }
    let code = failureCode {
      try HPKE.seal(
        secret("00"), to: key, suite: fixture.suite, info: [], authenticating: [],
        using: &fixture.random)
    }
    #expect(code == .malformed)
  }

  @Test("nothing is opened from a key of low order", arguments: lowOrderPoints)
  func lowOrderSender(point: String) throws {
    var fixture = try Fixture()
    for mode in Mode.allCases {
      let code = failureCode { try fixture.makeRecipient(hex(point), mode) }
      #expect(code == .authenticationFailed)
    }
    let key = try HPKE.PublicKey(kem: .x25519, bytes: hex(point))
    let enc = try fixture.makeSender(.auth).encapsulatedKey
    let code = failureCode {
      try HPKE.Recipient(
        enc, for: fixture.recipient, suite: fixture.suite, info: [], authenticatedBy: key)
    }
    #expect(code == .authenticationFailed)
  }

  @Test("a public key that is not canonical serves, as RFC 7748 has it")
  func nonCanonical() throws {
    var f = try Fixture()
    var bytes = f.recipient.publicKey.bytes
    bytes[31] |= 0x80
    let other = try HPKE.PublicKey(kem: .x25519, bytes: bytes)
    #expect(other != f.recipient.publicKey)
    var sender = try HPKE.Sender(to: other, suite: f.suite, info: f.info, using: &f.random)
    let ciphertext = try sender.seal([1])
    // The recipient's public key is part of the context as it is encoded.
    let same = try HPKE.PrivateKey(
      kem: .x25519, secret: f.recipient.secret, publicKey: other)
    var recipient = try HPKE.Recipient(
      sender.encapsulatedKey, for: same, suite: f.suite, info: f.info)
    #expect(try recipient.open(ciphertext) == [1])
    var canonical = try f.makeRecipient(sender.encapsulatedKey)
    #expect(failureCode { try canonical.open(ciphertext) } == .authenticationFailed)
  }

  @Test("a pre-shared key has 32 bytes at least and a name")
  func preSharedKeys() throws {
    for count in [0, 1, 31] {
      let secret = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      #expect(failureCode { try HPKE.PreSharedKey(id: [1], secret: secret) } == .malformed)
      #expect(failureCode { try HPKE.PreSharedKey(id: [], secret: secret) } == .malformed)
    }
    for count in [32, 33, 1000] {
      let secret = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      #expect(try HPKE.PreSharedKey(id: [1], secret: secret).secret == secret)
      #expect(failureCode { try HPKE.PreSharedKey(id: [], secret: secret) } == .malformed)
    }
  }
}
