/// The input of a fuzzer as a source of decisions.
package struct Script {
  private let bytes: [UInt8]
  private var position = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package var isOver: Bool { position >= bytes.count }

  /// The next byte; zeros at the end.
  package mutating func next() -> Int {
    defer { position += 1 }
    return isOver ? 0 : Int(bytes[position])
  }

  package mutating func draw(_ limit: Int) -> Int {
    limit > 256 ? number() % limit : next() % limit
  }

  package mutating func number() -> Int { next() << 8 | next() }

  package mutating func take(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(next()) }
  }

  package mutating func pick<T>(_ items: [T]) -> T { items[draw(items.count)] }

  /// Changes bytes here and there.
  package mutating func mutate(_ original: [UInt8]) -> [UInt8] {
    var bytes = original
    for _ in 0..<(1 + draw(3)) where !bytes.isEmpty {
      let place = draw(bytes.count)
      switch draw(6) {
      case 0: bytes[place] = UInt8(next())
      case 1: bytes[place] ^= 1 << UInt8(draw(8))
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + draw(40)))
      case 3: bytes.insert(contentsOf: take(1 + draw(4)), at: place)
      case 4:
        let piece = bytes[place..<min(bytes.count, place + 1 + draw(200))]
        bytes.insert(contentsOf: piece, at: draw(bytes.count))
      default: bytes.removeLast(min(bytes.count, 1 + draw(60)))
      }
    }
    return bytes
  }

  /// All that is left.
  package mutating func rest() -> [UInt8] {
    defer { position = bytes.count }
    return isOver ? [] : Array(bytes[position...])
  }
}
