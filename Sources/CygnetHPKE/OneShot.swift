package import CygnetPrimitives

extension HPKE {
  /// What a message in base mode is bound to, hashed: to be used again where one sender seals to many,
  /// since it is the same for all of them, and may be long.
  package struct PreparedInfo: Sendable {
    package let suite: CipherSuite
    /// key_schedule_context (RFC 9180 §5.1).
    let context: [UInt8]

    package init(_ info: [UInt8], suite: CipherSuite) {
      self.suite = suite
      context = KeySchedule.context(suite: suite, role: .base, info: info)
    }
  }
}

/// One message in base mode (RFC 9180 §6.1). No context is kept, and no exporter secret is derived.
extension HPKE {
  /// Draws what the encapsulation needs.
  /// - Throws: `malformed` for a public key that cannot be sealed to; `wrongState` for an export-only
  ///   suite or a key of another KEM than the suite's.
  package static func seal(
    _ plaintext: SecretBytes, to publicKey: PublicKey, suite: CipherSuite, info: [UInt8],
    authenticating: [UInt8], using random: inout some RandomSource
  ) throws(CygnetError) -> (encapsulatedKey: [UInt8], ciphertext: [UInt8]) {
    try seal(
      plaintext, to: publicKey, info: PreparedInfo(info, suite: suite),
      authenticating: authenticating, using: &random)
  }

  /// Seals with `info` that was hashed before, under its suite.
  package static func seal(
    _ plaintext: SecretBytes, to publicKey: PublicKey, info: PreparedInfo,
    authenticating: [UInt8], using random: inout some RandomSource
  ) throws(CygnetError) -> (encapsulatedKey: [UInt8], ciphertext: [UInt8]) {
    let cipher = try info.suite.aead.sealingCipher()
    try info.suite.kem.check(publicKey.kem)
    let encapsulation = try info.suite.kem.encapsulate(
      to: publicKey, authenticatedBy: nil, using: &random)
    let schedule = KeySchedule(info, sharedSecret: encapsulation.sharedSecret)
    let key = try schedule.key()
    let nonce = try Context.nonce(base: schedule.baseNonce(), sequenceNumber: 0)
    let ciphertext = try cipher.seal(
      plaintext, key: key, nonce: nonce, authenticating: authenticating)
    return (encapsulation.encapsulatedKey, ciphertext)
  }

  /// The plaintext, in wiped storage.
  /// - Throws: `authenticationFailed` when it was not sealed so; `malformed` for an encapsulated key
  ///   of another length; `wrongState` as for sealing.
  package static func open(
    _ ciphertext: [UInt8], encapsulatedKey: [UInt8], with privateKey: PrivateKey,
    suite: CipherSuite, info: [UInt8], authenticating: [UInt8]
  ) throws(CygnetError) -> SecretBytes {
    let cipher = try suite.aead.sealingCipher()
    try suite.kem.check(privateKey.kem)
    let sharedSecret = try suite.kem.decapsulate(
      encapsulatedKey, with: privateKey, authenticatedBy: nil)
    let schedule = try KeySchedule(
      suite: suite, role: .base, sharedSecret: sharedSecret, info: info)
    let nonce = try Context.nonce(base: schedule.baseNonce(), sequenceNumber: 0)
    return try cipher.open(
      ciphertext, key: schedule.key(), nonce: nonce, authenticating: authenticating)
  }
}
