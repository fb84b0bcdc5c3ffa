/// Sealing what must not lie in unwiped memory.
extension XChaCha20Poly1305 {
  /// Ciphertext and tag, 16 bytes more than the secret.
  /// - Throws: `internalFault` when key or nonce have another length.
  package static func seal(
    secret plaintext: SecretBytes, key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    var failure: CygnetError?
    let count = plaintext.count + tagByteCount
    let sealed = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      var output = unsafe OutputRawSpan(
        buffer: UnsafeMutableRawBufferPointer(buffer), initializedCount: 0)
      do throws(CygnetError) {
        try plaintext.withBytes { (plaintext) throws(CygnetError) in
          try unsafe seal(
            plaintext, key: key, nonce: nonce, authenticating: authenticating.span.bytes,
            into: &output)
        }
        initialised = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return sealed
  }

  /// The plaintext in wiped storage, 16 bytes less than the ciphertext.
  /// - Throws: `authenticationFailed`; `internalFault` when key or nonce have another length.
  package static func open(
    secret ciphertext: [UInt8], key: SecretBytes, nonce: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> SecretBytes {
    guard ciphertext.count >= tagByteCount else {
      throw CygnetError(.authenticationFailed, "shorter than its tag")
    }
    return try unsafe SecretBytes(
      count: ciphertext.count - tagByteCount
    ) { (buffer) throws(CygnetError) in
      var output = unsafe OutputRawSpan(buffer: buffer, initializedCount: 0)
      try unsafe open(
        ciphertext.span.bytes, key: key, nonce: nonce, authenticating: authenticating.span.bytes,
        into: &output)
    }
  }
}
