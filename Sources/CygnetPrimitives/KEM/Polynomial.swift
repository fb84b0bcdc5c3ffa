/// A ring element: f in R_q = Z_q[X]/(X²⁵⁶ + 1), by its 256 coefficients (FIPS 203 §2.4.4).
package typealias RingElement = Polynomial<CoefficientForm>

/// The NTT form of a ring element: f̂ in T_q, by the 128 residues mod X² − ζ^(2 BitRev₇(i) + 1), two
/// coefficients each (FIPS 203 §4.3).
package typealias NTTElement = Polynomial<NTTForm>

package enum CoefficientForm {}
package enum NTTForm {}

/// 256 elements of Z_q in wiped memory; `Form` says what they are, so that a ring element and its
/// transform cannot be taken for each other.
package struct Polynomial<Form>: ~Copyable {
  /// Between −q and q unless a function says otherwise.
  private let block: WipedBlock<Residue>

  package static var count: Int { 256 }

  /// Zero.
  package init() { block = WipedBlock(count: Self.count) }

  private init(_ block: consuming WipedBlock<Residue>) { self.block = block }

  @inline(__always)
  var values: UnsafeMutablePointer<Residue> { unsafe block.base }

  /// Adds, without reducing.
  package mutating func add(_ other: borrowing Polynomial<Form>) {
    let (left, right) = unsafe (values, other.values)
    for i in 0..<Self.count { unsafe left[i] = left[i] + right[i] }
  }

  /// Subtracts, without reducing.
  package mutating func subtract(_ other: borrowing Polynomial<Form>) {
    let (left, right) = unsafe (values, other.values)
    for i in 0..<Self.count { unsafe left[i] = left[i] - right[i] }
  }
}

extension RingElement {
  /// The number-theoretic transform, in place (FIPS 203 Algorithm 9).
  package consuming func ntt() -> NTTElement {
    let f = unsafe values
    let zetas = unsafe RootsOfUnity.shared.powers
    var i = 1
    var length = 128
    while length >= 2 {
      for start in stride(from: 0, to: Self.count, by: 2 * length) {
        let zeta = unsafe zetas[i]
        i += 1
        unsafe Self.butterflies(f + start, f + start + length, length, zeta)
      }
      length /= 2
    }
    // Each of the seven layers added less than q, so 16 bits held it.
    for j in 0..<Self.count { unsafe f[j] = f[j].reduced }
    return NTTElement(block)
  }

  @inline(__always)
  private static func butterflies(
    _ left: UnsafeMutablePointer<Residue>, _ right: UnsafeMutablePointer<Residue>, _ count: Int,
    _ zeta: Residue.Factor
  ) {
    for j in 0..<count {
      let t = unsafe right[j] * zeta
      unsafe right[j] = left[j] - t
      unsafe left[j] = left[j] + t
    }
  }
}

extension NTTElement {
  /// The inverse transform, in place (FIPS 203 Algorithm 10).
  package consuming func inverseNTT() -> RingElement {
    let f = unsafe values
    let roots = RootsOfUnity.shared
    var i = 127
    var length = 2
    while length <= 128 {
      for start in stride(from: 0, to: Self.count, by: 2 * length) {
        let zeta = unsafe roots.powers[i]
        i -= 1
        unsafe Self.butterflies(f + start, f + start + length, length, zeta)
      }
      // A layer doubles the bound; after three it is 8q, and one more would not fit.
      if length == 8 || length == 64 {
        for j in 0..<Self.count { unsafe f[j] = f[j].reduced }
      }
      length *= 2
    }
    for j in 0..<Self.count { unsafe f[j] = f[j] * roots.inverseOf128 }
    return RingElement(block)
  }

  @inline(__always)
  private static func butterflies(
    _ left: UnsafeMutablePointer<Residue>, _ right: UnsafeMutablePointer<Residue>, _ count: Int,
    _ zeta: Residue.Factor
  ) {
    for j in 0..<count {
      let t = unsafe left[j]
      unsafe left[j] = t + right[j]
      unsafe right[j] = (right[j] - t) * zeta
    }
  }
}
