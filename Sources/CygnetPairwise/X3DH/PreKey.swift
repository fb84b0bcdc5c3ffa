public import CygnetPrimitives
public import CygnetWire

/// The number of a signed prekey, unique within its device.
public struct SignedPreKeyID: Hashable, Comparable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt32

  /// Any number; ids in use begin at 1.
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The number of a one-time prekey, unique within its device and never reused.
public struct OneTimePreKeyID: Hashable, Comparable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt32

  /// Any number; ids in use begin at 1.
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension OneTimePreKeyID: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    rawValue = try reader.readUInt32()
  }
}

///     struct {
///       uint32 id;
///       uint64 created_at;      // seconds
///       CurveKey key;
///       opaque signature[64];
///     } SignedPreKey;
///
/// The public half of a medium-term prekey (X3DH §2.1, SPK).
package struct SignedPreKey: Equatable, Sendable, WireEncodable, WireDecodable {
  package let id: SignedPreKeyID
  package let createdAt: Timestamp
  package let key: X25519.PublicKey
  package let signature: [UInt8]

  package init(
    id: SignedPreKeyID, createdAt: Timestamp, key: X25519.PublicKey, signature: [UInt8]
  ) {
    self.id = id
    self.createdAt = createdAt
    self.key = key
    self.signature = signature
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(id.rawValue)
    writer.write(createdAt.seconds)
    try key.encode(into: &writer)
    writer.write(fixed: signature)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    id = SignedPreKeyID(try reader.readUInt32())
    createdAt = Timestamp(seconds: try reader.readUInt64())
    key = try X25519.PublicKey(from: &reader)
    signature = try reader.readFixed(Ed25519.signatureByteCount)
  }
}

///     struct {
///       Suite suite;
///       DeviceAddress address;
///       uint32 id;
///       uint64 created_at;
///       CurveKey key;
///     } SignedPreKeyContent;
///
/// What the signature of a signed prekey covers. Suite and address are in it so that a server can
/// neither offer the key under a weaker suite nor under another name.
package struct SignedPreKeyContent: WireEncodable {
  let suite: Suite
  let address: DeviceAddress
  let id: SignedPreKeyID
  let createdAt: Timestamp
  let key: X25519.PublicKey

  package init(
    suite: Suite, address: DeviceAddress, id: SignedPreKeyID, createdAt: Timestamp,
    key: X25519.PublicKey
  ) {
    self.suite = suite
    self.address = address
    self.id = id
    self.createdAt = createdAt
    self.key = key
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try suite.encode(into: &writer)
    try address.encode(into: &writer)
    writer.write(id.rawValue)
    writer.write(createdAt.seconds)
    try key.encode(into: &writer)
  }
}

///     struct {
///       uint32 id;
///       CurveKey key;
///     } OneTimePreKey;
///
/// The public half of a prekey that serves one session (X3DH §2.1, OPK). It is not signed.
package struct OneTimePreKey: Equatable, Sendable, WireEncodable, WireDecodable {
  package let id: OneTimePreKeyID
  package let key: X25519.PublicKey

  package init(id: OneTimePreKeyID, key: X25519.PublicKey) {
    self.id = id
    self.key = key
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try id.encode(into: &writer)
    try key.encode(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    id = try OneTimePreKeyID(from: &reader)
    key = try X25519.PublicKey(from: &reader)
  }
}
