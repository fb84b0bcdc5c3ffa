internal import CygnetPrimitives

/// Polynomials of ML-KEM as traces show them, by their encoding in 384 bytes.
enum EncodedPolynomial {
  typealias Bytes = [UInt8]

  static func ntt(_ f: Bytes) -> Bytes { ring(f).ntt().encoded }

  static func inverseNTT(_ f: Bytes) -> Bytes { transformed(f).inverseNTT().encoded }

  static func sum(_ left: Bytes, _ right: Bytes) -> Bytes {
    var sum = ring(left)
    sum.add(ring(right))
    return sum.encoded
  }

  static func difference(_ left: Bytes, _ right: Bytes) -> Bytes {
    var difference = ring(left)
    difference.subtract(ring(right))
    return difference.encoded
  }

  /// The inner product of two vectors of transforms.
  static func product(_ left: [Bytes], _ right: [Bytes]) -> Bytes {
    var vector = NTTVector(count: right.count)
    for (index, element) in right.enumerated() { vector.set(index, to: transformed(element)) }
    var product = InnerProduct()
    return product.product(vector) { index, factor in factor = transformed(left[index]) }.encoded
  }

  /// ByteEncode(Compress(f)).
  static func compressed(_ f: Bytes, bits: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 32 * bits)
    let element = ring(f)
    bytes.withMutableBytes { target in element.encode(bits: bits, into: &target, at: 0) }
    return bytes
  }

  /// Decompress(ByteDecode(bytes)).
  static func decompressed(_ bytes: [UInt8], bits: Int) -> Bytes {
    bytes.withBytes { bytes in RingElement(bits: bits, decoding: bytes, at: 0) }.encoded
  }

  private static func ring(_ bytes: Bytes) -> RingElement {
    bytes.withBytes { bytes in RingElement(decoding: bytes, at: 0) }
  }

  private static func transformed(_ bytes: Bytes) -> NTTElement {
    bytes.withBytes { bytes in NTTElement(decoding: bytes, at: 0) }
  }
}
