package import CygnetPrimitives

extension HPKE {
  /// What both sides hold after the key schedule (RFC 9180 §5.2): a key, a counter for its nonces,
  /// and the secret that exports come from.
  package struct Context: Sendable {
    /// Nil for an export-only suite.
    private let sealing: Sealing?
    private let exporter: SecretExport
    /// The number of messages sealed or opened.
    package private(set) var sequenceNumber: UInt64

    private struct Sealing: Sendable {
      let cipher: any AEADAlgorithm
      let key: SecretBytes
      let baseNonce: SecretBytes
    }

    /// - Parameter sequenceNumber: where the counter stands; other than zero only in tests.
    package init(
      suite: CipherSuite, schedule: KeySchedule, sequenceNumber: UInt64 = 0
    ) throws(CygnetError) {
      sealing =
        if let cipher = suite.aead.cipher {
          Sealing(cipher: cipher, key: try schedule.key(), baseNonce: try schedule.baseNonce())
        } else {
          nil
        }
      exporter = SecretExport(suite: suite, secret: try schedule.exporterSecret())
      self.sequenceNumber = sequenceNumber
    }

    /// Ciphertext and tag of the next message.
    package mutating func seal(
      _ plaintext: [UInt8], authenticating: [UInt8]
    ) throws(CygnetError) -> [UInt8] {
      let (sealing, nonce, next) = try step()
      let ciphertext = try sealing.cipher.seal(
        plaintext, key: sealing.key, nonce: nonce, authenticating: authenticating)
      sequenceNumber = next
      return ciphertext
    }

    /// The plaintext of the next message. A failure leaves the counter where it was.
    package mutating func open(
      _ ciphertext: [UInt8], authenticating: [UInt8]
    ) throws(CygnetError) -> [UInt8] {
      let (sealing, nonce, next) = try step()
      let plaintext = try sealing.cipher.plaintext(
        of: ciphertext, key: sealing.key, nonce: nonce, authenticating: authenticating)
      sequenceNumber = next
      return plaintext
    }

    package func export(context: [UInt8], count: Int) throws(CygnetError) -> SecretBytes {
      try exporter.export(context: context, count: count)
    }

    /// What the next message needs, and the counter after it. The last value of the counter stays
    /// unused, so that no number ever comes twice.
    private func step() throws(CygnetError) -> (Sealing, nonce: [UInt8], next: UInt64) {
      guard let sealing else {
        throw CygnetError(.wrongState, "an export-only suite neither seals nor opens")
      }
      let (next, overflow) = sequenceNumber.addingReportingOverflow(1)
      guard !overflow else {
        throw CygnetError(.limitExceeded, "the context has sealed all the messages it can")
      }
      let nonce = try Self.nonce(base: sealing.baseNonce, sequenceNumber: sequenceNumber)
      return (sealing, nonce, next)
    }

    /// The base nonce with the number, big-endian, added to its end without carry.
    package static func nonce(
      base: SecretBytes, sequenceNumber: UInt64
    ) throws(CygnetError) -> [UInt8] {
      var nonce = try filledBytes(count: base.count) { target in
        base.withBytes { target.copy($0, at: 0) }
      }
      var rest = sequenceNumber
      var index = nonce.count
      while rest != 0, index > 0 {
        index -= 1
        nonce[index] ^= UInt8(truncatingIfNeeded: rest)
        rest >>= 8
      }
      return nonce
    }
  }
}
