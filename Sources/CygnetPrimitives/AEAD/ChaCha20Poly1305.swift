internal import CSodium

/// ChaCha20-Poly1305 with a 96-bit nonce (RFC 8439 §2.8).
///
/// For keys used once, or under a nonce that a counter keeps from repeating.
package enum ChaCha20Poly1305 {
  package static let keyByteCount = 32
  package static let nonceByteCount = 12
  package static let tagByteCount = 16

  /// Appends ciphertext and tag, 16 bytes more than the plaintext, to `output`.
  /// - Throws: `internalFault` when key or nonce have another length or the output has no room.
  package static func seal(
    _ plaintext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    into output: inout OutputRawSpan
  ) throws(CygnetError) {
    try unsafe output.withUnsafeMutableBytes { (buffer, initialised) throws(CygnetError) in
      guard plaintext.byteCount <= buffer.count - initialised - tagByteCount else {
        throw CygnetError(.internalFault, "no room for the ciphertext")
      }
      let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[initialised...])
      try unsafe seal(
        plaintext, key: key, nonce: nonce, authenticating: authenticating, into: target)
      initialised += plaintext.byteCount + tagByteCount
    }
  }

  /// Ciphertext and tag, 16 bytes more than the plaintext.
  package static func seal(
    _ plaintext: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    let count = plaintext.count + tagByteCount
    var failure: CygnetError?
    let sealed = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      do throws(CygnetError) {
        try unsafe seal(
          plaintext.span.bytes, key: key, nonce: nonce, authenticating: authenticating.span.bytes,
          into: UnsafeMutableRawBufferPointer(buffer))
        initialised = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return sealed
  }

  /// Appends the plaintext, 16 bytes less than the ciphertext, to `output`; on failure nothing.
  /// - Throws: `authenticationFailed`; `internalFault` as for sealing.
  package static func open(
    _ ciphertext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    into output: inout OutputRawSpan
  ) throws(CygnetError) {
    try unsafe output.withUnsafeMutableBytes { (buffer, initialised) throws(CygnetError) in
      let target = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[initialised...])
      initialised += try unsafe open(
        ciphertext, key: key, nonce: nonce, authenticating: authenticating, into: target)
    }
  }

  /// The plaintext, 16 bytes less than the ciphertext.
  /// - Throws: `authenticationFailed`; `internalFault` when key or nonce have another length.
  package static func open(
    _ ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    guard ciphertext.count >= tagByteCount else {
      throw CygnetError(.authenticationFailed, "shorter than its tag")
    }
    let count = ciphertext.count - tagByteCount
    var failure: CygnetError?
    let room = max(count, 1)  // one byte at least, as in `filledBytes`
    let plaintext = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, initialised in
      do throws(CygnetError) {
        initialised = try unsafe open(
          ciphertext.span.bytes, key: key, nonce: nonce, authenticating: authenticating.span.bytes,
          into: UnsafeMutableRawBufferPointer(buffer))
      } catch { failure = error }
    }
    if let failure { throw failure }
    return plaintext
  }

  /// Writes ciphertext and tag over `target`, which is exactly 16 bytes longer than the plaintext.
  /// - Throws: `internalFault` when a length is another one.
  package static func seal(
    _ plaintext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    guard target.byteCount - tagByteCount == plaintext.byteCount else {
      throw CygnetError(.internalFault, "no room for the ciphertext")
    }
    try unsafe target.withUnsafeMutableBytes { (buffer) throws(CygnetError) in
      try unsafe seal(
        plaintext, key: key, nonce: nonce, authenticating: authenticating, into: buffer)
    }
  }

  /// Writes the plaintext over `target`, which is exactly 16 bytes shorter than the ciphertext; on
  /// failure `target` holds zeros.
  /// - Throws: `authenticationFailed`; `internalFault` when a length is another one.
  package static func open(
    _ ciphertext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    over target: inout MutableRawSpan
  ) throws(CygnetError) {
    guard ciphertext.byteCount - tagByteCount == target.byteCount else {
      throw CygnetError(.internalFault, "no room for the plaintext")
    }
    _ = try unsafe target.withUnsafeMutableBytes { (buffer) throws(CygnetError) in
      try unsafe open(
        ciphertext, key: key, nonce: nonce, authenticating: authenticating, into: buffer)
    }
  }

  /// `target` holds at least 16 bytes more than the plaintext.
  private static func seal(
    _ plaintext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    into target: UnsafeMutableRawBufferPointer
  ) throws(CygnetError) {
    try check(key: key, nonce: nonce)
    let status = unsafe plaintext.withUnsafeBytes { plaintext in
      unsafe authenticating.withUnsafeBytes { associated in
        unsafe key.withUnsafeBytes { key in
          unsafe crypto_aead_chacha20poly1305_ietf_encrypt(
            target.bytePointer, nil, plaintext.bytePointer, UInt64(plaintext.count),
            associated.bytePointer, UInt64(associated.count), nil, nonce, key.bytePointer)
        }
      }
    }
    guard status == 0 else { throw CygnetError(.internalFault, "libsodium refused to seal") }
  }

  private static func open(
    _ ciphertext: RawSpan, key: SecretBytes, nonce: [UInt8], authenticating: RawSpan,
    into target: UnsafeMutableRawBufferPointer
  ) throws(CygnetError) -> Int {
    try check(key: key, nonce: nonce)
    let count = ciphertext.byteCount - tagByteCount
    guard count >= 0 else { throw CygnetError(.authenticationFailed, "shorter than its tag") }
    guard target.count >= count else {
      throw CygnetError(.internalFault, "no room for the plaintext")
    }
    let status = unsafe ciphertext.withUnsafeBytes { ciphertext in
      unsafe authenticating.withUnsafeBytes { associated in
        unsafe key.withUnsafeBytes { key in
          unsafe crypto_aead_chacha20poly1305_ietf_decrypt(
            target.bytePointer, nil, nil, ciphertext.bytePointer, UInt64(ciphertext.count),
            associated.bytePointer, UInt64(associated.count), nonce, key.bytePointer)
        }
      }
    }
    guard status == 0 else { throw CygnetError(.authenticationFailed, "the tag does not verify") }
    return count
  }

  private static func check(key: SecretBytes, nonce: [UInt8]) throws(CygnetError) {
    try Sodium.selfTest()
    guard key.count == keyByteCount, nonce.count == nonceByteCount else {
      throw CygnetError(.internalFault, "key or nonce of another length")
    }
  }
}
