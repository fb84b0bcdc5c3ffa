/// A secret vector of NTT elements, prepared to be multiplied with: ŝ or ŷ of FIPS 203.
///
/// For every pair of coefficients b₀ + b₁X, taken mod X² − γ, it keeps the pairs (b₀, b₁γ) and
/// (b₁, b₀), in Montgomery form: the two sums of BaseCaseMultiply are then inner products with the
/// other factor's pair.
package struct NTTVector: ~Copyable {
  private static let stride = 2 * NTTElement.count

  private let block: WipedBlock<Int16>
  let count: Int

  package init(count: Int) {
    block = WipedBlock(count: count * Self.stride)
    self.count = count
  }

  /// Puts `element` in place `index`.
  package mutating func set(_ index: Int, to element: borrowing NTTElement) {
    precondition(index < count, "a vector has no such element")
    let target = unsafe block.base + index * Self.stride
    let roots = RootsOfUnity.shared
    let values = unsafe element.values
    for i in 0..<NTTElement.count / 2 {
      let b0 = unsafe values[2 * i] * roots.montgomery
      let b1 = unsafe values[2 * i + 1] * roots.montgomery
      unsafe target[2 * i] = b0.value
      unsafe target[2 * i + 1] = (b1 * roots.oddPowers[i]).value
      unsafe target[NTTElement.count + 2 * i] = b1.value
      unsafe target[NTTElement.count + 2 * i + 1] = b0.value
    }
  }

  @inline(__always)
  fileprivate func pairs(_ index: Int) -> UnsafePointer<Int16> {
    precondition(index < count, "a vector has no such element")
    return unsafe UnsafePointer(block.base + index * Self.stride)
  }
}

/// Computes inner products with a vector, one after the other in the same memory.
package struct InnerProduct: ~Copyable {
  private let sums = WipedBlock<Int32>(count: NTTElement.count)
  private var factor = NTTElement()

  package init() {}

  /// The sum of the products of `vector` with elements that `fill` makes one by one.
  package mutating func product(
    _ vector: borrowing NTTVector, _ fill: (Int, inout NTTElement) -> Void
  ) -> NTTElement {
    for i in 0..<NTTElement.count { unsafe sums.base[i] = 0 }
    for j in 0..<vector.count {
      fill(j, &factor)
      unsafe Self.add(factor.values, times: vector.pairs(j), to: sums.base)
    }
    let total = NTTElement()
    let values = unsafe total.values
    for i in 0..<NTTElement.count {
      unsafe values[i] = Residue(montgomeryReducing: sums.base[i])
    }
    return total
  }

  /// Adds a product of T_q (FIPS 203 Algorithms 11 and 12), in 32 bits. With values between −q and q
  /// on both sides, up to four products fit.
  private static func add(
    _ a: UnsafeMutablePointer<Residue>, times b: UnsafePointer<Int16>,
    to c: UnsafeMutablePointer<Int32>
  ) {
    let crossed = unsafe b + NTTElement.count
    for i in 0..<NTTElement.count / 2 {
      let (a0, a1) = unsafe (Int32(a[2 * i].value), Int32(a[2 * i + 1].value))
      unsafe c[2 * i] =
        c[2 * i] &+ a0 &* Int32(b[2 * i]) &+ a1 &* Int32(b[2 * i + 1])
      unsafe c[2 * i + 1] =
        c[2 * i + 1] &+ a0 &* Int32(crossed[2 * i]) &+ a1 &* Int32(crossed[2 * i + 1])
    }
  }
}
