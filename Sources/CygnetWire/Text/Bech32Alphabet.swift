/// The 32 letters of Bech32 (BIP-173). Neither direction looks anything up at a place that depends
/// on a letter, since the text may be a key.
package enum Bech32Alphabet {
  private static let letters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

  /// The letter, in lower case, of a value below 32.
  package static func letter(of value: UInt8) -> UInt8 {
    var found: UInt8 = 0
    for (index, letter) in letters.enumerated() {
      found |= letter & mask(ifEqual: UInt8(truncatingIfNeeded: index), value)
    }
    return found
  }

  /// The value of a letter in lower case, or nil for any other byte.
  static func value(of letter: UInt8) -> UInt8? {
    var found: UInt8 = 0
    var isLetter: UInt8 = 0
    for (index, candidate) in letters.enumerated() {
      let isEqual = mask(ifEqual: candidate, letter)
      found |= UInt8(truncatingIfNeeded: index) & isEqual
      isLetter |= isEqual
    }
    return isLetter == 0 ? nil : found
  }

  /// 255 if both are equal, 0 otherwise.
  private static func mask(ifEqual left: UInt8, _ right: UInt8) -> UInt8 {
    UInt8(truncatingIfNeeded: (UInt16(left ^ right) &- 1) >> 8)
  }
}
