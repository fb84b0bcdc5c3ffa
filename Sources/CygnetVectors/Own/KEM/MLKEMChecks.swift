internal import CygnetPrimitives

/// Keys, ciphertexts and their parts that must be taken or refused.
enum MLKEMChecks {
  static let suite = OwnVectorSuite(
    name: "mlkem/refusals", kind: .check, subject: "mlkem", spec: "FIPS 203 §7.2, §7.3",
    notes: [
      .init(
        flag: "Length", description: "a byte short or long",
        effect: "bytes behind the input are read"),
      .init(
        flag: "Modulus", description: "a coefficient that is not below q",
        effect: "several encodings of one key, and secrets that depend on which"),
      .init(
        flag: "Hash", description: "a decapsulation key that does not match its hash",
        effect: "a stored key that was changed gives away what it decapsulates"),
      .init(
        flag: "Header", description: "a vector that belongs to another header",
        effect: "the second part of a ciphertext is made for a key of somebody else"),
    ],
    write: write)

  static func openInput(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner
  {
    let input = try group.text("input")
    switch try group.text("parameter_set") {
    case "ML-KEM-768":
      return { (test: inout VectorLedger) throws(CygnetError) in
        try run(MLKEM768.self, input, &test)
      }
    case "ML-KEM-1024":
      return { (test: inout VectorLedger) throws(CygnetError) in
        try run(MLKEM1024.self, input, &test)
      }
    default: throw group.failure("unknown \"parameter_set\"")
    }
  }

  private static func run<P: MLKEMParameters>(
    _: MLKEM<P>.Type, _ input: String, _ test: inout VectorLedger
  ) throws(CygnetError) {
    let bytes = try test.bytes("bytes")
    let outcome: Result<Void, CygnetError> = VectorLedger.attempt { () throws(CygnetError) in
      switch input {
      case "encapsulation_key": _ = try MLKEM<P>.EncapsulationKey(bytes)
      case "decapsulation_key":
        _ = try MLKEM<P>.DecapsulationKey(expanded: SecretBytes(copying: bytes))
      case "seed": _ = try MLKEM<P>.DecapsulationKey(seed: SecretBytes(copying: bytes))
      case "ciphertext": _ = try MLKEM<P>.Ciphertext(bytes)
      case "header": _ = try MLKEM<P>.EncapsulationHeader(bytes)
      case "vector": _ = try MLKEM<P>.EncapsulationVector(bytes)
      case "pending": _ = try MLKEM<P>.PendingEncapsulation(stored: SecretBytes(copying: bytes))
      default: throw CygnetError(.unsupported, "an unknown input")
      }
    }
    _ = try test.settle(outcome)
  }

  /// The second step of an encapsulation in two, of ML-KEM-768.
  static func runSecond(_ test: inout VectorLedger) throws(CygnetError) {
    let pending = try MLKEM768.PendingEncapsulation(stored: test.secret("pending"))
    let vector = try MLKEM768.EncapsulationVector(test.bytes("vector"))
    let outcome = VectorLedger.attempt { () throws(CygnetError) in
      try pending.finish(with: vector)
    }
    guard let second = try test.settle(outcome) else { return }
    try test.expect("c2", bytes: second.bytes)
  }

  // MARK: - Writing

  private typealias Test = OwnVectorWriter.Test

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let key = MLKEM768.DecapsulationKey.generate(using: &writer.random)
    let ek = key.encapsulationKey
    try group(&writer, "ML-KEM-768", "encapsulation_key", keys(ek.bytes))
    try group(
      &writer, "ML-KEM-1024", "encapsulation_key",
      keys(MLKEM1024.DecapsulationKey.generate(using: &writer.random).encapsulationKey.bytes))
    try group(&writer, "ML-KEM-768", "decapsulation_key", expanded(key.expanded.exposed()))
    try group(&writer, "ML-KEM-768", "seed", lengths(writer.random.bytes(64)))
    let sent = ek.encapsulate(using: &writer.random)
    try group(&writer, "ML-KEM-768", "ciphertext", lengths(sent.ciphertext.bytes))
    try group(&writer, "ML-KEM-768", "header", lengths(ek.header.bytes))
    try group(
      &writer, "ML-KEM-768", "vector",
      lengths(ek.vector.bytes) + [
        test("a coefficient of q", "Modulus", coefficient(0, 3329, of: ek.vector.bytes))
      ])
    let pending = ek.header.encapsulate(using: &writer.random).pending.stored.exposed()
    try group(&writer, "ML-KEM-768", "pending", lengths(pending))
    let other = MLKEM768.DecapsulationKey.generate(using: &writer.random).encapsulationKey
    try writer.group(
      .mlkemSecond,
      [
        second("the vector", nil, pending, ek.vector.bytes),
        second("the vector of another key", "Header", pending, other.vector.bytes),
        second(
          "a coefficient changed", "Header", pending, coefficient(767, 0, of: ek.vector.bytes)),
        second(
          "the header of another key", "Header", other.header.bytes + pending[64...],
          ek.vector.bytes.replacing(at: 0, [ek.vector.bytes[0] ^ 1])),
      ])
  }

  private static func group(
    _ writer: inout OwnVectorWriter, _ set: String, _ input: String, _ tests: [Test]
  ) throws(CygnetError) {
    try writer.group(
      .mlkemInput, ["parameter_set": .string(set), "input": .string(input)], tests)
  }

  private static func test(_ comment: String, _ flag: String?, _ bytes: [UInt8]) -> Test {
    guard let flag else {
      return Test(comment, ["bytes": .hex(bytes), "result": "valid"])
    }
    return Test(
      comment, flags: [flag],
      ["bytes": .hex(bytes), "result": "invalid", "error": "malformed"])
  }

  private static func second(
    _ comment: String, _ flag: String?, _ pending: [UInt8], _ vector: [UInt8]
  ) -> Test {
    guard let flag else {
      return Test(comment, ["pending": .hex(pending), "vector": .hex(vector), "result": "valid"])
    }
    return Test(
      comment, flags: [flag],
      [
        "pending": .hex(pending), "vector": .hex(vector), "result": "invalid",
        "error": "authenticationFailed",
      ])
  }

  private static func lengths(_ bytes: [UInt8]) -> [Test] {
    [
      test("as it should be", nil, bytes), test("a byte short", "Length", bytes.dropLast()),
      test("a byte long", "Length", bytes + [0]), test("empty", "Length", []),
    ]
  }

  private static func keys(_ bytes: [UInt8]) -> [Test] {
    let last = (bytes.count - 32) / 3 * 2 - 1
    return lengths(bytes) + [
      test("the first coefficient is q", "Modulus", coefficient(0, 3329, of: bytes)),
      test("the second coefficient is q + 1", "Modulus", coefficient(1, 3330, of: bytes)),
      test("the last coefficient is 4095", "Modulus", coefficient(last, 4095, of: bytes)),
      test("the last coefficient is q - 1", nil, coefficient(last, 3328, of: bytes)),
    ]
  }

  private static func expanded(_ bytes: [UInt8]) -> [Test] {
    let (hash, z) = (bytes.count - 64, bytes.count - 32)
    func changed(_ comment: String, at offset: Int) -> Test {
      test(comment, "Hash", bytes.replacing(at: offset, [bytes[offset] ^ 1]))
    }
    return lengths(bytes) + [
      changed("a bit of the hash", at: hash), changed("a bit of rho", at: hash - 1),
      changed("a bit of t", at: 1152),
      test("a bit of z, which nothing contradicts", nil, bytes.replacing(at: z, [bytes[z] ^ 1])),
      test("a hashed coefficient of q", "Modulus", unreduced(bytes)),
    ]
  }

  /// A decapsulation key whose encapsulation key is not reduced, with the hash that fits.
  private static func unreduced(_ bytes: [UInt8]) -> [UInt8] {
    let ek = coefficient(5, 3329, of: [UInt8](bytes[1152..<2336]))
    return bytes[..<1152] + ek + SHA3_256.hash(ek) + bytes[2368...]
  }

  /// `bytes` with one of the 12-bit values at its beginning replaced.
  private static func coefficient(_ index: Int, _ value: UInt16, of bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    let first = index / 2 * 3
    if index % 2 == 0 {
      bytes[first] = UInt8(truncatingIfNeeded: value)
      bytes[first + 1] = bytes[first + 1] & 0xf0 | UInt8(value >> 8)
    } else {
      bytes[first + 1] = bytes[first + 1] & 0x0f | UInt8(truncatingIfNeeded: value << 4)
      bytes[first + 2] = UInt8(value >> 4)
    }
    return bytes
  }
}
