import CygnetVectors
import Testing

@Suite("JSON")
struct JSONTests {
  @Test(
    "what RFC 8259 allows is read, and written it gives the same value",
    arguments: [
      ("null", JSON.null), (" true\r\n", true), ("\tfalse ", false), ("0", .number("0")),
      ("-0", .number("-0")), ("1e400", .number("1e400")), ("1E+2", .number("1E+2")),
      ("-12.5e-07", .number("-12.5e-07")), ("18446744073709551615", .integer(UInt64.max)),
      ("\"\"", ""), ("\"\u{7f}\u{e9}\u{1f600}\"", "\u{7f}\u{e9}\u{1f600}"),
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
      (#""\u0000\u00e9\u00E9\ud83d\ude00""#, "\0\u{e9}\u{e9}\u{1f600}"),
      (#""\uFFFF""#, "\u{ffff}"), ("[]", []), ("[ ]", []), ("[1 , [2] ]", [1, [2]]),
      ("{}", [:]), ("{ \"\" : { \"b\" : [ ] } }", ["": ["b": []]]),
      (#"{"\u0061":1,"b":2}"#, ["a": 1, "b": 2]),
    ] as [(String, JSON)])
  func accepts(text: String, value: JSON) throws {
    let parsed = try JSON(parsing: text)
    #expect(parsed == value)
    #expect(try JSON(parsing: parsed.compact) == value)
    #expect(try JSON(parsing: parsed.pretty) == value)
  }

  @Test(
    "everything else is refused",
    arguments: [
      "", " ", "nul", "nulll", "True", "tru", "'a'", "NaN", "Infinity", "-Infinity", "undefined",
      "01", "-", "-01", "+1", ".5", "1.", "1.e2", "1e", "1e+", "1 2", "0x1", "1_000", "--1",
      "\"", "\"a", "\"\\", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"",
      "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800\\u0041\"", "\"\\ud800\\ud800\"", "\"\\ud800x\"",
      "\"a\nb\"", "\"\t\"", "\"\0\"", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1 2]", "[1;2]",
      "{", "}", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{'a':1}",
      "{1:2}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1}}", "[1]]", "{\"a\":1,\"a\":1}",
      "{\"a\":1,\"\\u0061\":2}", "\u{feff}1", "1\0", "/**/1", "1//", "\u{a0}1", "\u{c}1",
    ])
  func refuses(text: String) {
    #expect(throws: JSONError.self) { try JSON(parsing: text) }
  }

  @Test(
    "bytes that are not UTF-8 are refused, in values and in names",
    arguments: [
      [0x80], [0xc0, 0x80], [0xc3], [0xe0, 0x80, 0x80], [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xff],
    ] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) {
    let quote = UInt8(ascii: "\"")
    #expect(throws: JSONError.self) { try JSON(parsing: [quote] + bytes + [quote]) }
    #expect(throws: JSONError.self) {
      try JSON(parsing: Array("{\"a".utf8) + bytes + Array("\":1}".utf8))
    }
    #expect(throws: JSONError.self) {
      try JSON(parsing: Array("\"\\n".utf8) + bytes + [quote])
    }
  }

  @Test("nesting has a bound, and a name is found twice among many")
  func bounds() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(throws: Never.self) { try JSON(parsing: nested(64)) }
    #expect(throws: JSONError.self) { try JSON(parsing: nested(65)) }
    #expect(throws: JSONError.self) {
      try JSON(parsing: String(repeating: "{\"a\":", count: 100_000))
    }
    for count in [2, 11, 12, 13, 200] {
      let names = (0..<count).map { "\"n\($0)\":0" }
      let unique = try JSON(parsing: "{\(names.joined(separator: ","))}")
      #expect(unique.object?.count == count)
      for double in [0, count / 2, count - 1] {
        let text = "{\((names + [names[double]]).joined(separator: ","))}"
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
      }
    }
    // Two ways to compose the same letter are two names.
    #expect(try JSON(parsing: "{\"\u{e9}\":1,\"e\u{301}\":2}").object?.count == 2)
  }

  @Test("numbers that do not fit are no numbers of that kind")
  func numbers() throws {
    #expect(try JSON(parsing: "9223372036854775807").int == .max)
    #expect(try JSON(parsing: "9223372036854775808").int == nil)
    #expect(try JSON(parsing: "18446744073709551616").uint64 == nil)
    #expect(try JSON(parsing: "1.0").int == nil)
    #expect(try JSON(parsing: "1e2").int == nil)
    #expect(try JSON(parsing: "-1").uint64 == nil)
  }

  @Test("an error tells where it is")
  func place() {
    do {
      _ = try JSON(parsing: "{\n  \"a\": 1,\n  \"b\": x\n}")
      Issue.record("it was read")
    } catch {
      #expect("\(error)".hasPrefix("line 3, column 8: "))
    }
  }

  @Test("what steers a terminal or turns text is escaped when written, and the rest is not")
  func escaping() {
    for value: UInt32 in [
      0x00, 0x07, 0x1b, 0x7f, 0x80, 0x9b, 0x9f, 0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a,
      0x202e, 0x2066, 0x2069,
    ] {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let digits = String(value, radix: 16)
      let escape = "\"\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)\""
      #expect(JSON.string(String(scalar)).compact == escape)
    }
    let plain = "گل‌ها é 😀 \u{200d}"
    #expect(JSON.string(plain).compact == "\"\(plain)\"")
    #expect(JSON.object(["\u{1b}": "\""]).compact == #"{"\u001b":"\""}"#)
  }
}
