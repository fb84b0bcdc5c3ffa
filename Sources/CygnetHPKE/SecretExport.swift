internal import CygnetPrimitives

/// Secrets for other uses, from a context (RFC 9180 §5.3).
struct SecretExport: Sendable {
  private let kdf: LabeledKDF
  private let secret: SecretBytes

  init(suite: HPKE.CipherSuite, secret: SecretBytes) {
    kdf = LabeledKDF(suite.kdf, suiteID: suite.id)
    self.secret = secret
  }

  /// The same secret for the same context, on both sides.
  /// - Throws: `limitExceeded` beyond 255 blocks of the hash.
  func export(context: [UInt8], count: Int) throws(CygnetError) -> SecretBytes {
    try kdf.expand(secret, label: "sec", info: context, count: count)
  }
}
