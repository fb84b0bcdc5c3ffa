package import CygnetHPKE
package import CygnetPrimitives
package import CygnetWire

/// What an epoch's secret gives (RFC 9420 §8, table 4). The epoch secret itself is gone once these
/// are derived.
package struct EpochSecrets: Sendable {
  /// Hides who sent a message.
  package let senderDataSecret: SecretBytes
  /// The root of the secret tree; nil once the tree was made of it (rule A7).
  package private(set) var encryptionSecret: SecretBytes?
  /// Where the application's secrets come from.
  package let exporterSecret: SecretBytes
  /// Where the key for external commits comes from.
  package let externalSecret: SecretBytes
  /// Proves that members agree on the epoch.
  package let confirmationKey: SecretBytes
  /// Proves membership in messages that are not encrypted.
  package let membershipKey: SecretBytes
  /// Ties another epoch or group to this one.
  package let resumptionPSK: SecretBytes
  /// For people to compare.
  package let epochAuthenticator: SecretBytes
  /// What the next epoch begins with.
  package let initSecret: SecretBytes

  init(epochSecret: SecretBytes, suite: Algorithms) throws(CygnetError) {
    let count = suite.hashByteCount
    self = try suite.withExpander(epochSecret) { (expander) throws(CygnetError) in
      EpochSecrets(
        senderDataSecret: try expander.expand("sender data", count: count),
        encryptionSecret: try expander.expand("encryption", count: count),
        exporterSecret: try expander.expand("exporter", count: count),
        externalSecret: try expander.expand("external", count: count),
        confirmationKey: try expander.expand("confirm", count: count),
        membershipKey: try expander.expand("membership", count: count),
        resumptionPSK: try expander.expand("resumption", count: count),
        epochAuthenticator: try expander.expand("authentication", count: count),
        initSecret: try expander.expand("init", count: count))
    }
  }

  /// Only from all of them together: the memberwise form, and what decoding and derivation share.
  private init(
    senderDataSecret: SecretBytes, encryptionSecret: SecretBytes?, exporterSecret: SecretBytes,
    externalSecret: SecretBytes, confirmationKey: SecretBytes, membershipKey: SecretBytes,
    resumptionPSK: SecretBytes, epochAuthenticator: SecretBytes, initSecret: SecretBytes
  ) {
    self.senderDataSecret = senderDataSecret
    self.encryptionSecret = encryptionSecret
    self.exporterSecret = exporterSecret
    self.externalSecret = externalSecret
    self.confirmationKey = confirmationKey
    self.membershipKey = membershipKey
    self.resumptionPSK = resumptionPSK
    self.epochAuthenticator = epochAuthenticator
    self.initSecret = initSecret
  }

  /// The tree of message keys, which takes the encryption secret with it: it is held nowhere else
  /// afterwards (rule A7).
  /// - Throws: `wrongState` the second time.
  package mutating func takeSecretTree(leafCount: LeafCount) throws(CygnetError) -> SecretTree {
    guard let secret = encryptionSecret.take() else {
      throw CygnetError(.wrongState, "A7: the secret tree of this epoch was made already")
    }
    return SecretTree(encryptionSecret: secret, leafCount: leafCount)
  }

  /// The key pair that external commits are sealed to (RFC 9420 §8).
  package func externalKeyPair(suite: Algorithms) throws(CygnetError) -> HPKE.PrivateKey {
    try suite.deriveKeyPair(externalSecret)
  }
}

/// The stored form: each secret, the encryption secret while it is there.
extension EpochSecrets: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: senderDataSecret)
    writer.write(UInt8(encryptionSecret == nil ? 0 : 1))
    if let encryptionSecret { try writer.write(opaque: encryptionSecret) }
    for secret in [
      exporterSecret, externalSecret, confirmationKey, membershipKey, resumptionPSK,
      epochAuthenticator, initSecret,
    ] { try writer.write(opaque: secret) }
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    let bounds = 1...255
    let senderDataSecret = try reader.readOpaqueSecret(bounds)
    var encryptionSecret: SecretBytes?
    switch try reader.readUInt8() {
    case 0: encryptionSecret = nil
    case 1: encryptionSecret = try reader.readOpaqueSecret(bounds)
    default: throw CygnetError(.malformed, "S1: a presence byte is 0 or 1 (RFC 9420 §2.1.1)")
    }
    self.init(
      senderDataSecret: senderDataSecret, encryptionSecret: encryptionSecret,
      exporterSecret: try reader.readOpaqueSecret(bounds),
      externalSecret: try reader.readOpaqueSecret(bounds),
      confirmationKey: try reader.readOpaqueSecret(bounds),
      membershipKey: try reader.readOpaqueSecret(bounds),
      resumptionPSK: try reader.readOpaqueSecret(bounds),
      epochAuthenticator: try reader.readOpaqueSecret(bounds),
      initSecret: try reader.readOpaqueSecret(bounds))
  }
}
