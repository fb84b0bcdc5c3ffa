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
      self.init(
        suite: suite, context: Self.context(suite: suite, role: role, info: info),
        sharedSecret: sharedSecret, preSharedKey: role.preSharedKey)
    }

    /// In base mode, with `info` that was hashed before.
    init(_ info: PreparedInfo, sharedSecret: SecretBytes) {
      self.init(
        suite: info.suite, context: info.context, sharedSecret: sharedSecret, preSharedKey: nil)
    }

    private init(
      suite: CipherSuite, context: [UInt8], sharedSecret: SecretBytes, preSharedKey: PreSharedKey?
    ) {
      self.suite = suite
      self.context = context
      kdf = LabeledKDF(suite.kdf, suiteID: suite.id)
      secret =
        if let preSharedKey {
          kdf.extract(salt: sharedSecret, label: "secret", preSharedKey.secret)
        } else {
          kdf.extract(salt: sharedSecret, label: "secret")
        }
    }

    static func context(suite: CipherSuite, role: Role, info: [UInt8]) -> [UInt8] {
      let kdf = LabeledKDF(suite.kdf, suiteID: suite.id)
      var context: [UInt8] = []
      context.reserveCapacity(1 + 2 * suite.kdf.hashByteCount)
      context.append(role.id)
      kdf.extract(label: "psk_id_hash", role.preSharedKey?.id ?? [])
        .withBytes { context.append(copying: $0) }
      kdf.extract(label: "info_hash", info).withBytes { context.append(copying: $0) }
      return context
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
