/// File names from peers, made safe to show and to use.
public enum FileName {
  /// The name given to a file that has none left.
  public static let fallback = "attachment"

  /// `name` without what could mislead a person or a file system: `/`, `\`, `:` and control
  /// characters become `_`, characters that change the direction of text are dropped, so are leading
  /// dots and trailing dots and spaces. Names that Windows reserves get a `_` in front. At most 255
  /// bytes; a long name loses its end but keeps a short extension. Never empty.
  public static func sanitised(_ name: String) -> String {
    var scalars: [Unicode.Scalar] = []
    for scalar in name.unicodeScalars where !changesDirection(scalar) {
      scalars.append(isHarmful(scalar) ? "_" : scalar)
    }
    scalars = Array(scalars.drop { $0 == "." || $0 == " " })
    while let last = scalars.last, last == "." || last == " " { scalars.removeLast() }
    if scalars.isEmpty { return fallback }
    let text = shortened(scalars)
    return isReserved(text) ? "_" + text : text
  }

  /// U+061C, 200E, 200F, 202A–202E, 2066–2069: with these `gpj.exe` reads as `exe.jpg`.
  private static func changesDirection(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x061c, 0x200e, 0x200f, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  private static func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0...0x1f, 0x7f...0x9f, 0x2028, 0x2029: true
    default: scalar == "/" || scalar == "\\" || scalar == ":"
    }
  }

  private static func isReserved(_ name: String) -> Bool {
    let stem = name.prefix { $0 != "." }.uppercased()
    if ["CON", "PRN", "AUX", "NUL"].contains(stem) { return true }
    guard stem.utf8.count == 4, stem.hasPrefix("COM") || stem.hasPrefix("LPT") else { return false }
    return stem.last.map { "123456789".contains($0) } ?? false
  }

  /// One byte is left for the `_` of a reserved name.
  private static let maxByteCount = AttachmentLimits.maxFileNameByteCount - 1

  private static func shortened(_ scalars: [Unicode.Scalar]) -> String {
    let whole = text(scalars[...])
    if whole.utf8.count <= maxByteCount { return whole }
    var ending = ""
    if let dot = scalars.lastIndex(of: "."), dot > 0 {
      let candidate = text(scalars[dot...])
      if candidate.utf8.count <= 16 { ending = candidate }
    }
    var room = maxByteCount - ending.utf8.count
    var count = 0
    for scalar in scalars.dropLast(ending.unicodeScalars.count) {
      room -= UTF8.width(scalar)
      if room < 0 { break }
      count += 1
    }
    return text(scalars[..<count]) + ending
  }

  private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }
}
