/// An element of the field of 2^255 − 19 elements, for the birational map of public points.
///
/// Five limbs of 51 bits; a limb may run a few bits over between operations. It serves public values
/// only, yet has no branch and no index that depends on a value.
struct FieldElement {
  private var limb0: UInt64
  private var limb1: UInt64
  private var limb2: UInt64
  private var limb3: UInt64
  private var limb4: UInt64

  private static let mask: UInt64 = (1 << 51) - 1

  static let one = FieldElement(1, 0, 0, 0, 0)

  private init(_ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64, _ e: UInt64) {
    (limb0, limb1, limb2, limb3, limb4) = (a, b, c, d, e)
  }

  /// From 32 bytes little-endian; the top bit is ignored.
  init(littleEndian bytes: [UInt8]) {
    func word(_ index: Int) -> UInt64 {
      var word: UInt64 = 0
      for offset in 0..<8 { word |= UInt64(bytes[8 * index + offset]) << UInt64(8 * offset) }
      return word
    }
    let (w0, w1, w2, w3) = (word(0), word(1), word(2), word(3))
    self.init(
      w0 & Self.mask,
      (w0 >> 51 | w1 << 13) & Self.mask,
      (w1 >> 38 | w2 << 26) & Self.mask,
      (w2 >> 25 | w3 << 39) & Self.mask,
      (w3 >> 12) & Self.mask)
  }

  /// 32 bytes little-endian, fully reduced.
  var littleEndianBytes: [UInt8] {
    var value = self
    value.carry()
    value.carry()
    // The value is now below 2^255 + 2^13. Adding 19 carries out of bit 255 exactly when it is not
    // below the prime, and then subtracting the prime is adding 19 and dropping that bit.
    var quotient = (value.limb0 &+ 19) >> 51
    quotient = (value.limb1 &+ quotient) >> 51
    quotient = (value.limb2 &+ quotient) >> 51
    quotient = (value.limb3 &+ quotient) >> 51
    quotient = (value.limb4 &+ quotient) >> 51
    value.limb0 &+= 19 &* quotient
    value.limb1 &+= value.limb0 >> 51
    value.limb2 &+= value.limb1 >> 51
    value.limb3 &+= value.limb2 >> 51
    value.limb4 &+= value.limb3 >> 51
    let (l0, l1) = (value.limb0 & Self.mask, value.limb1 & Self.mask)
    let (l2, l3, l4) = (
      value.limb2 & Self.mask, value.limb3 & Self.mask, value.limb4 & Self.mask
    )
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for word in [l0 | l1 << 51, l1 >> 13 | l2 << 38, l2 >> 26 | l3 << 25, l3 >> 39 | l4 << 12] {
      for offset in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * offset))) }
    }
    return bytes
  }

  static func + (left: FieldElement, right: FieldElement) -> FieldElement {
    FieldElement(
      left.limb0 &+ right.limb0, left.limb1 &+ right.limb1, left.limb2 &+ right.limb2,
      left.limb3 &+ right.limb3, left.limb4 &+ right.limb4)
  }

  /// `right` must be carried: twice the prime is added so that no limb falls below zero.
  static func - (left: FieldElement, right: FieldElement) -> FieldElement {
    FieldElement(
      left.limb0 &+ 0xf_ffff_ffff_ffda &- right.limb0,
      left.limb1 &+ 0xf_ffff_ffff_fffe &- right.limb1,
      left.limb2 &+ 0xf_ffff_ffff_fffe &- right.limb2,
      left.limb3 &+ 0xf_ffff_ffff_fffe &- right.limb3,
      left.limb4 &+ 0xf_ffff_ffff_fffe &- right.limb4)
  }

  static func * (left: FieldElement, right: FieldElement) -> FieldElement {
    let (a0, a1, a2, a3, a4) = (left.limb0, left.limb1, left.limb2, left.limb3, left.limb4)
    let (b0, b1, b2, b3, b4) = (right.limb0, right.limb1, right.limb2, right.limb3, right.limb4)
    // 2^255 is 19 in this field: products that reach it come back times 19.
    let (c1, c2, c3, c4) = (b1 &* 19, b2 &* 19, b3 &* 19, b4 &* 19)
    let r0 =
      product(a0, b0) &+ product(a1, c4) &+ product(a2, c3) &+ product(a3, c2)
      &+ product(a4, c1)
    let r1 =
      product(a0, b1) &+ product(a1, b0) &+ product(a2, c4) &+ product(a3, c3)
      &+ product(a4, c2)
    let r2 =
      product(a0, b2) &+ product(a1, b1) &+ product(a2, b0) &+ product(a3, c4)
      &+ product(a4, c3)
    let r3 =
      product(a0, b3) &+ product(a1, b2) &+ product(a2, b1) &+ product(a3, b0)
      &+ product(a4, c4)
    let r4 =
      product(a0, b4) &+ product(a1, b3) &+ product(a2, b2) &+ product(a3, b1)
      &+ product(a4, b0)
    return reduced(r0, r1, r2, r3, r4)
  }

  private var squared: FieldElement {
    let (a0, a1, a2, a3, a4) = (limb0, limb1, limb2, limb3, limb4)
    let (d0, d1, d2) = (a0 &* 2, a1 &* 2, a2 &* 2)
    let (c3, c4) = (a3 &* 19, a4 &* 19)
    return Self.reduced(
      Self.product(a0, a0) &+ Self.product(d1, c4) &+ Self.product(d2, c3),
      Self.product(d0, a1) &+ Self.product(d2, c4) &+ Self.product(a3, c3),
      Self.product(d0, a2) &+ Self.product(a1, a1) &+ Self.product(a3 &* 2, c4),
      Self.product(d0, a3) &+ Self.product(d1, a2) &+ Self.product(a4, c4),
      Self.product(d0, a4) &+ Self.product(d1, a3) &+ Self.product(a2, a2))
  }

  private func squared(_ times: Int) -> FieldElement {
    var value = self
    for _ in 0..<times { value = value.squared }
    return value
  }

  /// self^(p − 2), which is the inverse, or zero for zero (Fermat). The exponent 2^255 − 21 is built
  /// from runs of ones: `ones(n)` below is self^(2^n − 1).
  var inverse: FieldElement {
    let two = squared
    let nine = two.squared(2) * self
    let eleven = nine * two
    let ones5 = eleven.squared * nine
    let ones10 = ones5.squared(5) * ones5
    let ones20 = ones10.squared(10) * ones10
    let ones40 = ones20.squared(20) * ones20
    let ones50 = ones40.squared(10) * ones10
    let ones100 = ones50.squared(50) * ones50
    let ones200 = ones100.squared(100) * ones100
    let ones250 = ones200.squared(50) * ones50
    return ones250.squared(5) * eleven
  }

  private static func product(_ left: UInt64, _ right: UInt64) -> UInt128 {
    UInt128(left) &* UInt128(right)
  }

  private static func reduced(
    _ r0: UInt128, _ r1: UInt128, _ r2: UInt128, _ r3: UInt128, _ r4: UInt128
  ) -> FieldElement {
    let s1 = r1 &+ (r0 >> 51)
    let s2 = r2 &+ (s1 >> 51)
    let s3 = r3 &+ (s2 >> 51)
    let s4 = r4 &+ (s3 >> 51)
    var result = FieldElement(
      UInt64(truncatingIfNeeded: r0) & mask, UInt64(truncatingIfNeeded: s1) & mask,
      UInt64(truncatingIfNeeded: s2) & mask, UInt64(truncatingIfNeeded: s3) & mask,
      UInt64(truncatingIfNeeded: s4) & mask)
    result.limb0 &+= UInt64(truncatingIfNeeded: s4 >> 51) &* 19
    result.limb1 &+= result.limb0 >> 51
    result.limb0 &= mask
    return result
  }

  /// Brings every limb to 51 bits, the first but for a carry that comes around.
  private mutating func carry() {
    limb1 &+= limb0 >> 51
    limb2 &+= limb1 >> 51
    limb3 &+= limb2 >> 51
    limb4 &+= limb3 >> 51
    limb0 = limb0 & Self.mask &+ 19 &* (limb4 >> 51)
    limb1 &= Self.mask
    limb2 &= Self.mask
    limb3 &= Self.mask
    limb4 &= Self.mask
  }
}
