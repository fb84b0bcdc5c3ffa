/// Slow arithmetic modulo 2^255 − 19 on 32-byte little-endian numbers, for making hostile points.
enum Modular {
  /// The product, reduced: schoolbook on bytes, then 2^256 folded back as 38.
  static func product(_ a: [UInt8], _ b: [UInt8]) -> [UInt8] {
    var wide = [Int](repeating: 0, count: 64)
    for (i, x) in a.enumerated() {
      for (j, y) in b.enumerated() { wide[i + j] += Int(x) * Int(y) }
    }
    var low = Array(wide[..<32])
    for index in 0..<32 { low[index] += 38 * wide[32 + index] }
    return reduced(low)
  }

  private static func reduced(_ digits: [Int]) -> [UInt8] {
    var digits = digits
    for _ in 0..<4 {
      var carry = 0
      for index in 0..<32 {
        let sum = digits[index] + carry
        digits[index] = sum & 0xff
        carry = sum >> 8
      }
      let top = digits[31] >> 7
      digits[31] &= 0x7f
      digits[0] += 19 * (2 * carry + top)
    }
    // Below 2^255 now; at most one subtraction of the prime is left, which is adding 19.
    var plus = digits
    plus[0] += 19
    var carry = 0
    for index in 0..<32 {
      let sum = plus[index] + carry
      plus[index] = sum & 0xff
      carry = sum >> 8
    }
    if plus[31] & 0x80 != 0 {
      plus[31] &= 0x7f
      digits = plus
    }
    return digits.map { UInt8($0) }
  }

  /// a^(p − 2): 254 squarings, as p − 2 is 2^255 − 21.
  static func inverse(_ a: [UInt8]) -> [UInt8] {
    var exponent = [UInt8](repeating: 0xff, count: 32)
    exponent[0] = 0xeb
    exponent[31] = 0x7f
    var result = [1] + [UInt8](repeating: 0, count: 31)
    for bit in (0..<255).reversed() {
      result = product(result, result)
      if exponent[bit / 8] >> UInt8(bit % 8) & 1 == 1 { result = product(result, a) }
    }
    return result
  }
}
