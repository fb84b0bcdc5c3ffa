package import CygnetPrimitives

/// From one epoch's secrets to the next one's (RFC 9420 §8).
package enum KeySchedule {
  /// What a newcomer receives: the last secret that is the same for all, and depends on everything
  /// before.
  /// - Parameters:
  ///   - initSecret: of the epoch before, or from an external init (§8.3).
  ///   - commitSecret: from the path of the commit, or zeros without one.
  ///   - context: the encoded GroupContext of the **new** epoch (rule C7).
  ///   - suite: the group's.
  package static func joinerSecret(
    initSecret: SecretBytes, commitSecret: SecretBytes, context: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    try suite.expandWithLabel(
      suite.extract(salt: initSecret, inputKeyMaterial: commitSecret), label: "joiner",
      context: context, count: suite.hashByteCount)
  }

  /// What the GroupInfo of a Welcome is sealed under.
  package static func welcomeSecret(
    joinerSecret: SecretBytes, pskSecret: SecretBytes, suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    try suite.deriveSecret(
      suite.extract(salt: joinerSecret, inputKeyMaterial: pskSecret), label: "welcome")
  }

  /// Key and nonce of the GroupInfo in a Welcome (RFC 9420 §12.4.3.1). One GroupInfo is sealed with
  /// them, ever.
  package static func welcomeKeyAndNonce(
    welcomeSecret: SecretBytes, suite: Algorithms
  ) throws(CygnetError) -> (key: SecretBytes, nonce: SecretBytes) {
    try suite.withExpander(welcomeSecret) { (expander) throws(CygnetError) in
      (
        key: try expander.expand(.key, count: suite.aeadKeyByteCount),
        nonce: try expander.expand(.nonce, count: suite.aeadNonceByteCount)
      )
    }
  }

  /// The secrets of an epoch that a commit begins.
  /// - Parameters:
  ///   - joinerSecret: see above.
  ///   - pskSecret: of the commit's pre-shared keys, or zeros without any.
  ///   - context: the encoded GroupContext of the new epoch.
  ///   - suite: the group's.
  package static func epochSecrets(
    joinerSecret: SecretBytes, pskSecret: SecretBytes, context: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> EpochSecrets {
    let epochSecret = try suite.expandWithLabel(
      suite.extract(salt: joinerSecret, inputKeyMaterial: pskSecret), label: "epoch",
      context: context, count: suite.hashByteCount)
    return try EpochSecrets(epochSecret: epochSecret, suite: suite)
  }

  /// The secrets of a group's first epoch, whose epoch secret is drawn at random (RFC 9420 §11).
  package static func epochSecrets(
    epochSecret: SecretBytes, suite: Algorithms
  ) throws(CygnetError) -> EpochSecrets {
    try EpochSecrets(epochSecret: epochSecret, suite: suite)
  }
}
