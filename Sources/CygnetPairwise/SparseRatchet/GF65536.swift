/// An element of GF(2^16) with the polynomial x^16 + x^12 + x^3 + x + 1, the field of the erasure
/// code. Nothing is looked up in a table, so the time of an operation depends on nothing.
package struct GF65536: Hashable, Sendable {
  package let rawValue: UInt16

  package init(_ rawValue: UInt16) { self.rawValue = rawValue }

  /// x^16 in terms of lower powers.
  package static let reduction: UInt16 = 0x100b

  package static let zero = GF65536(0)
  package static let one = GF65536(1)

  /// Addition, which is subtraction too.
  package static func + (left: GF65536, right: GF65536) -> GF65536 {
    GF65536(left.rawValue ^ right.rawValue)
  }

  package static func * (left: GF65536, right: GF65536) -> GF65536 {
    var product: UInt16 = 0
    var multiple = left.rawValue
    var rest = right.rawValue
    for _ in 0..<16 {
      product ^= multiple & (0 &- (rest & 1))
      multiple = (multiple << 1) ^ (reduction & (0 &- (multiple >> 15)))
      rest >>= 1
    }
    return GF65536(product)
  }

  /// The element to the power 2^16 − 2, which is the inverse of any element but zero.
  package var inverse: GF65536 {
    var square = self
    var product = GF65536.one
    for _ in 1..<16 {
      square = square * square
      product = product * square
    }
    return product
  }
}
