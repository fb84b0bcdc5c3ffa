package import CygnetHPKE
package import CygnetPrimitives

/// Everything that one suite computes with (RFC 9420 §5.1). Hash, MAC, KDF and signature are those
/// of SHA-256 and Ed25519 in every suite that is offered; AEAD and KEM come from a table.
package struct Algorithms: Sendable {
  package let suite: MLS.CipherSuite
  /// What seals to public keys.
  package let hpke: HPKE.CipherSuite
  /// The AEAD of messages, sender data and Welcomes.
  package let aead: any AEADAlgorithm

  /// A suite that the library has.
  /// - Throws: `unsupported`.
  package init(_ suite: MLS.CipherSuite) throws(CygnetError) {
    switch suite {
    case .x25519ChaCha20SHA256Ed25519:
      self.init(
        suite: suite, hpke: .x25519SHA256ChaCha20Poly1305, aead: ChaCha20Poly1305Algorithm())
    case .xWingChaCha20SHA256Ed25519:
      self.init(
        suite: suite, hpke: .xWingSHA256ChaCha20Poly1305, aead: ChaCha20Poly1305Algorithm())
    default:
      throw CygnetError(.unsupported, "this MLS cipher suite is not offered")
    }
  }

  /// A suite of other parts, which must be those of its number.
  package init(suite: MLS.CipherSuite, hpke: HPKE.CipherSuite, aead: any AEADAlgorithm) {
    self.suite = suite
    self.hpke = hpke
    self.aead = aead
  }

  /// `KDF.Nh`.
  package var hashByteCount: Int { SHA256.byteCount }
  /// `AEAD.Nk`.
  package var aeadKeyByteCount: Int { aead.keyByteCount }
  /// `AEAD.Nn`.
  package var aeadNonceByteCount: Int { aead.nonceByteCount }
  /// Bytes of every signature.
  package var signatureByteCount: Int { Ed25519.signatureByteCount }

  /// `Hash`.
  package func hash(_ bytes: [UInt8]) -> [UInt8] { SHA256.hash(bytes) }

  /// `MAC`.
  package func mac(_ message: [UInt8], key: SecretBytes) -> [UInt8] {
    HMACSHA256.publicTag(of: message, key: key)
  }

  /// Whether `tag` is the message's MAC: the whole of it, in constant time (rule C5).
  package func isMAC(_ tag: [UInt8], of message: [UInt8], key: SecretBytes) -> Bool {
    guard tag.count == HMACSHA256.byteCount else { return false }
    return ConstantTime.areEqual(tag, mac(message, key: key))
  }
}
