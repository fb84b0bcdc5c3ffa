/// Hybrid public-key encryption (RFC 9180): sealing to a public key.
///
/// ```swift
/// var sender = try HPKE.Sender(to: theirKey, suite: suite, info: info)
/// let ciphertext = try sender.seal(message)
/// // sender.encapsulatedKey and ciphertext travel
/// var recipient = try HPKE.Recipient(
///   sender.encapsulatedKey, for: ownKey, suite: suite, info: info)
/// let message = try recipient.open(ciphertext)
/// ```
public enum HPKE {}
