public import CygnetPrimitives

extension HPKE {
  /// The side that seals to a public key (RFC 9180 §5.1).
  ///
  /// It cannot be copied: two copies would seal two messages under one nonce. The messages of one
  /// sender are opened in the order in which they were sealed.
  public struct Sender: ~Copyable, Sendable {
    /// What the recipient needs beside the ciphertexts. It is not secret.
    public let encapsulatedKey: [UInt8]
    private var context: Context

    /// Base mode: whoever holds the recipient's private key reads, anyone may have sealed.
    /// - Parameters:
    ///   - publicKey: the recipient's.
    ///   - suite: the algorithms, which both sides name.
    ///   - info: what both sides know, and which is authenticated by all that the context makes.
    /// - Throws: `malformed` for a public key that cannot be sealed to, such as one of low order;
    ///   `wrongState` for a key of another KEM than the suite's.
    public init(
      to publicKey: PublicKey, suite: CipherSuite, info: [UInt8]
    ) throws(CygnetError) {
      var random = SystemRandomSource()
      try self.init(to: publicKey, suite: suite, info: info, mode: .base, using: &random)
    }

    /// PSK mode: only who holds `preSharedKey` can have sealed, and can read.
    /// - Parameters:
    ///   - publicKey: the recipient's.
    ///   - suite: the algorithms, which both sides name.
    ///   - info: what both sides know.
    ///   - preSharedKey: what both sides hold beforehand.
    /// - Throws: as in base mode.
    public init(
      to publicKey: PublicKey, suite: CipherSuite, info: [UInt8], preSharedKey: PreSharedKey
    ) throws(CygnetError) {
      var random = SystemRandomSource()
      try self.init(
        to: publicKey, suite: suite, info: info, mode: .psk(preSharedKey), using: &random)
    }

    /// Auth mode: the recipient learns that the holder of `privateKey` sealed, as long as its own
    /// private key stays secret.
    /// - Parameters:
    ///   - publicKey: the recipient's.
    ///   - suite: the algorithms, which both sides name.
    ///   - info: what both sides know.
    ///   - privateKey: the sender's own.
    /// - Throws: as in base mode; `unsupported` with X-Wing, which has no such mode.
    public init(
      to publicKey: PublicKey, suite: CipherSuite, info: [UInt8],
      authenticatedBy privateKey: PrivateKey
    ) throws(CygnetError) {
      var random = SystemRandomSource()
      try self.init(
        to: publicKey, suite: suite, info: info, mode: .auth(privateKey), using: &random)
    }

    /// Auth and PSK mode together.
    /// - Parameters:
    ///   - publicKey: the recipient's.
    ///   - suite: the algorithms, which both sides name.
    ///   - info: what both sides know.
    ///   - privateKey: the sender's own.
    ///   - preSharedKey: what both sides hold beforehand.
    /// - Throws: as in base mode; `unsupported` with X-Wing.
    public init(
      to publicKey: PublicKey, suite: CipherSuite, info: [UInt8],
      authenticatedBy privateKey: PrivateKey, preSharedKey: PreSharedKey
    ) throws(CygnetError) {
      var random = SystemRandomSource()
      try self.init(
        to: publicKey, suite: suite, info: info, mode: .authPSK(privateKey, preSharedKey),
        using: &random)
    }

    /// Any mode, with the one draw of the KEM. Tests begin at another `sequenceNumber` than zero.
    package init(
      to publicKey: PublicKey, suite: CipherSuite, info: [UInt8], mode: Mode<PrivateKey> = .base,
      sequenceNumber: UInt64 = 0, using random: inout some RandomSource
    ) throws(CygnetError) {
      try suite.kem.check(publicKey.kem)
      if let own = mode.senderKey { try suite.kem.check(own.kem) }
      let encapsulation = try suite.kem.encapsulate(
        to: publicKey, authenticatedBy: mode.senderKey, using: &random)
      let schedule = try KeySchedule(
        suite: suite, role: mode.role, sharedSecret: encapsulation.sharedSecret, info: info)
      let context = try Context(
        suite: suite, schedule: schedule, sequenceNumber: sequenceNumber)
      self.context = context
      encapsulatedKey = encapsulation.encapsulatedKey
    }

    /// The number of messages sealed so far.
    package var sequenceNumber: UInt64 { context.sequenceNumber }

    /// Seals the next message.
    /// - Parameters:
    ///   - plaintext: any bytes.
    ///   - authenticating: associated data, which the recipient must know.
    /// - Returns: the ciphertext, 16 bytes longer than the plaintext.
    /// - Throws: `wrongState` for an export-only suite; `limitExceeded` after 2^64 − 1 messages.
    public mutating func seal(
      _ plaintext: [UInt8], authenticating: [UInt8] = []
    ) throws(CygnetError) -> [UInt8] {
      try context.seal(plaintext, authenticating: authenticating)
    }

    /// A secret for another use, which the recipient derives too.
    /// - Parameters:
    ///   - context: which use; another context gives an independent secret.
    ///   - count: bytes, at most 255 × 32 with HKDF-SHA256 and 255 × 64 with HKDF-SHA512.
    /// - Throws: `limitExceeded` beyond that.
    public func export(context: [UInt8], count: Int) throws(CygnetError) -> SecretBytes {
      try self.context.export(context: context, count: count)
    }
  }
}
