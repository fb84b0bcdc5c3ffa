package import CygnetPrimitives

/// CK, the key of a sending or receiving chain (Double Ratchet §2.2).
package struct ChainKey: Sendable {
  package let secret: SecretBytes

  package init(_ secret: SecretBytes) { self.secret = secret }

  /// KDF_CK(ck) (Double Ratchet §7.2): HMAC-SHA256 keyed by the chain key, over 0x01 for the message
  /// key and over 0x02 for the next chain key.
  package func step() -> (messageKey: MessageKey, next: ChainKey) {
    let (messageKey, next) = HMACSHA256.tags(of: 0x01, 0x02, key: secret)
    return (MessageKey(messageKey), ChainKey(next))
  }
}
