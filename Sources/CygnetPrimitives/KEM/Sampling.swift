extension NTTElement {
  /// A uniform element of T_q from a 32-byte seed and two indices (FIPS 203 Algorithm 7). The seed
  /// is public, and so is how long this takes.
  package static func sample(
    _ seed: RawSpan, _ first: UInt8, _ second: UInt8, with xof: inout XOF
  ) -> NTTElement {
    var element = NTTElement()
    element.sample(seed, first, second, with: &xof)
    return element
  }

  /// The same in place.
  mutating func sample(_ seed: RawSpan, _ first: UInt8, _ second: UInt8, with xof: inout XOF) {
    let values = unsafe values
    let count = Self.count
    xof.begin(seed, first, second)
    var filled = 0
    while filled < count {
      let block = unsafe xof.nextBlock()
      var next = 0
      while next < XOF.blockByteCount, filled < count {
        let (b0, b1, b2) = unsafe (
          UInt16(block[next]), UInt16(block[next + 1]), UInt16(block[next + 2])
        )
        next += 3
        let d1 = Int16(truncatingIfNeeded: b0 | (b1 & 15) &<< 8)
        let d2 = Int16(truncatingIfNeeded: b1 &>> 4 | b2 &<< 4)
        if d1 < Residue.q {
          unsafe values[filled] = Residue(d1)
          filled += 1
        }
        if d2 < Residue.q, filled < count {
          unsafe values[filled] = Residue(d2)
          filled += 1
        }
      }
    }
  }
}

/// SHAKE128 as the source of one uniform element after the other (FIPS 203 §4.1, XOF).
package struct XOF: ~Copyable {
  static let blockByteCount = 168

  private var sponge = KeccakSponge(rate: blockByteCount, suffix: 0x1f)
  private let block = WipedBlock<UInt8>(count: blockByteCount)

  package init() {}

  mutating func begin(_ seed: RawSpan, _ first: UInt8, _ second: UInt8) {
    sponge.reset()
    unsafe seed.withUnsafeBytes { seed in unsafe sponge.absorb(seed) }
    sponge.absorb(byte: first)
    sponge.absorb(byte: second)
  }

  /// The next 168 bytes, a multiple of three; they stay until the next call.
  mutating func nextBlock() -> UnsafePointer<UInt8> {
    unsafe sponge.squeeze(into: block.bytes)
    return unsafe UnsafePointer(block.base)
  }
}

/// SHAKE256 of a secret and a counter as the source of small ring elements (FIPS 203 §4.1, PRF).
package struct NoiseSource: ~Copyable {
  /// Both parameter sets here have η₁ = η₂ = 2.
  private static let eta = 2

  private var sponge = KeccakSponge(rate: 136, suffix: 0x1f)
  private let block = WipedBlock<UInt8>(count: 64 * eta)
  private let seed: SecretBytes

  package init(_ seed: SecretBytes) { self.seed = seed }

  /// SamplePolyCBD₂(PRF₂(seed, N)) (FIPS 203 Algorithm 8).
  package mutating func sample(_ counter: Int) -> RingElement {
    sponge.reset()
    unsafe seed.withUnsafeBytes { seed in unsafe sponge.absorb(seed) }
    sponge.absorb(byte: UInt8(truncatingIfNeeded: counter))
    unsafe sponge.squeeze(into: block.bytes)
    let element = RingElement()
    let (bytes, values) = unsafe (block.base, element.values)
    for i in 0..<RingElement.count / 2 {
      // Each pair of bits becomes its sum; x and y are neighbouring pairs.
      let byte = unsafe bytes[i]
      let sums = byte & 0x55 &+ (byte &>> 1 & 0x55)
      unsafe values[2 * i] = Self.difference(sums & 3, sums &>> 2 & 3)
      unsafe values[2 * i + 1] = Self.difference(sums &>> 4 & 3, sums &>> 6)
    }
    return element
  }

  @inline(__always)
  private static func difference(_ x: UInt8, _ y: UInt8) -> Residue {
    Residue(Int16(truncatingIfNeeded: x) &- Int16(truncatingIfNeeded: y))
  }
}
