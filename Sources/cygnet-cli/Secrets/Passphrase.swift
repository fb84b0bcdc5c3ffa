internal import CygnetPrimitives

/// A passphrase as people type it, brought to the one form that opens the store.
///
/// White space around it goes, and Arabic-Indic and Persian digits become ASCII digits, since which
/// of them a keyboard gives is not in its user's hands. Letters stay as they are.
enum Passphrase {
  /// Bytes of a passphrase at most.
  static let maxCount = 1024

  /// - Parameter typed: one line, without its end.
  /// - Throws: `locked` if nothing is left, or for a control character, which is always a slip: an
  ///   arrow key, or a file of another kind.
  static func normalized(_ typed: SecretBytes) throws(CommandFailure) -> SecretBytes {
    var count = 0
    let block = unsafe typed.withUnsafeBytes { source in
      let range = unsafe trimmed(source)
      // Never longer: two bytes of a digit become one.
      return unsafe SecretBytes(count: range.count) { target in
        unsafe count = copy(UnsafeRawBufferPointer(rebasing: source[range]), to: target)
      }
    }
    let passphrase = block.slice(0..<count)
    guard count > 0 else { throw CommandFailure(.locked, "the passphrase is empty") }
    let isClean = unsafe passphrase.withUnsafeBytes { bytes in
      unsafe bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
    guard isClean else {
      throw CommandFailure(
        .locked, "the passphrase has a control character in it",
        hint: "it is one line of text; arrow keys cannot be used while typing it")
    }
    return passphrase
  }

  /// Copies, with digits mapped; the number of bytes written.
  private static func copy(
    _ source: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
  ) -> Int {
    var (read, written) = (0, 0)
    while read < source.count {
      let digit = read + 1 < source.count ? unsafe asciiDigit(source[read], source[read + 1]) : nil
      unsafe target[written] = digit ?? source[read]
      read += digit == nil ? 1 : 2
      written += 1
    }
    return written
  }

  /// U+0660 to U+0669 (Arabic-Indic) and U+06F0 to U+06F9 (Persian), in UTF-8.
  private static func asciiDigit(_ first: UInt8, _ second: UInt8) -> UInt8? {
    switch (first, second) {
    case (0xD9, 0xA0...0xA9): second - 0xA0 + UInt8(ascii: "0")
    case (0xDB, 0xB0...0xB9): second - 0xB0 + UInt8(ascii: "0")
    default: nil
    }
  }

  /// What is left without the white space at both ends.
  private static func trimmed(_ bytes: UnsafeRawBufferPointer) -> Range<Int> {
    var (start, end) = (0, bytes.count)
    while start < end {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      guard
        let space = whiteSpace.first(where: { unsafe rest.prefix($0.count).elementsEqual($0) })
      else { break }
      start += space.count
    }
    while start < end {
      let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[start..<end])
      guard
        let space = whiteSpace.first(where: { unsafe rest.suffix($0.count).elementsEqual($0) })
      else { break }
      end -= space.count
    }
    return start..<end
  }

  /// Unicode's White_Space in UTF-8.
  private static let whiteSpace: [[UInt8]] = {
    let scalars: [ClosedRange<UInt32>] = [
      0x09...0x0D, 0x20...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A,
      0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
    ]
    return scalars.joined().compactMap { Unicode.Scalar($0) }.map { Array(String($0).utf8) }
  }()
}
