/// A strict RFC 8259 parser in one pass over the bytes.
///
/// Stricter than the RFC where it leaves a choice: member names are unique (two readers must not
/// see different values), no byte order mark, nesting at most `maximumDepth` (the parser recurses).
struct JSONParser {
  static let maximumDepth = 64
  /// From here on a set finds double names; below, comparing them all is faster.
  private static let setThreshold = 12

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func parseDocument() throws(JSONError) -> JSON {
    let value = try parseValue()
    skipSpace()
    guard position == bytes.count else { throw error("bytes after the value") }
    return value
  }

  private func error(_ reason: StaticString) -> JSONError {
    JSONError(reason, at: position, in: bytes)
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func parseValue() throws(JSONError) -> JSON {
    skipSpace()
    guard let byte = next else { throw error("value expected, text ends") }
    switch byte {
    case UInt8(ascii: "{"):
      return try nested { parser throws(JSONError) in try parser.parseObject() }
    case UInt8(ascii: "["):
      return try nested { parser throws(JSONError) in try parser.parseArray() }
    case UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    default: throw error("value expected")
    }
  }

  private mutating func nested(
    _ body: (inout JSONParser) throws(JSONError) -> JSON
  ) throws(JSONError) -> JSON {
    guard depth < Self.maximumDepth else { throw error("nested too deep") }
    depth += 1
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func parseWord(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    for expected in "\(word)".utf8 {
      guard next == expected else { throw error("value expected") }
      position += 1
    }
    return value
  }

  // MARK: Containers, called behind their opening bracket

  private mutating func parseArray() throws(JSONError) -> JSON {
    var elements: [JSON] = []
    skipSpace()
    if consume("]") { return .array(elements) }
    while true {
      elements.append(try parseValue())
      skipSpace()
      if consume(",") { continue }
      guard consume("]") else { throw error("',' or ']' expected") }
      return .array(elements)
    }
  }

  private mutating func parseObject() throws(JSONError) -> JSON {
    var members: [JSONObject.Member] = []
    var names: Set<[UInt8]> = []
    skipSpace()
    if consume("}") { return .object(JSONObject()) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw error("member name expected") }
      let start = position
      let key = try parseString()
      if isDuplicate(key, members, &names) {
        position = start
        throw error("member name given twice")
      }
      skipSpace()
      guard consume(":") else { throw error("':' expected") }
      members.append(JSONObject.Member(key: key, value: try parseValue()))
      skipSpace()
      if consume(",") { continue }
      guard consume("}") else { throw error("',' or '}' expected") }
      return .object(JSONObject(members))
    }
  }

  /// Compares bytes: `String` takes canonically equivalent texts for equal, JSON does not.
  private func isDuplicate(
    _ key: String, _ members: [JSONObject.Member], _ names: inout Set<[UInt8]>
  ) -> Bool {
    if members.count < Self.setThreshold {
      for member in members where member.key.utf8.elementsEqual(key.utf8) { return true }
      return false
    }
    if names.isEmpty {
      for member in members { names.insert(Array(member.key.utf8)) }
    }
    return !names.insert(Array(key.utf8)).inserted
  }

  private mutating func consume(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  // MARK: Numbers

  private mutating func parseNumber() throws(JSONError) -> JSON {
    let start = position
    _ = consume("-")
    if !consume("0") { try parseDigits() }
    if consume(".") { try parseDigits() }
    if consume("e") || consume("E") {
      if !consume("+") { _ = consume("-") }
      try parseDigits()
    }
    return .number(String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func parseDigits() throws(JSONError) {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    guard position > start else { throw error("digit expected") }
  }

  // MARK: Strings

  private mutating func parseString() throws(JSONError) -> String {
    position += 1
    let start = position
    var runStart = position
    var unescaped: [UInt8] = []
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let text: String?
        if unescaped.isEmpty {
          text = String(validating: bytes[runStart..<position], as: UTF8.self)
        } else {
          unescaped += bytes[runStart..<position]
          text = String(validating: unescaped, as: UTF8.self)
        }
        guard let text else {
          position = start
          throw error("string is not UTF-8")
        }
        position += 1
        return text
      case UInt8(ascii: "\\"):
        unescaped += bytes[runStart..<position]
        try parseEscape(into: &unescaped)
        runStart = position
      case 0..<0x20: throw error("control character in string")
      default: position += 1
      }
    }
    throw error("string does not end")
  }

  private mutating func parseEscape(into text: inout [UInt8]) throws(JSONError) {
    position += 1
    guard let byte = next else { throw error("string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0C)
    case UInt8(ascii: "n"): text.append(0x0A)
    case UInt8(ascii: "r"): text.append(0x0D)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try parseScalar()
      text += Array(String(scalar).utf8)
    default:
      position -= 1
      throw error("unknown escape")
    }
  }

  /// Four hex digits, or two such escapes that make a surrogate pair.
  private mutating func parseScalar() throws(JSONError) -> Unicode.Scalar {
    let unit = try parseFourDigits()
    if let scalar = Unicode.Scalar(UInt32(unit)) { return scalar }
    guard unit < 0xDC00, consume("\\"), consume("u") else { throw error("lone surrogate") }
    let low = try parseFourDigits()
    guard (0xDC00..<0xE000).contains(low) else { throw error("lone surrogate") }
    let value = 0x10000 + (UInt32(unit) - 0xD800) << 10 + (UInt32(low) - 0xDC00)
    guard let scalar = Unicode.Scalar(value) else { throw error("lone surrogate") }
    return scalar
  }

  private mutating func parseFourDigits() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Hex.value(of: byte) else {
        throw error("hex digit expected")
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }
}
