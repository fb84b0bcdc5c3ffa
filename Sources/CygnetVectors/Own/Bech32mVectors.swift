internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Keys as text: texts that must be read, and slips and second spellings that must be refused.
enum Bech32mVectors {
  static let suite = OwnVectorSuite(
    name: "text/bech32m", kind: .check, subject: "text",
    spec: "BIP-350; Cygnet Specification: Text",
    notes: [
      .init(
        flag: "Case", description: "upper, lower and mixed case",
        effect: "a code that was scanned is not read, or two texts of one key"),
      .init(
        flag: "Checksum", description: "a slip of who copied it",
        effect: "another key than the one on paper"),
      .init(
        flag: "Alphabet", description: "a character that is none of the 32",
        effect: "a character is taken for a similar one"),
      .init(
        flag: "Bits", description: "bits left over that are not zero",
        effect: "two texts of one key"),
      .init(
        flag: "Kind", description: "a text of another kind or length",
        effect: "a key is used for what it is not"),
      .init(
        flag: "InvalidKey", description: "right as text, but no valid key in it",
        effect: "agreements with a known result"),
      .init(
        flag: "Grouping", description: "what people put between groups",
        effect: "a key that was typed as shown is refused"),
    ],
    write: write)

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    let prefix = try group.text("prefix")
    guard let byteCount = Int(exactly: try group.integer("byte_count")), byteCount < 1024 else {
      throw group.failure("\"byte_count\" is too large")
    }
    return { (test: inout VectorLedger) throws(CygnetError) in
      let text = try test.text("text")
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try Bech32m.decode(.characters(text), prefix: prefix, byteCount: byteCount)
      }
      if test.has("mistyped") || test.mode == .emitting {
        let index = Bech32m.mistypedIndex(in: .characters(text), prefix: prefix)
        try test.expect("mistyped", index.map { JSON.integer($0) } ?? .null)
      }
      guard let bytes = try test.settle(outcome) else { return }
      try test.expect("bytes", secret: bytes)
      let written = try Bech32m.encode(bytes, prefix: prefix)
      guard written == .characters(text.lowercased()) else {
        throw test.failure("is written differently")
      }
    }
  }

  /// Texts as people type them.
  static func runRecoveryKey(_ test: inout VectorLedger) throws(CygnetError) {
    let text = SecretBytes.characters(try test.text("text"))
    let outcome = VectorLedger.attempt { () throws(CygnetError) in try RecoveryKey(text: text) }
    guard let key = try test.settle(outcome) else { return }
    try test.expect("key", secret: key.secret)
    try test.expect("written", .string(String(decoding: try key.text().exposed(), as: UTF8.self)))
  }

  /// Texts of identity keys, of which the point is checked as well.
  static func runIdentityKey(_ test: inout VectorLedger) throws(CygnetError) {
    let text = try test.text("text")
    let outcome = VectorLedger.attempt { () throws(CygnetError) in try IdentityKey(text: text) }
    guard let key = try test.settle(outcome) else { return }
    try test.expect("identity_key", bytes: key.encoded())
    try test.expect("written", .string(key.text))
  }

  // MARK: - Writing

  private typealias Test = OwnVectorWriter.Test

  private static func valid(_ comment: String, _ text: String, _ flag: String? = nil) -> Test {
    .init(comment, flags: flag.map { [$0] } ?? [], ["text": .string(text), "result": "valid"])
  }

  private static func invalid(_ comment: String, _ flag: String, _ text: String) -> Test {
    .init(
      comment, flags: [flag],
      ["text": .string(text), "result": "invalid", "error": "malformed"])
  }

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let identity = try IdentityKeyPair.generate(using: &writer.random).publicKey
    let recovery = RecoveryKey.generate(using: &writer.random)
    let storeKey = writer.random.secret(32)
    let payload = SafetyNumber(own: writer.random.bytes(64), peer: writer.random.bytes(64))
    let rows: [(String, SecretBytes)] = [
      (TextPrefix.identityKey, SecretBytes(copying: identity.encoded())),
      (TextPrefix.storeKey, storeKey), (TextPrefix.recoveryKey, recovery.secret),
      (TextPrefix.safetyNumber, SecretBytes(copying: payload.scannable)),
    ]
    for (prefix, bytes) in rows {
      let text = try characters(bytes, prefix)
      let other = prefix == TextPrefix.storeKey ? TextPrefix.recoveryKey : TextPrefix.storeKey
      try writer.group(
        .bech32m, ["prefix": .string(prefix), "byte_count": .integer(bytes.count)],
        [valid("lower case", text), valid("upper case", text.uppercased(), "Case")]
          + slips(Array(text), start: prefix.count + 1) + kinds(text, bytes, prefix, other)
          + leftOver(bytes, prefix))
    }
    try writer.group(.recoveryKeyText, groupings(recovery))
    try writer.group(.identityKeyText, keys(identity))
  }

  static func characters(_ bytes: SecretBytes, _ prefix: String) throws(CygnetError) -> String {
    String(decoding: try Bech32m.encode(bytes, prefix: prefix).exposed(), as: UTF8.self)
  }

  private static func slips(_ text: [Character], start: Int) -> [Test] {
    func changed(_ comment: String, _ flag: String, _ change: (inout [Character]) -> Void) -> Test {
      var copy = text
      change(&copy)
      return invalid(comment, flag, String(copy))
    }
    func other(_ character: Character) -> Character { character == "q" ? "p" : "q" }
    var swap = start + 3
    while text[swap] == text[swap + 1] { swap += 1 }
    return [
      changed("the first character changed", "Checksum") { $0[start] = other($0[start]) },
      changed("a character in the middle changed", "Checksum") { $0[30] = other($0[30]) },
      changed("the last character changed", "Checksum") {
        $0[$0.count - 1] = other($0[$0.count - 1])
      },
      changed("three characters changed", "Checksum") {
        for index in [12, 25, 41] { $0[index] = other($0[index]) }
      },
      changed("two neighbours swapped", "Checksum") { $0.swapAt(swap, swap + 1) },
      changed("b in place of a character", "Alphabet") { $0[20] = "b" },
      changed("1 in place of a character", "Alphabet") { $0[20] = "1" },
      changed("a space in place of a character", "Alphabet") { $0[20] = " " },
      changed("a Kelvin sign for a k", "Alphabet") {
        $0[$0.firstIndex(of: "k") ?? 20] = "\u{212a}"
      },
      changed("one letter in upper case", "Case") {
        let letter = $0[start...].firstIndex { $0.isLetter } ?? start
        $0[letter] = Character($0[letter].uppercased())
      },
      changed("the prefix in upper case", "Case") {
        for index in 0..<(start - 1) { $0[index] = Character($0[index].uppercased()) }
      },
    ]
  }

  private static func kinds(
    _ text: String, _ bytes: SecretBytes, _ prefix: String, _ other: String
  ) throws(CygnetError) -> [Test] {
    let longer = SecretBytes(concatenating: [bytes, SecretBytes(copying: [0])])
    return [
      invalid("another kind", "Kind", try characters(bytes, other)),
      invalid(
        "the prefix of another kind on this text", "Kind", other + text.dropFirst(prefix.count)),
      invalid("a byte short", "Kind", try characters(bytes.slice(0..<(bytes.count - 1)), prefix)),
      invalid("a byte long", "Kind", try characters(longer, prefix)),
      invalid("one character short", "Kind", String(text.dropLast())),
      invalid("one character long", "Kind", text + "q"),
      invalid("a line end behind it", "Kind", text + "\n"),
      invalid("no separator", "Kind", text.replacing("1", with: "")),
      invalid("nothing but the prefix", "Kind", prefix + "1"), invalid("empty", "Kind", ""),
    ]
  }

  /// The same bytes with the lowest of the bits left over set, and the checksum that fits.
  private static func leftOver(_ bytes: SecretBytes, _ prefix: String) -> [Test] {
    var values = bits(bytes)
    values[values.count - 1] ^= 1
    var checksum = Bech32mChecksum(prefix: Array(prefix.utf8))
    for value in values { checksum.add(value) }
    var text = Array("\(prefix)1".utf8)
    for value in values + checksum.values { text.append(Bech32Alphabet.letter(of: value)) }
    return [invalid("a bit left over is set", "Bits", String(decoding: text, as: UTF8.self))]
  }

  private static func bits(_ bytes: SecretBytes) -> [UInt8] {
    var values: [UInt8] = []
    var (word, count): (UInt32, UInt32) = (0, 0)
    for byte in bytes.exposed() {
      word = (word << 8 | UInt32(byte)) & 0xfff
      count += 8
      while count >= 5 {
        count -= 5
        values.append(UInt8(word >> count & 31))
      }
    }
    if count > 0 { values.append(UInt8(word << (5 - count) & 31)) }
    return values
  }

  private static func groupings(_ key: RecoveryKey) throws(CygnetError) -> [Test] {
    let text = String(decoding: try key.text().exposed(), as: UTF8.self)
    let plain = text.replacing("-", with: "")
    let upper = plain.uppercased()
    return [
      valid("as it is written", text), valid("without hyphens", plain, "Grouping"),
      valid("in upper case", text.uppercased(), "Case"),
      valid("with spaces", text.replacing("-", with: " "), "Grouping"),
      valid("over lines", "\t" + text.replacing("-", with: "\r\n") + "\n", "Grouping"),
      valid("every character apart", upper.map { "\($0)- " }.joined(), "Grouping"),
      invalid("with dots", "Grouping", text.replacing("-", with: ".")),
      invalid("with spaces that do not break", "Grouping", text.replacing("-", with: "\u{a0}")),
      invalid(
        "a mistyped character", "Checksum", plain.dropLast() + (plain.last == "q" ? "p" : "q")),
      invalid("a store's key", "Kind", try characters(key.secret, TextPrefix.storeKey)),
      invalid("hyphens alone", "Kind", "--"),
    ]
  }

  private static func keys(_ key: IdentityKey) throws(CygnetError) -> [Test] {
    func text(_ bytes: [UInt8]) throws(CygnetError) -> String {
      try characters(SecretBytes(copying: bytes), TextPrefix.identityKey)
    }
    let good = key.encoded()
    return [
      valid("a key", try key.text), valid("in upper case", try key.text.uppercased(), "Case"),
      invalid("type of an X25519 key", "InvalidKey", try text([2] + good.dropFirst())),
      invalid(
        "a key of small order", "InvalidKey", try text([1] + HostileKeys.smallOrderEd25519)),
      invalid(
        "a key outside the main subgroup", "InvalidKey",
        try text([1] + HostileKeys.mixedOrderEd25519)),
      invalid(
        "a key spelt 2^255 - 19", "InvalidKey", try text([1] + HostileKeys.nonCanonical)),
    ]
  }
}

extension SecretBytes {
  /// The UTF-8 of a text from a vector file, where nothing is secret.
  static func characters(_ text: String) -> SecretBytes { SecretBytes(copying: Array(text.utf8)) }
}
