package import CygnetPrimitives

/// CK, the key of a sender's chain. Specification: SenderKeys
package struct SenderChainKey: Sendable {
  package static let byteCount = 32
  package let secret: SecretBytes

  package init(_ secret: SecretBytes) { self.secret = secret }

  /// CHAIN(CK): HMAC-SHA256 keyed by the chain key, over 0x01 for the message key and over 0x02 for
  /// the next chain key. Neither leads back, so who is given a chain key reads nothing sent before.
  package func step() -> (messageKey: SenderMessageKey, next: SenderChainKey) {
    let (messageKey, next) = HMACSHA256.tags(of: 0x01, 0x02, key: secret)
    return (SenderMessageKey(messageKey), SenderChainKey(next))
  }
}
