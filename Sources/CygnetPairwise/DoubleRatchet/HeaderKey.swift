package import CygnetPrimitives

/// HK, the key that hides the headers of one chain (Double Ratchet §4.1).
package struct HeaderKey: Sendable {
  package static let byteCount = 32
  package let secret: SecretBytes

  package init(_ secret: SecretBytes) { self.secret = secret }

  /// Bytes of a sealed header with its nonce.
  package static let sealedByteCount = RatchetHeader.byteCount + XChaCha20Poly1305Box.overhead

  /// HENCRYPT(hk, header) (Double Ratchet §4.2): a box under XChaCha20-Poly1305 with 128 random bits
  /// of nonce, as the paper asks. Random rather than counted, so that a state restored twice does
  /// not repeat one.
  package func seal(
    _ header: RatchetHeader, using random: inout some RandomSource
  ) throws(CygnetError) -> [UInt8] {
    try XChaCha20Poly1305Box.seal(header.encoded(), key: secret, using: &random)
  }

  /// HDECRYPT: nil where the header was not sealed under this key.
  package func open(_ sealed: [UInt8]) throws(CygnetError) -> [UInt8]? {
    try XChaCha20Poly1305Box.open(sealed, key: secret)
  }
}
