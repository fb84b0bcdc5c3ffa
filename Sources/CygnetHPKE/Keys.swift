public import CygnetPrimitives

extension HPKE {
  /// A public key, to seal to or to tell a sender by.
  public struct PublicKey: Hashable, Sendable {
    /// The mechanism that it belongs to.
    public let kem: KEM
    /// The serialized key (RFC 9180 §7.1.1), as long as the mechanism says.
    public let bytes: [UInt8]

    /// From its serialized form.
    /// - Throws: `malformed` for another length. A key that cannot be sealed to (of low order or, with
    ///   X-Wing, with a coefficient beyond the modulus) is refused when it is used.
    public init(kem: KEM, bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count == kem.publicKeyByteCount else {
        throw CygnetError(.malformed, "an HPKE public key of another length")
      }
      self.kem = kem
      self.bytes = bytes
    }
  }

  /// A private key with its public half. It prints as the length of its secret.
  public struct PrivateKey: Sendable {
    /// The public half.
    public let publicKey: PublicKey
    /// The serialized private key (RFC 9180 §7.1.2), as long as the mechanism says. Of X-Wing it is the
    /// seed.
    public let secret: SecretBytes
    /// What X-Wing computes with; nil for other mechanisms.
    private let expanded: ExpandedXWingKey?

    /// The mechanism that it belongs to.
    public var kem: KEM { publicKey.kem }

    /// From its serialized form; the public half is computed.
    /// - Throws: `malformed` for another length.
    public init(kem: KEM, secret: SecretBytes) throws(CygnetError) {
      try Self.check(secret, kem)
      self.secret = secret
      switch kem.algorithm {
      case .dhkemX25519:
        expanded = nil
        publicKey = try PublicKey(kem: kem, bytes: DHKEM.publicKey(of: secret))
      case .xWing:
        let key = try XWing.DecapsulationKey(seed: secret)
        expanded = ExpandedXWingKey(key)
        publicKey = try PublicKey(kem: kem, bytes: key.encapsulationKey.bytes)
      }
    }

    /// From stored halves that belong together.
    /// - Throws: `malformed` for another length; `wrongState` for halves of two mechanisms.
    package init(
      kem: KEM, secret: SecretBytes, publicKey: PublicKey
    ) throws(CygnetError) {
      try Self.check(secret, kem)
      try kem.check(publicKey.kem)
      self.secret = secret
      self.publicKey = publicKey
      expanded = kem == .xWing ? ExpandedXWingKey() : nil
    }

    /// - Throws: `wrongState` for a key of another mechanism.
    func expandedXWing() throws(CygnetError) -> XWing.DecapsulationKey {
      guard let expanded else {
        throw CygnetError(.wrongState, "the key belongs to another KEM than X-Wing")
      }
      return try expanded.key(from: secret)
    }

    /// A new key pair from the system's random source.
    /// - Throws: `internalFault` when libsodium is unfit.
    public static func generate(kem: KEM = .x25519) throws(CygnetError) -> PrivateKey {
      var random = SystemRandomSource()
      return try generate(kem: kem, using: &random)
    }

    /// One draw: the private key, 32 bytes with every mechanism.
    package static func generate(
      kem: KEM = .x25519, using random: inout some RandomSource
    ) throws(CygnetError) -> PrivateKey {
      try Sodium.selfTest()
      return try PrivateKey(kem: kem, secret: random.secret(kem.privateKeyByteCount))
    }

    private static func check(_ secret: SecretBytes, _ kem: KEM) throws(CygnetError) {
      guard secret.count == kem.privateKeyByteCount else {
        throw CygnetError(.malformed, "an HPKE private key of another length")
      }
    }
  }
}
