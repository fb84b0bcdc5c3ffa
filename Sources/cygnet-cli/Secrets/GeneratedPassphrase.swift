internal import CygnetPrimitives

/// A passphrase of the program's own making: 140 random bits in seven groups of four characters,
/// as `x7dm-2kpa-…`.
///
/// The 32 characters are those of Bech32: none of them is taken for another when it is read or
/// copied by hand.
enum GeneratedPassphrase {
  private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
  private static let groupCount = 7
  private static let charactersPerGroup = 4

  static func generate() -> SecretBytes {
    var random = SystemRandomSource()
    return generate(using: &random)
  }

  /// Draws 28 bytes, of which the five lowest bits count.
  static func generate(using random: inout some RandomSource) -> SecretBytes {
    let characterCount = groupCount * charactersPerGroup
    let drawn = random.secret(characterCount)
    return unsafe drawn.withUnsafeBytes { drawn in
      unsafe SecretBytes(count: characterCount + groupCount - 1) { text in
        var place = 0
        for index in 0..<characterCount {
          if index > 0 && index.isMultiple(of: charactersPerGroup) {
            unsafe text[place] = UInt8(ascii: "-")
            place += 1
          }
          unsafe text[place] = alphabet[Int(drawn[index] & 31)]
          place += 1
        }
      }
    }
  }
}
