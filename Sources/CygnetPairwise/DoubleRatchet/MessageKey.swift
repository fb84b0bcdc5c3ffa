package import CygnetPrimitives

/// mk, the key of one message, used once.
package struct MessageKey: Sendable {
  package static let byteCount = 32
  package let secret: SecretBytes

  package init(_ secret: SecretBytes) { self.secret = secret }

  /// A constant nonce is sound because the key seals one message (Double Ratchet §3.1, ENCRYPT).
  private static let nonce = [UInt8](repeating: 0, count: ChaCha20Poly1305.nonceByteCount)

  package func seal(_ plaintext: [UInt8], authenticating: [UInt8]) throws(CygnetError) -> [UInt8] {
    try ChaCha20Poly1305.seal(
      plaintext, key: secret, nonce: Self.nonce, authenticating: authenticating)
  }

  package func open(_ ciphertext: [UInt8], authenticating: [UInt8]) throws(CygnetError) -> [UInt8] {
    try ChaCha20Poly1305.open(
      ciphertext, key: secret, nonce: Self.nonce, authenticating: authenticating)
  }
}
