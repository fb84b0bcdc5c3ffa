package import CygnetPrimitives

/// A deterministic source for vectors and tests: the same seed and label give the same bytes for
/// ever, in any language.
///
/// With `key = HMAC-SHA256(seed, label)`, the stream is
///
///     HMAC-SHA256(key, uint64(0)) ‖ HMAC-SHA256(key, uint64(1)) ‖ …
///
/// where `uint64` is eight bytes, big-endian. A draw of `n` bytes takes the next `n` bytes of the
/// stream, so how draws are cut does not matter, only their order.
package struct SeededRandomSource: RandomSource, Sendable {
  private let key: SecretBytes
  private var counter: UInt64 = 0
  private var block: [UInt8] = []
  private var used = 0

  /// - Parameters:
  ///   - seed: any bytes; 32 in the vector files.
  ///   - label: what the stream is for, so that one seed serves many.
  package init(seed: [UInt8], label: String = "") {
    let label = Array(label.utf8)
    key = unsafe HMACSHA256.tag(of: label.span.bytes, key: seed.span.bytes)
  }

  /// From a number, for tests that print what they began with.
  package init(_ seed: UInt64, label: String = "") {
    self.init(seed: Self.bigEndian(seed), label: label)
  }

  package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    for index in 0..<buffer.count { unsafe buffer[index] = next() }
  }

  private mutating func next() -> UInt8 {
    if used == block.count {
      let number = Self.bigEndian(counter)
      block = key.withBytes { key in
        unsafe HMACSHA256.tag(of: number.span.bytes, key: key).exposed()
      }
      counter &+= 1
      used = 0
    }
    used += 1
    return block[used - 1]
  }

  private static func bigEndian(_ value: UInt64) -> [UInt8] {
    var bytes: [UInt8] = []
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
    return bytes
  }
}

extension SecretBytes {
  /// The bytes in the open, for vector files: their keys are public.
  package func exposed() -> [UInt8] { unsafe withUnsafeBytes { bytes in unsafe [UInt8](bytes) } }
}
