package import CygnetPrimitives

/// HK, the key that hides the headers of one chain (Double Ratchet §4.1).
package struct HeaderKey: Sendable {
  package static let byteCount = 32
  package let secret: SecretBytes

  package init(_ secret: SecretBytes) { self.secret = secret }

  /// Bytes of a sealed header with its nonce, in suite 1.
  package static let sealedByteCount = RatchetHeader.byteCount + XChaCha20Poly1305Box.overhead

  /// The same in suite 2.
  package static let tripleSealedByteCount: ClosedRange<Int> = {
    let bounds = TripleRatchetHeader.byteCount
    let overhead = XChaCha20Poly1305Box.overhead
    return (bounds.lowerBound + overhead)...(bounds.upperBound + overhead)
  }()

  /// HENCRYPT(hk, header) (Double Ratchet §4.2): a box under XChaCha20-Poly1305 with 128 random bits
  /// of nonce, as the paper asks. Random rather than counted, so that a state restored twice does
  /// not repeat one.
  package func seal(
    _ header: [UInt8], using random: inout some RandomSource
  ) throws(CygnetError) -> [UInt8] {
    try XChaCha20Poly1305Box.seal(header, key: secret, using: &random)
  }

  /// HDECRYPT: nil where the header was not sealed under this key.
  package func open(_ sealed: [UInt8]) throws(CygnetError) -> [UInt8]? {
    try XChaCha20Poly1305Box.open(sealed, key: secret)
  }
}
