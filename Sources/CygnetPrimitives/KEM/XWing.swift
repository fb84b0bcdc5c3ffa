/// X-Wing, the hybrid of X25519 and ML-KEM-768 (draft-connolly-cfrg-xwing-kem): secret as long as
/// one of the two is.
package enum XWing {
  package static let seedByteCount = 32
  package static let encapsulationSeedByteCount = 64
  package static let sharedSecretByteCount = 32
  package static let encapsulationKeyByteCount =
    MLKEM768.encapsulationKeyByteCount + X25519.byteCount
  package static let ciphertextByteCount = MLKEM768.ciphertextByteCount + X25519.byteCount

  /// An encapsulation key: ML-KEM's, then X25519's; public.
  package struct EncapsulationKey: Hashable, Sendable {
    package let bytes: [UInt8]
    private let mlkem: MLKEM768.EncapsulationKey
    private let x25519: X25519.PublicKey

    /// - Throws: `malformed` for another length, or when a coefficient of the ML-KEM key is not
    ///   below q.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == encapsulationKeyByteCount else {
        throw CygnetError(.malformed, "an X-Wing encapsulation key of another length")
      }
      let split = MLKEM768.encapsulationKeyByteCount
      try self.init(
        MLKEM768.EncapsulationKey([UInt8](bytes[..<split])),
        X25519.PublicKey([UInt8](bytes[split...])))
    }

    fileprivate init(_ mlkem: MLKEM768.EncapsulationKey, _ x25519: X25519.PublicKey) {
      self.mlkem = mlkem
      self.x25519 = x25519
      bytes = mlkem.bytes + x25519.bytes
    }

    /// Whether the X25519 key is a point of low order, to which nothing is encapsulated.
    package var hasLowOrder: Bool { x25519.hasLowOrder }

    /// - Throws: `authenticationFailed` when the X25519 key is a point of low order.
    package func encapsulate(
      using random: inout some RandomSource
    ) throws(CygnetError) -> Encapsulation {
      try encapsulate(seed: random.secret(encapsulationSeedByteCount))
    }

    /// Encapsulation with the randomness given.
    /// - Parameter seed: ML-KEM's message and the ephemeral X25519 key, 32 bytes each, uniform and
    ///   never used before.
    /// - Throws: `malformed` for another length, `authenticationFailed` when the X25519 key is a
    ///   point of low order.
    package func encapsulate(seed: SecretBytes) throws(CygnetError) -> Encapsulation {
      guard seed.count == encapsulationSeedByteCount else {
        throw CygnetError(.malformed, "an X-Wing encapsulation seed of another length")
      }
      let ephemeral = try X25519.KeyPair(X25519.PrivateKey(seed.slice(32..<64)))
      let agreement = try X25519.agreement(ephemeral.privateKey, x25519)
      let inner = try mlkem.encapsulate(message: seed.slice(0..<32))
      return Encapsulation(
        ciphertext: Ciphertext(inner.ciphertext, ephemeral.publicKey),
        sharedSecret: combine(inner.sharedSecret, agreement, ephemeral.publicKey, x25519))
    }
  }

  /// A decapsulation key with its public half.
  package struct DecapsulationKey: Sendable {
    /// The whole key, 32 bytes: the form to store.
    package let seed: SecretBytes
    package let encapsulationKey: EncapsulationKey
    private let mlkem: MLKEM768.DecapsulationKey
    private let x25519: X25519.KeyPair

    package static func generate(
      using random: inout some RandomSource
    ) throws(CygnetError) -> DecapsulationKey {
      try DecapsulationKey(seed: random.secret(seedByteCount))
    }

    /// - Throws: `malformed` for another length.
    package init(seed: SecretBytes) throws(CygnetError) {
      guard seed.count == seedByteCount else {
        throw CygnetError(.malformed, "an X-Wing seed of another length")
      }
      let expanded = SHAKE256.secretHash(seed, count: MLKEM768.seedByteCount + X25519.byteCount)
      mlkem = try MLKEM768.DecapsulationKey(seed: expanded.slice(0..<64))
      x25519 = try X25519.KeyPair(X25519.PrivateKey(expanded.slice(64..<96)))
      encapsulationKey = EncapsulationKey(mlkem.encapsulationKey, x25519.publicKey)
      self.seed = seed
    }

    /// The shared secret, 32 bytes. For a ciphertext that no encapsulation gives it is a secret that
    /// nobody else can compute.
    /// - Throws: `authenticationFailed` when the X25519 part is a point of low order, which no
    ///   encapsulation gives.
    package func decapsulate(_ ciphertext: Ciphertext) throws(CygnetError) -> SecretBytes {
      let agreement = try X25519.agreement(x25519.privateKey, ciphertext.x25519)
      return combine(
        mlkem.decapsulate(ciphertext.mlkem), agreement, ciphertext.x25519, x25519.publicKey)
    }
  }

  /// A ciphertext: ML-KEM's, then the ephemeral X25519 key; public.
  package struct Ciphertext: Hashable, Sendable {
    package let bytes: [UInt8]
    fileprivate let mlkem: MLKEM768.Ciphertext
    fileprivate let x25519: X25519.PublicKey

    /// - Throws: `malformed` for another length.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == ciphertextByteCount else {
        throw CygnetError(.malformed, "an X-Wing ciphertext of another length")
      }
      let split = MLKEM768.ciphertextByteCount
      try self.init(
        MLKEM768.Ciphertext([UInt8](bytes[..<split])),
        X25519.PublicKey([UInt8](bytes[split...])))
    }

    fileprivate init(_ mlkem: MLKEM768.Ciphertext, _ x25519: X25519.PublicKey) {
      self.mlkem = mlkem
      self.x25519 = x25519
      bytes = mlkem.bytes + x25519.bytes
    }
  }

  /// What encapsulation gives.
  package struct Encapsulation: Sendable {
    package let ciphertext: Ciphertext
    /// 32 bytes.
    package let sharedSecret: SecretBytes
  }

  /// `\.//^\`, six bytes that end the hashed input.
  private static let label: [UInt8] = Array(#"\.//^\"#.utf8)

  /// SHA3-256(ss_M ‖ ss_X ‖ ct_X ‖ pk_X ‖ label). ML-KEM binds its own key and ciphertext.
  private static func combine(
    _ mlkem: SecretBytes, _ agreement: SecretBytes, _ ephemeral: X25519.PublicKey,
    _ recipient: X25519.PublicKey
  ) -> SecretBytes {
    var hash = SHA3_256()
    hash.update(mlkem)
    hash.update(agreement)
    hash.update(ephemeral.bytes)
    hash.update(recipient.bytes)
    hash.update(label)
    return hash.finalizeSecret()
  }
}
