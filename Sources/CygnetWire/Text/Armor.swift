package import CygnetPrimitives

/// An object as text that can be pasted: a line that says what it is, base64 (RFC 4648 §4) in lines
/// of 64 characters, and a line that ends it. Strict: one object has one armor, but for the ends of
/// lines, which may be LF or CRLF, and of which the last may be missing. Specification: Text
package enum Armor {
  /// What is inside, as its first and last line say.
  package enum Label: String, Sendable, CaseIterable {
    case contactCard = "CONTACT CARD"
    case preKeyBundle = "PREKEY BUNDLE"
    case message = "MESSAGE"
    case backup = "BACKUP"
    case groupMessage = "GROUP MESSAGE"
    case groupInvitation = "GROUP INVITATION"
    case groupInfo = "GROUP INFO"
    case keyPackage = "KEY PACKAGE"
  }

  private static let lineCount = 64
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let beginning = Array("-----BEGIN CYGNET ".utf8)
  private static let newline = UInt8(ascii: "\n")

  private static func line(_ word: String, _ label: Label) -> [UInt8] {
    Array("-----\(word) CYGNET \(label.rawValue)-----".utf8)
  }

  // MARK: - Encoding

  /// The armor as ASCII, ending with a newline.
  package static func encode(_ bytes: [UInt8], label: Label) -> [UInt8] {
    var text = line("BEGIN", label) + [newline]
    text.reserveCapacity(text.count * 2 + bytes.count / 3 * 4 + bytes.count / 48 + 8)
    var column = 0
    var offset = 0
    while offset < bytes.count {
      let count = min(3, bytes.count - offset)
      var group: UInt32 = 0
      for index in 0..<3 {
        group = group << 8 | (index < count ? UInt32(bytes[offset + index]) : 0)
      }
      for index in 0..<4 {
        let isUsed = index <= count
        text.append(
          isUsed
            ? alphabet[Int(group >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
      }
      offset += count
      column += 4
      if column == lineCount || offset == bytes.count {
        text.append(newline)
        column = 0
      }
    }
    return text + line("END", label) + [newline]
  }

  // MARK: - Decoding

  /// Whether the bytes begin as armor does.
  package static func isArmor(_ text: [UInt8]) -> Bool { text.starts(with: beginning) }

  /// What the first line says is inside; nil when it is no armor of a known kind.
  package static func label(of text: [UInt8]) -> Label? {
    for label in Label.allCases where text.starts(with: line("BEGIN", label)) { return label }
    return nil
  }

  /// The object in an armor of this kind.
  /// - Throws: `malformed` for another kind, and for anything that `encode` does not write.
  package static func decode(_ text: [UInt8], label: Label) throws(CygnetError) -> [UInt8] {
    var lines = Lines(text)
    guard lines.next().map({ $0.elementsEqual(line("BEGIN", label)) }) ?? false else {
      throw CygnetError(.malformed, "not the armor of such an object")
    }
    let end = line("END", label)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count / 4 * 3)
    var isLast = false
    while let line = lines.next() {
      if line.elementsEqual(end) {
        guard lines.isAtEnd else { throw CygnetError(.malformed, "text behind the armor") }
        return bytes
      }
      guard !isLast else { throw CygnetError(.malformed, "a short line inside the armor") }
      isLast = try decode(line, into: &bytes)
    }
    throw CygnetError(.malformed, "the armor has no end")
  }

  /// Decodes a line; returns whether only the last may be like it.
  private static func decode(
    _ line: ArraySlice<UInt8>, into bytes: inout [UInt8]
  ) throws(CygnetError) -> Bool {
    guard !line.isEmpty, line.count <= lineCount, line.count.isMultiple(of: 4) else {
      throw CygnetError(.malformed, "a line of base64 of another length")
    }
    var start = line.startIndex
    var padding = 0
    while start < line.endIndex {
      let group = line[start..<(start + 4)]
      start += 4
      padding = 0
      var bits: UInt32 = 0
      for character in group {
        if character == UInt8(ascii: "="), start == line.endIndex {
          padding += 1
          bits <<= 6
        } else {
          guard padding == 0, let value = value(of: character) else {
            throw CygnetError(.malformed, "a character that base64 does not use")
          }
          bits = bits << 6 | UInt32(value)
        }
      }
      guard padding <= 2, padding == 0 || bits & (1 << UInt32(8 * padding) - 1) == 0 else {
        throw CygnetError(.malformed, "bits left over are zero")
      }
      for index in 0..<(3 - padding) {
        bytes.append(UInt8(bits >> UInt32(16 - 8 * index) & 0xff))
      }
    }
    return padding > 0 || line.count < lineCount
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - 65
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - 71
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character + 4
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }

  /// Lines that end with LF or CRLF, the last also with the text, as it does when it was pasted.
  private struct Lines {
    private let text: [UInt8]
    private var position = 0

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { position == text.count }

    mutating func next() -> ArraySlice<UInt8>? {
      guard position < text.count else { return nil }
      guard let end = text[position...].firstIndex(of: newline) else {
        defer { position = text.count }
        return text[position...]
      }
      let line = text[position..<end]
      position = end + 1
      return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
    }
  }
}
