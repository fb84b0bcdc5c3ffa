public import CygnetPrimitives

extension HPKE {
  /// The side that opens what was sealed to its key (RFC 9180 §5.1).
  public struct Recipient: Sendable {
    private var context: Context

    /// Base mode: nothing is learnt of who sealed.
    /// - Parameters:
    ///   - encapsulatedKey: what came from the sender.
    ///   - privateKey: the recipient's own.
    ///   - suite: the algorithms, which both sides name.
    ///   - info: what both sides know; when it differs, nothing opens.
    /// - Throws: `malformed` for an encapsulated key of another length; `authenticationFailed` for
    ///   one of low order; `wrongState` for a key of another KEM than the suite's.
    public init(
      _ encapsulatedKey: [UInt8], for privateKey: PrivateKey, suite: CipherSuite, info: [UInt8]
    ) throws(CygnetError) {
      try self.init(encapsulatedKey, for: privateKey, suite: suite, info: info, mode: .base)
    }

    /// PSK mode: what opens was sealed by a holder of `preSharedKey`.
    /// - Parameters:
    ///   - encapsulatedKey: what came from the sender.
    ///   - privateKey: the recipient's own.
    ///   - suite: the algorithms, which both sides name.
    ///   - info: what both sides know.
    ///   - preSharedKey: what both sides hold beforehand.
    /// - Throws: as in base mode.
    public init(
      _ encapsulatedKey: [UInt8], for privateKey: PrivateKey, suite: CipherSuite, info: [UInt8],
      preSharedKey: PreSharedKey
    ) throws(CygnetError) {
      try self.init(
        encapsulatedKey, for: privateKey, suite: suite, info: info, mode: .psk(preSharedKey))
    }

    /// Auth mode: what opens was sealed by the holder of `publicKey`'s private half, or by who has
    /// stolen the recipient's own.
    /// - Parameters:
    ///   - encapsulatedKey: what came from the sender.
    ///   - privateKey: the recipient's own.
    ///   - suite: the algorithms, which both sides name.
    ///   - info: what both sides know.
    ///   - publicKey: the sender's.
    /// - Throws: as in base mode; `unsupported` with X-Wing, which has no such mode.
    public init(
      _ encapsulatedKey: [UInt8], for privateKey: PrivateKey, suite: CipherSuite, info: [UInt8],
      authenticatedBy publicKey: PublicKey
    ) throws(CygnetError) {
      try self.init(
        encapsulatedKey, for: privateKey, suite: suite, info: info, mode: .auth(publicKey))
    }

    /// Auth and PSK mode together.
    /// - Parameters:
    ///   - encapsulatedKey: what came from the sender.
    ///   - privateKey: the recipient's own.
    ///   - suite: the algorithms, which both sides name.
    ///   - info: what both sides know.
    ///   - publicKey: the sender's.
    ///   - preSharedKey: what both sides hold beforehand.
    /// - Throws: as in base mode; `unsupported` with X-Wing.
    public init(
      _ encapsulatedKey: [UInt8], for privateKey: PrivateKey, suite: CipherSuite, info: [UInt8],
      authenticatedBy publicKey: PublicKey, preSharedKey: PreSharedKey
    ) throws(CygnetError) {
      try self.init(
        encapsulatedKey, for: privateKey, suite: suite, info: info,
        mode: .authPSK(publicKey, preSharedKey))
    }

    /// Any mode. Tests begin at another `sequenceNumber` than zero.
    package init(
      _ encapsulatedKey: [UInt8], for privateKey: PrivateKey, suite: CipherSuite, info: [UInt8],
      mode: Mode<PublicKey>, sequenceNumber: UInt64 = 0
    ) throws(CygnetError) {
      try suite.kem.check(privateKey.kem)
      if let sender = mode.senderKey { try suite.kem.check(sender.kem) }
      let sharedSecret = try suite.kem.decapsulate(
        encapsulatedKey, with: privateKey, authenticatedBy: mode.senderKey)
      let schedule = try KeySchedule(
        suite: suite, role: mode.role, sharedSecret: sharedSecret, info: info)
      context = try Context(suite: suite, schedule: schedule, sequenceNumber: sequenceNumber)
    }

    /// The number of messages opened so far.
    package var sequenceNumber: UInt64 { context.sequenceNumber }

    /// Opens the next message. A failure changes nothing: the next message may still come.
    /// - Parameters:
    ///   - ciphertext: 16 bytes longer than the plaintext.
    ///   - authenticating: the associated data that it was sealed with.
    /// - Throws: `authenticationFailed` when it is not the next message under this context;
    ///   `wrongState` for an export-only suite; `limitExceeded` after 2^64 − 1 messages.
    public mutating func open(
      _ ciphertext: [UInt8], authenticating: [UInt8] = []
    ) throws(CygnetError) -> [UInt8] {
      try context.open(ciphertext, authenticating: authenticating)
    }

    /// A secret for another use, which the sender derives too.
    /// - Parameters:
    ///   - context: which use; another context gives an independent secret.
    ///   - count: bytes, at most 255 × 32 with HKDF-SHA256 and 255 × 64 with HKDF-SHA512.
    /// - Throws: `limitExceeded` beyond that.
    public func export(context: [UInt8], count: Int) throws(CygnetError) -> SecretBytes {
      try self.context.export(context: context, count: count)
    }
  }
}
