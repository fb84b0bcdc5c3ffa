internal import CygnetPrimitives

/// QR codes for the terminal, drawn by the program `qrencode` where it is installed.
enum QRCode {
  /// Beyond this no QR code exists.
  private static let maxCount = 4296
  private static let maxDrawingCount = 1 << 18

  /// The code of a text as lines; `nil` where it cannot be drawn. The text goes to the program's
  /// standard input, since arguments are for everyone to see.
  static func lines(_ text: String, _ style: Style) -> [String]? {
    guard text.utf8.count <= maxCount else { return nil }
    // Without color the code is drawn with the terminal's own: most are light on dark.
    let type = style.enabled ? "ANSIUTF8" : "UTF8"
    guard
      let child = try? ChildProcess(
        Path("qrencode"), ["-t", type, "-m", "2", "-o", "-"], input: Array(text.utf8)),
      let drawing = try? child.output.readWholeSecret("qrencode", limit: maxDrawingCount),
      child.wait() == 0, drawing.count > 0
    else { return nil }
    let bytes = unsafe drawing.withUnsafeBytes { unsafe [UInt8]($0) }
    var lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines
  }
}
