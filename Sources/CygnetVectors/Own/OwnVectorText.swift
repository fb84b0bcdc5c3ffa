extension JSON {
  /// The layout of our vector files: one test, step or party a line, so that files stay compact and
  /// differences readable.
  package var text: String {
    if let array { return "[\n\(Self.rows(array))\n]\n" }
    guard let object else { return compact + "\n" }
    var lines: [String] = []
    for member in object.members {
      let key = JSON.string(member.key).compact
      switch member.value {
      case .array(let elements): lines.append(" \(key): [\n\(Self.rows(elements))\n ]")
      default: lines.append(" \(key): \(member.value.compact)")
      }
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  /// Elements one a line; a group's parameters on one line and its tests on one each.
  private static func rows(_ elements: [JSON]) -> String {
    var rows: [String] = []
    for element in elements {
      guard var group = element.object, let tests = group["tests"]?.array else {
        rows.append("  " + element.compact)
        continue
      }
      group["tests"] = nil
      var lines: [String] = []
      for test in tests { lines.append("   " + test.compact) }
      let head = JSON.object(group).compact.dropLast()
      rows.append("  \(head),\"tests\":[\n\(lines.joined(separator: ",\n"))\n  ]}")
    }
    return rows.joined(separator: ",\n")
  }
}
