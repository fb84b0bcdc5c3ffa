internal import CygnetPrimitives
internal import CygnetWire

/// What people hand to each other, as files: armored text that can be pasted, or the bytes it stands
/// for.
enum ObjectFile {
  /// Reads an object in either form; `-` is standard input.
  /// - Parameters:
  ///   - label: the kind that is wanted; the armor of another kind is refused.
  ///   - limit: bytes of the object at most.
  static func read(
    _ path: Path, _ label: Armor.Label, limit: Int
  ) throws(CommandFailure) -> [UInt8] {
    try read(InputFile(path), label, limit: limit)
  }

  static func read(
    _ file: InputFile, _ label: Armor.Label, limit: Int
  ) throws(CommandFailure) -> [UInt8] {
    // 65 characters of a line hold 48 bytes, and there are two more lines.
    let bytes = try file.readAll(limit: limit / 48 * 65 + 256)
    guard Armor.isArmor(bytes) else {
      guard bytes.count <= limit else {
        throw CommandFailure(.limit, "\(file.name) is larger than \(limit) bytes")
      }
      return bytes
    }
    return try decode(bytes, label, file)
  }

  /// Reads an object that may be of several kinds: bytes as they are, or what an armor of one of
  /// these kinds holds.
  static func read(
    _ file: InputFile, oneOf labels: [Armor.Label], limit: Int
  ) throws(CommandFailure) -> [UInt8] {
    let bytes = try file.readAll(limit: limit / 48 * 65 + 256)
    guard Armor.isArmor(bytes) else { return bytes }
    let label = Armor.label(of: bytes).flatMap { labels.contains($0) ? $0 : nil }
    return try decode(bytes, label ?? labels[0], file)
  }

  private static func decode(
    _ armor: [UInt8], _ label: Armor.Label, _ file: InputFile
  ) throws(CommandFailure) -> [UInt8] {
    if let other = Armor.label(of: armor), other != label {
      throw CommandFailure(
        CygnetError(.malformed, "armored text of another kind"), about: file,
        detail: "\(other.rawValue), not \(label.rawValue)")
    }
    do { return try Armor.decode(closed(armor), label: label) } catch {
      throw CommandFailure(error, about: file)
    }
  }

  /// The text with one end of line behind it, which pasting loses or doubles.
  private static func closed(_ text: [UInt8]) -> [UInt8] {
    let space: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]
    let end = text.lastIndex { !space.contains($0) } ?? -1
    return text[...end] + [0x0A]
  }

}

extension Option {
  /// For commands that write an object with `ObjectTarget`.
  static let binary = Option(
    long: "binary", summary: "Write bytes instead of text that can be pasted")
}

extension CommandFailure {
  /// An error of the library, with the file it came from.
  init(_ error: CygnetError, about file: InputFile, detail: String? = nil) {
    let suffix = detail.map { " (\($0))" } ?? ""
    self.init(ExitCode(for: error.code), "\(file.name): \(error.reason)\(suffix)")
    libraryCode = error.code.name
  }
}
