package import CygnetHPKE
package import CygnetPrimitives

/// Beginning an epoch from outside (RFC 9420 §8.3): the joiner and the group agree on an init secret
/// through the group's external key (rule X7).
package enum ExternalInit {
  private static let label = Array("MLS 1.0 external init secret".utf8)

  /// The joiner's side: the init secret, and the KEM output for its ExternalInit proposal.
  /// - Throws: `malformed` for a key of another length or of low order.
  package static func seal(
    to externalKey: MLS.HPKEPublicKey, suite: Algorithms, using random: inout some RandomSource
  ) throws(CygnetError) -> (kemOutput: [UInt8], initSecret: SecretBytes) {
    let sender = try HPKE.Sender(
      to: HPKE.PublicKey(kem: suite.hpke.kem, bytes: externalKey.bytes), suite: suite.hpke,
      info: [], using: &random)
    return (
      kemOutput: sender.encapsulatedKey,
      initSecret: try sender.export(context: label, count: suite.hashByteCount)
    )
  }

  /// The group's side.
  /// - Parameters:
  ///   - kemOutput: of the ExternalInit proposal.
  ///   - externalKeyPair: of the epoch before; see ``EpochSecrets``.
  ///   - suite: the group's.
  /// - Throws: `malformed` for a KEM output of another length; `authenticationFailed` for one of low
  ///   order.
  package static func open(
    kemOutput: [UInt8], with externalKeyPair: HPKE.PrivateKey, suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    guard kemOutput.count == suite.hpke.kem.encapsulatedKeyByteCount else {
      throw CygnetError(.malformed, "P6: a KEM output of another length (RFC 9420 §12.1.6)")
    }
    do throws(CygnetError) {
      let recipient = try HPKE.Recipient(
        kemOutput, for: externalKeyPair, suite: suite.hpke, info: [])
      return try recipient.export(context: label, count: suite.hashByteCount)
    } catch {
      throw CygnetError(error.code, "C3: a KEM output that agrees on nothing (RFC 9420 §8.3)")
    }
  }
}
