public import CygnetPrimitives

extension HPKE {
  /// A public key, to seal to or to tell a sender by.
  public struct PublicKey: Hashable, Sendable {
    /// The mechanism that it belongs to.
    public let kem: KEM
    /// The serialized key (RFC 9180 §7.1.1), as long as the mechanism says.
    public let bytes: [UInt8]

    /// From its serialized form.
    /// - Throws: `malformed` for another length. A key of low order is refused when it is used.
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
    /// The serialized private key (RFC 9180 §7.1.2), as long as the mechanism says.
    public let secret: SecretBytes

    /// The mechanism that it belongs to.
    public var kem: KEM { publicKey.kem }

    /// From its serialized form; the public half is computed.
    /// - Throws: `malformed` for another length.
    public init(kem: KEM, secret: SecretBytes) throws(CygnetError) {
      try Self.check(secret, kem)
      self.secret = secret
      publicKey = try PublicKey(kem: kem, bytes: kem.publicKey(of: secret))
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
    }

    /// A new key pair from the system's random source.
    /// - Throws: `internalFault` when libsodium is unfit.
    public static func generate(kem: KEM = .x25519) throws(CygnetError) -> PrivateKey {
      var random = SystemRandomSource()
      return try generate(kem: kem, using: &random)
    }

    /// One draw: the private key.
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
