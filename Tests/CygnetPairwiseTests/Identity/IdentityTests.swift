import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Identities and addresses")
struct IdentityTests {
  @Test("a stored identity comes back and signs and agrees as before")
  func stored() throws {
    let identity = try TestDevice("alice").identity
    let state = try identity.state()
    #expect(state.count == 35)
    let restored = try IdentityKeyPair(restoring: state)
    #expect(restored.publicKey == identity.publicKey)
    #expect(try restored.state() == state)
    let violations = wireLawViolations(
      state.exposed(),
      decode: { bytes throws(CygnetError) in
        try IdentityKeyPair(restoring: SecretBytes(copying: bytes))
      },
      encode: { identity throws(CygnetError) in try identity.state().exposed() })
    #expect(violations == [])
  }

  @Test("an identity key is 33 bytes with its type byte, and no other encoding is taken")
  func encoding() throws {
    let key = try TestDevice("alice").identity.publicKey
    let encoded = key.encoded()
    #expect(encoded.count == 33 && encoded[0] == 1)
    #expect(try IdentityKey(decoding: encoded) == key)
    for bytes in [[], Array(encoded.dropLast()), encoded + [0], [2] + encoded.dropFirst()] {
      #expect(failureCode { try IdentityKey(decoding: bytes) } == .malformed)
    }
  }

  @Test("an address holds 1 to 255 bytes of user")
  func address() throws {
    for count in [1, 63, 64, 255] {
      let address = try DeviceAddress(user: [UInt8](repeating: 1, count: count), device: .max)
      #expect(wireLawViolations(DeviceAddress.self, try address.wireEncoded()) == [])
    }
    for count in [0, 256, 70_000] {
      let user = [UInt8](repeating: 1, count: count)
      #expect(failureCode { try DeviceAddress(user: user, device: 1) } == .malformed)
      let encoded = try Opaque(bytes: user).wireEncoded() + [0, 0, 0, 1]
      #expect(failureCode { try DeviceAddress(wire: encoded) } == .malformed)
    }
  }

  @Test("every part of bundle and handshake obeys the law of the codec")
  func parts() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob", oneTimeCount: 1)
    let bundle = try bob.takeBundle()
    let without = try bob.takeBundle()
    #expect(wireLawViolations(PreKeyBundle.self, try bundle.encoded()) == [])
    #expect(wireLawViolations(PreKeyBundle.self, try without.encoded()) == [])
    #expect(wireLawViolations(SignedPreKey.self, try bundle.signedPreKey.wireEncoded()) == [])
    let oneTime = try #require(bundle.oneTimePreKey)
    #expect(wireLawViolations(OneTimePreKey.self, try oneTime.wireEncoded()) == [])
    #expect(wireLawViolations(OneTimePreKeyID.self, try oneTime.id.wireEncoded()) == [])
    #expect(wireLawViolations(X25519.PublicKey.self, try oneTime.key.wireEncoded()) == [])
    #expect(wireLawViolations(Ed25519.PublicKey.self, try bundle.identity.wireEncoded()) == [])
    #expect(wireLawViolations(Suite.self, try Suite.x3dh.wireEncoded()) == [])
    for chosen in [bundle, without] {
      var session = try PairwiseSession.initiate(
        to: chosen.verified(now: TestDevice.now, policy: .classicalAllowed), as: alice.identity,
        at: alice.address)
      guard case .initial(let initial) = try session.encrypt([1]) else { throw NotInitial() }
      #expect(wireLawViolations(Handshake.self, try initial.handshake.wireEncoded()) == [])
      let id = try initial.handshake.id()
      #expect(wireLawViolations(HandshakeID.self, try id.wireEncoded()) == [])
    }
    let header = RatchetHeader(ratchetKey: oneTime.key, previousChainLength: 1, n: .max)
    #expect(wireLawViolations(RatchetHeader.self, try header.encoded()) == [])
    #expect(try header.encoded().count == RatchetHeader.byteCount)
    #expect(
      wireLawViolations(SkippedMessageKeys.self, try SkippedMessageKeys().wireEncoded()) == [])
  }

  @Test("a signature for one purpose is not one for bare content")
  func label() throws {
    let alice = try TestDevice("alice")
    let content = try SignedContent.bytes(.signedPreKey, alice.address)
    let plain = try alice.address.wireEncoded()
    #expect(content.count == 1 + 23 + 1 + plain.count)
    #expect(Array(content[1..<24]) == Array("Cygnet 1.0 SignedPreKey".utf8))
    let signature = try alice.identity.signature(of: alice.address, label: .signedPreKey)
    try alice.identity.publicKey.ed25519.verify(signature: signature, of: content)
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try alice.identity.publicKey.ed25519.verify(signature: signature, of: plain)
    }
  }
}

private struct Opaque: WireEncodable {
  let bytes: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) { try writer.write(opaque: bytes) }
}
