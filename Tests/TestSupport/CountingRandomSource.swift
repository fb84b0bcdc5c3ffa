import CygnetPrimitives
import CygnetVectors

/// A seeded source that notes the size of every draw.
package struct CountingRandomSource: RandomSource {
  private var source: SeededRandomSource
  /// Bytes of each draw so far.
  package private(set) var draws: [Int] = []

  package init(_ seed: UInt64) { source = SeededRandomSource(seed) }

  package mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    draws.append(buffer.count)
    source.fill(buffer)
  }

  /// The draws since the last call.
  package mutating func takeDraws() -> [Int] {
    defer { draws = [] }
    return draws
  }
}
