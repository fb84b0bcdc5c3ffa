package import CygnetPrimitives

extension EpochSecrets {
  /// A secret for use outside of MLS (RFC 9420 §8.5), bound to this epoch.
  /// - Parameters:
  ///   - label: what it is for; unique among an application's uses.
  ///   - context: what it belongs to.
  ///   - count: its bytes.
  ///   - suite: the group's.
  /// - Throws: `limitExceeded` for a negative count, or beyond 255 blocks of the hash (rule C2).
  package func export(
    label: String, context: [UInt8], count: Int, suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    try suite.expandWithLabel(
      suite.deriveSecret(exporterSecret, label: Label(label)), label: "exported",
      context: suite.hash(context), count: count)
  }
}
