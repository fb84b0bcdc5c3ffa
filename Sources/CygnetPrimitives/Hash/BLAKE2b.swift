internal import CSodium

/// BLAKE2b with a key (RFC 7693), which is a pseudorandom function of 64 bytes at the price of two
/// compressions; HMAC-SHA256 takes eight for as much.
package enum BLAKE2b {
  package static let keyByteCount = 32
  package static let byteCount = 64

  /// The 64 bytes that `key` gives for `message`.
  /// - Throws: `internalFault` for a key of another length than 32 bytes.
  package static func keyed(
    _ message: [UInt8], key: SecretBytes
  ) throws(CygnetError) -> SecretBytes {
    guard key.count == keyByteCount else {
      throw CygnetError(.internalFault, "a key of another length")
    }
    return unsafe SecretBytes(count: byteCount) { output in
      unsafe key.withUnsafeBytes { key in
        _ = unsafe crypto_generichash_blake2b(
          output.bytePointer, output.count, message, UInt64(message.count), key.bytePointer,
          key.count)
      }
    }
  }
}
