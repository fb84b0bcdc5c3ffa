/// Rows of text in aligned columns.
struct TextTable: Sendable {
  enum Alignment: Sendable { case left, right }

  struct Column: Sendable {
    let title: String
    let alignment: Alignment

    static func left(_ title: String) -> Column { Column(title: title, alignment: .left) }
    static func right(_ title: String) -> Column { Column(title: title, alignment: .right) }
  }

  private let columns: [Column]
  private var rows: [[String]] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; what it lacks is empty, what it has too much is not shown.
  mutating func add(_ cells: [String]) {
    let missing = max(0, columns.count - cells.count)
    rows.append(Array(cells.prefix(columns.count)) + Array(repeating: "", count: missing))
  }

  /// The lines, titles first, two spaces between columns.
  func lines(_ style: Style) -> [String] {
    let titles = columns.map(\.title)
    let widths = columns.indices.map { column in
      ([titles] + rows).map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    let heading = line(titles, widths)
    return [style.bold(heading)] + rows.map { line($0, widths) }
  }

  private func line(_ cells: [String], _ widths: [Int]) -> String {
    var text = ""
    for (column, cell) in cells.enumerated() {
      let space = String(
        repeating: " ", count: widths[column] - cell.unicodeScalars.count)
      if column > 0 { text += "  " }
      text += columns[column].alignment == .left ? cell + space : space + cell
    }
    while text.last == " " { text.removeLast() }
    return text
  }
}
