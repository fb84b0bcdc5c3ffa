internal import CygnetPairwise
internal import CygnetPrimitives

/// Initial messages that a device must answer or refuse. Every test begins with the group's
/// identity and prekeys, in which one handshake was answered already.
enum AcceptVectors {
  static let suite = OwnVectorSuite(
    name: "x3dh/initial-messages", kind: .check, subject: "x3dh",
    spec: "X3DH §3.4, §4.2; Cygnet suite 1",
    notes: [
      .init(
        flag: "Handshake", description: "a handshake that was changed or names other keys",
        effect: "a session with the wrong party"),
      .init(
        flag: "Replay", description: "a handshake or one-time prekey that was used",
        effect: "a recorded message is read again as new"),
      .init(
        flag: "InvalidKey", description: "a key of low order", effect: "a predictable secret"),
      .init(
        flag: "Body", description: "the message behind the handshake", effect: "forged content"),
      .init(
        flag: "Binding", description: "parties other than those the sender meant",
        effect: "a message is taken for another person's"),
    ],
    write: write)

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    let identity = try IdentityKeyPair(restoring: try group.secret("identity_state"))
    let address = try group.address("address")
    let stored = try group.secret("pre_keys_state")
    _ = try PreKeys(restoring: stored)
    return { (test: inout VectorLedger) throws(CygnetError) in
      let bytes = try test.bytes("message")
      let sender = try test.address("sender")
      let expected = try test.optionalBytes("expected_identity")
      var preKeys = try PreKeys(restoring: stored)
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        guard case .initial(let initial) = try PairwiseMessage(decoding: bytes) else {
          throw CygnetError(.malformed, "not an initial message")
        }
        let record =
          if let expected { try IdentityKey(decoding: expected) } else { IdentityKey?.none }
        return try PairwiseSession.accept(
          initial, as: identity, at: address, from: sender, expecting: record, using: &preKeys)
      }
      guard let accepted = try test.settle(outcome) else {
        guard try preKeys.state() == stored else {
          throw test.failure("a refused message changed the prekeys")
        }
        return
      }
      try test.expect("plaintext", bytes: accepted.plaintext)
      try test.expect("session_state", secret: try accepted.session.state())
      try test.expect("pre_keys_after", secret: try preKeys.state())
    }
  }

  // MARK: - Writing

  /// Offsets in an initial message with a one-time prekey.
  private enum Offset {
    static let suite = 3
    static let identity = 5
    static let ephemeral = 38
    static let signedID = 71
    static let presence = 75
    static let oneTimeID = 76
    static let sealedHeader = 81
    static let ciphertext = 154
  }

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var scene = try VectorScene(&writer.random)
    let answered = try scene.aliceSends("answered before")
    try scene.bobReceives(answered)
    let carol = try VectorParty(
      .named("carol"), now: vectorTime, oneTimeCount: 0, using: &scene.random)
    let withKey = try messages(carol, scene.bob.takeBundle(), &scene.random)
    let without = try messages(carol, scene.bob.plainBundle(), &scene.random)
    let reused = try messages(carol, scene.bundle, &scene.random)
    let other = try IdentityKeyPair.generate(using: &scene.random)
    let alice = scene.alice.address
    let good = withKey[0]
    let carolKey = carol.identity.publicKey.encoded()

    var tests = [
      test("with a one-time prekey", good), test("without a one-time prekey", without[0]),
      test("the third message comes first", withKey[2]),
      test("the identity key on record", good, expected: carolKey),
      test(
        "a handshake answered before", try answered.encoded(), from: alice, "Replay", .duplicate),
      test("a one-time prekey used before", reused[0], "Replay", .duplicate),
      test("sent by another user", good, from: alice, "Binding", .authenticationFailed),
      test(
        "sent by another device", good, from: try .named("carol", device: 2), "Binding",
        .authenticationFailed),
      test(
        "another identity key on record", good, expected: other.publicKey.encoded(), "Binding",
        .identityChanged),
    ]
    tests += handshakeTests(good, other)
    tests += bodyTests(good)
    try writer.group(
      .accept,
      [
        "identity_state": .hex(try scene.bob.identity.state().exposed()),
        "address": scene.bob.address.json,
        "pre_keys_state": .hex(try scene.bob.preKeys.state().exposed()),
      ], tests)
  }

  /// The first three messages of a new session.
  private static func messages(
    _ sender: VectorParty, _ bundle: PreKeyBundle, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> [[UInt8]] {
    var session = try PairwiseSession.initiate(
      to: bundle.verified(now: vectorTime, policy: .classicalAllowed), as: sender.identity,
      at: sender.address,
      using: &random)
    var messages: [[UInt8]] = []
    for text in ["one", "two", "three"] {
      messages.append(try session.encrypt(Array(text.utf8), using: &random).encoded())
    }
    return messages
  }

  private static let carolAddress: JSON = ["user": .hex(Array("carol".utf8)), "device": 1]

  private static func test(
    _ comment: String, _ message: [UInt8], from sender: DeviceAddress? = nil,
    expected: [UInt8]? = nil, _ flag: String? = nil, _ error: CygnetError.Code? = nil
  ) -> OwnVectorWriter.Test {
    let from = sender?.json ?? carolAddress
    let record: JSON = expected.map { .hex($0) } ?? .null
    guard let error else {
      return .init(
        comment, flags: flag.map { [$0] } ?? [],
        [
          "message": .hex(message), "sender": from, "expected_identity": record,
          "result": "valid",
        ])
    }
    return .init(
      comment, flags: flag.map { [$0] } ?? [],
      [
        "message": .hex(message), "sender": from, "expected_identity": record,
        "result": "invalid", "error": .string(error.name),
      ])
  }

  private static func handshakeTests(
    _ good: [UInt8], _ other: IdentityKeyPair
  ) -> [OwnVectorWriter.Test] {
    let flip = { (offset: Int) in good.replacing(at: offset, [good[offset] ^ 1]) }
    return [
      test("suite 3", good.replacing(at: Offset.suite, [0, 3]), "Handshake", .unsupported),
      test(
        "another identity key", good.replacing(at: Offset.identity, other.publicKey.encoded()),
        "Handshake", .authenticationFailed),
      test("another ephemeral key", flip(Offset.ephemeral + 1), "Handshake", .authenticationFailed),
      test(
        "a signed prekey not held", good.replacing(at: Offset.signedID, [0, 0, 0, 9]),
        "Handshake", .notFound),
      test(
        "another one-time prekey", good.replacing(at: Offset.oneTimeID, [0, 0, 0, 3]),
        "Handshake", .authenticationFailed),
      test(
        "a one-time prekey not held", good.replacing(at: Offset.oneTimeID, [0, 0, 0, 99]),
        "Handshake", .notFound),
      test(
        "the one-time prekey taken out",
        Array(good[..<Offset.presence]) + [0] + Array(good[(Offset.oneTimeID + 4)...]),
        "Handshake", .authenticationFailed),
      test(
        "ephemeral key of low order",
        good.replacing(at: Offset.ephemeral + 1, HostileKeys.lowOrderX25519), "InvalidKey",
        .authenticationFailed),
      test(
        "identity key of small order",
        good.replacing(at: Offset.identity + 1, HostileKeys.smallOrderEd25519), "InvalidKey",
        .malformed),
      test(
        "identity key outside the main subgroup",
        good.replacing(at: Offset.identity + 1, HostileKeys.mixedOrderEd25519), "InvalidKey",
        .malformed),
    ]
  }

  private static func bodyTests(_ good: [UInt8]) -> [OwnVectorWriter.Test] {
    let flip = { (offset: Int) in good.replacing(at: offset, [good[offset] ^ 1]) }
    return [
      test("nonce of the header", flip(Offset.sealedHeader), "Body", .authenticationFailed),
      test("sealed header", flip(Offset.sealedHeader + 16), "Body", .authenticationFailed),
      test("tag of the header", flip(Offset.ciphertext - 2), "Body", .authenticationFailed),
      test("ciphertext", flip(Offset.ciphertext), "Body", .authenticationFailed),
      test("tag", flip(good.count - 1), "Body", .authenticationFailed),
      test("one byte short", good.dropLast(), "Body", .malformed),
      test("one byte long", good + [0], "Body", .malformed),
    ]
  }
}
