package import CygnetPrimitives

/// Bech32m (BIP-350): bytes as text that survives being read out, retyped and scanned. The checksum
/// catches every slip in up to three characters, and the prefix says what the bytes are.
///
/// Longer than BIP-173 allows: up to 1023 characters, the length of the code. Specification: Text
package enum Bech32m {
  /// Characters of text in all.
  package static let maxCount = 1023
  private static let checksumCount = 6
  /// What tells Bech32m from Bech32 (BIP-350).
  private static let finalValue: UInt32 = 0x2bc8_30a3
  private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

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
    var checksum = Checksum(prefix: prefix)
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
    let end = checksum.finished(finalValue)
    for index in 0..<checksumCount {
      text.append(alphabet[Int(end >> UInt32(5 * (5 - index)) & 31)])
    }
    return SecretBytes(copying: text)
  }

  private static func append(_ value: UInt8, _ text: inout [UInt8], _ checksum: inout Checksum) {
    checksum.add(value)
    text.append(alphabet[Int(value)])
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
        guard let value = alphabet.firstIndex(of: character) else {
          throw CygnetError(.malformed, "a character that Bech32m does not use")
        }
        values.append(UInt8(value))
      }
    }
    guard !(hasLower && hasUpper) else {
      throw CygnetError(.malformed, "upper and lower case are mixed")
    }
    var checksum = Checksum(prefix: prefix.dropLast())
    for value in values { checksum.add(value) }
    guard checksum.state == finalValue else {
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

  /// The BCH code of BIP-173 over the expanded prefix and the values.
  private struct Checksum {
    private(set) var state: UInt32 = 1

    init(prefix: some Collection<UInt8>) {
      for character in prefix { add(character >> 5) }
      add(0)
      for character in prefix { add(character & 31) }
    }

    mutating func add(_ value: UInt8) {
      let top = state >> 25
      state = (state & 0x1ff_ffff) << 5 ^ UInt32(value)
      let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
      for (index, term) in generator.enumerated() where top >> UInt32(index) & 1 == 1 {
        state ^= term
      }
    }

    /// The six values that make the code's state `goal`, as thirty bits.
    func finished(_ goal: UInt32) -> UInt32 {
      var copy = self
      for _ in 0..<6 { copy.add(0) }
      return copy.state ^ goal
    }
  }
}

extension RawSpan {
  fileprivate func byte(at index: Int) -> UInt8 {
    unsafe unsafeLoad(fromByteOffset: index, as: UInt8.self)
  }
}
