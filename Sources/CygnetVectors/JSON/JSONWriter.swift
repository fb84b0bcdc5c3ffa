extension JSON {
  /// The value on one line, without spaces.
  package var compact: String {
    var writer = JSONWriter(pretty: false)
    writer.write(self)
    return writer.text
  }

  /// The value over several lines, one more space per level, with a newline at the end.
  package var pretty: String {
    var writer = JSONWriter(pretty: true)
    writer.write(self)
    return writer.text + "\n"
  }
}

/// Writes JSON; the same value always gives the same bytes.
///
/// Besides what RFC 8259 asks, characters that steer a terminal or turn the direction of text are
/// escaped, so that a value supplied by a peer can be shown.
private struct JSONWriter {
  private let pretty: Bool
  private var level = 0
  private var bytes: [UInt8] = []

  init(pretty: Bool) { self.pretty = pretty }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  mutating func write(_ value: JSON) {
    switch value {
    case .null: append("null")
    case .bool(let value): append(value ? "true" : "false")
    case .number(let literal): append(literal)
    case .string(let text): writeString(text)
    case .array(let elements): writeArray(elements)
    case .object(let object): writeObject(object)
    }
  }

  private mutating func append(_ text: String) { bytes += Array(text.utf8) }

  private mutating func newLine() {
    guard pretty else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<level { bytes.append(UInt8(ascii: " ")) }
  }

  private mutating func writeArray(_ elements: [JSON]) {
    guard !elements.isEmpty else { return append("[]") }
    append("[")
    level += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { append(",") }
      newLine()
      write(element)
    }
    level -= 1
    newLine()
    append("]")
  }

  private mutating func writeObject(_ object: JSONObject) {
    guard object.count > 0 else { return append("{}") }
    append("{")
    level += 1
    for (index, member) in object.members.enumerated() {
      if index > 0 { append(",") }
      newLine()
      writeString(member.key)
      append(pretty ? ": " : ":")
      write(member.value)
    }
    level -= 1
    newLine()
    append("}")
  }

  private mutating func writeString(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    if isPlain(text) {
      bytes += Array(text.utf8)
    } else {
      for scalar in text.unicodeScalars { writeScalar(scalar) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Hex, names and most sentences: printable ASCII without anything to escape.
  private func isPlain(_ text: String) -> Bool {
    for byte in text.utf8 {
      guard (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
      else { return false }
    }
    return true
  }

  private mutating func writeScalar(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x22: append("\\\"")
    case 0x5C: append("\\\\")
    case 0x08: append("\\b")
    case 0x09: append("\\t")
    case 0x0A: append("\\n")
    case 0x0C: append("\\f")
    case 0x0D: append("\\r")
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
      let digits = String(scalar.value, radix: 16)
      append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
    default: append(String(scalar))
    }
  }
}
