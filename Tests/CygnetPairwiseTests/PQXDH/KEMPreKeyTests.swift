import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("KEM prekeys")
struct KEMPreKeyTests {
  @Test("a classical bundle and card are refused unless policy says otherwise")
  func downgrade() throws {
    var classical = try TestDevice("bob")
    let bundle = try classical.takeBundle()
    #expect(failureCode { try bundle.verified(now: TestDevice.now) } == .ruleViolation)
    let allowed = try bundle.verified(now: TestDevice.now, policy: .classicalAllowed)
    #expect(!allowed.suite.isPostQuantum)
    let card = try ContactCard.make(
      classical.bundleWithoutOneTimePreKey(), name: [], by: classical.identity,
      now: TestDevice.now)
    #expect(failureCode { try card.verified(now: TestDevice.now) } == .ruleViolation)
    let alice = try TestDevice("alice")
    let session = try PairwiseSession.initiate(to: allowed, as: alice.identity, at: alice.address)
    #expect(session.suite == .x3dh && !session.suite.isPostQuantum)

    var bob = try TestDevice.postQuantum("bob")
    let good = try bob.takeBundle()
    // A server makes a classical bundle of a post-quantum one.
    let stripped = PreKeyBundle(
      suite: .x3dh, identity: good.identity, address: good.address,
      signedPreKey: good.signedPreKey, oneTimePreKey: good.oneTimePreKey)
    for policy in [SuitePolicy.postQuantumOnly, .classicalAllowed] {
      let code = failureCode { try stripped.verified(now: TestDevice.now, policy: policy) }
      #expect(code == (policy == .postQuantumOnly ? .ruleViolation : .authenticationFailed))
    }
    let empty = PreKeyBundle(
      suite: .pqxdh, identity: good.identity, address: good.address,
      signedPreKey: good.signedPreKey, oneTimePreKey: nil)
    #expect(failureCode { try empty.verified(now: TestDevice.now) } == .malformed)
    #expect(failureCode { try PreKeyBundle(decoding: empty.encoded()) } == .malformed)
  }

  @Test("the signature covers suite, address, id, kind, time and the encoded key")
  func signatureCoverage() throws {
    var bob = try TestDevice.postQuantum("bob", oneTimeCount: 2)
    let good = try bob.takeBundle()
    let key = try #require(good.kemPreKey)
    let second = try #require(bob.takeBundle().kemPreKey)
    let last = try #require(bob.bundleWithoutOneTimePreKey().kemPreKey)
    func bundle(
      id: KEMPreKeyID? = nil, kind: KEMPreKeyKind? = nil, createdAt: Timestamp? = nil,
      key other: MLKEM768.EncapsulationKey? = nil, signature: [UInt8]? = nil
    ) -> PreKeyBundle {
      PreKeyBundle(
        suite: .pqxdh, identity: good.identity, address: good.address,
        signedPreKey: good.signedPreKey, oneTimePreKey: good.oneTimePreKey,
        kemPreKey: KEMPreKey(
          id: id ?? key.id, kind: kind ?? key.kind, createdAt: createdAt ?? key.createdAt,
          key: other ?? key.key, signature: signature ?? key.signature))
    }
    func signed(_ address: DeviceAddress, _ suite: Suite) throws -> [UInt8] {
      try bob.identity.signature(
        of: KEMPreKeyContent(
          suite: suite, address: address, id: key.id, kind: key.kind, createdAt: key.createdAt,
          key: key.key), label: .kemPreKey)
    }
    _ = try bundle().verified(now: TestDevice.now)
    _ = try bundle(signature: signed(bob.address, .pqxdh)).verified(now: TestDevice.now)
    let altered: [(String, PreKeyBundle)] = [
      ("id", bundle(id: second.id)), ("kind", bundle(kind: .lastResort)),
      ("time", bundle(createdAt: Timestamp(seconds: TestDevice.now.seconds + 1))),
      ("another's key", bundle(key: second.key)),
      ("another's signature", bundle(signature: second.signature)),
      ("the last resort's signature", bundle(signature: last.signature)),
      ("the signed prekey's signature", bundle(signature: good.signedPreKey.signature)),
      ("signed for another suite", bundle(signature: try signed(bob.address, .x3dh))),
      (
        "signed for another device",
        bundle(
          signature: try signed(
            DeviceAddress(user: bob.address.user, device: 2), .pqxdh))
      ),
      (
        "signed without its type byte",
        bundle(
          signature: try bob.identity.signature(
            of: Untyped(bytes: key.key.bytes), label: .kemPreKey))
      ),
      (
        "signed under the other label",
        bundle(
          signature: try bob.identity.signature(
            of: KEMPreKeyContent(
              suite: .pqxdh, address: bob.address, id: key.id, kind: key.kind,
              createdAt: key.createdAt, key: key.key), label: .signedPreKey))
      ),
    ]
    for (name, bundle) in altered {
      let code = failureCode { try bundle.verified(now: TestDevice.now) }
      #expect(code == .authenticationFailed, "\(name)")
    }
  }

  private struct Untyped: WireEncodable {
    let bytes: [UInt8]

    func encode(into writer: inout Writer) throws(CygnetError) { writer.write(fixed: bytes) }
  }

  @Test("a key of another type, length or with a coefficient beyond q does not decode")
  func encoding() throws {
    var bob = try TestDevice.postQuantum("bob")
    let bundle = try bob.takeBundle()
    let key = try #require(bundle.kemPreKey)
    let encoded = try key.wireEncoded()
    #expect(encoded.count == 4 + 1 + 8 + 1185 + 64)
    #expect(wireLawViolations(KEMPreKey.self, encoded) == [])
    #expect(wireLawViolations(PreKeyBundle.self, try bundle.encoded()) == [])
    for type in UInt8.min...UInt8.max where type != 0x10 {
      var other = encoded
      other[13] = type
      #expect(failureCode { try KEMPreKey(wire: other) } == .malformed, "type \(type)")
    }
    for kind in [0, 3, 255] as [UInt8] {
      var other = encoded
      other[4] = kind
      #expect(failureCode { try KEMPreKey(wire: other) } == .malformed, "kind \(kind)")
    }
    var large = encoded
    large[14] = 0xff
    large[15] |= 0x0f
    #expect(failureCode { try KEMPreKey(wire: large) } == .malformed, "coefficient 4095")
    // A curve key in the place of a KEM key, and the other way round.
    let curve = try bundle.signedPreKey.key.wireEncoded()
    #expect(failureCode { try MLKEM768.EncapsulationKey(wire: curve) } == .malformed)
    #expect(failureCode { try X25519.PublicKey(wire: key.key.wireEncoded()) } == .malformed)
    #expect(failureCode { try Ed25519.PublicKey(wire: key.key.wireEncoded()) } == .malformed)
  }

  @Test("a last resort too old, and any key from the future, is refused")
  func age() throws {
    var bob = try TestDevice.postQuantum("bob", oneTimeCount: 1)
    let start = TestDevice.now
    let oneTime = try #require(bob.takeBundle().kemPreKey)
    let lastResort = try #require(bob.bundleWithoutOneTimePreKey().kemPreKey)
    let late = Timestamp(seconds: start.seconds + Limits.maxSignedPreKeyAge + 1)
    try bob.preKeys.rotateSignedPreKey(for: bob.identity, at: bob.address, now: late)
    let fresh = try bob.bundleWithoutOneTimePreKey()
    func bundle(_ key: KEMPreKey?) -> PreKeyBundle {
      PreKeyBundle(
        suite: .pqxdh, identity: fresh.identity, address: fresh.address,
        signedPreKey: fresh.signedPreKey, oneTimePreKey: nil, kemPreKey: key)
    }
    _ = try bundle(oneTime).verified(now: late)
    #expect(failureCode { try bundle(lastResort).verified(now: late) } == .ruleViolation)
    let justInTime = Timestamp(seconds: late.seconds - 1)
    _ = try bundle(lastResort).verified(now: justInTime)

    let future = Timestamp(seconds: late.seconds + Limits.maxClockSkew + 1)
    try bob.preKeys.addOneTimeKEMPreKeys(1, for: bob.identity, at: bob.address, now: future)
    let early = try #require(bob.takeBundle().kemPreKey)
    #expect(early.createdAt == future)
    #expect(failureCode { try bundle(early).verified(now: late) } == .ruleViolation)
  }

  @Test("each one-time KEM prekey is handed out once, then the one of last resort")
  func handingOut() throws {
    var bob = try TestDevice.postQuantum("bob", oneTimeCount: 2)
    #expect(bob.preKeys.unusedOneTimeKEMPreKeyCount == 2)
    var ids: [UInt32] = []
    for _ in 0..<4 {
      let key = try #require(bob.takeBundle().kemPreKey)
      ids.append(key.id.rawValue)
      #expect(key.kind == (ids.count <= 2 ? .oneTime : .lastResort))
    }
    #expect(ids == [2, 3, 1, 1])
    #expect(bob.preKeys.unusedOneTimeKEMPreKeyCount == 0)
    try bob.preKeys.addOneTimeKEMPreKeys(
      1, for: bob.identity, at: bob.address, now: TestDevice.now)
    #expect(try bob.takeBundle().kemPreKey?.id == KEMPreKeyID(4))
    let before = try bob.preKeys.state()
    for count in [Limits.maxOneTimeKEMPreKeys, Int.max, -1] {
      #expect(throws: CygnetError(.limitExceeded, "")) {
        try bob.preKeys.addOneTimeKEMPreKeys(
          count, for: bob.identity, at: bob.address, now: TestDevice.now)
      }
    }
    #expect(try bob.preKeys.state() == before)
    var classical = try TestDevice("carol")
    #expect(throws: CygnetError(.wrongState, "")) {
      try classical.preKeys.addOneTimeKEMPreKeys(
        1, for: classical.identity, at: classical.address, now: TestDevice.now)
    }
  }
}
