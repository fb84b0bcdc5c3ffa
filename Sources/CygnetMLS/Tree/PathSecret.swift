package import CygnetHPKE
package import CygnetPrimitives

/// What the keys of a path are derived from (RFC 9420 §7.4): each node's secret gives the next
/// one's, up to the root, and beyond it the commit secret.
package enum PathSecret {
  /// The label of its encryption (§7.6).
  static let label: Label = "UpdatePathNode"

  /// The secret of the next node on the filtered direct path; after the last, the commit secret
  /// (T7).
  package static func next(
    after secret: SecretBytes, _ suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    try suite.deriveSecret(secret, label: "path")
  }

  /// The key pair of the node.
  package static func privateKey(
    of secret: SecretBytes, _ suite: Algorithms
  ) throws(CygnetError) -> HPKE.PrivateKey {
    try suite.deriveKeyPair(suite.deriveSecret(secret, label: "node"))
  }
}
