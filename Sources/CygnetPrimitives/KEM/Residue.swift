/// An element of the field Z_q, q = 3329 (FIPS 203 §2.3), by a signed representative.
///
/// Sums and differences are not reduced: who adds knows the bounds and reduces in time. Every
/// operation takes the same time for all values; there is no division, no branch and no index that
/// depends on one.
struct Residue: Equatable {
  var value: Int16

  static let q: Int16 = 3329

  @inline(__always)
  init(_ value: Int16) { self.value = value }

  @inline(__always)
  static func + (left: Residue, right: Residue) -> Residue { Residue(left.value &+ right.value) }

  @inline(__always)
  static func - (left: Residue, right: Residue) -> Residue { Residue(left.value &- right.value) }

  /// A product, between −q and q, of any representative and a constant.
  @inline(__always)
  static func * (left: Residue, right: Factor) -> Residue {
    // Montgomery: with t = left · right · q⁻¹ mod 2¹⁶ the low halves of left · right and t · q are
    // the same, so their high halves differ by the product over 2¹⁶, exactly.
    let t = left.value &* right.companion
    return Residue(high(left.value, right.montgomery) &- high(t, q))
  }

  /// The representative between 0 and q, both included.
  @inline(__always)
  var reduced: Residue {
    // 20159 / 2²⁶ is a little more than 1 / q, which a value of 16 bits cannot tell from it.
    let quotient = Self.high(value, 20159) &>> 10
    return Residue(value &- quotient &* Self.q)
  }

  /// The representative from 0 to q − 1.
  @inline(__always)
  var canonical: UInt16 {
    let below = reduced.value &- Self.q
    return UInt16(truncatingIfNeeded: below &+ (below &>> 15 & Self.q))
  }

  /// The upper half of a product.
  @inline(__always)
  private static func high(_ left: Int16, _ right: Int16) -> Int16 {
    Int16(truncatingIfNeeded: (Int32(left) &* Int32(right)) &>> 16)
  }

  /// q⁻¹ mod 2¹⁶, by Newton's iteration: q is its own inverse mod 2³, as every odd number is, and a
  /// step doubles the bits that are right.
  @inline(__always)
  static var inverseOfQ: Int16 {
    var inverse = q
    for _ in 0..<3 { inverse = inverse &* (2 &- q &* inverse) }
    return inverse
  }

  /// The sum of products of residues with factors in Montgomery form, over 2¹⁶: between −q and q.
  /// - Precondition: the sum's size is below 2¹⁵ · q.
  @inline(__always)
  init(montgomeryReducing sum: Int32) {
    let t = Int16(truncatingIfNeeded: sum) &* Self.inverseOfQ
    let difference = sum &- Int32(t) &* Int32(Self.q)
    value = Int16(truncatingIfNeeded: difference &>> 16)
  }

  /// A constant to multiply with.
  struct Factor {
    /// The constant times 2¹⁶ mod q, between −q/2 and q/2.
    let montgomery: Int16
    /// `montgomery` times q⁻¹ mod 2¹⁶.
    let companion: Int16

    /// The factor `value`, a public constant.
    init(_ value: Int) {
      let q = Int(Residue.q)
      let scaled = (value << 16) % q
      montgomery = Int16(scaled > q / 2 ? scaled - q : scaled)
      companion = montgomery &* Residue.inverseOfQ
    }
  }
}

/// The powers of ζ = 17, a primitive 256th root of unity mod q, that the transform multiplies with
/// (FIPS 203 §4.3, appendix A).
@safe struct RootsOfUnity: @unchecked Sendable {
  static let zeta = 17

  /// ζ^BitRev₇(i) for i from 0 to 127.
  let powers: UnsafeMutablePointer<Residue.Factor>
  /// ζ^(2 BitRev₇(i) + 1) for i from 0 to 127.
  let oddPowers: UnsafeMutablePointer<Residue.Factor>
  /// 128⁻¹, by which the inverse transform ends.
  let inverseOf128: Residue.Factor
  /// 2¹⁶, which takes a residue to its Montgomery form.
  let montgomery: Residue.Factor

  // Computed once at first use, read for the life of the process.
  static let shared = RootsOfUnity()

  private init() {
    unsafe powers = UnsafeMutablePointer.allocate(capacity: 128)
    unsafe oddPowers = UnsafeMutablePointer.allocate(capacity: 128)
    for index in 0..<128 {
      let exponent = Self.bitReversed7(index)
      unsafe (powers + index).initialize(to: Residue.Factor(Self.power(exponent)))
      unsafe (oddPowers + index).initialize(to: Residue.Factor(Self.power(2 * exponent + 1)))
    }
    // By Fermat's theorem.
    inverseOf128 = Residue.Factor(Self.power(Int(Residue.q) - 2, of: 128))
    montgomery = Residue.Factor(1 << 16)
  }

  private static func bitReversed7(_ value: Int) -> Int {
    var reversed = 0
    for bit in 0..<7 { reversed |= (value >> bit & 1) << (6 - bit) }
    return reversed
  }

  private static func power(_ exponent: Int, of base: Int = zeta) -> Int {
    var power = 1
    for _ in 0..<exponent { power = power * base % Int(Residue.q) }
    return power
  }
}
