internal import CSodium

/// Comparisons whose time depends on lengths only.
package enum ConstantTime {
  package static func areEqual(
    _ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer
  ) -> Bool {
    guard left.count == right.count else { return false }
    guard let first = left.baseAddress, let second = right.baseAddress else {
      return true
    }
    return unsafe sodium_memcmp(first, second, left.count) == 0
  }

  package static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    unsafe left.withUnsafeBytes { first in
      unsafe right.withUnsafeBytes { second in unsafe areEqual(first, second) }
    }
  }

  /// Whether every byte is zero.
  package static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    return unsafe sodium_is_zero(base.assumingMemoryBound(to: UInt8.self), bytes.count) == 1
  }

  package static func isZero(_ bytes: RawSpan) -> Bool {
    unsafe bytes.withUnsafeBytes { bytes in unsafe isZero(bytes) }
  }

  /// Wipes an array in place, where it has one owner; a shared one is copied first by the language,
  /// so call this only on an array nobody else holds.
  package static func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress { unsafe sodium_memzero(base, buffer.count) }
    }
  }
}
