import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

/// The arithmetic beside its definition in FIPS 203, with Swift's own integers.
@Suite("ML-KEM's arithmetic")
struct MLKEMArithmeticTests {
  private static let q = 3329

  private func random(_ seed: UInt64) -> [Int] {
    var source = SeededRandomSource(seed)
    return (0..<256).map { _ in
      let bytes = source.bytes(4)
      return (Int(bytes[0]) | Int(bytes[1]) << 8 | Int(bytes[2]) << 16) % Self.q
    }
  }

  private func encode(_ values: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    for pair in stride(from: 0, to: 256, by: 2) {
      let word = values[pair] | values[pair + 1] << 12
      for shift in [0, 8, 16] { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return bytes
  }

  private func decode(_ bytes: [UInt8]) -> [Int] {
    stride(from: 0, to: 384, by: 3).flatMap { start in
      let word = Int(bytes[start]) | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2]) << 16
      return [word & 0xfff, word >> 12]
    }
  }

  private func ring(_ values: [Int]) -> RingElement {
    encode(values).withBytes { bytes in RingElement(decoding: bytes, at: 0) }
  }

  /// Polynomials to try: random ones, and the corners.
  private var samples: [[Int]] {
    let edges = [0, 1, Self.q / 2, Self.q / 2 + 1, Self.q - 1]
    return (1...6).map { random($0) } + edges.map { [Int](repeating: $0, count: 256) }
      + [(0..<256).map { $0 % 2 == 0 ? 0 : Self.q - 1 }]
  }

  @Test("compression rounds as defined, for every input")
  func compression() {
    for bits in [1, 4, 5, 10, 11] {
      for x in 0..<Self.q {
        let expected = (2 * (x << bits) + Self.q) / (2 * Self.q) % (1 << bits)
        let computed = PolynomialEncoding.compress(UInt16(x), bits: bits)
        if Int(computed) != expected { Issue.record("\(x) to \(bits) bits: \(computed)") }
      }
    }
  }

  @Test("decompression rounds as defined, for every input", arguments: [1, 4, 5, 10, 11])
  func decompression(bits: Int) {
    for start in stride(from: 0, to: 1 << bits, by: 256) {
      // 256 values of `bits` bits, the last ones zero where there are fewer.
      let values = (start..<(start + 256)).map { $0 < 1 << bits ? $0 : 0 }
      var bytes = [UInt8](repeating: 0, count: 32 * bits)
      for (index, value) in values.enumerated() {
        for bit in 0..<bits where value >> bit & 1 == 1 {
          let place = index * bits + bit
          bytes[place / 8] |= 1 << (place % 8)
        }
      }
      let element = bytes.withBytes { bytes in RingElement(bits: bits, decoding: bytes, at: 0) }
      let expected = values.map { (2 * $0 * Self.q + (1 << bits)) >> (bits + 1) }
      #expect(decode(element.encoded) == expected)
      // And back, bit by bit.
      var packed = [UInt8](repeating: 0, count: 32 * bits)
      packed.withMutableBytes { target in element.encode(bits: bits, into: &target, at: 0) }
      #expect(packed == bytes)
    }
  }

  @Test("decoding takes values mod q, encoding gives the least")
  func encoding() {
    for values in samples { #expect(decode(ring(values).encoded) == values) }
    let beyond = (0..<256).map { $0 * 16 + 15 }
    #expect(decode(ring(beyond).encoded) == beyond.map { $0 % Self.q })
  }

  @Test("the transform evaluates at the odd powers of 17")
  func transform() {
    for values in samples {
      let computed = decode(ring(values).ntt().encoded)
      for i in [0, 1, 2, 63, 64, 127] {
        var reversed = 0
        for bit in 0..<7 { reversed |= (i >> bit & 1) << (6 - bit) }
        var gamma = 1
        for _ in 0..<(2 * reversed + 1) { gamma = gamma * 17 % Self.q }
        // f mod X² − γ.
        for parity in 0...1 {
          var (sum, power) = (0, 1)
          for j in 0..<128 {
            sum = (sum + values[2 * j + parity] * power) % Self.q
            power = power * gamma % Self.q
          }
          #expect(computed[2 * i + parity] == sum)
        }
      }
      #expect(decode(ring(values).ntt().inverseNTT().encoded) == values)
    }
  }

  @Test("an inner product of four is what multiplying out gives")
  func products() {
    let samples = samples
    for offset in [0, 4, 7, 8] {
      let left = (0..<4).map { samples[(offset + $0) % samples.count] }
      let right = (0..<4).map { samples[(offset + 3 * $0 + 1) % samples.count] }
      var expected = [Int](repeating: 0, count: 256)
      for (a, b) in zip(left, right) { multiplyOut(a, b, onto: &expected) }
      var vector = NTTVector(count: 4)
      var product = InnerProduct()
      for i in 0..<4 { vector.set(i, to: ring(right[i]).ntt()) }
      let sum = product.product(vector) { i, factor in factor = ring(left[i]).ntt() }
      #expect(decode(sum.inverseNTT().encoded) == expected)
    }
  }

  /// In Z_q[X]/(X²⁵⁶ + 1).
  private func multiplyOut(_ a: [Int], _ b: [Int], onto sum: inout [Int]) {
    for i in 0..<256 {
      for j in 0..<256 {
        let product = a[i] * b[j] % Self.q
        let place = (i + j) % 256
        sum[place] = (sum[place] + (i + j < 256 ? product : Self.q - product)) % Self.q
      }
    }
  }

  @Test("noise is the difference of two sums of two bits")
  func noise() {
    let seed = SecretBytes(copying: [UInt8](0..<32))
    var source = NoiseSource(seed)
    for counter in [0, 1, 7] {
      let bytes = SHAKE256.hash([UInt8](0..<32) + [UInt8(counter)], count: 128)
      func bit(_ place: Int) -> Int { Int(bytes[place / 8] >> (place % 8) & 1) }
      let expected = (0..<256).map { i in
        let difference = bit(4 * i) + bit(4 * i + 1) - bit(4 * i + 2) - bit(4 * i + 3)
        return (difference + Self.q) % Self.q
      }
      #expect(decode(source.sample(counter).encoded) == expected)
    }
  }

  @Test("uniform elements are the output of SHAKE128 without what is too large")
  func uniform() {
    let seed = [UInt8](repeating: 3, count: 32)
    var xof = XOF()
    for (first, second) in [(0, 0), (2, 1), (3, 3)] as [(UInt8, UInt8)] {
      let bytes = SHAKE128.hash(seed + [first, second], count: 3000)
      var expected: [Int] = []
      for start in stride(from: 0, to: bytes.count, by: 3) {
        let (a, b, c) = (Int(bytes[start]), Int(bytes[start + 1]), Int(bytes[start + 2]))
        expected += [a + 256 * (b % 16), b / 16 + 16 * c].filter { $0 < Self.q }
      }
      let sample = seed.withBytes { seed in NTTElement.sample(seed, first, second, with: &xof) }
      #expect(decode(sample.encoded) == Array(expected.prefix(256)))
    }
  }
}
