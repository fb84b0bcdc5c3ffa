/// Finds what the user probably meant.
enum Suggestion {
  /// The candidate nearest to `word`: one that begins with it, or within about a third of its
  /// length in typing slips.
  static func nearest(to word: String, in candidates: [String]) -> String? {
    guard !word.isEmpty else { return nil }
    let continued = candidates.filter { $0.hasPrefix(word) }
    if continued.count == 1 { return continued[0] }
    var best: (name: String, slips: Int)?
    for candidate in candidates {
      let slips = distance(Array(word.utf8), Array(candidate.utf8))
      guard slips <= max(1, min(word.utf8.count, candidate.utf8.count) / 3) else { continue }
      if slips < best?.slips ?? .max { best = (candidate, slips) }
    }
    return best?.name
  }

  /// Insertions, deletions, replacements and swaps of neighbours that lead from one word to the
  /// other (optimal string alignment).
  static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    // Typed words may be long; names are not.
    let left = left.prefix(64)
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, byte) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var slips = min(
          last[column] + (byte == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        let swapped =
          row > 0 && column > 0 && byte == right[column - 1] && left[row - 1] == other
        if swapped { slips = min(slips, beforeLast[column - 1] + 1) }
        current.append(slips)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
