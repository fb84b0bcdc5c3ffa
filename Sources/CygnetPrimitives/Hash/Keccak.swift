/// The permutation Keccak-f[1600] (FIPS 202 §3) on 25 lanes of 64 bits, lane A[x, y] at x + 5y.
enum Keccak {
  static let laneCount = 25
  private static let roundCount = 24

  /// The round constants of ι: bit 2^j − 1 of round i's is rc(j + 7i) (FIPS 202 §3.2.5).
  @safe private struct RoundConstants: @unchecked Sendable {
    // Written once here, read for the life of the process.
    let base = UnsafeMutablePointer<UInt64>.allocate(capacity: roundCount)

    init() {
      var register: UInt8 = 1
      for round in 0..<roundCount {
        var constant: UInt64 = 0
        for j in 0...6 {
          // Algorithm 5: the register shifts through x^8 + x^6 + x^5 + x^4 + 1.
          constant |= UInt64(register & 1) << UInt64((1 << j) - 1)
          register = register << 1 ^ (register >> 7) &* 0x71
        }
        unsafe (base + round).initialize(to: constant)
      }
    }
  }

  private static let roundConstants = RoundConstants()

  /// ρ (FIPS 202 §3.2.2): the lane that step t of its path visits turns by (t + 1)(t + 2)/2 bits.
  @inline(__always)
  private static func rho(_ lane: UInt64, _ t: UInt64) -> UInt64 {
    let offset = (t &+ 1) &* (t &+ 2) / 2 & 63
    return lane &<< offset | lane &>> (64 &- offset)
  }

  @inline(__always)
  private static func turned(_ lane: UInt64) -> UInt64 { lane &<< 1 | lane &>> 63 }

  /// χ (FIPS 202 §3.2.4) for one lane and its two neighbours.
  @inline(__always)
  private static func chi(_ lane: UInt64, _ next: UInt64, _ afterNext: UInt64) -> UInt64 {
    lane ^ (~next & afterNext)
  }

  /// All rounds (FIPS 202 Algorithm 7). The lanes stay in local variables, which the compiler can
  /// keep in registers; ρ and π are folded into the expressions that χ reads.
  static func permute(_ a: UnsafeMutablePointer<UInt64>) {
    var (a0, a1, a2, a3, a4) = unsafe (a[0], a[1], a[2], a[3], a[4])
    var (a5, a6, a7, a8, a9) = unsafe (a[5], a[6], a[7], a[8], a[9])
    var (a10, a11, a12, a13, a14) = unsafe (a[10], a[11], a[12], a[13], a[14])
    var (a15, a16, a17, a18, a19) = unsafe (a[15], a[16], a[17], a[18], a[19])
    var (a20, a21, a22, a23, a24) = unsafe (a[20], a[21], a[22], a[23], a[24])
    let constants = unsafe roundConstants.base
    for round in 0..<roundCount {
      // θ: the parities of the columns.
      let c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20
      let c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21
      let c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22
      let c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23
      let c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24
      let d0 = c4 ^ turned(c1)
      let d1 = c0 ^ turned(c2)
      let d2 = c1 ^ turned(c3)
      let d3 = c2 ^ turned(c4)
      let d4 = c3 ^ turned(c0)
      // The rows of the next state: each takes one lane of every column.
      let (r0, r1, r2, r3, r4) = (
        a0 ^ d0, rho(a6 ^ d1, 23), rho(a12 ^ d2, 17), rho(a18 ^ d3, 5), rho(a24 ^ d4, 11)
      )
      let (s0, s1, s2, s3, s4) = (
        rho(a3 ^ d3, 6), rho(a9 ^ d4, 22), rho(a10 ^ d0, 1), rho(a16 ^ d1, 8), rho(a22 ^ d2, 21)
      )
      let (t0, t1, t2, t3, t4) = (
        rho(a1 ^ d1, 0), rho(a7 ^ d2, 2), rho(a13 ^ d3, 16), rho(a19 ^ d4, 15), rho(a20 ^ d0, 19)
      )
      let (u0, u1, u2, u3, u4) = (
        rho(a4 ^ d4, 12), rho(a5 ^ d0, 7), rho(a11 ^ d1, 3), rho(a17 ^ d2, 4), rho(a23 ^ d3, 14)
      )
      let (v0, v1, v2, v3, v4) = (
        rho(a2 ^ d2, 18), rho(a8 ^ d3, 9), rho(a14 ^ d4, 20), rho(a15 ^ d0, 13), rho(a21 ^ d1, 10)
      )
      a0 = unsafe chi(r0, r1, r2) ^ constants[round]
      (a1, a2, a3, a4) = (chi(r1, r2, r3), chi(r2, r3, r4), chi(r3, r4, r0), chi(r4, r0, r1))
      (a5, a6, a7) = (chi(s0, s1, s2), chi(s1, s2, s3), chi(s2, s3, s4))
      (a8, a9) = (chi(s3, s4, s0), chi(s4, s0, s1))
      (a10, a11, a12) = (chi(t0, t1, t2), chi(t1, t2, t3), chi(t2, t3, t4))
      (a13, a14) = (chi(t3, t4, t0), chi(t4, t0, t1))
      (a15, a16, a17) = (chi(u0, u1, u2), chi(u1, u2, u3), chi(u2, u3, u4))
      (a18, a19) = (chi(u3, u4, u0), chi(u4, u0, u1))
      (a20, a21, a22) = (chi(v0, v1, v2), chi(v1, v2, v3), chi(v2, v3, v4))
      (a23, a24) = (chi(v3, v4, v0), chi(v4, v0, v1))
    }
    unsafe (a[0], a[1], a[2], a[3], a[4]) = (a0, a1, a2, a3, a4)
    unsafe (a[5], a[6], a[7], a[8], a[9]) = (a5, a6, a7, a8, a9)
    unsafe (a[10], a[11], a[12], a[13], a[14]) = (a10, a11, a12, a13, a14)
    unsafe (a[15], a[16], a[17], a[18], a[19]) = (a15, a16, a17, a18, a19)
    unsafe (a[20], a[21], a[22], a[23], a[24]) = (a20, a21, a22, a23, a24)
  }
}
