/// Encoding, decoding and compression (FIPS 203 §4.2.1). Eight values of d bits are d bytes, so
/// every function works in groups of eight.
package enum PolynomialEncoding {
  /// The bytes of 256 values of `bits` bits.
  static func byteCount(bits: Int) -> Int { 32 * bits }

  /// Compress_d: round(2^d · x / q) mod 2^d. The division is a multiplication, since the processor's
  /// division may take longer for some numerators: with n < 2²³, n · ⌈2³⁵/q⌉ / 2³⁵ rounds down to
  /// the same quotient as n / q.
  @inline(__always)
  package static func compress(_ x: UInt16, bits: Int) -> UInt16 {
    let q = UInt64(Residue.q)
    let numerator = UInt64(x) &<< UInt64(bits) &+ q / 2
    let quotient = (numerator &* ((1 << 35) / q &+ 1)) &>> 35
    return UInt16(truncatingIfNeeded: quotient) & ((1 &<< UInt16(bits)) &- 1)
  }

  /// Decompress_d: round(q · y / 2^d).
  @inline(__always)
  static func decompress(_ y: UInt16, bits: Int) -> Residue {
    let product = UInt32(y) &* UInt32(Residue.q) &+ 1 &<< UInt32(bits - 1)
    return Residue(Int16(truncatingIfNeeded: product &>> UInt32(bits)))
  }

  /// Writes eight values of `bits` bits (FIPS 203 Algorithm 5).
  @inline(__always)
  static func pack(
    _ target: UnsafeMutablePointer<UInt8>, bits: Int, _ value: (Int) -> UInt16
  ) {
    var word: UInt128 = 0
    for i in 0..<8 { word |= UInt128(value(i)) &<< UInt128(i &* bits) }
    for i in 0..<bits {
      unsafe target[i] = UInt8(truncatingIfNeeded: word &>> UInt128(8 &* i))
    }
  }

  /// Reads eight values of `bits` bits (FIPS 203 Algorithm 6).
  @inline(__always)
  static func unpack(
    _ source: UnsafePointer<UInt8>, bits: Int, _ use: (Int, UInt16) -> Void
  ) {
    var word: UInt128 = 0
    for i in 0..<bits { unsafe word |= UInt128(source[i]) &<< UInt128(8 &* i) }
    let mask: UInt16 = (1 &<< UInt16(bits)) &- 1
    for i in 0..<8 { use(i, UInt16(truncatingIfNeeded: word &>> UInt128(i &* bits)) & mask) }
  }

  @inline(__always)
  static func place(
    _ target: inout MutableRawSpan, at offset: Int, bits: Int,
    _ body: (UnsafeMutablePointer<UInt8>) -> Void
  ) {
    precondition(offset >= 0 && byteCount(bits: bits) <= target.byteCount - offset)
    unsafe target.withUnsafeMutableBytes { target in
      unsafe body(
        target.baseAddress!.advanced(by: offset).assumingMemoryBound(to: UInt8.self))  // not empty
    }
  }

  @inline(__always)
  static func place(
    _ source: RawSpan, at offset: Int, bits: Int, _ body: (UnsafePointer<UInt8>) -> Void
  ) {
    precondition(offset >= 0 && byteCount(bits: bits) <= source.byteCount - offset)
    unsafe source.withUnsafeBytes { source in
      unsafe body(
        source.baseAddress!.advanced(by: offset).assumingMemoryBound(to: UInt8.self))  // not empty
    }
  }
}

extension Polynomial {
  package static var byteCount: Int { PolynomialEncoding.byteCount(bits: 12) }

  /// ByteEncode₁₂: 384 bytes at `offset`.
  package func encode(into target: inout MutableRawSpan, at offset: Int) {
    let values = unsafe values
    unsafe PolynomialEncoding.place(&target, at: offset, bits: 12) { target in
      for group in 0..<Self.count / 8 {
        unsafe PolynomialEncoding.pack(target + 12 * group, bits: 12) { i in
          unsafe values[8 * group + i].canonical
        }
      }
    }
  }

  /// ByteDecode₁₂ of 384 bytes at `offset`; what is not below q is taken mod q.
  package init(decoding source: RawSpan, at offset: Int) {
    self.init()
    decode(source, at: offset)
  }

  /// The same in place.
  mutating func decode(_ source: RawSpan, at offset: Int) {
    let values = unsafe values
    unsafe PolynomialEncoding.place(source, at: offset, bits: 12) { source in
      for group in 0..<Self.count / 8 {
        unsafe PolynomialEncoding.unpack(source + 12 * group, bits: 12) { i, value in
          unsafe values[8 * group + i] = Residue(Int16(truncatingIfNeeded: value)).reduced
        }
      }
    }
  }

  /// ByteEncode₁₂ in the open, for vectors of what is secret in use.
  package var encoded: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Self.byteCount)
    bytes.withMutableBytes { target in encode(into: &target, at: 0) }
    return bytes
  }
}

extension NTTElement {
  /// Whether every value of a public encoding is below q (the modulus check of FIPS 203 §7.2).
  static func isReduced(_ source: RawSpan, at offset: Int) -> Bool {
    var largest: UInt16 = 0
    unsafe PolynomialEncoding.place(source, at: offset, bits: 12) { source in
      for group in 0..<Self.count / 8 {
        unsafe PolynomialEncoding.unpack(source + 12 * group, bits: 12) { _, value in
          largest = max(largest, value)
        }
      }
    }
    return largest < UInt16(Residue.q)
  }
}

extension RingElement {
  /// ByteEncode_d(Compress_d(f)), d = `bits` < 12: 32 · d bytes at `offset`.
  package func encode(bits: Int, into target: inout MutableRawSpan, at offset: Int) {
    let values = unsafe values
    unsafe PolynomialEncoding.place(&target, at: offset, bits: bits) { target in
      for group in 0..<Self.count / 8 {
        unsafe PolynomialEncoding.pack(target + bits * group, bits: bits) { i in
          unsafe PolynomialEncoding.compress(values[8 * group + i].canonical, bits: bits)
        }
      }
    }
  }

  /// Decompress_d(ByteDecode_d(B)), d = `bits` < 12, of 32 · d bytes at `offset`.
  package init(bits: Int, decoding source: RawSpan, at offset: Int) {
    self.init()
    let values = unsafe values
    unsafe PolynomialEncoding.place(source, at: offset, bits: bits) { source in
      for group in 0..<Self.count / 8 {
        unsafe PolynomialEncoding.unpack(source + bits * group, bits: bits) { i, value in
          unsafe values[8 * group + i] = PolynomialEncoding.decompress(value, bits: bits)
        }
      }
    }
  }
}
