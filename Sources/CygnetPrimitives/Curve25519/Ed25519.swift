internal import CSodium

/// Ed25519 signatures (RFC 8032 §5.1), strict: canonical S and points only, no small order.
package enum Ed25519 {
  package static let keyByteCount = 32
  package static let seedByteCount = 32
  package static let signatureByteCount = 64

  /// A point, 32 bytes.
  package struct PublicKey: Hashable, Sendable {
    package let bytes: [UInt8]

    /// - Throws: `malformed` for another length. Whether the point is valid shows in its use.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == keyByteCount else {
        throw CygnetError(.malformed, "an Ed25519 key has 32 bytes")
      }
      self.bytes = bytes
    }

    /// - Throws: `authenticationFailed`.
    package func verify(signature: [UInt8], of message: [UInt8]) throws(CygnetError) {
      try Sodium.selfTest()
      guard signature.count == signatureByteCount,
        unsafe crypto_sign_verify_detached(signature, message, UInt64(message.count), bytes) == 0
      else { throw CygnetError(.authenticationFailed, "the signature does not verify") }
    }

    /// Whether y is below 2^255 − 19, the only encoding of its point.
    package var isCanonical: Bool {
      if bytes[31] & 0x7f != 0x7f { return true }
      for index in 1...30 where bytes[index] != 0xff { return true }
      return bytes[0] < 0xed
    }

    /// The X25519 form by the birational map (RFC 7748 §4.1). libsodium checks small order and
    /// the main subgroup on the way; the encoding is checked here. Costs more than a key agreement:
    /// keep the result.
    /// - Throws: `malformed` for a point that is invalid, non-canonical or outside the main
    ///   subgroup.
    package func x25519() throws(CygnetError) -> X25519.PublicKey {
      try Sodium.selfTest()
      var status: Int32 = -1
      let converted = unsafe [UInt8](unsafeUninitializedCapacity: X25519.byteCount) {
        buffer, initialised in
        unsafe buffer.initialize(repeating: 0)
        status = unsafe crypto_sign_ed25519_pk_to_curve25519(buffer.baseAddress!, bytes)
        initialised = X25519.byteCount
      }
      guard status == 0, isCanonical else {
        throw CygnetError(.malformed, "not a point of the main subgroup")
      }
      return try X25519.PublicKey(converted)
    }
  }

  /// A signing key with its public half.
  package struct PrivateKey: Sendable {
    /// libsodium's form, 64 bytes: the seed and then the public key.
    private let secret: SecretBytes
    package let publicKey: PublicKey

    /// From the 32-byte seed.
    /// - Throws: `malformed` for another length.
    package init(seed: SecretBytes) throws(CygnetError) {
      try Sodium.selfTest()
      guard seed.count == seedByteCount else {
        throw CygnetError(.malformed, "an Ed25519 seed has 32 bytes")
      }
      var bytes = [UInt8](repeating: 0, count: keyByteCount)
      secret = try unsafe SecretBytes(count: 64) { (output) throws(CygnetError) in
        let status = unsafe seed.withUnsafeBytes { seed in
          unsafe crypto_sign_seed_keypair(&bytes, output.bytePointer, seed.bytePointer)
        }
        guard status == 0 else { throw CygnetError(.internalFault, "libsodium refused a seed") }
      }
      publicKey = try PublicKey(bytes)
    }

    package var seed: SecretBytes { secret.slice(0..<seedByteCount) }

    /// 64 bytes, deterministic.
    package func signature(of message: [UInt8]) throws(CygnetError) -> [UInt8] {
      var status: Int32 = -1
      let signature = unsafe [UInt8](unsafeUninitializedCapacity: signatureByteCount) {
        buffer, initialised in
        status = unsafe secret.withUnsafeBytes { secret in
          unsafe crypto_sign_detached(
            buffer.baseAddress!, nil, message, UInt64(message.count), secret.bytePointer)
        }
        initialised = signatureByteCount
      }
      guard status == 0 else { throw CygnetError(.internalFault, "libsodium refused to sign") }
      return signature
    }

    /// The X25519 form of the private half: the clamped first half of SHA-512(seed).
    package func x25519() throws(CygnetError) -> X25519.PrivateKey {
      let converted = try unsafe SecretBytes(count: X25519.byteCount) {
        (output) throws(CygnetError) in
        let status = unsafe secret.withUnsafeBytes { secret in
          unsafe crypto_sign_ed25519_sk_to_curve25519(output.bytePointer, secret.bytePointer)
        }
        guard status == 0 else { throw CygnetError(.internalFault, "libsodium refused a key") }
      }
      return try X25519.PrivateKey(converted)
    }
  }
}
