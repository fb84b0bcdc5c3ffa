public import CygnetPrimitives

extension CygnetError {
  /// The id of the rule that was broken, as the specification's page on MLS lists them ("T11"), when
  /// the reason names one. The id stands in front of the reason's first colon.
  public var rule: String? {
    let text = "\(reason)"
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let id = text[..<colon]
    let letters = id.prefix { ("A"..."Z").contains($0) }
    let digits = id.dropFirst(letters.count)
    guard (1...2).contains(letters.count), (1...3).contains(digits.count) else { return nil }
    for digit in digits where !("0"..."9").contains(digit) { return nil }
    return String(id)
  }
}
