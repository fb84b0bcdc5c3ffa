package import CygnetHPKE
package import CygnetPrimitives
internal import CygnetWire

/// What is sealed is bound to label and context by HPKE's info; there is no further associated data
/// (rule C3).
extension Algorithms {
  /// `EncryptWithLabel` (RFC 9420 §5.1.3). HPKE draws what its encapsulation needs.
  /// - Throws: `malformed` for a key of another length or of low order.
  package func encryptWithLabel(
    _ plaintext: SecretBytes, to key: MLS.HPKEPublicKey, label: Label, context: [UInt8],
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.HPKECiphertext {
    try encrypt(
      plaintext, to: key, bound: binding(label: label, context: context), using: &random)
  }

  /// What many encryptions have in common, hashed once: in a Welcome the context is as large as the
  /// group.
  package func binding(
    label: Label, context: [UInt8]
  ) throws(CygnetError) -> HPKE.PreparedInfo {
    HPKE.PreparedInfo(
      try LabeledContent(label: label, content: context).wireEncoded(), suite: hpke)
  }

  /// `EncryptWithLabel` to one of many.
  /// - Throws: `malformed` for a key of another length or of low order.
  package func encrypt(
    _ plaintext: SecretBytes, to key: MLS.HPKEPublicKey, bound binding: HPKE.PreparedInfo,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.HPKECiphertext {
    let (kemOutput, ciphertext) = try HPKE.seal(
      plaintext, to: HPKE.PublicKey(kem: hpke.kem, bytes: key.bytes), info: binding,
      authenticating: [], using: &random)
    return MLS.HPKECiphertext(kemOutput: kemOutput, ciphertext: ciphertext)
  }

  /// `DecryptWithLabel` (RFC 9420 §5.1.3).
  /// - Throws: `authenticationFailed`; `malformed` for a KEM output of another length.
  package func decryptWithLabel(
    _ sealed: MLS.HPKECiphertext, with key: HPKE.PrivateKey, label: Label, context: [UInt8]
  ) throws(CygnetError) -> SecretBytes {
    try HPKE.open(
      sealed.ciphertext, encapsulatedKey: sealed.kemOutput, with: key, suite: hpke,
      info: LabeledContent(label: label, content: context).wireEncoded(), authenticating: [])
  }

  /// `KEM.DeriveKeyPair` (RFC 9180 §4): nodes of the tree and the key for external commits come from
  /// their secrets by this, never directly (rule C4).
  package func deriveKeyPair(_ secret: SecretBytes) throws(CygnetError) -> HPKE.PrivateKey {
    try hpke.kem.deriveKeyPair(inputKeyMaterial: secret)
  }
}
