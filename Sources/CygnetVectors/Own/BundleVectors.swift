internal import CygnetPairwise
internal import CygnetPrimitives

/// Prekey bundles that must be taken or refused, each with one fault.
enum BundleVectors {
  static let suite = OwnVectorSuite(
    name: "x3dh/bundles", kind: .check, subject: "x3dh", spec: "X3DH §3.2, §3.3; Cygnet suite 1",
    notes: [
      .init(
        flag: "Encoding", description: "not the one encoding of a bundle",
        effect: "two readings of one bundle"),
      .init(
        flag: "Signature", description: "the signature does not cover what the bundle says",
        effect: "a server can replace a device's keys"),
      .init(
        flag: "Age", description: "bounds on the age of the signed prekey",
        effect: "a server can hand out a stale key whose private half has leaked"),
      .init(
        flag: "InvalidKey", description: "a key of low order or with a second spelling",
        effect: "agreements with a known result"),
      .init(
        flag: "IdentityChanged", description: "another identity key than the one on record",
        effect: "a change of keys goes unnoticed"),
    ],
    write: write)

  static func run(_ test: inout VectorLedger) throws(CygnetError) {
    let bytes = try test.bytes("bundle")
    let now = Timestamp(seconds: try test.integer("at"))
    let expected = try test.optionalBytes("expected_identity")
    let outcome = VectorLedger.attempt { () throws(CygnetError) in
      let record =
        if let expected { try IdentityKey(decoding: expected) } else { IdentityKey?.none }
      let bundle = try PreKeyBundle(decoding: bytes)
      let verified = try bundle.verified(
        now: now, expecting: record, policy: .classicalAllowed)
      let initiator = try IdentityKeyPair(
        seed: SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
      _ = try PairwiseSession.initiate(
        to: verified, as: initiator, at: DeviceAddress.named("alice"))
      return bundle
    }
    guard let bundle = try test.settle(outcome) else { return }
    guard try bundle.encoded() == bytes else { throw test.failure("re-encodes differently") }
  }

  // MARK: - Writing

  /// Offsets in a bundle of a three-byte user with a one-time prekey.
  private enum Offset {
    static let suite = 3
    static let identity = 5
    static let user = 39
    static let device = 42
    static let signedID = 46
    static let createdAt = 50
    static let signedKey = 58
    static let signature = 91
    static let presence = 155
    static let oneTimeKey = 160
    static let suiteData = 193
  }

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var bob = try VectorParty(
      .named("bob"), now: vectorTime, oneTimeCount: 1, using: &writer.random)
    let good = try bob.takeBundle().encoded()
    let plain = try bob.plainBundle().encoded()
    var tests = [
      valid("with a one-time prekey", good), valid("without a one-time prekey", plain),
      valid("the identity key on record", good, expected: bob.identity.publicKey.encoded()),
    ]
    tests += try encodingTests(good, plain)
    tests += signatureTests(good)
    tests += ageTests(good)
    tests += try keyTests(good, bob, &writer.random)
    let other = try IdentityKeyPair.generate(using: &writer.random)
    tests.append(
      invalid(
        "another identity key on record", "IdentityChanged", good, .identityChanged,
        expected: other.publicKey.encoded()))
    try writer.group(.bundle, tests)
  }

  private static func valid(
    _ comment: String, _ bundle: [UInt8], at now: UInt64 = OwnVectorSuite.now,
    expected: [UInt8]? = nil, flag: String? = nil
  ) -> OwnVectorWriter.Test {
    .init(
      comment, flags: flag.map { [$0] } ?? [],
      [
        "bundle": .hex(bundle), "at": .counting(now),
        "expected_identity": expected.map { .hex($0) } ?? .null, "result": "valid",
      ])
  }

  private static func invalid(
    _ comment: String, _ flag: String, _ bundle: [UInt8], _ code: CygnetError.Code,
    at now: UInt64 = OwnVectorSuite.now, expected: [UInt8]? = nil
  ) -> OwnVectorWriter.Test {
    .init(
      comment, flags: [flag],
      [
        "bundle": .hex(bundle), "at": .counting(now),
        "expected_identity": expected.map { .hex($0) } ?? .null, "result": "invalid",
        "error": .string(code.name),
      ])
  }

  private static func encodingTests(
    _ good: [UInt8], _ plain: [UInt8]
  ) throws(CygnetError) -> [OwnVectorWriter.Test] {
    [
      invalid("empty", "Encoding", [], .malformed),
      invalid("one byte short", "Encoding", good.dropLast(), .malformed),
      invalid("one byte long", "Encoding", good + [0], .malformed),
      invalid("layout version 2", "Encoding", good.replacing(at: 0, [0, 2]), .unsupported),
      invalid("type of a message", "Encoding", good.replacing(at: 2, [2]), .malformed),
      invalid(
        "suite 3", "Encoding", good.replacing(at: Offset.suite, [0, 3]), .unsupported),
      invalid(
        "type byte of an X25519 key before the identity key", "Encoding",
        good.replacing(at: Offset.identity, [2]), .malformed),
      invalid(
        "type byte of an Ed25519 key before the signed prekey", "Encoding",
        good.replacing(at: Offset.signedKey, [1]), .malformed),
      invalid(
        "user of no bytes", "Encoding",
        Array(good[..<38]) + [0] + Array(good[Offset.device...]), .malformed),
      invalid(
        "presence byte 2", "Encoding", plain.replacing(at: Offset.presence, [2]), .malformed),
      invalid(
        "suite data in suite 1", "Encoding",
        good.replacing(at: Offset.suiteData, [1]) + [0], .malformed),
      invalid(
        "signed prekey spelt 2^255 - 19", "InvalidKey",
        good.replacing(at: Offset.signedKey + 1, HostileKeys.nonCanonical), .malformed),
      invalid(
        "identity key spelt 2^255 - 19", "InvalidKey",
        good.replacing(at: Offset.identity + 1, HostileKeys.nonCanonical), .malformed),
    ]
  }

  private static func signatureTests(_ good: [UInt8]) -> [OwnVectorWriter.Test] {
    let rows: [(String, Int)] = [
      ("user", Offset.user), ("device", Offset.device + 3), ("id", Offset.signedID + 3),
      ("time", Offset.createdAt + 7), ("signed prekey", Offset.signedKey + 1),
      ("signature, first half", Offset.signature),
      ("signature, second half", Offset.signature + 32),
    ]
    var tests: [OwnVectorWriter.Test] = []
    for (name, offset) in rows {
      tests.append(
        invalid(
          "a bit flipped: \(name)", "Signature", good.replacing(at: offset, [good[offset] ^ 1]),
          .authenticationFailed))
    }
    // The one-time prekey is not signed: exchanging it is noticed by the handshake only.
    tests.append(
      valid(
        "another one-time prekey is not noticed here",
        good.replacing(at: Offset.oneTimeKey + 1, [9] + [UInt8](repeating: 0, count: 31)),
        flag: "Signature"))
    return tests
  }

  private static func ageTests(_ good: [UInt8]) -> [OwnVectorWriter.Test] {
    let made = OwnVectorSuite.now
    let last = made + Limits.maxSignedPreKeyAge
    let first = made - Limits.maxClockSkew
    return [
      valid("in its last second", good, at: last, flag: "Age"),
      invalid("a second too old", "Age", good, .ruleViolation, at: last + 1),
      valid("a day ahead of our clock", good, at: first, flag: "Age"),
      invalid("a day and a second ahead", "Age", good, .ruleViolation, at: first - 1),
    ]
  }

  private static func keyTests(
    _ good: [UInt8], _ bob: VectorParty, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> [OwnVectorWriter.Test] {
    let zero = try X25519.PublicKey(HostileKeys.lowOrderX25519)
    let content = SignedPreKeyContent(
      suite: .x3dh, address: bob.address, id: SignedPreKeyID(1), createdAt: vectorTime, key: zero)
    let bundle = PreKeyBundle(
      suite: .x3dh, identity: bob.identity.publicKey.ed25519, address: bob.address,
      signedPreKey: SignedPreKey(
        id: SignedPreKeyID(1), createdAt: vectorTime, key: zero,
        signature: try bob.identity.signature(of: content, label: .signedPreKey)),
      oneTimePreKey: nil)
    return [
      invalid(
        "signed prekey of low order, signed", "InvalidKey", try bundle.encoded(),
        .authenticationFailed),
      invalid(
        "one-time prekey of low order", "InvalidKey",
        good.replacing(at: Offset.oneTimeKey + 1, HostileKeys.lowOrderX25519),
        .authenticationFailed),
      invalid(
        "identity key of small order", "InvalidKey",
        good.replacing(at: Offset.identity + 1, HostileKeys.smallOrderEd25519),
        .authenticationFailed),
    ]
  }
}
