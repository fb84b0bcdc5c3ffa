/// Encapsulation in two steps, for a protocol that sends an encapsulation key in pieces: the header
/// is enough for the shared secret and most of the ciphertext, the rest follows once the vector is
/// there. The parts put together are ordinary keys and ciphertexts of ML-KEM.
extension MLKEM {
  /// ρ ‖ H(ek), 64 bytes: what the first step needs of an encapsulation key.
  package struct EncapsulationHeader: Hashable, Sendable {
    package static var byteCount: Int { 64 }

    package let bytes: [UInt8]

    /// - Throws: `malformed` for another length.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == Self.byteCount else {
        throw CygnetError(.malformed, "an ML-KEM header of another length")
      }
      self.bytes = bytes
    }

    fileprivate init(rho: [UInt8], hash: [UInt8]) { bytes = rho + hash }

    fileprivate var rho: [UInt8] { [UInt8](bytes[..<32]) }
    fileprivate var hash: [UInt8] { [UInt8](bytes[32...]) }

    /// The shared secret, and the first part of the ciphertext.
    package func encapsulate(using random: inout some RandomSource) -> FirstEncapsulation {
      FirstEncapsulation(PendingEncapsulation(self, message: random.secret(messageByteCount)))
    }

    /// The same with the randomness given, for vectors.
    /// - Parameter message: m, 32 bytes, uniform and never used before.
    /// - Throws: `malformed` for another length.
    package func encapsulate(message: SecretBytes) throws(CygnetError) -> FirstEncapsulation {
      guard message.count == messageByteCount else {
        throw CygnetError(.malformed, "an ML-KEM message of another length")
      }
      return FirstEncapsulation(PendingEncapsulation(self, message: message))
    }
  }

  /// ByteEncode₁₂(t̂): the rest of an encapsulation key. Values of this type passed the modulus check
  /// of FIPS 203 §7.2.
  package struct EncapsulationVector: Hashable, Sendable {
    package static var byteCount: Int { vectorByteCount }

    package let bytes: [UInt8]

    /// - Throws: `malformed` for another length, or when a coefficient is not below q.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == Self.byteCount else {
        throw CygnetError(.malformed, "an ML-KEM vector of another length")
      }
      try checkModulus(bytes)
      self.bytes = bytes
    }

    fileprivate init(checked bytes: [UInt8]) { self.bytes = bytes }
  }

  /// c₁, public.
  package struct FirstCiphertext: Hashable, Sendable {
    package static var byteCount: Int { firstCiphertextByteCount }

    package let bytes: [UInt8]

    /// - Throws: `malformed` for another length.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == Self.byteCount else {
        throw CygnetError(.malformed, "the first part of an ML-KEM ciphertext of another length")
      }
      self.bytes = bytes
    }

    fileprivate init(part bytes: [UInt8]) { self.bytes = bytes }
  }

  /// c₂, public.
  package struct SecondCiphertext: Hashable, Sendable {
    package static var byteCount: Int { secondCiphertextByteCount }

    package let bytes: [UInt8]

    /// - Throws: `malformed` for another length.
    package init(_ bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == Self.byteCount else {
        throw CygnetError(.malformed, "the second part of an ML-KEM ciphertext of another length")
      }
      self.bytes = bytes
    }

    fileprivate init(part bytes: [UInt8]) { self.bytes = bytes }
  }

  /// What the first step gives.
  package struct FirstEncapsulation: Sendable {
    package let ciphertext: FirstCiphertext
    /// K, 32 bytes.
    package let sharedSecret: SecretBytes
    /// What the second step needs.
    package let pending: PendingEncapsulation

    fileprivate init(_ pending: PendingEncapsulation) {
      let (sharedSecret, randomness) = hashG(pending.message, pending.header.hash)
      var ciphertext = [UInt8](repeating: 0, count: firstCiphertextByteCount)
      var encryption = KPKE<Parameters>.Encryption(randomness: randomness)
      ciphertext.withMutableBytes { target in
        pending.header.bytes.withBytes { header in
          encryption.encryptFirst(rho: header.extracting(0..<32), into: &target)
        }
      }
      self.ciphertext = FirstCiphertext(part: ciphertext)
      self.sharedSecret = sharedSecret
      self.pending = pending
    }
  }

  /// An encapsulation between its two steps. It is as secret as the shared secret, which can be
  /// computed from it; all else that the second step needs is derived again, so it is small.
  package struct PendingEncapsulation: Sendable {
    package static var byteCount: Int { EncapsulationHeader.byteCount + messageByteCount }

    package let header: EncapsulationHeader
    fileprivate let message: SecretBytes

    fileprivate init(_ header: EncapsulationHeader, message: SecretBytes) {
      self.header = header
      self.message = message
    }

    /// From the form to store: header ‖ m, 96 bytes.
    /// - Throws: `malformed` for another length.
    package init(stored: SecretBytes) throws(CygnetError) {
      guard stored.count == Self.byteCount else {
        throw CygnetError(.malformed, "a pending encapsulation of another length")
      }
      header = try EncapsulationHeader(stored.publicBytes(0..<EncapsulationHeader.byteCount))
      message = stored.slice(EncapsulationHeader.byteCount..<Self.byteCount)
    }

    /// The form to store: header ‖ m, 96 bytes.
    package var stored: SecretBytes {
      SecretBytes(concatenating: [SecretBytes(copying: header.bytes), message])
    }

    /// The second part of the ciphertext.
    /// - Throws: `authenticationFailed` when the vector is not the one that the header was made of.
    package func finish(
      with vector: EncapsulationVector
    ) throws(CygnetError) -> SecondCiphertext {
      _ = try EncapsulationKey(header: header, vector: vector)
      let (_, randomness) = hashG(message, header.hash)
      var ciphertext = [UInt8](repeating: 0, count: secondCiphertextByteCount)
      var encryption = KPKE<Parameters>.Encryption(randomness: randomness)
      ciphertext.withMutableBytes { target in
        vector.bytes.withBytes { vector in
          encryption.encryptSecond(vector: vector, message: message, into: &target, at: 0)
        }
      }
      return SecondCiphertext(part: ciphertext)
    }
  }
}

extension MLKEM.DecapsulationKey {
  /// The header of the encapsulation key, whose hash the key holds.
  package var header: MLKEM.EncapsulationHeader {
    let start = MLKEM.vectorByteCount + MLKEM.encapsulationKeyByteCount
    return MLKEM.EncapsulationHeader(
      rho: [UInt8](encapsulationKey.bytes[MLKEM.vectorByteCount...]),
      hash: expanded.publicBytes(start..<(start + 32)))
  }
}

extension MLKEM.EncapsulationKey {
  package var header: MLKEM.EncapsulationHeader {
    MLKEM.EncapsulationHeader(
      rho: [UInt8](bytes[MLKEM.vectorByteCount...]), hash: SHA3_256.hash(bytes))
  }

  package var vector: MLKEM.EncapsulationVector {
    MLKEM.EncapsulationVector(checked: [UInt8](bytes[..<MLKEM.vectorByteCount]))
  }

  /// A key from its parts.
  /// - Throws: `authenticationFailed` when the vector is not the one that the header was made of.
  package init(
    header: MLKEM.EncapsulationHeader, vector: MLKEM.EncapsulationVector
  ) throws(CygnetError) {
    let bytes = vector.bytes + header.rho
    guard SHA3_256.hash(bytes) == header.hash else {
      throw CygnetError(.authenticationFailed, "the vector is not that of the ML-KEM header")
    }
    self.init(computed: bytes)
  }
}

extension MLKEM.Ciphertext {
  /// A ciphertext from its parts.
  package init(_ first: MLKEM.FirstCiphertext, _ second: MLKEM.SecondCiphertext) {
    self.init(computed: first.bytes + second.bytes)
  }

  package var first: MLKEM.FirstCiphertext {
    MLKEM.FirstCiphertext(part: [UInt8](bytes[..<MLKEM.firstCiphertextByteCount]))
  }

  package var second: MLKEM.SecondCiphertext {
    MLKEM.SecondCiphertext(part: [UInt8](bytes[MLKEM.firstCiphertextByteCount...]))
  }
}
