import CygnetHPKE
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("HPKE with X-Wing")
struct XWingTests {
  private let suite = HPKE.CipherSuite.xWingSHA256ChaCha20Poly1305

  @Test("keys have the lengths of the registry, and other lengths are malformed")
  func lengths() throws {
    let kem = HPKE.KEM.xWing
    #expect(kem.publicKeyByteCount == 1216)
    #expect(kem.privateKeyByteCount == 32)
    #expect(kem.encapsulatedKeyByteCount == 1120)
    let key = try HPKE.PrivateKey.generate(kem: kem)
    #expect(key.publicKey.bytes.count == 1216)
    #expect(key.secret.count == 32)
    for count in [0, 32, 1184, 1215, 1217] {
      let bytes = [UInt8](repeating: 1, count: count)
      #expect(failureCode { try HPKE.PublicKey(kem: kem, bytes: bytes) } == .malformed)
      #expect(!kem.isUsable(bytes))
    }
    for count in [0, 31, 33, 64, 96, 2432] {
      let secret = SecretBytes(copying: [UInt8](repeating: 1, count: count))
      #expect(failureCode { try HPKE.PrivateKey(kem: kem, secret: secret) } == .malformed)
    }
    let sender = try HPKE.Sender(to: key.publicKey, suite: suite, info: [])
    #expect(sender.encapsulatedKey.count == 1120)
    for count in [0, 32, 1088, 1119, 1121] {
      let enc = [UInt8](repeating: 1, count: count)
      let code = failureCode { try HPKE.Recipient(enc, for: key, suite: suite, info: []) }
      #expect(code == .malformed)
    }
  }

  @Test("a key is derived by SHAKE256 over the material, then the labels")
  func derivation() throws {
    let material = Array("some material".utf8)
    let labels: [UInt8] =
      Array("HPKE-v1".utf8) + Array("KEM".utf8) + [0x64, 0x7a, 0, 13]
      + Array("DeriveKeyPair".utf8) + [0, 32]
    let key = try HPKE.KEM.xWing.deriveKeyPair(inputKeyMaterial: SecretBytes(copying: material))
    #expect(key.secret.exposed() == SHAKE256.hash(material + labels, count: 32))
    let xwing = try XWing.DecapsulationKey(seed: key.secret)
    #expect(key.publicKey.bytes == xwing.encapsulationKey.bytes)
  }

  @Test("one draw of 32 bytes makes a key pair, one of 64 an encapsulation")
  func draws() throws {
    var random = CountingRandomSource(1)
    let key = try HPKE.PrivateKey.generate(kem: .xWing, using: &random)
    #expect(random.takeDraws() == [32])
    _ = try HPKE.Sender(to: key.publicKey, suite: suite, info: [], using: &random)
    #expect(random.takeDraws() == [64])
  }

  @Test("the modes with a sender's key are unsupported on both sides, and draw nothing")
  func authentication() throws {
    let f = try Fixture(suite)
    var random = CountingRandomSource(1)
    for mode in [Mode.auth, .authPSK] {
      do throws(CygnetError) {
        _ = try HPKE.Sender(
          to: f.recipient.publicKey, suite: suite, info: [], mode: f.senderMode(mode),
          using: &random)
        Issue.record("a sender authenticated itself")
      } catch { #expect(error.code == .unsupported) }
      let enc = [UInt8](repeating: 1, count: 1120)
      #expect(failureCode { try f.makeRecipient(enc, mode) } == .unsupported)
    }
    #expect(random.takeDraws() == [])
  }

  @Test("a key of another KEM than the suite's is refused")
  func otherKEM() throws {
    let (own, other) = (try Fixture(suite), try Fixture())
    for (f, key) in [(own, other.recipient), (other, own.recipient)] {
      do throws(CygnetError) {
        _ = try HPKE.Sender(to: key.publicKey, suite: f.suite, info: [])
        Issue.record("a sender took the key of another KEM")
      } catch { #expect(error.code == .wrongState) }
      let enc = [UInt8](repeating: 9, count: f.suite.kem.encapsulatedKeyByteCount)
      let code = failureCode { try HPKE.Recipient(enc, for: key, suite: f.suite, info: []) }
      #expect(code == .wrongState)
    }
    let mixed = failureCode {
      try HPKE.PrivateKey(
        kem: .xWing, secret: own.recipient.secret, publicKey: other.recipient.publicKey)
    }
    #expect(mixed == .wrongState)
  }

  @Test("nothing is sealed to a key with a coefficient beyond q, or of low order")
  func unusable() throws {
    var f = try Fixture(suite)
    let good = f.recipient.publicKey.bytes
    #expect(HPKE.KEM.xWing.isUsable(good))
    var unreduced = good
    unreduced[0] = 0xff
    unreduced[1] |= 0x0f
    var bad = [unreduced]
    for point in lowOrderPoints { bad.append(good[..<1184] + hex(point)) }
    for bytes in bad {
      #expect(!HPKE.KEM.xWing.isUsable(bytes))
      let key = try HPKE.PublicKey(kem: .xWing, bytes: bytes)
      let code = failureCode {
        try HPKE.seal(
          secret("00"), to: key, suite: suite, info: [], authenticating: [], using: &f.random)
      }
      #expect(code == .malformed)
    }
  }

  @Test("nothing is opened from an X25519 key of low order", arguments: lowOrderPoints)
  func lowOrderSender(point: String) throws {
    var f = try Fixture(suite)
    let enc = try f.makeSender().encapsulatedKey
    #expect(failureCode { try f.makeRecipient(enc[..<1088] + hex(point)) } == .authenticationFailed)
  }

  @Test("a changed byte of the encapsulated key opens nothing, wherever it stands")
  func changedEncapsulation() throws {
    var f = try Fixture(suite)
    var sender = try f.makeSender()
    let ciphertext = try sender.seal([1, 2, 3])
    for place in stride(from: 0, to: 1120, by: 31) {
      var enc = sender.encapsulatedKey
      enc[place] ^= 1
      let code = failureCode {
        var recipient = try f.makeRecipient(enc)
        return try recipient.open(ciphertext)
      }
      #expect(code == .authenticationFailed, "\(place)")
    }
  }

  @Test("a key from its stored halves opens what one from its seed does, and so do copies of it")
  func stored() throws {
    let f = try Fixture(suite)
    let stored = try HPKE.PrivateKey(
      kem: .xWing, secret: f.recipient.secret, publicKey: f.recipient.publicKey)
    let copy = stored
    for key in [stored, copy, stored, f.recipient] {
      var sender = try HPKE.Sender(to: f.recipient.publicKey, suite: suite, info: f.info)
      var recipient = try HPKE.Recipient(
        sender.encapsulatedKey, for: key, suite: suite, info: f.info)
      #expect(try recipient.open(sender.seal([7])) == [7])
    }
  }
}
