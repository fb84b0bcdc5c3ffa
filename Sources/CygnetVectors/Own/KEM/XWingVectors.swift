internal import CygnetPrimitives

/// X-Wing: a trace of its parts, and what must be refused.
enum XWingVectors {
  static let suites = [
    OwnVectorSuite(
      name: "xwing/trace", kind: .trace, subject: "xwing",
      spec: "draft-connolly-cfrg-xwing-kem §5",
      notes: [
        .init(
          flag: "ImplicitRejection", description: "a ciphertext that was changed on its way",
          effect: "who may ask for decapsulations learns the key")
      ],
      write: writeTrace),
    OwnVectorSuite(
      name: "xwing/refusals", kind: .check, subject: "xwing",
      spec: "draft-connolly-cfrg-xwing-kem §5; Cygnet Specification: Primitives",
      notes: [
        .init(
          flag: "Length", description: "a byte short or long",
          effect: "bytes behind the input are read"),
        .init(
          flag: "Modulus", description: "a coefficient that is not below q",
          effect: "several encodings of one key"),
        .init(
          flag: "LowOrder", description: "an X25519 point of low order",
          effect: "a part of the secret is known to everybody"),
      ],
      write: writeChecks),
  ]

  static func run(_ test: inout VectorLedger) throws(CygnetError) {
    let seed = try test.secret("seed")
    let eseed = try test.secret("encapsulation_seed")
    let expanded = SHAKE256.secretHash(seed, count: 96)
    let mlkem = try MLKEM768.DecapsulationKey(seed: expanded.slice(0..<64))
    let x25519 = try X25519.KeyPair(X25519.PrivateKey(expanded.slice(64..<96)))
    try test.expect("mlkem_seed", secret: expanded.slice(0..<64))
    try test.expect("x25519_private", secret: expanded.slice(64..<96))
    let key = try XWing.DecapsulationKey(seed: seed)
    guard
      key.encapsulationKey.bytes == mlkem.encapsulationKey.bytes + x25519.publicKey.bytes
    else { throw test.failure("another encapsulation key") }
    try test.expect("encapsulation_key", bytes: key.encapsulationKey.bytes)
    let inner = try mlkem.encapsulationKey.encapsulate(message: eseed.slice(0..<32))
    let ephemeral = try X25519.KeyPair(X25519.PrivateKey(eseed.slice(32..<64)))
    let agreement = try X25519.agreement(ephemeral.privateKey, x25519.publicKey)
    try test.expect("mlkem_ciphertext", bytes: inner.ciphertext.bytes)
    try test.expect("mlkem_shared_secret", secret: inner.sharedSecret)
    try test.expect("x25519_ephemeral", bytes: ephemeral.publicKey.bytes)
    try test.expect("x25519_shared_secret", secret: agreement)
    let sent = try key.encapsulationKey.encapsulate(seed: eseed)
    guard sent.ciphertext.bytes == inner.ciphertext.bytes + ephemeral.publicKey.bytes,
      try key.decapsulate(sent.ciphertext) == sent.sharedSecret
    else { throw test.failure("another ciphertext or secret") }
    try test.expect("shared_secret", secret: sent.sharedSecret)
    let offset = try test.integer("changed_offset")
    guard offset < UInt64(MLKEM768.ciphertextByteCount) else {
      throw test.failure("\"changed_offset\" lies outside")
    }
    var changed = sent.ciphertext.bytes
    changed[Int(offset)] ^= 1
    try test.expect(
      "rejected_shared_secret", secret: key.decapsulate(XWing.Ciphertext(changed)))
  }

  /// Encapsulates to a key, or decapsulates with a fixed one.
  static func openInput(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner
  {
    let input = try group.text("input")
    let seed = try group.secret("seed")
    return { (test: inout VectorLedger) throws(CygnetError) in
      let bytes = try test.bytes("bytes")
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        switch input {
        case "encapsulation_key":
          return try XWing.EncapsulationKey(bytes).encapsulate(
            seed: SHAKE256.secretHash(seed, count: 64)
          ).sharedSecret
        case "ciphertext":
          return try XWing.DecapsulationKey(seed: seed).decapsulate(XWing.Ciphertext(bytes))
        case "seed": return try XWing.DecapsulationKey(seed: SecretBytes(copying: bytes)).seed
        default: throw CygnetError(.unsupported, "an unknown input")
        }
      }
      guard let secret = try test.settle(outcome) else { return }
      try test.expect("value", secret: secret)
    }
  }

  // MARK: - Writing

  private typealias Test = OwnVectorWriter.Test

  private static func writeTrace(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var tests: [Test] = []
    for number in 1...8 {
      tests.append(
        Test(
          "key \(number)", flags: ["ImplicitRejection"],
          [
            "seed": .hex(writer.random.bytes(32)),
            "encapsulation_seed": .hex(writer.random.bytes(64)),
            "changed_offset": .integer(Int(writer.random.bytes(1)[0]) * 4),
          ]))
    }
    try writer.group(.xwing, tests)
  }

  private static func writeChecks(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let key = try XWing.DecapsulationKey.generate(using: &writer.random)
    let ek = key.encapsulationKey.bytes
    let sent = try key.encapsulationKey.encapsulate(using: &writer.random).ciphertext.bytes
    let split = ek.count - X25519.byteCount
    let unreduced = ek.replacing(at: 0, [0xff, ek[1] | 0x0f])
    try group(
      &writer, key, "encapsulation_key",
      lengths(ek) + [test("the first coefficient is 4095", "Modulus", unreduced, "malformed")]
        + lowOrder(ek[..<split]))
    try group(
      &writer, key, "ciphertext",
      lengths(sent) + lowOrder(sent[..<MLKEM768.ciphertextByteCount]))
    try group(&writer, key, "seed", lengths(writer.random.bytes(32)))
  }

  private static func group(
    _ writer: inout OwnVectorWriter, _ key: XWing.DecapsulationKey, _ input: String,
    _ tests: [Test]
  ) throws(CygnetError) {
    try writer.group(
      .xwingInput, ["input": .string(input), "seed": .hex(key.seed.exposed())], tests)
  }

  private static func test(
    _ comment: String, _ flag: String, _ bytes: [UInt8], _ error: String
  ) -> Test {
    Test(
      comment, flags: [flag],
      ["bytes": .hex(bytes), "result": "invalid", "error": .string(error)])
  }

  private static func lengths(_ bytes: [UInt8]) -> [Test] {
    [
      Test("as it should be", ["bytes": .hex(bytes), "result": "valid"]),
      test("a byte short", "Length", bytes.dropLast(), "malformed"),
      test("a byte long", "Length", bytes + [0], "malformed"),
      test("empty", "Length", [], "malformed"),
    ]
  }

  private static func lowOrder(_ part: ArraySlice<UInt8>) -> [Test] {
    HPKECast.lowOrderPoints.map { comment, point in
      test("X25519 of low order: \(comment)", "LowOrder", part + point, "authenticationFailed")
    }
  }
}
