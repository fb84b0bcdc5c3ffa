/// A file name as the system has it: bytes, which need not be UTF-8.
struct Path: Sendable, Hashable, CustomStringConvertible {
  /// The name without a terminating zero byte.
  let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  init(_ text: String) { self.init(bytes: Array(text.utf8)) }

  /// `-`, which stands for standard input or output.
  var isStandardStream: Bool { bytes == [UInt8(ascii: "-")] }

  var isAbsolute: Bool { bytes.first == UInt8(ascii: "/") }

  /// Safe to show: control and direction characters are escaped.
  var description: String { text.escaped }

  /// The name as text, with U+FFFD where it is not UTF-8.
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The directory the name lies in, `.` for a bare name.
  var parent: Path {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return Path(".") }
    return slash == 0 ? Path("/") : Path(bytes: Array(bytes[..<slash]))
  }

  /// What follows the last slash.
  var lastComponent: Path {
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return self }
    return Path(bytes: Array(bytes[(slash + 1)...]))
  }

  func appending(_ component: String) -> Path {
    let separator = bytes.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
    return Path(bytes: bytes + separator + Array(component.utf8))
  }

  /// The same name with `suffix` at its end.
  func adding(suffix: String) -> Path { Path(bytes: bytes + Array(suffix.utf8)) }

  /// The name with a terminating zero byte, for system calls.
  var terminated: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}
