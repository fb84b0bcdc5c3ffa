import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Ed25519")
struct Ed25519Tests {
  private let seed = secret("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
  private let signature = hex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
      + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")
  private let message: [UInt8] = [0x72]

  private func verifies(_ key: [UInt8], _ signature: [UInt8], _ message: [UInt8]) -> Bool {
    let code = failureCode {
      try Ed25519.PublicKey(key).verify(signature: signature, of: message)
    }
    #expect(code == nil || code == .authenticationFailed)
    return code == nil
  }

  @Test("RFC 8032 §7.1, test 2: public key, signature, verification")
  func known() throws {
    let key = try Ed25519.PrivateKey(seed: seed)
    #expect(
      key.publicKey.bytes
        == hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
    #expect(try key.signature(of: message) == signature)
    #expect(key.seed == seed)
    try key.publicKey.verify(signature: signature, of: message)
  }

  @Test("no bit of signature, message or key may change")
  func tampering() throws {
    let key = try Ed25519.PrivateKey(seed: seed).publicKey.bytes
    try everyBitFlip(of: signature) { bit, flipped in
      #expect(!verifies(key, flipped, message), "signature bit \(bit)")
    }
    try everyBitFlip(of: key) { bit, flipped in
      #expect(!verifies(flipped, signature, message), "key bit \(bit)")
    }
    try everyBitFlip(of: message) { bit, flipped in
      #expect(!verifies(key, signature, flipped), "message bit \(bit)")
    }
    #expect(!verifies(key, signature, []) && !verifies(key, signature, message + [0]))
  }

  @Test("a signature has 64 bytes and nothing else")
  func signatureLength() throws {
    let key = try Ed25519.PrivateKey(seed: seed).publicKey.bytes
    for count in 0..<64 {
      #expect(!verifies(key, Array(signature[..<count]), message), "\(count) bytes")
    }
    #expect(!verifies(key, signature + [0], message))
  }

  @Test("S plus the group's order is refused, so a signature has one form")
  func malleability() throws {
    let key = try Ed25519.PrivateKey(seed: seed).publicKey.bytes
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
    var forged = signature
    var carry = 0
    for index in 0..<32 {
      carry += Int(forged[32 + index]) + Int(order[index])
      forged[32 + index] = UInt8(carry & 0xff)
      carry >>= 8
    }
    #expect(carry == 0 && forged != signature)
    #expect(!verifies(key, forged, message))
  }

  @Test("a key or R of small order is refused, where the equation alone would hold")
  func smallOrder() throws {
    let identity = hex("0100000000000000000000000000000000000000000000000000000000000000")
    let zero = [UInt8](repeating: 0, count: 32)
    // 0·B = R + h·A holds for A and R both the identity, whatever the message.
    #expect(!verifies(identity, identity + zero, message))
    for point in Self.outsideMainSubgroup where point != Self.offCurve {
      #expect(!verifies(hex(point), identity + zero, message), "key \(point)")
      #expect(!verifies(identity, hex(point) + zero, message), "R \(point)")
    }
  }

  @Test("an empty message is signed and verified")
  func emptyMessage() throws {
    let key = try Ed25519.PrivateKey(seed: seed)
    let signature = try key.signature(of: [])
    try key.publicKey.verify(signature: signature, of: [])
    #expect(!verifies(key.publicKey.bytes, signature, [0]))
  }

  @Test("keys and seeds of another length are refused")
  func lengths() {
    for count in [0, 31, 33, 64] {
      let bytes = [UInt8](repeating: 1, count: count)
      #expect(failureCode { try Ed25519.PublicKey(bytes) } == .malformed)
      let seed = SecretBytes(copying: bytes)
      #expect(failureCode { try Ed25519.PrivateKey(seed: seed) } == .malformed)
    }
  }

  @Test("both halves have an X25519 form, and the forms belong together")
  func conversion() throws {
    let key = try Ed25519.PrivateKey(
      seed: secret("519556a3988485a5cd8252131663367aaccd21b263490e4da4d41d46ddad1242"))
    let converted = try key.x25519()
    #expect(
      converted.secret.exposed()
        == hex("20017376b9740b9df1085cd305f60236234188360bfa3f3e0cc3680f2b2fb864"))
    let point = try key.publicKey.x25519()
    #expect(point.bytes == hex("e7ef68fe1f206bddd431345d98b8da1829418d378b4dea59f7b9599f118e524c"))
    #expect(try converted.publicKey() == point)
  }

  private static let offCurve = "0200000000000000000000000000000000000000000000000000000000000000"
  private static let outsideMainSubgroup = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    offCurve,
  ]

  @Test("a point off the curve, of small order, mixed or not canonical has no X25519 form")
  func badPoints() throws {
    var points = Self.outsideMainSubgroup.map { hex($0) }
    points.append(Sodium.invalidPoint)
    // y = p, p + 1, p + 3: the encodings of 0, 1, 3 that are not the smallest.
    for low in [UInt8(0xed), 0xee, 0xf0] {
      for top in [UInt8(0x7f), 0xff] {
        points.append([low] + [UInt8](repeating: 0xff, count: 30) + [top])
      }
    }
    for point in points {
      #expect(
        failureCode { try Ed25519.PublicKey(point).x25519() } == .malformed, "\(point.hexDigits)")
    }
  }

  @Test("canonical means y below 2^255 − 19, whatever the sign bit")
  func canonical() throws {
    for sign in [UInt8(0), 0x80] {
      func isCanonical(_ first: UInt8, _ last: UInt8 = 0x7f, middle: UInt8 = 0xff) throws -> Bool {
        let middle = [UInt8](repeating: middle, count: 30)
        return try Ed25519.PublicKey([first] + middle + [last | sign]).isCanonical
      }
      #expect(try isCanonical(0xec))
      for first in UInt8(0xed)...0xff { #expect(try !isCanonical(first), "\(first)") }
      #expect(try isCanonical(0xff, 0x7e))
      #expect(try isCanonical(0xff, middle: 0xfe))
      #expect(try isCanonical(0, 0, middle: 0))
    }
  }
}
