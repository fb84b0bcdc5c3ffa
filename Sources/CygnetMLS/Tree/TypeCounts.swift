/// How many members list each type: counters in pages by the number's upper byte, so that a list of
/// any length costs no more than its bytes do, and a change of a copy copies a page or two.
struct TypeCounts<T: MLSCodePoint>: Sendable {
  private struct Counter {
    var count = 0
    /// The list in which the type was counted last; the first has number 1.
    var list: UInt64 = 0
  }

  /// None, or 256 of them, each empty or with 256 counters.
  private var pages: [[Counter]] = []
  private var list: UInt64 = 0

  func count(of type: T) -> Int {
    let (page, place) = Self.place(of: type)
    if pages.isEmpty || pages[page].isEmpty { return 0 }
    return pages[page][place].count
  }

  /// Counts one member's list up or down. It may name a type twice, and the member counts once.
  mutating func add(_ types: [T], _ step: Int) {
    if types.isEmpty { return }
    list += 1
    if pages.isEmpty { pages = [[Counter]](repeating: [], count: 256) }
    for type in types {
      let (page, place) = Self.place(of: type)
      if pages[page].isEmpty { pages[page] = [Counter](repeating: Counter(), count: 256) }
      Self.add(step, in: list, to: &pages[page][place])
    }
  }

  private static func add(_ step: Int, in list: UInt64, to counter: inout Counter) {
    if counter.list == list { return }
    counter.count += step
    counter.list = list
  }

  private static func place(of type: T) -> (page: Int, place: Int) {
    (Int(type.rawValue >> 8), Int(type.rawValue & 0xff))
  }
}
