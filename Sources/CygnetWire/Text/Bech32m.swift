package import CygnetPrimitives

/// Bech32m (BIP-350): bytes as text that survives being read out, retyped and scanned. The checksum
/// catches every slip in up to three characters, and the prefix says what the bytes are.
///
/// Longer than BIP-173 allows: up to 1023 characters, the length of the code. What it writes and
/// reads may be a key: it looks nothing up at a place that depends on the bytes, and leaves no copy
/// behind. Specification: Text
package enum Bech32m {
  /// Characters of text in all.
  package static let maxCount = 1023
  private static let checksumCount = Bech32mChecksum.valueCount

  // MARK: - Encoding

  /// The text in lower case, as ASCII.
  /// - Throws: `limitExceeded` for more bytes than fit.
  package static func encode(
    _ secret: SecretBytes, prefix: String
  ) throws(CygnetError) -> SecretBytes {
    let prefix = Array(prefix.utf8)
    let valueCount = (secret.count * 8 + 4) / 5
    let count = prefix.count + 1 + valueCount + checksumCount
    guard count <= maxCount else {
      throw CygnetError(.limitExceeded, "too many bytes for Bech32m")
    }
    var text = [UInt8]()
    text.reserveCapacity(count)
    defer { ConstantTime.wipe(&text) }
    text += prefix + [UInt8(ascii: "1")]
    var checksum = Bech32mChecksum(prefix: prefix)
    secret.withBytes { bytes in
      var (bits, bitCount): (UInt32, Int) = (0, 0)
      for index in 0..<bytes.byteCount {
        bits = (bits << 8 | UInt32(bytes.byte(at: index))) & 0xfff
        bitCount += 8
        while bitCount >= 5 {
          bitCount -= 5
          append(UInt8(bits >> UInt32(bitCount) & 31), &text, &checksum)
        }
      }
      if bitCount > 0 { append(UInt8(bits << UInt32(5 - bitCount) & 31), &text, &checksum) }
    }
    for value in checksum.values { text.append(Bech32Alphabet.letter(of: value)) }
    return SecretBytes(copying: text)
  }

  private static func append(
    _ value: UInt8, _ text: inout [UInt8], _ checksum: inout Bech32mChecksum
  ) {
    checksum.add(value)
    text.append(Bech32Alphabet.letter(of: value))
  }

  // MARK: - Decoding

  /// The bytes of a text that must have this prefix and hold this many bytes.
  /// - Throws: `malformed` for another prefix, a slip anywhere, mixed case, or another length.
  package static func decode(
    _ text: SecretBytes, prefix: String, byteCount: Int
  ) throws(CygnetError) -> SecretBytes {
    let expected = Array(prefix.utf8) + [UInt8(ascii: "1")]
    guard text.count <= maxCount, !prefix.isEmpty,
      text.count == expected.count + (byteCount * 8 + 4) / 5 + checksumCount
    else { throw CygnetError(.malformed, "a key as text of another length or kind") }
    var values = [UInt8]()
    values.reserveCapacity(text.count)
    defer { ConstantTime.wipe(&values) }
    try text.withBytes { (text) throws(CygnetError) in
      try read(text, behind: expected, into: &values)
    }
    var bytes = [UInt8]()
    bytes.reserveCapacity(byteCount)
    defer { ConstantTime.wipe(&bytes) }
    try join(values.dropLast(checksumCount), byteCount, into: &bytes)
    return SecretBytes(copying: bytes)
  }

  /// The index of the one character behind the prefix that is wrong, where that can be told: the
  /// first that the alphabet has not, or the only one whose replacement makes the checksum match.
  ///
  /// It says where to look again, and on purpose not what the character should be: what a checksum
  /// alone put right could be another valid text.
  package static func mistypedIndex(in text: SecretBytes, prefix: String) -> Int? {
    let start = prefix.utf8.count + 1
    guard text.count <= maxCount, text.count >= start + checksumCount else { return nil }
    var checksum = Bech32mChecksum(prefix: Array(prefix.utf8))
    return text.withBytes { text in
      for index in start..<text.byteCount {
        var character = text.byte(at: index)
        if (0x41...0x5a).contains(character) { character |= 0x20 }
        guard let value = Bech32Alphabet.value(of: character) else { return index }
        checksum.add(value)
      }
      let count = text.byteCount - start
      guard let place = checksum.singleError(amongLast: count) else { return nil }
      return text.byteCount - 1 - place
    }
  }

  /// The prefix of a text that might be Bech32m; nil for what cannot be.
  package static func prefix(of text: [UInt8]) -> String? {
    guard text.count <= maxCount, let separator = text.lastIndex(of: UInt8(ascii: "1")),
      separator > 0, text.count - separator > checksumCount
    else { return nil }
    let prefix = String(decoding: text[..<separator], as: UTF8.self).lowercased()
    return prefix.utf8.allSatisfy { (0x61...0x7a).contains($0) } ? prefix : nil
  }

  /// The values of the characters behind the prefix, checksum included and checked.
  private static func read(
    _ text: RawSpan, behind prefix: [UInt8], into values: inout [UInt8]
  ) throws(CygnetError) {
    var (hasLower, hasUpper) = (false, false)
    for index in 0..<text.byteCount {
      var character = text.byte(at: index)
      guard (33...126).contains(character) else {
        throw CygnetError(.malformed, "a character that Bech32m does not use")
      }
      if (0x41...0x5a).contains(character) {
        hasUpper = true
        character |= 0x20
      } else if (0x61...0x7a).contains(character) {
        hasLower = true
      }
      if index < prefix.count {
        guard character == prefix[index] else {
          throw CygnetError(.malformed, "text of another kind")
        }
      } else {
        guard let value = Bech32Alphabet.value(of: character) else {
          throw CygnetError(.malformed, "a character that Bech32m does not use")
        }
        values.append(value)
      }
    }
    guard !(hasLower && hasUpper) else {
      throw CygnetError(.malformed, "upper and lower case are mixed")
    }
    var checksum = Bech32mChecksum(prefix: prefix.dropLast())
    for value in values { checksum.add(value) }
    guard checksum.isComplete else {
      throw CygnetError(.malformed, "mistyped: the checksum does not match")
    }
  }

  private static func join(
    _ values: ArraySlice<UInt8>, _ byteCount: Int, into bytes: inout [UInt8]
  ) throws(CygnetError) {
    var (bits, bitCount): (UInt32, Int) = (0, 0)
    for value in values {
      bits = (bits << 5 | UInt32(value)) & 0xfff
      bitCount += 5
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(bits >> UInt32(bitCount) & 0xff))
      }
    }
    guard bytes.count == byteCount, bits & (1 << UInt32(bitCount) - 1) == 0 else {
      throw CygnetError(.malformed, "bits left over are zero")
    }
  }
}

extension RawSpan {
  fileprivate func byte(at index: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
  }
}
