/// Why a text is not acceptable JSON, and where.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
  package let reason: String
  /// Offset of the offending byte from the start.
  package let offset: Int
  /// Line of that byte, from 1.
  package let line: Int
  /// Column of that byte in its line, in bytes from 1.
  package let column: Int

  init(_ reason: StaticString, at offset: Int, in bytes: [UInt8]) {
    self.reason = "\(reason)"
    self.offset = offset
    var line = 1
    var column = 1
    for byte in bytes.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    self.line = line
    self.column = column
  }

  package var description: String { "line \(line), column \(column): \(reason)" }
}
