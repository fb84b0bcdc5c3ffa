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

  /// A copy of `first` where `left` and `right` are the same bytes, else of `second`. Which of the
  /// two it is stays as secret as they are: nothing branches on the comparison.
  /// - Precondition: `left` and `right` have one length, and so have `first` and `second`.
  package static func select(
    _ first: SecretBytes, ifEqual left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer,
    otherwise second: SecretBytes
  ) -> SecretBytes {
    precondition(left.count == right.count && first.count == second.count, "lengths differ")
    var difference: UInt8 = 0
    for index in 0..<left.count { unsafe difference |= left[index] ^ right[index] }
    // All ones when there is a difference, else zero.
    let mask = 0 &- UInt8(truncatingIfNeeded: (UInt32(difference) &+ 0xff) &>> 8)
    return unsafe SecretBytes(count: first.count) { target in
      unsafe first.withUnsafeBytes { first in
        unsafe second.withUnsafeBytes { second in
          for index in 0..<target.count {
            unsafe target[index] = first[index] ^ (mask & (first[index] ^ second[index]))
          }
        }
      }
    }
  }

  /// Wipes an array in place, where it has one owner; a shared one is copied first by the language,
  /// so call this only on an array nobody else holds.
  package static func wipe(_ bytes: inout [UInt8]) {
    unsafe bytes.withUnsafeMutableBytes { buffer in
      if let base = buffer.baseAddress { unsafe sodium_memzero(base, buffer.count) }
    }
  }
}
