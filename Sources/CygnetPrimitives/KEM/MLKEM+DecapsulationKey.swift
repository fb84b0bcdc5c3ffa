extension MLKEM {
  /// A decapsulation key with its public half.
  package struct DecapsulationKey: Sendable {
    /// d ‖ z, 64 bytes: the form to store. There is none of a key that was given expanded.
    package let seed: SecretBytes?
    /// ByteEncode₁₂(ŝ) ‖ ek ‖ H(ek) ‖ z.
    package let expanded: SecretBytes
    package let encapsulationKey: EncapsulationKey
    /// Â of a key that was made here, 4.5 KiB with k = 3.
    private let matrix: PublicMatrix?

    /// ML-KEM.KeyGen (FIPS 203 Algorithm 19).
    package static func generate(using random: inout some RandomSource) -> DecapsulationKey {
      DecapsulationKey(internal: random.secret(seedByteCount))
    }

    /// ML-KEM.KeyGen_internal (FIPS 203 Algorithm 16).
    /// - Parameter seed: d ‖ z, 64 bytes.
    /// - Throws: `malformed` for another length.
    package init(seed: SecretBytes) throws(CygnetError) {
      guard seed.count == seedByteCount else {
        throw CygnetError(.malformed, "an ML-KEM seed of another length")
      }
      self.init(internal: seed)
    }

    private init(internal seed: SecretBytes) {
      let (rho, sigma) = hashG(seed.slice(0..<32), [UInt8(Parameters.k)])
      self.init(rho: rho.publicBytes(0..<32), sigma: sigma, z: seed.slice(32..<64), seed: seed)
    }

    /// Key generation where (ρ, σ) = G(d ‖ k) is known, 32 bytes each: ρ becomes public.
    package init(rho: [UInt8], sigma: SecretBytes, z: SecretBytes, seed: SecretBytes? = nil) {
      let keyOffset = vectorByteCount
      let hashOffset = vectorByteCount + encapsulationKeyByteCount
      var key: [UInt8] = []
      var matrix: PublicMatrix?
      expanded = unsafe SecretBytes(count: decapsulationKeyByteCount) { buffer in
        var target = unsafe MutableRawSpan(_unsafeBytes: buffer)
        matrix = KPKE<Parameters>.generateKeys(
          rho: rho, sigma: sigma, into: &target, encryptionKeyOffset: keyOffset)
        key = unsafe [UInt8](buffer[keyOffset..<hashOffset])
        SHA3_256.hash(key).withBytes { hash in target.copy(hash, at: hashOffset) }
        z.withBytes { z in target.copy(z, at: hashOffset + 32) }
      }
      encapsulationKey = EncapsulationKey(computed: key)
      self.seed = seed
      self.matrix = matrix
    }

    /// A key in its expanded form, with the checks of FIPS 203 §7.3, and of its encapsulation key
    /// those of FIPS 203 §7.2.
    /// - Throws: `malformed` for another length, when the hash of the encapsulation key does not
    ///   match, or when one of its coefficients is not below q.
    package init(expanded: SecretBytes) throws(CygnetError) {
      guard expanded.count == decapsulationKeyByteCount else {
        throw CygnetError(.malformed, "an ML-KEM decapsulation key of another length")
      }
      let hashOffset = vectorByteCount + encapsulationKeyByteCount
      let key = expanded.publicBytes(vectorByteCount..<hashOffset)
      guard SHA3_256.hash(key) == expanded.publicBytes(hashOffset..<(hashOffset + 32)) else {
        throw CygnetError(.malformed, "an ML-KEM decapsulation key that contradicts itself")
      }
      encapsulationKey = try EncapsulationKey(key)
      self.expanded = expanded
      seed = nil
      matrix = nil
    }

    /// ML-KEM.Decaps (FIPS 203 Algorithms 21 and 18): the shared secret, 32 bytes. For a ciphertext
    /// that no encapsulation gives it is a secret that nobody else can compute, and nothing tells
    /// which of the two it is.
    package func decapsulate(_ ciphertext: Ciphertext) -> SecretBytes {
      let hashOffset = vectorByteCount + encapsulationKeyByteCount
      let hash = expanded.publicBytes(hashOffset..<(hashOffset + 32))
      let message = expanded.withBytes { key in
        ciphertext.bytes.withBytes { ciphertext in KPKE<Parameters>.decrypt(key, ciphertext) }
      }
      let (accepted, randomness) = hashG(message, hash)
      let rejected = rejection(of: ciphertext)
      let expected = unsafe SecretBytes(count: ciphertextByteCount) { buffer in
        var target = unsafe MutableRawSpan(_unsafeBytes: buffer)
        encrypt(
          message, to: encapsulationKey.bytes, matrix: matrix, randomness: randomness,
          into: &target)
      }
      return unsafe ciphertext.bytes.withUnsafeBytes { given in
        unsafe expected.withUnsafeBytes { expected in
          unsafe ConstantTime.select(accepted, ifEqual: given, expected, otherwise: rejected)
        }
      }
    }

    /// J(z ‖ c), the secret of a ciphertext that is rejected.
    private func rejection(of ciphertext: Ciphertext) -> SecretBytes {
      var function = SHAKE256()
      function.update(expanded.slice((expanded.count - 32)..<expanded.count))
      function.update(ciphertext.bytes)
      return function.squeezeSecret(sharedSecretByteCount)
    }
  }
}

extension SecretBytes {
  /// Bytes of a block that holds public ones beside the secrets.
  func publicBytes(_ range: Range<Int>) -> [UInt8] {
    unsafe withUnsafeBytes { bytes in unsafe [UInt8](bytes[range]) }
  }
}
