/// Filling of paragraphs, for help pages.
enum TextFilling {
  /// Breaks a text into lines of at most `width` characters. Paragraphs are separated by an empty
  /// line; a word that is longer stands alone.
  static func fill(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    for paragraph in paragraphs(text) {
      if !lines.isEmpty { lines.append("") }
      var line = ""
      for word in paragraph.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
        if line.isEmpty {
          line = String(word)
        } else if line.count + 1 + word.count <= width {
          line += " " + word
        } else {
          lines.append(line)
          line = String(word)
        }
      }
      lines.append(line)
    }
    return lines
  }

  static func paragraphs(_ text: String) -> [String] {
    var paragraphs: [String] = []
    var current: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.isEmpty {
        current.append(line)
      } else if !current.isEmpty {
        paragraphs.append(current.joined(separator: "\n"))
        current = []
      }
    }
    if !current.isEmpty { paragraphs.append(current.joined(separator: "\n")) }
    return paragraphs
  }

  /// Pairs of a term and its explanation in two columns, indented by two.
  static func definitions(_ pairs: [(term: String, text: String)], width: Int) -> [String] {
    let longest = pairs.map(\.term.count).filter { $0 <= 28 }.max() ?? 0
    var lines: [String] = []
    for (term, text) in pairs {
      let margin = String(repeating: " ", count: 4 + longest)
      var filled = fill(text, width: max(20, width - margin.count))
      if term.count <= longest {
        let space = String(repeating: " ", count: longest - term.count)
        lines.append("  \(term)\(space)  \(filled.isEmpty ? "" : filled.removeFirst())")
      } else {
        lines.append("  \(term)")
      }
      lines += filled.map { margin + $0 }
    }
    return lines
  }
}
