internal import CSodium

/// XChaCha20-Poly1305 with the nonce in front: `nonce[16] ‖ ciphertext ‖ tag[16]`, in one block.
///
/// The nonce is 16 random bytes followed by 8 zero bytes that are not sent. Those 16 are what HChaCha20
/// turns into the subkey of this one box (draft-irtf-cfrg-xchacha §2.3), so none of the randomness
/// is lost; after 2^32 boxes under one key two share a nonce with probability 2^-65.
package enum XChaCha20Poly1305Box {
  package static let nonceByteCount = 16
  /// Bytes that a box has more than its plaintext.
  package static let overhead = nonceByteCount + XChaCha20Poly1305.tagByteCount

  private static let fullNonceByteCount = XChaCha20Poly1305.nonceByteCount

  /// Draws the nonce.
  package static func seal(
    _ plaintext: [UInt8], key: SecretBytes, using random: inout some RandomSource
  ) throws(CygnetError) -> [UInt8] {
    try check(key)
    let count = plaintext.count + overhead
    var status: Int32 = -1
    let box = unsafe [UInt8](unsafeUninitializedCapacity: count) { box, initialised in
      let box = UnsafeMutableRawBufferPointer(box)
      unsafe random.fill(UnsafeMutableRawBufferPointer(rebasing: box[..<nonceByteCount]))
      status = unsafe withNonce(UnsafeRawBufferPointer(box)) { nonce in
        unsafe key.withUnsafeBytes { key in
          unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
            box.bytePointer + nonceByteCount, nil, plaintext, UInt64(plaintext.count), nil, 0, nil,
            nonce, key.bytePointer)
        }
      }
      initialised = count
    }
    guard status == 0 else { throw CygnetError(.internalFault, "libsodium refused to seal") }
    return box
  }

  /// The plaintext, or nil where the box was not sealed under this key: an expected outcome where
  /// several keys are tried.
  package static func open(_ box: [UInt8], key: SecretBytes) throws(CygnetError) -> [UInt8]? {
    try check(key)
    guard box.count >= overhead else { return nil }
    let count = box.count - overhead
    var status: Int32 = -1
    let plaintext = unsafe [UInt8](unsafeUninitializedCapacity: count) { plaintext, initialised in
      status = unsafe box.withUnsafeBytes { box in
        unsafe withNonce(box) { nonce in
          unsafe key.withUnsafeBytes { key in
            unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
              UnsafeMutableRawBufferPointer(plaintext).bytePointer, nil, nil,
              box.bytePointer + nonceByteCount, UInt64(box.count - nonceByteCount), nil, 0, nonce,
              key.bytePointer)
          }
        }
      }
      initialised = status == 0 ? count : 0
    }
    return status == 0 ? plaintext : nil
  }

  private static func check(_ key: SecretBytes) throws(CygnetError) {
    try Sodium.selfTest()
    guard key.count == XChaCha20Poly1305.keyByteCount else {
      throw CygnetError(.internalFault, "key of another length")
    }
  }

  /// The first 16 bytes of `box`, followed by 8 zero bytes.
  private static func withNonce(
    _ box: UnsafeRawBufferPointer, _ body: (UnsafePointer<UInt8>) -> Int32
  ) -> Int32 {
    unsafe withUnsafeTemporaryAllocation(byteCount: fullNonceByteCount, alignment: 8) { nonce in
      unsafe nonce.copyMemory(from: UnsafeRawBufferPointer(rebasing: box[..<nonceByteCount]))
      unsafe UnsafeMutableRawBufferPointer(rebasing: nonce[nonceByteCount...])
        .initializeMemory(as: UInt8.self, repeating: 0)
      return unsafe body(UnsafePointer(nonce.bytePointer))
    }
  }
}
