import CygnetHPKE
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("HPKE single messages")
struct OneShotTests {
  private func seal(
    _ plaintext: [UInt8], _ fixture: inout Fixture
  ) throws -> (encapsulatedKey: [UInt8], ciphertext: [UInt8]) {
    try HPKE.seal(
      SecretBytes(copying: plaintext), to: fixture.recipient.publicKey, suite: fixture.suite,
      info: fixture.info, authenticating: [5], using: &fixture.random)
  }

  private func open(
    _ ciphertext: [UInt8], _ encapsulatedKey: [UInt8], _ fixture: Fixture,
    authenticating: [UInt8] = [5]
  ) throws(CygnetError) -> [UInt8] {
    try HPKE.open(
      ciphertext, encapsulatedKey: encapsulatedKey, with: fixture.recipient, suite: fixture.suite,
      info: fixture.info, authenticating: authenticating
    ).exposed()
  }

  @Test("a message opens, and is the first of a context", arguments: sealingSuites)
  func roundTrip(suite: HPKE.CipherSuite) throws {
    for count in [0, 1, 32, 1000] {
      var fixture = try Fixture(suite, seed: UInt64(count))
      let plaintext = [UInt8](repeating: 9, count: count)
      var same = fixture
      let sealed = try seal(plaintext, &fixture)
      #expect(try open(sealed.ciphertext, sealed.encapsulatedKey, fixture) == plaintext)
      var sender = try same.makeSender()
      #expect(sender.encapsulatedKey == sealed.encapsulatedKey)
      #expect(try sender.seal(plaintext, authenticating: [5]) == sealed.ciphertext)
    }
  }

  @Test("every shortening and every changed bit is refused")
  func tampering() throws {
    var fixture = try Fixture()
    let (enc, ciphertext) = try seal([1, 2, 3], &fixture)
    for count in 0..<ciphertext.count {
      let code = failureCode { try open(Array(ciphertext[..<count]), enc, fixture) }
      #expect(code == .authenticationFailed)
    }
    try everyBitFlip(of: ciphertext) { bit, flipped in
      #expect(failureCode { try open(flipped, enc, fixture) } == .authenticationFailed, "\(bit)")
    }
    try everyBitFlip(of: enc) { bit, flipped in
      let code = failureCode { try open(ciphertext, flipped, fixture) }
      #expect(code == .authenticationFailed, "\(bit)")
    }
    #expect(failureCode { try open(ciphertext, enc.dropLast(), fixture) } == .malformed)
    let code = failureCode { try open(ciphertext, enc, fixture, authenticating: []) }
    #expect(code == .authenticationFailed)
  }

  @Test("an export-only suite neither seals nor opens, and draws nothing")
  func exportOnly() throws {
    let fixture = try Fixture(.x25519SHA256ExportOnly)
    var random = CountingRandomSource(1)
    let code = failureCode {
      try HPKE.seal(
        secret("00"), to: fixture.recipient.publicKey, suite: fixture.suite, info: [],
        authenticating: [], using: &random)
    }
    #expect(code == .wrongState)
    #expect(random.takeDraws() == [])
    let enc = [UInt8](repeating: 9, count: 32)
    let opening = failureCode { try open([UInt8](repeating: 0, count: 16), enc, fixture) }
    #expect(opening == .wrongState)
  }
}
