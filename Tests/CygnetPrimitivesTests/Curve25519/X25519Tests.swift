import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("X25519")
struct X25519Tests {
  private func privateKey(_ digits: String) throws -> X25519.PrivateKey {
    try X25519.PrivateKey(secret(digits))
  }

  @Test("RFC 7748 §6.1: public keys and the shared secret, from both sides")
  func known() throws {
    let alice = try privateKey("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    let bob = try privateKey("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
    let (alicePublic, bobPublic) = (try alice.publicKey(), try bob.publicKey())
    #expect(
      alicePublic.bytes == hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"))
    #expect(
      bobPublic.bytes == hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"))
    let shared = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742")
    #expect(try X25519.agreement(alice, bobPublic).exposed() == shared)
    #expect(try X25519.agreement(bob, alicePublic).exposed() == shared)
  }

  @Test("a scalar is clamped: bits 0 to 2, 254 and 255 do not matter, every other does")
  func clamping() throws {
    let scalar = hex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4")
    let peer = try X25519.PublicKey(
      hex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"))
    func agree(_ scalar: [UInt8]) throws -> SecretBytes {
      try X25519.agreement(X25519.PrivateKey(SecretBytes(copying: scalar)), peer)
    }
    let shared = try agree(scalar)
    #expect(
      shared.exposed() == hex("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"))
    let clamped = [0, 1, 2, 254, 255]
    try everyBitFlip(of: scalar) { (bit, flipped) throws in
      #expect(try (agree(flipped) == shared) == clamped.contains(bit), "bit \(bit)")
    }
  }

  @Test("every point of low order is refused, in every encoding")
  func lowOrder() throws {
    let key = try privateKey("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
    let points = [
      "0000000000000000000000000000000000000000000000000000000000000000",
      "0100000000000000000000000000000000000000000000000000000000000000",
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
      "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
      "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
      "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]
    for point in points {
      var bytes = hex(point)
      for topBit in [UInt8(0), 0x80] {
        bytes[31] = bytes[31] & 0x7f | topBit
        let peer = try X25519.PublicKey(bytes)
        #expect(
          failureCode { try X25519.agreement(key, peer) } == .authenticationFailed, "\(point)")
        #expect(peer.hasLowOrder, "\(point)")
        bytes[0] ^= 0x12
        #expect(try !X25519.PublicKey(bytes).hasLowOrder, "beside \(point)")
        bytes[0] ^= 0x12
      }
    }
  }

  @Test("canonical means below 2^255 − 19 with the top bit clear")
  func canonical() throws {
    func isCanonical(first: UInt8, middle: UInt8, last: UInt8) throws -> Bool {
      try X25519.PublicKey([first] + [UInt8](repeating: middle, count: 30) + [last]).isCanonical
    }
    #expect(try isCanonical(first: 0xec, middle: 0xff, last: 0x7f))
    for first in UInt8(0xed)...0xff {
      #expect(try !isCanonical(first: first, middle: 0xff, last: 0x7f), "\(first)")
    }
    #expect(try isCanonical(first: 0xff, middle: 0xff, last: 0x7e))
    #expect(try isCanonical(first: 0xff, middle: 0xfe, last: 0x7f))
    #expect(try isCanonical(first: 0, middle: 0, last: 0))
    #expect(try !isCanonical(first: 0, middle: 0, last: 0x80))
    #expect(try !isCanonical(first: 0xff, middle: 0xff, last: 0xff))
    for index in 1...30 {
      var bytes = [0xff] + [UInt8](repeating: 0xff, count: 30) + [0x7f]
      bytes[index] = 0xfe
      #expect(try X25519.PublicKey(bytes).isCanonical, "byte \(index)")
    }
  }

  @Test("keys of another length are refused")
  func lengths() {
    for count in [0, 31, 33, 64] {
      let bytes = [UInt8](repeating: 1, count: count)
      #expect(failureCode { try X25519.PublicKey(bytes) } == .malformed)
      #expect(failureCode { try X25519.PrivateKey(SecretBytes(copying: bytes)) } == .malformed)
    }
  }

  @Test("a generated pair takes one draw of 32 bytes and holds halves that belong together")
  func generation() throws {
    var random = CountingRandomSource(1)
    let pair = try X25519.KeyPair.generate(using: &random)
    #expect(random.takeDraws() == [32])
    #expect(try pair.privateKey.publicKey() == pair.publicKey)
    #expect(try X25519.KeyPair(pair.privateKey).publicKey == pair.publicKey)
    let other = try X25519.KeyPair.generate(using: &random)
    #expect(other.publicKey != pair.publicKey)
    #expect(
      try X25519.agreement(pair.privateKey, other.publicKey)
        == X25519.agreement(other.privateKey, pair.publicKey))
  }
}
