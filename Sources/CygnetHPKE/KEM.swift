package import CygnetPrimitives

extension HPKE {
  /// A key encapsulation mechanism (RFC 9180 §7.1). It decides the lengths of keys.
  public struct KEM: Hashable, Sendable {
    enum Algorithm: UInt16 {
      case dhkemX25519 = 0x0020
      case xWing = 0x647a
    }

    let algorithm: Algorithm

    /// DHKEM(X25519, HKDF-SHA256), 0x0020.
    public static let x25519 = KEM(algorithm: .dhkemX25519)
    /// X-Wing, also called MLKEM768-X25519, 0x647a: secret as long as one of the two is, so what is
    /// recorded today stays secret when quantum computers come. It has no auth modes.
    public static let xWing = KEM(algorithm: .xWing)

    /// The number in RFC 9180's registry.
    public var id: UInt16 { algorithm.rawValue }

    /// Bytes of a public key.
    public var publicKeyByteCount: Int {
      switch algorithm {
      case .dhkemX25519: DHKEM.publicKeyByteCount
      case .xWing: XWingKEM.publicKeyByteCount
      }
    }

    /// Bytes of a private key.
    public var privateKeyByteCount: Int {
      switch algorithm {
      case .dhkemX25519: DHKEM.privateKeyByteCount
      case .xWing: XWingKEM.privateKeyByteCount
      }
    }

    /// Bytes of an encapsulated key.
    public var encapsulatedKeyByteCount: Int {
      switch algorithm {
      case .dhkemX25519: DHKEM.encapsulatedKeyByteCount
      case .xWing: XWingKEM.encapsulatedKeyByteCount
      }
    }
  }
}

extension HPKE.KEM {
  /// - Throws: `unsupported` for a number that is not offered.
  package init(id: UInt16) throws(CygnetError) {
    guard let algorithm = Algorithm(rawValue: id) else {
      throw CygnetError(.unsupported, "this KEM is not offered")
    }
    self.init(algorithm: algorithm)
  }

  /// Whether a public key has the right length and can be sealed to at all, which a key of low order
  /// or with a coefficient beyond ML-KEM's modulus cannot. Costs no curve operation.
  package func isUsable(_ publicKey: [UInt8]) -> Bool {
    switch algorithm {
    case .dhkemX25519: (try? X25519.PublicKey(publicKey))?.hasLowOrder == false
    case .xWing: (try? XWing.EncapsulationKey(publicKey))?.hasLowOrder == false
    }
  }

  func check(_ other: HPKE.KEM) throws(CygnetError) {
    guard self == other else {
      throw CygnetError(.wrongState, "the key belongs to another KEM than the suite's")
    }
  }

  /// Whether a sender's key can take part in the encapsulation (AuthEncap and AuthDecap).
  private var hasAuthentication: Bool { algorithm == .dhkemX25519 }

  private func checkAuthentication(isAsked: Bool) throws(CygnetError) {
    guard !isAsked || hasAuthentication else {
      throw CygnetError(.unsupported, "this KEM has no auth modes")
    }
  }
}

extension HPKE.KEM {
  /// A shared secret, and what travels so that the holder of the private key finds it too.
  package struct Encapsulation: Sendable {
    package let sharedSecret: SecretBytes
    package let encapsulatedKey: [UInt8]
  }

  /// DeriveKeyPair (RFC 9180 §4): the same key pair from the same material, which should hold as
  /// much entropy as a private key has bytes.
  package func deriveKeyPair(
    inputKeyMaterial: SecretBytes
  ) throws(CygnetError) -> HPKE.PrivateKey {
    switch algorithm {
    case .dhkemX25519:
      try HPKE.PrivateKey(
        kem: self, secret: DHKEM.derivePrivateKey(inputKeyMaterial: inputKeyMaterial))
    case .xWing:
      try HPKE.PrivateKey(
        kem: self, secret: XWingKEM.derivePrivateKey(inputKeyMaterial: inputKeyMaterial))
    }
  }

  /// Bytes of the one draw that an encapsulation makes: of DHKEM the ephemeral private key, of X-Wing
  /// ML-KEM's message and the ephemeral private key.
  package var encapsulationRandomByteCount: Int {
    switch algorithm {
    case .dhkemX25519: DHKEM.privateKeyByteCount
    case .xWing: XWing.encapsulationSeedByteCount
    }
  }

  /// Encap or, with the sender's key, AuthEncap (RFC 9180 §4).
  /// - Throws: `malformed` for a public key that cannot be sealed to; `unsupported` for a sender's key
  ///   where the KEM has no auth modes.
  package func encapsulate(
    to publicKey: HPKE.PublicKey, authenticatedBy sender: HPKE.PrivateKey?,
    using random: inout some RandomSource
  ) throws(CygnetError) -> Encapsulation {
    try checkAuthentication(isAsked: sender != nil)
    let drawn = random.secret(encapsulationRandomByteCount)
    return switch algorithm {
    case .dhkemX25519:
      try DHKEM.encapsulate(to: publicKey.bytes, authenticatedBy: sender, ephemeral: drawn)
    case .xWing: try XWingKEM.encapsulate(to: publicKey.bytes, seed: drawn)
    }
  }

  /// Decap or, with the sender's key, AuthDecap (RFC 9180 §4).
  /// - Throws: `malformed` for another length; `authenticationFailed` for a key of low order;
  ///   `unsupported` as for encapsulation.
  package func decapsulate(
    _ encapsulatedKey: [UInt8], with privateKey: HPKE.PrivateKey,
    authenticatedBy sender: HPKE.PublicKey?
  ) throws(CygnetError) -> SecretBytes {
    try checkAuthentication(isAsked: sender != nil)
    guard encapsulatedKey.count == encapsulatedKeyByteCount else {
      throw CygnetError(.malformed, "an encapsulated key of another length")
    }
    switch algorithm {
    case .dhkemX25519:
      return try DHKEM.decapsulate(
        encapsulatedKey, with: privateKey, authenticatedBy: sender?.bytes)
    case .xWing: return try XWingKEM.decapsulate(encapsulatedKey, with: privateKey)
    }
  }
}
