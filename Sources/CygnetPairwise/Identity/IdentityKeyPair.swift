public import CygnetPrimitives
package import CygnetWire

/// A device's long-term key: signs prekeys and takes part in every key agreement.
///
/// One Ed25519 key does both; joint use is sound because signed content is domain-separated and the
/// agreement's output enters a KDF only (ePrint 2021/509).
public struct IdentityKeyPair: Sendable {
  /// What others know the device by.
  public let publicKey: IdentityKey
  private let signingKey: Ed25519.PrivateKey
  package let agreementKey: X25519.PrivateKey

  /// A fresh identity.
  /// - Throws: `internalFault` when libsodium is unfit.
  public static func generate() throws(CygnetError) -> IdentityKeyPair {
    var random = SystemRandomSource()
    return try generate(using: &random)
  }

  /// Draws the 32-byte seed.
  package static func generate(
    using random: inout some RandomSource
  ) throws(CygnetError) -> IdentityKeyPair {
    try IdentityKeyPair(seed: random.secret(Ed25519.seedByteCount))
  }

  package init(seed: SecretBytes) throws(CygnetError) {
    signingKey = try Ed25519.PrivateKey(seed: seed)
    agreementKey = try signingKey.x25519()
    publicKey = IdentityKey(signingKey.publicKey, x25519: try agreementKey.publicKey())
  }

  /// The signing key itself, 32 bytes, for a layer that signs under labels of its own.
  package var seed: SecretBytes { signingKey.seed }

  /// Signs `content` under `label`; see `SignedContent`.
  package func signature(
    of content: some WireEncodable, label: SignedContent.Label
  ) throws(CygnetError) -> [UInt8] {
    try signingKey.signature(of: SignedContent.bytes(label, content))
  }

  /// From what `state()` gave.
  /// - Throws: `malformed`, or `unsupported` for a later version.
  public init(restoring state: SecretBytes) throws(CygnetError) {
    self = try Reader.read(state) { (reader) throws(CygnetError) in
      try WireType.identityState.decodeHeader(from: &reader)
      return try IdentityKeyPair(seed: reader.readSecret(Ed25519.seedByteCount))
    }
  }

  /// The stored form, 35 bytes. It is the key itself: seal it before it reaches a disk.
  public func state() throws(CygnetError) -> SecretBytes {
    try StoredIdentity(seed: signingKey.seed).wireEncodedSecret()
  }
}

///     struct {
///       WireHeader header;   // identity_state
///       opaque seed[32];
///     } IdentityState;
private struct StoredIdentity: WireEncodable {
  let seed: SecretBytes

  func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.identityState.encodeHeader(into: &writer)
    writer.write(fixed: seed)
  }
}
