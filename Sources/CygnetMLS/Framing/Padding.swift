package import CygnetPrimitives

extension MLS {
  /// How much encrypted messages are lengthened, to hide their size. The same size always gives the
  /// same length (rule A10).
  public enum PaddingPolicy: Hashable, Sendable {
    /// Not at all: the length tells the exact size.
    case none
    /// To a multiple of so many bytes, content and signature together. Less than one counts as one.
    case step(Int)
    /// To the next Padmé length: at most 12 % more, and the length tells about log log of the size.
    case padme

    /// The length that `count` bytes are brought to.
    /// - Throws: `limitExceeded` where it cannot be expressed.
    package func paddedCount(_ count: Int) throws(CygnetError) -> Int {
      switch self {
      case .none: return count
      case .step(let step):
        let step = max(step, 1)
        let rest = count % step
        return rest == 0 ? count : try Self.sum(count, step - rest)
      case .padme:
        // Below 2 the inner logarithm is not defined, and there is nothing to round.
        guard count >= 2 else { return count }
        let exponent = Int.bitWidth - 1 - count.leadingZeroBitCount
        let digits = Int.bitWidth - exponent.leadingZeroBitCount
        let mask = (1 << max(exponent - digits, 0)) - 1
        return try Self.sum(count, mask) & ~mask
      }
    }

    private static func sum(_ left: Int, _ right: Int) throws(CygnetError) -> Int {
      let (sum, overflow) = left.addingReportingOverflow(right)
      if overflow { throw CygnetError(.limitExceeded, "A10: a padded message is too long") }
      return sum
    }
  }
}
