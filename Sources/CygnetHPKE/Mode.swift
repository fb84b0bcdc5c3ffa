public import CygnetPrimitives

extension HPKE {
  /// A secret that both sides hold beforehand, with the name they know it by (RFC 9180 §5.1.2).
  public struct PreSharedKey: Sendable {
    /// Which secret it is; never empty.
    public let id: [UInt8]
    /// At least 32 bytes, and of as much entropy: a passphrase will not do (RFC 9180 §9.5).
    public let secret: SecretBytes

    /// The fewest bytes of a secret.
    public static let minByteCount = 32

    /// Both parts are needed.
    /// - Throws: `malformed` for a secret of fewer than 32 bytes or an empty name.
    public init(id: [UInt8], secret: SecretBytes) throws(CygnetError) {
      guard secret.count >= Self.minByteCount else {
        throw CygnetError(.malformed, "a pre-shared key has at least 32 bytes")
      }
      guard !id.isEmpty else {
        throw CygnetError(.malformed, "a pre-shared key needs a name")
      }
      self.id = id
      self.secret = secret
    }
  }

  /// What besides the recipient's key goes into a context (RFC 9180 §5.1). `SenderKey` is the
  /// sender's private key on one side and its public key on the other.
  package enum Mode<SenderKey: Sendable>: Sendable {
    case base
    case psk(PreSharedKey)
    case auth(SenderKey)
    case authPSK(SenderKey, PreSharedKey)

    package var senderKey: SenderKey? {
      switch self {
      case .base, .psk: nil
      case .auth(let key), .authPSK(let key, _): key
      }
    }

    /// Without the sender's key, which has done its work in the encapsulation.
    package var role: KeySchedule.Role {
      switch self {
      case .base: .base
      case .psk(let key): .psk(key)
      case .auth: .auth
      case .authPSK(_, let key): .authPSK(key)
      }
    }
  }
}
