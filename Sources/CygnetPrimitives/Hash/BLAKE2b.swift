internal import CSodium

/// BLAKE2b with a key (RFC 7693), which is a pseudorandom function of 64 bytes at the price of two
/// compressions; HMAC-SHA256 takes eight for as much.
package enum BLAKE2b {
  package static let keyByteCount = 32
  package static let byteCount = 64

  /// The 64 bytes that `key` gives for `label ‖ uint32(number)`, as two secrets of 32.
  /// - Throws: `internalFault` for a key of another length than 32 bytes.
  package static func keyed(
    _ label: [UInt8], _ number: UInt32, key: SecretBytes
  ) throws(CygnetError) -> (SecretBytes, SecretBytes) {
    try check(key)
    return unsafe withUnsafeTemporaryAllocation(byteCount: label.count + 4, alignment: 4) {
      message in
      unsafe message.copyBytes(from: label)
      unsafe message.storeBytes(of: number.bigEndian, toByteOffset: label.count, as: UInt32.self)
      return unsafe halves(of: UnsafeRawBufferPointer(message), key: key)
    }
  }

  /// The 64 bytes that `key` gives for `message`, as two secrets of 32.
  /// - Throws: `internalFault` for a key of another length than 32 bytes.
  package static func keyed(
    _ message: [UInt8], key: SecretBytes
  ) throws(CygnetError) -> (SecretBytes, SecretBytes) {
    try check(key)
    return unsafe message.withUnsafeBytes { message in unsafe halves(of: message, key: key) }
  }

  private static func check(_ key: SecretBytes) throws(CygnetError) {
    guard key.count == keyByteCount else {
      throw CygnetError(.internalFault, "a key of another length")
    }
  }

  private static func halves(
    of message: UnsafeRawBufferPointer, key: SecretBytes
  ) -> (SecretBytes, SecretBytes) {
    unsafe withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 16) { output in
      defer { unsafe sodium_memzero(output.baseAddress!, byteCount) }  // never empty
      unsafe key.withUnsafeBytes { key in
        _ = unsafe crypto_generichash_blake2b(
          output.bytePointer, byteCount, message.bytePointer, UInt64(message.count),
          key.bytePointer,
          key.count)
      }
      let bytes = UnsafeRawBufferPointer(output)
      return unsafe (half(of: bytes, from: 0), half(of: bytes, from: byteCount / 2))
    }
  }

  private static func half(of bytes: UnsafeRawBufferPointer, from start: Int) -> SecretBytes {
    unsafe SecretBytes(count: byteCount / 2) { target in
      unsafe target.copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + byteCount / 2)]))
    }
  }
}
