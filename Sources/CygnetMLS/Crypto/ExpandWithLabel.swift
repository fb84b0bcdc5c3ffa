package import CygnetPrimitives
internal import CygnetWire

///     struct {
///       uint16 length;
///       opaque label<V>;
///       opaque context<V>;
///     } KDFLabel;
private struct KDFLabel: WireEncodable {
  let count: UInt16
  let label: Label
  let context: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(count)
    try writer.write(opaque: label.bytes)
    try writer.write(opaque: context)
  }
}

/// A secret from which several others are derived, for the length of the call that lends it. What
/// HMAC computes from the secret alone, half the work of a derivation, is done once.
package struct LabeledExpander {
  fileprivate let expander: HKDFSHA256.Expander

  /// `ExpandWithLabel` (RFC 9420 §8).
  /// - Throws: `limitExceeded` beyond 255 blocks of the hash (rule C2).
  package func expand(
    _ label: Label, context: [UInt8] = [], count: Int
  ) throws(CygnetError) -> SecretBytes {
    guard count >= 0, count <= HKDFSHA256.maxByteCount else {
      throw CygnetError(.limitExceeded, "C2: more output than the KDF can give (RFC 9420 §8)")
    }
    // The limit lies far below 2^16.
    let info = KDFLabel(count: UInt16(count), label: label, context: context)
    return try expander.expand(info: info.wireEncoded(), count: count)
  }
}

extension Algorithms {
  /// Lends a secret for several derivations.
  package func withExpander<R>(
    _ secret: SecretBytes, _ body: (LabeledExpander) throws(CygnetError) -> R
  ) throws(CygnetError) -> R {
    try HKDFSHA256.withExpander(secret) { (expander) throws(CygnetError) in
      try body(LabeledExpander(expander: expander))
    }
  }

  /// `ExpandWithLabel` (RFC 9420 §8): `count` bytes.
  /// - Throws: `limitExceeded` beyond 255 blocks of the hash (rule C2).
  package func expandWithLabel(
    _ secret: SecretBytes, label: Label, context: [UInt8], count: Int
  ) throws(CygnetError) -> SecretBytes {
    try withExpander(secret) { (expander) throws(CygnetError) in
      try expander.expand(label, context: context, count: count)
    }
  }

  /// `DeriveSecret` (RFC 9420 §8): as many bytes as the hash has.
  package func deriveSecret(
    _ secret: SecretBytes, label: Label
  ) throws(CygnetError) -> SecretBytes {
    try expandWithLabel(secret, label: label, context: [], count: hashByteCount)
  }

  /// `DeriveTreeSecret` (RFC 9420 §9.1); the context is the generation in four bytes.
  package func deriveTreeSecret(
    _ secret: SecretBytes, label: Label, generation: Generation, count: Int
  ) throws(CygnetError) -> SecretBytes {
    try expandWithLabel(
      secret, label: label, context: generation.wireEncoded(), count: count)
  }

  /// `KDF.Extract` (RFC 5869 §2.2).
  package func extract(salt: SecretBytes, inputKeyMaterial: SecretBytes) -> SecretBytes {
    salt.withBytes { salt in
      inputKeyMaterial.withBytes { input in
        HKDFSHA256.extract(salt: salt, inputKeyMaterial: input)
      }
    }
  }

  /// As many zeros as the hash has bytes: what stands for a secret that a derivation lacks.
  package var zeroSecret: SecretBytes {
    SecretBytes(copying: [UInt8](repeating: 0, count: hashByteCount))
  }
}
