public import CygnetPrimitives
internal import CygnetWire

extension MLS {
  /// The key that signs a client's leaves, key packages and messages: Ed25519 in every suite that is
  /// offered.
  ///
  /// One key may serve many groups; RFC 9420 advises a key per group where groups should not be
  /// linked by it.
  public struct SignatureKeyPair: Sendable {
    /// What verifies the signatures, 32 bytes.
    public let publicKey: SignaturePublicKey
    // libsodium's 64-byte form, so that no signature has to derive it from the seed.
    fileprivate let privateKey: Ed25519.PrivateKey

    /// From its seed of 32 bytes.
    /// - Throws: `malformed` for another length.
    public init(seed: SecretBytes) throws(CygnetError) {
      privateKey = try Ed25519.PrivateKey(seed: seed)
      publicKey = SignaturePublicKey(privateKey.publicKey.bytes)
    }

    /// A fresh key.
    /// - Throws: `internalFault` when libsodium is unfit.
    public static func generate() throws(CygnetError) -> SignatureKeyPair {
      var random = SystemRandomSource()
      return try generate(using: &random)
    }

    /// Draws the 32-byte seed.
    package static func generate(
      using random: inout some RandomSource
    ) throws(CygnetError) -> SignatureKeyPair {
      try SignatureKeyPair(seed: random.secret(Ed25519.seedByteCount))
    }

    /// The key itself, 32 bytes, to be stored: seal it before it reaches a disk.
    public var seed: SecretBytes { privateKey.seed }
  }
}

///     struct {
///       opaque label<V>;
///       opaque content<V>;
///     } SignContent;   // EncryptContext has the same layout
struct LabeledContent: WireEncodable {
  let label: Label
  let content: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: label.bytes)
    try writer.write(opaque: content)
  }
}

/// The same for a content that is still to be encoded.
private struct LabeledValue<Value: WireEncodable>: WireEncodable {
  let label: Label
  let value: Value

  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: label.bytes)
    try writer.vector { (writer) throws(CygnetError) in try value.encode(into: &writer) }
  }
}

extension Algorithms {
  /// `SignWithLabel` (RFC 9420 §5.1.2): ``signatureByteCount`` bytes.
  package func signature(
    of content: [UInt8], label: Label, by key: MLS.SignatureKeyPair
  ) throws(CygnetError) -> [UInt8] {
    try key.privateKey.signature(
      of: LabeledContent(label: label, content: content).wireEncoded())
  }

  /// As above, over what a value encodes to.
  func signature(
    ofEncoded content: some WireEncodable, label: Label, by key: MLS.SignatureKeyPair
  ) throws(CygnetError) -> [UInt8] {
    try key.privateKey.signature(of: LabeledValue(label: label, value: content).wireEncoded())
  }

  /// `VerifyWithLabel` (RFC 9420 §5.1.2), strictly: no small-order key, no second form of a
  /// signature (rule C5).
  /// - Throws: `authenticationFailed`, also for what cannot be a key.
  package func verify(
    signature: [UInt8], of content: [UInt8], label: Label, by key: MLS.SignaturePublicKey
  ) throws(CygnetError) {
    try verify(
      signature: signature, of: LabeledContent(label: label, content: content).wireEncoded(),
      by: key)
  }

  /// As above, over what a value encodes to. It is encoded once and copied nowhere: a commit may be
  /// as large as the group.
  func verify(
    signature: [UInt8], ofEncoded content: some WireEncodable, label: Label,
    by key: MLS.SignaturePublicKey
  ) throws(CygnetError) {
    try verify(
      signature: signature, of: LabeledValue(label: label, value: content).wireEncoded(), by: key)
  }

  private func verify(
    signature: [UInt8], of signed: [UInt8], by key: MLS.SignaturePublicKey
  ) throws(CygnetError) {
    guard key.bytes.count == Ed25519.keyByteCount, signature.count == Ed25519.signatureByteCount
    else {
      throw CygnetError(
        .authenticationFailed, "C5: a signature or its key has another length (RFC 9420 §5.1.2)")
    }
    do throws(CygnetError) {
      try Ed25519.PublicKey(key.bytes).verify(signature: signature, of: signed)
    } catch {
      throw CygnetError(error.code, "C5: a signature does not verify (RFC 9420 §5.1.2)")
    }
  }
}
