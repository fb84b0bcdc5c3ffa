internal import CygnetPrimitives

/// DHKEM(X25519, HKDF-SHA256) (RFC 9180 §4.1).
enum DHKEM {
  static let publicKeyByteCount = X25519.byteCount
  static let privateKeyByteCount = X25519.byteCount
  static let encapsulatedKeyByteCount = X25519.byteCount
  private static let sharedSecretByteCount = 32

  /// "KEM" followed by the number of this KEM.
  private static let kdf = LabeledKDF(.hkdfSHA256, suiteID: Array("KEM".utf8) + [0x00, 0x20])

  static func publicKey(of secret: SecretBytes) throws(CygnetError) -> [UInt8] {
    try X25519.PrivateKey(secret).publicKey().bytes
  }

  /// RFC 9180 §7.1.3.
  static func derivePrivateKey(inputKeyMaterial: SecretBytes) throws(CygnetError) -> SecretBytes {
    let key = kdf.extract(label: "dkp_prk", inputKeyMaterial)
    return try kdf.expand(key, label: "sk", count: privateKeyByteCount)
  }

  static func encapsulate(
    to publicKey: [UInt8], authenticatedBy sender: HPKE.PrivateKey?, ephemeral: SecretBytes
  ) throws(CygnetError) -> HPKE.KEM.Encapsulation {
    let recipient = try X25519.PublicKey(publicKey)
    let ephemeral = try X25519.KeyPair(X25519.PrivateKey(ephemeral))
    let encapsulatedKey = ephemeral.publicKey.bytes
    var secret: SecretBytes
    do {
      secret = try X25519.agreement(ephemeral.privateKey, recipient)
      if let sender {
        let own = try X25519.agreement(X25519.PrivateKey(sender.secret), recipient)
        secret = SecretBytes(concatenating: [secret, own])
      }
    } catch {
      guard error.code == .authenticationFailed else { throw error }
      throw CygnetError(.malformed, "the recipient's public key has low order")
    }
    let sharedSecret = try self.sharedSecret(
      secret, encapsulatedKey: encapsulatedKey, recipient: publicKey,
      sender: sender?.publicKey.bytes)
    return HPKE.KEM.Encapsulation(sharedSecret: sharedSecret, encapsulatedKey: encapsulatedKey)
  }

  static func decapsulate(
    _ encapsulatedKey: [UInt8], with privateKey: HPKE.PrivateKey, authenticatedBy sender: [UInt8]?
  ) throws(CygnetError) -> SecretBytes {
    let own = try X25519.PrivateKey(privateKey.secret)
    var secret = try X25519.agreement(own, X25519.PublicKey(encapsulatedKey))
    if let sender {
      let theirs = try X25519.agreement(own, X25519.PublicKey(sender))
      secret = SecretBytes(concatenating: [secret, theirs])
    }
    return try sharedSecret(
      secret, encapsulatedKey: encapsulatedKey, recipient: privateKey.publicKey.bytes,
      sender: sender)
  }

  /// ExtractAndExpand, over a context of the public keys that took part.
  private static func sharedSecret(
    _ secret: SecretBytes, encapsulatedKey: [UInt8], recipient: [UInt8], sender: [UInt8]?
  ) throws(CygnetError) -> SecretBytes {
    let key = kdf.extract(label: "eae_prk", secret)
    return try kdf.expand(
      key, label: "shared_secret", info: encapsulatedKey, recipient, sender ?? [],
      count: sharedSecretByteCount)
  }
}
