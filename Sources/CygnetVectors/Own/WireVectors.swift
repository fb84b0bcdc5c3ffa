internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Encodings of every wire type that a decoder must take, and give back the same, or refuse.
enum WireVectors {
  static let suite = OwnVectorSuite(
    name: "wire/types", kind: .check, subject: "wire", spec: "RFC 9420 §2.1; Cygnet suite 1",
    notes: [
      .init(
        flag: "NonMinimal", description: "a length in more bytes than needed",
        effect: "two encodings of one value, so signatures become malleable"),
      .init(
        flag: "Reserved", description: "a prefix or presence byte with no meaning",
        effect: "two encodings of one value"),
      .init(
        flag: "Truncated", description: "the last byte is missing", effect: "reads beyond the end"),
      .init(
        flag: "Trailing", description: "one byte too many", effect: "two encodings of one value"),
      .init(
        flag: "Bounds", description: "a length or number at or outside its bounds",
        effect: "memory for whatever a stranger claims"),
      .init(
        flag: "CodePoint", description: "an unknown version, suite, type or key type",
        effect: "the bytes are taken for something else"),
      .init(
        flag: "NonCanonical", description: "a second spelling of a key",
        effect: "one key counts as two"),
      .init(
        flag: "Order", description: "entries out of order or inconsistent",
        effect: "two encodings of one value, or a state that contradicts itself"),
    ],
    write: write)

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard let kind = WireKind(rawValue: try group.text("wire_type")) else {
      throw group.failure("unknown wire type")
    }
    if kind == .numberList { try group.expect("max_count", .integer(WireKind.maxListCount)) }
    return { (test: inout VectorLedger) throws(CygnetError) in
      let bytes = try test.bytes("encoded")
      let outcome = VectorLedger.attempt { () throws(CygnetError) in try kind.reencode(bytes) }
      guard let encoded = try test.settle(outcome) else { return }
      guard encoded == bytes else { throw test.failure("re-encodes differently") }
      if kind == .vectorLength {
        let value = try test.integer("value")
        let length = try Reader.read(bytes) { (reader) throws(CygnetError) in
          try VectorLength.decode(from: &reader)
        }
        if UInt64(length) != value { throw test.failure("\"value\" should be \(value)") }
      }
    }
  }

  // MARK: - Writing

  typealias Test = OwnVectorWriter.Test

  static func valid(_ comment: String, _ bytes: [UInt8], flags: [String] = []) -> Test {
    .init(comment, flags: flags, ["encoded": .hex(bytes), "result": "valid"])
  }

  static func invalid(
    _ comment: String, _ flag: String, _ bytes: [UInt8], _ code: CygnetError.Code = .malformed
  ) -> Test {
    .init(
      comment, flags: [flag],
      ["encoded": .hex(bytes), "result": "invalid", "error": .string(code.name)])
  }

  /// What holds for every type: its encoding is taken, one byte less or more is not.
  static func common(_ examples: [(String, [UInt8])]) -> [Test] {
    var tests: [Test] = []
    for (comment, bytes) in examples { tests.append(valid(comment, bytes)) }
    if let (_, bytes) = examples.first {
      tests.append(invalid("one byte short", "Truncated", bytes.dropLast()))
      tests.append(invalid("one byte long", "Trailing", bytes + [0]))
      tests.append(invalid("empty", "Truncated", []))
    }
    return tests
  }

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    try WireBasicsVectors.write(&writer)
    var scene = try VectorScene(&writer.random)
    try WirePartsVectors.write(&writer, &scene)
    try WireObjectVectors.write(&writer, &scene)
    try WireMessageVectors.write(&writer, &scene)
  }
}

/// The codec's own forms.
enum WireBasicsVectors {
  static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    try writer.group(.wire, ["wire_type": "VectorLength"], lengths())
    try writer.group(
      .wire, ["wire_type": "optional<uint32>"],
      WireVectors.common([("present", [1, 0, 0, 0, 7]), ("absent", [0])]) + [
        WireVectors.invalid("presence byte 2", "Reserved", [2, 0, 0, 0, 7]),
        WireVectors.invalid("absent, but a value follows", "Trailing", [0, 0, 0, 0, 7]),
        WireVectors.invalid("present, but no value", "Truncated", [1]),
      ])
    let longest = [UInt8](repeating: 0x5a, count: 300)
    try writer.group(
      .wire, ["wire_type": "opaque<2..300>"],
      WireVectors.common([("two bytes", [2, 1, 2]), ("300 bytes", [0x41, 0x2c] + longest)]) + [
        WireVectors.invalid("one byte", "Bounds", [1, 9]),
        WireVectors.invalid("301 bytes", "Bounds", [0x41, 0x2d] + longest + [0]),
        WireVectors.invalid("claims 2^30 - 1 bytes", "Bounds", [0xbf, 0xff, 0xff, 0xff, 1, 2]),
        WireVectors.invalid("two bytes, length in two", "NonMinimal", [0x40, 2, 1, 2]),
      ])
    try writer.group(
      .wire, ["wire_type": "uint32<V>"],
      WireVectors.common([
        ("one number", [4, 0, 0, 0, 1]), ("no number", [0]),
        ("four numbers", [16] + [UInt8](repeating: 3, count: 16)),
      ]) + [
        WireVectors.invalid("five numbers", "Bounds", [20] + [UInt8](repeating: 3, count: 20)),
        WireVectors.invalid("a number and a half", "Truncated", [6, 0, 0, 0, 1, 0, 0]),
      ])
  }

  private static func lengths() -> [WireVectors.Test] {
    let values: [(UInt64, [UInt8])] = [
      (0, [0]), (1, [1]), (63, [0x3f]), (64, [0x40, 0x40]), (16_383, [0x7f, 0xff]),
      (16_384, [0x80, 0, 0x40, 0]), ((1 << 30) - 1, [0xbf, 0xff, 0xff, 0xff]),
    ]
    var tests: [WireVectors.Test] = []
    for (value, bytes) in values {
      tests.append(
        .init(
          "\(value) in \(bytes.count) byte\(bytes.count == 1 ? "" : "s")",
          ["encoded": .hex(bytes), "result": "valid", "value": .counting(value)]))
    }
    return tests + [
      WireVectors.invalid("63 in two bytes", "NonMinimal", [0x40, 0x3f]),
      WireVectors.invalid("0 in four bytes", "NonMinimal", [0x80, 0, 0, 0]),
      WireVectors.invalid("16383 in four bytes", "NonMinimal", [0x80, 0, 0x3f, 0xff]),
      WireVectors.invalid("prefix 11", "Reserved", [0xc0]),
      WireVectors.invalid(
        "prefix 11 with seven bytes", "Reserved", [0xc0, 0, 0, 0, 0x40, 0, 0, 0]),
      WireVectors.invalid("one of two bytes", "Truncated", [0x40]),
      WireVectors.invalid("three of four bytes", "Truncated", [0x80, 0, 0x40]),
      WireVectors.invalid("empty", "Truncated", []),
      WireVectors.invalid("a byte behind the length", "Trailing", [0, 0]),
    ]
  }
}
