internal import CygnetPrimitives

/// Gives out bytes that were written down, so that an operation meets the draws of a vector.
///
/// Once they are used up it gives zeros and remembers it: callers ask `isUsedUpExactly` at the end.
struct ReplayRandomSource: RandomSource {
  private var bytes: ArraySlice<UInt8>
  private(set) var isOverdrawn = false

  init(_ draws: [UInt8]...) {
    var bytes: [UInt8] = []
    for draw in draws { bytes += draw }
    self.bytes = bytes[...]
  }

  mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    for index in 0..<buffer.count {
      if bytes.isEmpty { isOverdrawn = true }
      unsafe buffer[index] = bytes.popFirst() ?? 0
    }
  }

  /// Bytes that were not drawn yet.
  var count: Int { bytes.count }

  /// Whether exactly the bytes given were drawn.
  var isUsedUpExactly: Bool { bytes.isEmpty && !isOverdrawn }
}
