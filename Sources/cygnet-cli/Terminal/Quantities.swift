/// Sizes, rates and times as people read them, in integers throughout.
extension UInt64 {
  /// Bytes with a decimal unit and three digits: `999 B`, `1.50 kB`, `42.1 MB`.
  var asByteCount: String {
    var unit: UInt64 = 1
    for name in ["B", "kB", "MB", "GB", "TB", "PB"] {
      if self / unit < 1000 || name == "PB" { return "\(threeDigits(per: unit)) \(name)" }
      unit *= 1000
    }
    return "\(self) B"
  }

  /// This many over `unit`, with as many decimals as make three digits.
  fileprivate func threeDigits(per unit: UInt64) -> String {
    let whole = self / unit
    guard unit >= 1000, whole < 100 else { return "\(whole)" }
    let hundredths = (self % unit) / (unit / 100)
    if whole >= 10 { return "\(whole).\(hundredths / 10)" }
    return "\(whole).\(hundredths < 10 ? "0" : "")\(hundredths)"
  }

  /// `self * factor / divisor` without overflow on the way; the maximum where the result is more.
  func scaled(by factor: UInt64, over divisor: UInt64) -> UInt64 {
    guard divisor > 0 else { return .max }
    let product = multipliedFullWidth(by: factor)
    guard product.high < divisor else { return .max }
    return divisor.dividingFullWidth(product).quotient
  }

  /// Seconds as `7 s`, `3:05` or `1:02:03`.
  var asClock: String {
    func two(_ value: UInt64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    if self < 60 { return "\(self) s" }
    if self < 3600 { return "\(self / 60):\(two(self % 60))" }
    return "\(self / 3600):\(two(self / 60 % 60)):\(two(self % 60))"
  }
}

extension Duration {
  /// Whole nanoseconds, at least 0 and at most what fits.
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(seconds).scaled(by: 1_000_000_000, over: 1)
      .addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000).partialValue
  }

  /// With a unit and three digits: `850 ns`, `1.25 ms`, `12.0 s`.
  var asText: String {
    var unit: UInt64 = 1
    for name in ["ns", "µs", "ms"] {
      if nanoseconds / unit < 1000 { return "\(nanoseconds.threeDigits(per: unit)) \(name)" }
      unit *= 1000
    }
    return "\(nanoseconds.threeDigits(per: unit)) s"
  }
}
