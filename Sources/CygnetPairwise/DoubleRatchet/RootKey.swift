package import CygnetPrimitives

/// RK, the root key (Double Ratchet §4.2).
package struct RootKey: Sendable {
  package let secret: SecretBytes

  package init(_ secret: SecretBytes) { self.secret = secret }

  private static let stepInfo = "Cygnet_DoubleRatchet_Root"
  private static let startInfo = "Cygnet_DoubleRatchet_Start"

  /// What one root step yields.
  package struct Step {
    package let rootKey: RootKey
    package let chainKey: ChainKey
    package let nextHeaderKey: HeaderKey
  }

  /// KDF_RK_HE(rk, dh_out) (Double Ratchet §4.2): HKDF-SHA256 with the root key as salt and the
  /// Diffie-Hellman output as input; 96 bytes: root key, chain key, next header key.
  package func step(_ agreement: SecretBytes, suite: Suite) throws(CygnetError) -> Step {
    let output = try secret.withBytes { (salt) throws(CygnetError) in
      try agreement.withBytes { (agreement) throws(CygnetError) in
        try HKDFSHA256.derive(
          salt: salt, inputKeyMaterial: agreement, info: suite.info(Self.stepInfo), count: 96)
      }
    }
    return Step(
      rootKey: RootKey(output.slice(0..<32)), chainKey: ChainKey(output.slice(32..<64)),
      nextHeaderKey: HeaderKey(output.slice(64..<96)))
  }

  /// The secrets that both parties start from (Double Ratchet §4.4): SK and the two shared header
  /// keys, all three expanded from the handshake's secret with a salt of zeros. In suite 2 the
  /// expansion has 32 bytes more, the secret of the other ratchet (Double Ratchet §7.1).
  package struct Start {
    package let rootKey: RootKey
    /// The initiator's first sending header key.
    package let initiatorHeaderKey: HeaderKey
    /// The responder's first sending header key.
    package let responderHeaderKey: HeaderKey
    /// What the sparse post-quantum ratchet starts from; nil in suite 1, which has none.
    package let sparseSeed: SecretBytes?

    package init(_ shared: X3DH.SharedSecret, suite: Suite) throws(CygnetError) {
      let salt = [UInt8](repeating: 0, count: HMACSHA256.byteCount)
      let output = try shared.secret.withBytes { (shared) throws(CygnetError) in
        try unsafe HKDFSHA256.derive(
          salt: salt.span.bytes, inputKeyMaterial: shared, info: suite.info(startInfo),
          count: suite.isPostQuantum ? 128 : 96)
      }
      rootKey = RootKey(output.slice(0..<32))
      initiatorHeaderKey = HeaderKey(output.slice(32..<64))
      responderHeaderKey = HeaderKey(output.slice(64..<96))
      sparseSeed = suite.isPostQuantum ? output.slice(96..<128) : nil
    }
  }
}
