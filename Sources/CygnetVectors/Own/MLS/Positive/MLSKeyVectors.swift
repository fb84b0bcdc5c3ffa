internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// How keys are derived (RFC 9420 §5, §8, §9): inputs at the bounds of the lengths' encodings, the
/// shortest and longest outputs, numbers that take all their bytes.
enum MLSKeyVectors {
  static let suites: [MLSVectorSuite] = [
    MLSVectorSuite("crypto-basics", "labels", write: writeLabels),
    MLSVectorSuite("key-schedule", "key schedule", write: writeSchedules),
    MLSVectorSuite("psk_secret", "pre-shared keys", write: writePreSharedKeys),
    MLSVectorSuite("secret-tree", "secret tree", write: writeSecretTrees),
  ]

  static let suite = Algorithms(
    suite: .x25519ChaCha20SHA256Ed25519, hpke: .x25519SHA256ChaCha20Poly1305,
    aead: ChaCha20Poly1305Algorithm())

  /// The number of the suite in every case.
  static let suiteNumber = JSON.integer(3)

  // MARK: - crypto-basics

  /// Bytes of each input. Where a label gets its prefix of eight bytes, 55 and 56 are the bounds.
  private struct LabelSizes {
    var label = 12
    var value = 32
    var signed = 64
    var context = 32
    var sealing = 32
    var count = 32
    var generation: UInt32 = 7
    var plaintext = 32
  }

  private static let labelSizes: [LabelSizes] = [
    LabelSizes(
      label: 0, value: 0, signed: 0, context: 0, sealing: 0, count: 1, generation: 0, plaintext: 0),
    LabelSizes(
      label: 55, value: 63, signed: 63, context: 63, sealing: 63, count: 12, generation: 1,
      plaintext: 1),
    LabelSizes(
      label: 56, value: 64, signed: 64, context: 64, sealing: 64, count: 31, generation: 255,
      plaintext: 63),
    LabelSizes(
      label: 63, value: 65, signed: 65, context: 65, sealing: 65, count: 33, generation: 256,
      plaintext: 64),
    LabelSizes(
      label: 64, value: 255, signed: 255, context: 256, sealing: 256, count: 64, generation: 65_535,
      plaintext: 255),
    LabelSizes(label: 247, value: 16_383, count: 65, generation: 65_536, plaintext: 256),
    LabelSizes(label: 1, signed: 16_384, count: 255, generation: 1 << 24),
    LabelSizes(context: 16_383, count: 256, generation: 1 << 31),
    LabelSizes(sealing: 16_384, count: 4_096, generation: .max - 1),
    LabelSizes(count: 8_160, generation: .max, plaintext: 1_000),
  ]

  @Sendable
  private static func writeLabels(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for sizes in labelSizes {
      try writer.add { (random) throws(CygnetError) in
        var test: JSONObject = JSONObject()
        test.append("cipher_suite", suite.number)
        test.append("ref_hash", try refHash(sizes, &random))
        test.append("expand_with_label", try expansion(sizes, &random))
        test.append("derive_secret", try derivation(sizes, &random))
        test.append("derive_tree_secret", try treeDerivation(sizes, &random))
        test.append("sign_with_label", try signature(sizes, &random))
        test.append("encrypt_with_label", try encryption(sizes, suite, &random))
        return .object(test)
      }
    }
  }

  private static func refHash(
    _ sizes: LabelSizes, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let (label, value) = (random.letters(sizes.label), random.bytes(sizes.value))
    return [
      "label": .string(label), "value": .hex(value),
      "out": .hex(try suite.refHash(label: label, value: value)),
    ]
  }

  private static func expansion(
    _ sizes: LabelSizes, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let (secret, label) = (random.secret(32), random.letters(sizes.label))
    let context = random.bytes(sizes.context)
    let out = try suite.expandWithLabel(
      secret, label: Label(label), context: context, count: sizes.count)
    return [
      "secret": .hex(secret.exposed()), "label": .string(label), "context": .hex(context),
      "length": .integer(sizes.count), "out": .hex(out.exposed()),
    ]
  }

  private static func derivation(
    _ sizes: LabelSizes, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let (secret, label) = (random.secret(32), random.letters(sizes.label))
    return [
      "secret": .hex(secret.exposed()), "label": .string(label),
      "out": .hex(try suite.deriveSecret(secret, label: Label(label)).exposed()),
    ]
  }

  private static func treeDerivation(
    _ sizes: LabelSizes, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let (secret, label) = (random.secret(32), random.letters(sizes.label))
    let out = try suite.deriveTreeSecret(
      secret, label: Label(label), generation: Generation(sizes.generation), count: sizes.count)
    return [
      "secret": .hex(secret.exposed()), "label": .string(label),
      "generation": .integer(Int(sizes.generation)), "length": .integer(sizes.count),
      "out": .hex(out.exposed()),
    ]
  }

  private static func signature(
    _ sizes: LabelSizes, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let key = try MLS.SignatureKeyPair.generate(using: &random)
    let (label, content) = (random.letters(sizes.label), random.bytes(sizes.signed))
    return [
      "priv": .hex(key.seed.exposed()), "pub": .hex(key.publicKey.bytes),
      "content": .hex(content), "label": .string(label),
      "signature": .hex(try suite.signature(of: content, label: Label(label), by: key)),
    ]
  }

  private static func encryption(
    _ sizes: LabelSizes, _ suite: Algorithms, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> JSON {
    let key = try suite.generateKeyPair(using: &random)
    let (label, context) = (random.letters(sizes.label), random.bytes(sizes.sealing))
    let plaintext = random.bytes(sizes.plaintext)
    let sealed = try suite.encryptWithLabel(
      SecretBytes(copying: plaintext), to: MLS.HPKEPublicKey(key.publicKey.bytes),
      label: Label(label), context: context, using: &random)
    return [
      "priv": .hex(key.secret.exposed()), "pub": .hex(key.publicKey.bytes),
      "label": .string(label), "context": .hex(context), "plaintext": .hex(plaintext),
      "kem_output": .hex(sealed.kemOutput), "ciphertext": .hex(sealed.ciphertext),
    ]
  }
}
