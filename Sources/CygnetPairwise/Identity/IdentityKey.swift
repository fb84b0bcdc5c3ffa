public import CygnetPrimitives
internal import CygnetWire

/// The public half of a device's identity: one Ed25519 key that verifies signatures, and its X25519
/// form that agrees on keys. Both are kept, because the conversion costs more than an agreement.
///
/// A value of this type is a valid point of the main subgroup.
public struct IdentityKey: Sendable {
  package let ed25519: Ed25519.PublicKey
  package let x25519: X25519.PublicKey

  package init(_ ed25519: Ed25519.PublicKey) throws(CygnetError) {
    self.ed25519 = ed25519
    x25519 = try ed25519.x25519()
  }

  package init(_ ed25519: Ed25519.PublicKey, x25519: X25519.PublicKey) {
    self.ed25519 = ed25519
    self.x25519 = x25519
  }

  /// From the 33 bytes of `encoded()`.
  /// - Throws: `malformed` for anything that is not the encoding of a valid point.
  public init(decoding bytes: [UInt8]) throws(CygnetError) {
    try self.init(Ed25519.PublicKey(wire: bytes))
  }

  /// 33 bytes: the type byte `0x01` and the Ed25519 key.
  public func encoded() -> [UInt8] { [KeyType.ed25519.rawValue] + ed25519.bytes }
}

extension IdentityKey: Hashable {
  public static func == (left: IdentityKey, right: IdentityKey) -> Bool {
    left.ed25519 == right.ed25519
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(ed25519) }
}
