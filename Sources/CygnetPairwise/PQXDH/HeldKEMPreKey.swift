package import CygnetPrimitives
package import CygnetWire

/// A KEM prekey with its private half, where its kind is known from where it stands:
///
///     struct {
///       uint32 id;
///       uint64 created_at;
///       opaque seed[64];          // d ‖ z of FIPS 203
///       opaque signature[64];
///     } StoredKEMPreKey;
///
/// Stored as its seed, a twentieth of the size. From there a key is expanded only when it serves.
package struct HeldKEMPreKey: Sendable, WireEncodable, WireDecodable {
  package static let byteCount = 4 + 8 + 64 + 64

  private enum PrivateHalf: Sendable {
    case seed(SecretBytes)
    case expanded(MLKEM768.DecapsulationKey, seed: SecretBytes)
  }

  package let id: KEMPreKeyID
  package let createdAt: Timestamp
  let signature: [UInt8]
  private let privateHalf: PrivateHalf

  /// A new key, signed. Draws its 64-byte seed.
  static func generate(
    id: KEMPreKeyID, kind: KEMPreKeyKind, suite: Suite, for identity: IdentityKeyPair,
    at address: DeviceAddress, now: Timestamp, using random: inout some RandomSource
  ) throws(CygnetError) -> HeldKEMPreKey {
    let seed = random.secret(MLKEM768.seedByteCount)
    let key = try MLKEM768.DecapsulationKey(seed: seed)
    let content = KEMPreKeyContent(
      suite: suite, address: address, id: id, kind: kind, createdAt: now,
      key: key.encapsulationKey)
    return HeldKEMPreKey(
      id: id, createdAt: now, signature: try identity.signature(of: content, label: .kemPreKey),
      privateHalf: .expanded(key, seed: seed))
  }

  private init(
    id: KEMPreKeyID, createdAt: Timestamp, signature: [UInt8], privateHalf: PrivateHalf
  ) {
    self.id = id
    self.createdAt = createdAt
    self.signature = signature
    self.privateHalf = privateHalf
  }

  private var seed: SecretBytes {
    switch privateHalf {
    case .seed(let seed), .expanded(_, let seed): seed
    }
  }

  func decapsulationKey() throws(CygnetError) -> MLKEM768.DecapsulationKey {
    switch privateHalf {
    case .seed(let seed): try MLKEM768.DecapsulationKey(seed: seed)
    case .expanded(let key, _): key
    }
  }

  func published(as kind: KEMPreKeyKind) throws(CygnetError) -> KEMPreKey {
    KEMPreKey(
      id: id, kind: kind, createdAt: createdAt, key: try decapsulationKey().encapsulationKey,
      signature: signature)
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try id.encode(into: &writer)
    writer.write(createdAt.seconds)
    writer.write(fixed: seed)
    writer.write(fixed: signature)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    id = try KEMPreKeyID(from: &reader)
    createdAt = Timestamp(seconds: try reader.readUInt64())
    privateHalf = .seed(try reader.readSecret(MLKEM768.seedByteCount))
    signature = try reader.readFixed(Ed25519.signatureByteCount)
  }
}
