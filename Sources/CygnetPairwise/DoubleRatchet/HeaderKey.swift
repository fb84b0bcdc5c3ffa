package import CygnetPrimitives

/// HK, the key that hides the headers of one chain (Double Ratchet §4.1).
package struct HeaderKey: Sendable {
  package static let byteCount = 32
  package let secret: SecretBytes

  package init(_ secret: SecretBytes) { self.secret = secret }

  /// Bytes of randomness in front of each sealed header.
  package static let nonceByteCount = 16
  /// Bytes of a sealed header with its nonce.
  package static let sealedByteCount =
    nonceByteCount + RatchetHeader.byteCount + XChaCha20Poly1305.tagByteCount

  /// HENCRYPT(hk, header) (Double Ratchet §4.2): nonce ‖ XChaCha20-Poly1305(hk, nonce ‖ 0^64, header).
  ///
  /// The 128 random bits are what HChaCha20 turns into the subkey of one header; with them a chain of
  /// 2^32 messages repeats a nonce with probability 2^-65. Random rather than counted, so that a
  /// state restored twice does not repeat one either.
  func seal(
    _ header: RatchetHeader, using random: inout some RandomSource
  ) throws(CygnetError) -> [UInt8] {
    let nonce = random.bytes(Self.nonceByteCount)
    let sealed = try XChaCha20Poly1305.seal(
      header.encoded(), key: secret, nonce: nonce + Self.padding, authenticating: [])
    return nonce + sealed
  }

  /// HDECRYPT: nil where the header was not sealed under this key.
  func open(_ sealed: [UInt8]) -> [UInt8]? {
    try? XChaCha20Poly1305.open(
      Array(sealed[Self.nonceByteCount...]), key: secret,
      nonce: Array(sealed[..<Self.nonceByteCount]) + Self.padding, authenticating: [])
  }

  private static let padding = [UInt8](
    repeating: 0, count: XChaCha20Poly1305.nonceByteCount - nonceByteCount)
}
