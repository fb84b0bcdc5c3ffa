internal import CygnetPrimitives
internal import CygnetWire

/// Objects in armor: texts that must be read, and texts that hide or change something.
enum ArmorVectors {
  static let suite = OwnVectorSuite(
    name: "text/armor", kind: .check, subject: "text",
    spec: "RFC 4648 §4; Cygnet Specification: Text",
    notes: [
      .init(
        flag: "LineEnds", description: "LF, CRLF, or none behind the last line",
        effect: "a text that went through mail is refused"),
      .init(
        flag: "Label", description: "another label than the expected",
        effect: "an object is taken for another"),
      .init(
        flag: "Surroundings", description: "something before, between or behind the lines",
        effect: "a text says more to one reader than to another"),
      .init(
        flag: "Lines", description: "lines of other lengths", effect: "two texts of one object"),
      .init(
        flag: "Alphabet", description: "a character that base64 does not use",
        effect: "two texts of one object"),
      .init(
        flag: "Padding", description: "padding that is missing, inside or too long",
        effect: "an object is cut"),
      .init(
        flag: "Bits", description: "bits left over that are not zero",
        effect: "two texts of one object"),
    ],
    write: write)

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard let label = Armor.Label(rawValue: try group.text("label")) else {
      throw group.failure("unknown label")
    }
    return { (test: inout VectorLedger) throws(CygnetError) in
      let text = Array(try test.text("text").utf8)
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try Armor.decode(text, label: label)
      }
      guard let bytes = try test.settle(outcome) else { return }
      try test.expect("bytes", bytes: bytes)
      let written = String(decoding: Armor.encode(bytes, label: label), as: UTF8.self)
      try test.expect("written", .string(written))
    }
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
    for label in [Armor.Label.contactCard, .preKeyBundle, .backup] { try write(label, &writer) }
    var tests: [Test] = []
    for count in [0, 1, 2, 3, 47, 48, 49, 96, 100] {
      tests.append(valid("\(count) bytes", armor(writer.random.bytes(count), .message)))
    }
    let good = armor(writer.random.bytes(100), .message)
    tests += lineEnds(good) + surroundings(good) + lines() + letters()
    try writer.group(.armor, ["label": .string(Armor.Label.message.rawValue)], tests)
    for label in [Armor.Label.groupMessage, .groupInvitation, .groupInfo, .keyPackage] {
      try write(label, &writer)
    }
  }

  private static func write(
    _ label: Armor.Label, _ writer: inout OwnVectorWriter
  ) throws(CygnetError) {
    let text = armor(writer.random.bytes(60), label)
    let other = text.replacing(" \(label.rawValue)-", with: " MESSAGE-")
    try writer.group(
      .armor, ["label": .string(label.rawValue)],
      [valid("60 bytes", text), invalid("another label", "Label", other)])
  }

  private static func armor(_ bytes: [UInt8], _ label: Armor.Label) -> String {
    String(decoding: Armor.encode(bytes, label: label), as: UTF8.self)
  }

  private static func lineEnds(_ good: String) -> [Test] {
    [
      valid("lines end with CRLF", good.replacing("\n", with: "\r\n"), "LineEnds"),
      valid("no end of the last line", String(good.dropLast()), "LineEnds"),
      invalid("lines end with CR", "LineEnds", good.replacing("\n", with: "\r")),
      invalid("lines end with CR CR LF", "LineEnds", good.replacing("\n", with: "\r\r\n")),
      invalid("no line ends", "LineEnds", good.replacing("\n", with: "")),
    ]
  }

  private static func surroundings(_ good: String) -> [Test] {
    let begin = "-----BEGIN CYGNET MESSAGE-----\n"
    let end = "-----END CYGNET MESSAGE-----\n"
    return [
      invalid("empty", "Surroundings", ""), invalid("only the beginning", "Surroundings", begin),
      invalid("only the end", "Surroundings", end),
      invalid("no end", "Surroundings", String(good.dropLast(end.count))),
      invalid("text before", "Surroundings", "Hello\n" + good),
      invalid("an empty line before", "Surroundings", "\n" + good),
      invalid("a byte order mark before", "Surroundings", "\u{feff}" + good),
      invalid("text behind", "Surroundings", good + "Bye\n"),
      invalid("an empty line behind", "Surroundings", good + "\n"),
      invalid("a space behind", "Surroundings", good.dropLast() + " \n"),
      invalid("twice", "Surroundings", good + good),
      invalid(
        "a header", "Surroundings", good.replacing(begin, with: begin + "Version: 1\n\n")),
      invalid("an empty line inside", "Surroundings", good.replacing(begin, with: begin + "\n")),
      invalid("the beginning twice", "Surroundings", begin + good),
      invalid(
        "another end", "Label", good.replacing("END CYGNET MESSAGE", with: "END CYGNET BACKUP")),
      invalid(
        "another beginning", "Label",
        good.replacing("BEGIN CYGNET MESSAGE", with: "BEGIN CYGNET BACKUP")),
      invalid("another project", "Label", good.replacing("CYGNET", with: "OTHER")),
      invalid("the label in lower case", "Label", good.replacing("MESSAGE", with: "message")),
      invalid("four hyphens", "Label", good.replacing("-----B", with: "----B")),
    ]
  }

  /// Armor around these lines, right or wrong.
  private static func around(_ body: String) -> String {
    "-----BEGIN CYGNET MESSAGE-----\n\(body)\n-----END CYGNET MESSAGE-----\n"
  }

  private static func lines() -> [Test] {
    let full = String(repeating: "A", count: 64)
    return [
      valid("two full lines", around("\(full)\n\(full)")),
      invalid("a short line before another", "Lines", around("AAAA\nAAAA")),
      invalid("60 characters before another line", "Lines", around("\(full.dropLast(4))\nAAAA")),
      invalid("68 characters", "Lines", around(full + "AAAA")),
      invalid("128 characters", "Lines", around(full + full)),
      invalid("three characters", "Lines", around("AAA")),
      invalid("five characters", "Lines", around("AAAAA")),
      invalid("padding before another line", "Padding", around("\(full.dropLast(2))==\nAAAA")),
    ]
  }

  private static func letters() -> [Test] {
    [
      valid("every kind of letter", around("AZaz09+/")),
      invalid("of the alphabet for addresses", "Alphabet", around("AA-_")),
      invalid("a space inside", "Alphabet", around("AA A")),
      invalid("a space behind", "Alphabet", around("AAAA ")),
      invalid("a full stop", "Alphabet", around("AAA.")),
      invalid("not ASCII", "Alphabet", around("AAé")),
      invalid("no padding", "Padding", around("AA")),
      invalid("one character of padding missing", "Padding", around("AA=")),
      invalid("padding of three", "Padding", around("A===")),
      invalid("padding alone", "Padding", around("====")),
      invalid("padding first", "Padding", around("=AAA")),
      invalid("padding inside a group", "Padding", around("AA=A")),
      invalid("padding inside a line", "Padding", around("AA==AAAA")),
      invalid("two bits left over", "Bits", around("AAB=")),
      invalid("four bits left over", "Bits", around("AB==")),
    ]
  }
}
