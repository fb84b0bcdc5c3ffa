package import CygnetPrimitives

extension HPKE {
  /// The key schedule (RFC 9180 §5.1) up to the secret from which each key is expanded.
  package struct KeySchedule: Sendable {
    /// The mode, as the schedule sees it.
    package enum Role: Sendable {
      case base
      case psk(PreSharedKey)
      case auth
      case authPSK(PreSharedKey)

      var id: UInt8 {
        switch self {
        case .base: 0
        case .psk: 1
        case .auth: 2
        case .authPSK: 3
        }
      }

      var preSharedKey: PreSharedKey? {
        switch self {
        case .base, .auth: nil
        case .psk(let key), .authPSK(let key): key
        }
      }
    }

    /// key_schedule_context: the mode and the hashes of the key's name and of info.
    package let context: [UInt8]
    package let secret: SecretBytes
    private let suite: CipherSuite
    private let kdf: LabeledKDF

    package init(
      suite: CipherSuite, role: Role, sharedSecret: SecretBytes, info: [UInt8]
    ) throws(CygnetError) {
      self.suite = suite
      kdf = LabeledKDF(suite.kdf, suiteID: suite.id)
      let preSharedKey = role.preSharedKey
      var context: [UInt8] = []
      context.reserveCapacity(1 + 2 * suite.kdf.hashByteCount)
      context.append(role.id)
      kdf.extract(label: "psk_id_hash", preSharedKey?.id ?? [])
        .withBytes { context.append(copying: $0) }
      kdf.extract(label: "info_hash", info).withBytes { context.append(copying: $0) }
      self.context = context
      secret =
        if let preSharedKey {
          kdf.extract(salt: sharedSecret, label: "secret", preSharedKey.secret)
        } else {
          kdf.extract(salt: sharedSecret, label: "secret")
        }
    }

    /// The key of the AEAD.
    package func key() throws(CygnetError) -> SecretBytes {
      try kdf.expand(
        secret, label: "key", info: context, count: suite.aead.sealingCipher().keyByteCount)
    }

    /// The nonce of the first message, which the sequence number alters for the others.
    package func baseNonce() throws(CygnetError) -> SecretBytes {
      try kdf.expand(
        secret, label: "base_nonce", info: context,
        count: suite.aead.sealingCipher().nonceByteCount)
    }

    /// What ``HPKE/Sender/export(context:count:)`` derives from.
    package func exporterSecret() throws(CygnetError) -> SecretBytes {
      try kdf.expand(secret, label: "exp", info: context, count: suite.kdf.hashByteCount)
    }
  }
}
