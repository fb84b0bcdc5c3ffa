import CygnetPairwise
import CygnetPrimitives
import TestSupport
import Testing

@Suite("Prekey bundles")
struct PreKeyBundleTests {
  private static func bundle(createdAt: UInt64) throws -> PreKeyBundle {
    try TestDevice("bob", now: Timestamp(seconds: createdAt)).bundleWithoutOneTimePreKey()
  }

  @Test("a signed prekey is good from a day before its time until 60 days after")
  func age() throws {
    let created: UInt64 = 1_800_000_000
    let bundle = try Self.bundle(createdAt: created)
    let oldest = created + Limits.maxSignedPreKeyAge
    let earliest = created - Limits.maxClockSkew
    for now in [earliest, created, oldest] {
      _ = try bundle.verified(now: Timestamp(seconds: now), policy: .classicalAllowed)
    }
    for now in [earliest - 1, oldest + 1, 0, UInt64.max] {
      #expect(throws: CygnetError(.ruleViolation, "")) {
        try bundle.verified(now: Timestamp(seconds: now), policy: .classicalAllowed)
      }
    }
  }

  @Test("times at the end of the range do not overflow")
  func extremeTimes() throws {
    let last = try Self.bundle(createdAt: .max)
    _ = try last.verified(now: Timestamp(seconds: .max), policy: .classicalAllowed)
    #expect(throws: CygnetError(.ruleViolation, "")) {
      try last.verified(now: TestDevice.now, policy: .classicalAllowed)
    }
    let first = try Self.bundle(createdAt: 0)
    _ = try first.verified(now: Timestamp(seconds: 0), policy: .classicalAllowed)
    #expect(throws: CygnetError(.ruleViolation, "")) {
      try first.verified(now: TestDevice.now, policy: .classicalAllowed)
    }
  }

  @Test("another identity than the expected one is told before anything else")
  func expectedIdentity() throws {
    var bob = try TestDevice("bob")
    let bundle = try bob.takeBundle()
    let other = try IdentityKeyPair.generate().publicKey
    #expect(throws: CygnetError(.identityChanged, "")) {
      try bundle.verified(now: TestDevice.now, expecting: other, policy: .classicalAllowed)
    }
    let verified = try bundle.verified(
      now: TestDevice.now, expecting: bob.identity.publicKey, policy: .classicalAllowed)
    #expect(verified.identity == bob.identity.publicKey)
  }

  @Test("the signature covers suite, address, id, time and key, under its label")
  func signatureCoverage() throws {
    var bob = try TestDevice("bob")
    let good = try bob.takeBundle()
    let old = good.signedPreKey
    let otherKey = try #require(good.oneTimePreKey).key
    func bundle(
      suite: Suite = .x3dh, address: DeviceAddress? = nil, id: UInt32? = nil,
      createdAt: Timestamp? = nil, key: X25519.PublicKey? = nil, signature: [UInt8]? = nil
    ) -> PreKeyBundle {
      PreKeyBundle(
        suite: suite, identity: good.identity, address: address ?? good.address,
        signedPreKey: SignedPreKey(
          id: SignedPreKeyID(id ?? old.id.rawValue), createdAt: createdAt ?? old.createdAt,
          key: key ?? old.key, signature: signature ?? old.signature),
        oneTimePreKey: good.oneTimePreKey)
    }
    _ = try bundle().verified(now: TestDevice.now, policy: .classicalAllowed)
    let unlabelled = try bob.identity.signature(of: old.key, label: .signedPreKey)
    let altered = [
      bundle(suite: Suite(rawValue: 3)),
      bundle(address: try DeviceAddress(user: Array("bob".utf8), device: 2)),
      bundle(address: try DeviceAddress(user: Array("bop".utf8), device: 1)),
      bundle(id: 2), bundle(createdAt: Timestamp(seconds: TestDevice.now.seconds + 1)),
      bundle(key: otherKey), bundle(signature: [UInt8](repeating: 0, count: 64)),
      bundle(signature: unlabelled), bundle(signature: Array(old.signature.dropLast())),
    ]
    for bundle in altered {
      #expect(throws: CygnetError(.authenticationFailed, "")) {
        try bundle.verified(now: TestDevice.now, policy: .classicalAllowed)
      }
    }
  }

  /// The one-time prekey is not signed (X3DH §3.2), so a bit flipped there shows at the responder.
  @Test("a bit flipped anywhere in a bundle never leads to a session")
  func bitFlips() throws {
    let alice = try TestDevice("alice")
    var bob = try TestDevice("bob")
    let encoded = try bob.takeBundle().encoded()
    let before = try bob.preKeys.state()
    let oneTimeBegins = encoded.count - 1 - 37 - 1  // presence, id and key, suite data
    try everyBitFlip(of: encoded) { (bit, flipped) throws in
      let verified: VerifiedPreKeyBundle
      do {
        verified = try PreKeyBundle(decoding: flipped).verified(
          now: TestDevice.now, policy: .classicalAllowed)
      } catch let error as CygnetError {
        #expect(error.code != .internalFault, "bit \(bit)")
        return
      }
      #expect(bit / 8 > oneTimeBegins, "bit \(bit) is not covered by the signature")
      var session = try PairwiseSession.initiate(
        to: verified, as: alice.identity, at: alice.address)
      let message = try session.encrypt([1])
      let code = failureCode { try bob.accept(message, from: alice) }
      #expect(code == .authenticationFailed || code == .notFound, "bit \(bit)")
      #expect(try bob.preKeys.state() == before, "bit \(bit)")
    }
  }

  @Test("versions, types and suites that are unknown are told from malformed bytes")
  func unknown() throws {
    var bob = try TestDevice("bob")
    let encoded = try bob.takeBundle().encoded()
    func code(_ index: Int, _ byte: UInt8) -> CygnetError.Code? {
      var changed = encoded
      changed[index] = byte
      return failureCode { try PreKeyBundle(decoding: changed) }
    }
    #expect(code(1, 2) == .unsupported)
    #expect(code(2, 3) == .malformed)
    #expect(code(4, 3) == .unsupported)
    #expect(code(5, 2) == .malformed, "an identity key with the type byte of a curve key")
    #expect(failureCode { try PreKeyBundle(decoding: []) } == .malformed)
  }

  @Test("an identity key that is no point of the main subgroup is refused")
  func invalidIdentity() throws {
    var bob = try TestDevice("bob")
    let good = try bob.takeBundle()
    var points = [[UInt8](repeating: 0, count: 32), [0x95] + [UInt8](repeating: 0x99, count: 31)]
    points.append([1] + [UInt8](repeating: 0, count: 31))
    for point in points {
      #expect(failureCode { try IdentityKey(decoding: [1] + point) } == .malformed)
      let bundle = PreKeyBundle(
        suite: .x3dh, identity: try Ed25519.PublicKey(point), address: good.address,
        signedPreKey: good.signedPreKey, oneTimePreKey: nil)
      let code = failureCode { try bundle.verified(now: TestDevice.now, policy: .classicalAllowed) }
      #expect(code == .authenticationFailed || code == .malformed)
    }
  }
}
