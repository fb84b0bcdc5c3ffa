package import CygnetHPKE
package import CygnetPrimitives

/// Keys of the suite's KEM, from bytes and from nothing.
extension Algorithms {
  /// A fresh key pair: `KDF.Nh` random bytes, and `DeriveKeyPair` of them (RFC 9180 §7.1.3).
  package func generateKeyPair(
    using random: inout some RandomSource
  ) throws(CygnetError) -> HPKE.PrivateKey {
    try deriveKeyPair(random.secret(hashByteCount))
  }

  /// A stored private key; its public half is computed.
  package func privateKey(_ secret: SecretBytes) throws(CygnetError) -> HPKE.PrivateKey {
    try HPKE.PrivateKey(kem: hpke.kem, secret: secret)
  }

  /// A stored private key whose public half is known to belong to it.
  package func privateKey(
    _ secret: SecretBytes, publicKey: MLS.HPKEPublicKey
  ) throws(CygnetError) -> HPKE.PrivateKey {
    try HPKE.PrivateKey(
      kem: hpke.kem, secret: secret,
      publicKey: HPKE.PublicKey(kem: hpke.kem, bytes: publicKey.bytes))
  }

  /// Whether a public key has the KEM's length and can be sealed to, which one of low order cannot and
  /// one of X-Wing with a coefficient beyond the modulus, before it enters a tree (RFC 9420 §7.1, §10):
  /// it would stop every commit that has to.
  /// - Throws: `malformed` (C3).
  package func checkEncryptionKey(_ key: MLS.HPKEPublicKey) throws(CygnetError) {
    guard hpke.kem.isUsable(key.bytes) else {
      throw CygnetError(
        .malformed,
        "C3: a public key of another length, or that cannot be sealed to (RFC 9420 §5.1.1)")
    }
  }
}
