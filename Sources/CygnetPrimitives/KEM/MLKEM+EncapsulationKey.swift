extension MLKEM {
  /// An encapsulation key: ByteEncode₁₂(t̂) ‖ ρ, public. Values of this type passed the checks of
  /// FIPS 203 §7.2.
  package struct EncapsulationKey: Hashable, Sendable {
    package let bytes: [UInt8]

    /// - Throws: `malformed` for another length, or when a coefficient is not below q.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == encapsulationKeyByteCount else {
        throw CygnetError(.malformed, "an ML-KEM encapsulation key of another length")
      }
      try checkModulus(bytes)
      self.bytes = bytes
    }

    /// A key that was computed here.
    init(computed bytes: [UInt8]) { self.bytes = bytes }

    /// ML-KEM.Encaps (FIPS 203 Algorithm 20).
    package func encapsulate(using random: inout some RandomSource) -> Encapsulation {
      encapsulate(internal: random.secret(messageByteCount))
    }

    /// ML-KEM.Encaps_internal (FIPS 203 Algorithm 17), for vectors and for constructions that choose
    /// the randomness themselves.
    /// - Parameter message: m, 32 bytes, uniform and never used before.
    /// - Throws: `malformed` for another length.
    package func encapsulate(message: SecretBytes) throws(CygnetError) -> Encapsulation {
      guard message.count == messageByteCount else {
        throw CygnetError(.malformed, "an ML-KEM message of another length")
      }
      return encapsulate(internal: message)
    }

    private func encapsulate(internal message: SecretBytes) -> Encapsulation {
      let (sharedSecret, randomness) = hashG(message, SHA3_256.hash(bytes))
      var ciphertext = [UInt8](repeating: 0, count: ciphertextByteCount)
      ciphertext.withMutableBytes { target in
        encrypt(message, to: bytes, randomness: randomness, into: &target)
      }
      return Encapsulation(
        ciphertext: Ciphertext(computed: ciphertext), sharedSecret: sharedSecret)
    }
  }

  /// What encapsulation gives.
  package struct Encapsulation: Sendable {
    package let ciphertext: Ciphertext
    /// K, 32 bytes.
    package let sharedSecret: SecretBytes
  }

  /// A ciphertext: c₁ ‖ c₂, public.
  package struct Ciphertext: Hashable, Sendable {
    package let bytes: [UInt8]

    /// - Throws: `malformed` for another length.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == ciphertextByteCount else {
        throw CygnetError(.malformed, "an ML-KEM ciphertext of another length")
      }
      self.bytes = bytes
    }

    init(computed bytes: [UInt8]) { self.bytes = bytes }
  }

  /// K-PKE.Encrypt (FIPS 203 Algorithm 14), with Â where it is known.
  static func encrypt(
    _ message: SecretBytes, to key: [UInt8], matrix: PublicMatrix? = nil, randomness: SecretBytes,
    into target: inout MutableRawSpan
  ) {
    var encryption = KPKE<Parameters>.Encryption(randomness: randomness)
    key.withBytes { key in
      encryption.encryptFirst(
        rho: key.extracting(vectorByteCount..<encapsulationKeyByteCount), matrix: matrix,
        into: &target)
      encryption.encryptSecond(
        vector: key, message: message, into: &target, at: firstCiphertextByteCount)
    }
  }

  /// The modulus check of FIPS 203 §7.2, of a key or of its vector.
  static func checkModulus(_ vector: [UInt8]) throws(CygnetError) {
    let isReduced = vector.withBytes { vector in
      for i in 0..<Parameters.k
      where !NTTElement.isReduced(vector, at: NTTElement.byteCount * i) {
        return false
      }
      return true
    }
    guard isReduced else {
      throw CygnetError(.malformed, "an ML-KEM encapsulation key with a coefficient beyond q")
    }
  }
}
