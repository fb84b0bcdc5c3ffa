/// Randomness for one of several pieces of work that run at once: a stream of its own, seeded from
/// another source, so that what each piece draws does not depend on how they take turns.
///
/// With `seed` the 32 bytes drawn at the start, the stream is
///
///     HMAC-SHA256(seed, uint64(0)) ‖ HMAC-SHA256(seed, uint64(1)) ‖ …
///
/// and every draw begins with a new block.
package struct ForkedRandomSource: RandomSource, Sendable {
  private let seed: SecretBytes
  private var counter: UInt64 = 0

  package init(from source: inout some RandomSource) {
    seed = source.secret(HMACSHA256.byteCount)
  }

  package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    var offset = 0
    while offset < buffer.count {
      let end = min(buffer.count, offset + HMACSHA256.byteCount)
      let block = nextBlock()
      unsafe block.withUnsafeBytes { block in
        unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[offset..<end]).copyMemory(
          from: UnsafeRawBufferPointer(rebasing: block[..<(end - offset)]))
      }
      offset = end
    }
  }

  private mutating func nextBlock() -> SecretBytes {
    var number: [UInt8] = []
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      number.append(UInt8(truncatingIfNeeded: counter >> shift))
    }
    counter &+= 1
    return number.withBytes { number in
      seed.withBytes { seed in HMACSHA256.tag(of: number, key: seed) }
    }
  }
}
