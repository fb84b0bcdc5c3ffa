extension String {
  /// The text made safe to show on one line of a terminal.
  ///
  /// Control characters (C0, DEL, C1), line separators and the characters that turn the direction
  /// of text become `\u{..}`; the backslash is doubled, so that what is shown is unambiguous.
  var escaped: String {
    var result = ""
    var changed = false
    for scalar in unicodeScalars {
      if let replacement = scalar.escapeForTerminal {
        result += replacement
        changed = true
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return changed ? result : self
  }
}

extension Unicode.Scalar {
  fileprivate var escapeForTerminal: String? {
    switch value {
    case 0x5C: "\\\\"
    case 0x09: "\\t"
    case 0x0A: "\\n"
    case 0x0D: "\\r"
    case 0..<0x20, 0x7F...0x9F, 0x061C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069:
      "\\u{\(String(value, radix: 16))}"
    default: nil
    }
  }
}
