internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Contact cards that must be taken or refused, each with one fault.
enum ContactCardVectors {
  static let suite = OwnVectorSuite(
    name: "messages/contact-cards", kind: .check, subject: "messages",
    spec: "Cygnet Specification: Messages",
    notes: [
      .init(
        flag: "Encoding", description: "not the one encoding of a card",
        effect: "two readings of one card"),
      .init(
        flag: "Signature", description: "the signature does not cover what the card says",
        effect: "whoever carries a card can change it"),
      .init(
        flag: "Age", description: "bounds on the age of the card and of its bundle",
        effect: "a stale key, or a card that is newer than any other for ever"),
      .init(
        flag: "IdentityChanged", description: "another identity key than the one on record",
        effect: "a change of keys goes unnoticed"),
    ],
    write: write)

  static func run(_ test: inout VectorLedger) throws(CygnetError) {
    let bytes = try test.bytes("card")
    let now = Timestamp(seconds: try test.integer("at"))
    let expected = try test.optionalBytes("expected_identity")
    let outcome = VectorLedger.attempt { () throws(CygnetError) in
      let record =
        if let expected { try IdentityKey(decoding: expected) } else { IdentityKey?.none }
      return try ContactCard(decoding: bytes).verified(
        now: now, expecting: record, policy: .classicalAllowed)
    }
    guard let card = try test.settle(outcome) else { return }
    try test.expect("identity_key", bytes: card.bundle.identity.encoded())
    try test.expect("address", card.bundle.address.json)
    try test.expect("name", bytes: card.name)
    try test.expect("created_at", .counting(card.createdAt.seconds))
    try test.expect("bundle", bytes: try card.unverifiedBundle.encoded())
    guard try ContactCard(decoding: bytes).encoded() == bytes else {
      throw test.failure("re-encodes differently")
    }
  }

  // MARK: - Writing

  private typealias Test = OwnVectorWriter.Test

  private static func valid(
    _ comment: String, _ card: ContactCard, _ flag: String? = nil, at time: UInt64? = nil,
    expected: IdentityKey? = nil
  ) throws(CygnetError) -> Test {
    .init(
      comment, flags: flag.map { [$0] } ?? [],
      [
        "card": .hex(try card.encoded()), "at": .counting(time ?? OwnVectorSuite.now),
        "expected_identity": expected.map { .hex($0.encoded()) } ?? .null, "result": "valid",
      ])
  }

  private static func invalid(
    _ comment: String, _ flag: String, _ card: [UInt8], _ code: CygnetError.Code,
    at time: UInt64? = nil, expected: IdentityKey? = nil
  ) -> Test {
    .init(
      comment, flags: [flag],
      [
        "card": .hex(card), "at": .counting(time ?? OwnVectorSuite.now),
        "expected_identity": expected.map { .hex($0.encoded()) } ?? .null, "result": "invalid",
        "error": .string(code.name),
      ])
  }

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var bob = try VectorParty(
      .named("bob"), now: vectorTime, oneTimeCount: 1, using: &writer.random)
    let other = try IdentityKeyPair.generate(using: &writer.random)
    let bundle = try bob.plainBundle()
    let good = try card(bob, "Bob")
    let withKey = try ContactCard.make(
      bob.takeBundle(), name: Array("Bob".utf8), by: bob.identity, now: vectorTime)
    var tests = [
      try valid("a card", good), try valid("without a name", card(bob, "")),
      try valid("a name of 255 bytes", card(bob, String(repeating: "n", count: 255))),
      try valid("a name in other letters", card(bob, "Zoë 名 \u{202e}")),
      try valid(
        "a name that is not UTF-8",
        .make(bundle, name: [0xff, 0x00], by: bob.identity, now: vectorTime)),
      try valid("a bundle with a one-time prekey", withKey),
      try valid("the identity key on record", good, expected: bob.identity.publicKey),
      invalid(
        "another identity key on record", "IdentityChanged", try good.encoded(), .identityChanged,
        expected: other.publicKey),
    ]
    tests += try encodings(good) + signatures(good, withKey, bob, other) + ages(bob)
    try writer.group(.contactCard, tests)
  }

  private static func card(
    _ party: VectorParty, _ name: String, at time: UInt64 = OwnVectorSuite.now
  ) throws(CygnetError) -> ContactCard {
    try .make(
      party.plainBundle(), name: Array(name.utf8), by: party.identity,
      now: Timestamp(seconds: time))
  }

  /// In a card the bundle begins behind three bytes of header and two of length.
  private static let bundleStart = 5

  private static func encodings(_ good: ContactCard) throws(CygnetError) -> [Test] {
    let bytes = try good.encoded()
    let nameStart = bundleStart + (try good.bundle.encoded().count)
    let long = ContactCard(
      bundle: good.bundle, name: [UInt8](repeating: 0x6e, count: 256), createdAt: good.createdAt,
      signature: good.signature)
    return [
      invalid("one byte short", "Encoding", bytes.dropLast(), .malformed),
      invalid("one byte long", "Encoding", bytes + [0], .malformed),
      invalid("empty", "Encoding", [], .malformed),
      invalid("layout version 2", "Encoding", bytes.replacing(at: 0, [0, 2]), .unsupported),
      invalid("type of a bundle", "Encoding", bytes.replacing(at: 2, [1]), .malformed),
      invalid("a bundle alone", "Encoding", try good.bundle.encoded(), .malformed),
      invalid(
        "no bundle", "Encoding", bytes[..<3] + [0] + bytes[nameStart...], .malformed),
      invalid(
        "a byte behind the bundle", "Encoding",
        bytes[..<4] + [bytes[4] + 1] + bytes[5..<nameStart] + [0] + bytes[nameStart...],
        .malformed),
      invalid(
        "a message in place of the bundle", "Encoding",
        bytes.replacing(at: bundleStart + 2, [2]), .malformed),
      invalid(
        "a bundle of suite 3", "Encoding", bytes.replacing(at: bundleStart + 3, [0, 3]),
        .unsupported),
      invalid("a name of 256 bytes", "Encoding", try long.encoded(), .malformed),
    ]
  }

  private static func signatures(
    _ good: ContactCard, _ withKey: ContactCard, _ bob: VectorParty, _ other: IdentityKeyPair
  ) throws(CygnetError) -> [Test] {
    let bytes = try good.encoded()
    let keyed = try withKey.encoded()
    let nameStart = bundleStart + (try good.bundle.encoded().count)
    func signed(_ signature: [UInt8]) throws(CygnetError) -> [UInt8] {
      try ContactCard(
        bundle: good.bundle, name: good.name, createdAt: good.createdAt, signature: signature
      ).encoded()
    }
    func flipped(_ comment: String, _ offset: Int, of bytes: [UInt8]) -> Test {
      invalid(
        comment, "Signature", bytes.replacing(at: offset, [bytes[offset] ^ 1]),
        .authenticationFailed)
    }
    return [
      flipped("a bit flipped: name", nameStart + 1, of: bytes),
      flipped("a bit flipped: time of the card", nameStart + 4 + 7, of: bytes),
      flipped("a bit flipped: user in the bundle", bundleStart + 39, of: bytes),
      flipped("a bit flipped: the bundle's signature", bundleStart + 91, of: bytes),
      // No signature of the bundle covers its one-time prekey, but that of the card does.
      flipped("a bit flipped: one-time prekey in the bundle", bundleStart + 161, of: keyed),
      flipped("a bit flipped: signature", bytes.count - 64, of: bytes),
      flipped("a bit flipped: end of the signature", bytes.count - 32, of: bytes),
      invalid(
        "signed under the label of a signed prekey", "Signature",
        try signed(bob.identity.signature(of: good.content, label: .signedPreKey)),
        .authenticationFailed),
      invalid(
        "signed by another identity", "Signature",
        try signed(other.signature(of: good.content, label: .contactCard)), .authenticationFailed),
      invalid(
        "the signature of another card", "Signature", try signed(card(bob, "Bobby").signature),
        .authenticationFailed),
    ]
  }

  private static func ages(_ bob: VectorParty) throws(CygnetError) -> [Test] {
    let made = OwnVectorSuite.now
    let good = try card(bob, "Bob")
    let bytes = try good.encoded()
    let (last, first) = (made + Limits.maxSignedPreKeyAge, made - Limits.maxClockSkew)
    let ahead = made + Limits.maxClockSkew
    return [
      try valid("its bundle in its last second", good, "Age", at: last),
      invalid("its bundle a second too old", "Age", bytes, .ruleViolation, at: last + 1),
      try valid("a day ahead of our clock", good, "Age", at: first),
      invalid("a day and a second ahead", "Age", bytes, .ruleViolation, at: first - 1),
      try valid("made a day ahead, the bundle not", card(bob, "Bob", at: ahead), "Age"),
      invalid(
        "made a day and a second ahead, the bundle not", "Age",
        try card(bob, "Bob", at: ahead + 1).encoded(), .ruleViolation),
      invalid(
        "made at the end of time", "Age", try card(bob, "Bob", at: .max).encoded(),
        .ruleViolation),
      try valid("made long before its bundle", card(bob, "Bob", at: 0), "Age"),
    ]
  }
}
