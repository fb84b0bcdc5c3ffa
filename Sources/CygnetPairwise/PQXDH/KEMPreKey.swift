public import CygnetPrimitives
public import CygnetWire

/// The number of a KEM prekey, unique within its device for both kinds together and never reused.
public struct KEMPreKeyID: Hashable, Comparable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt32

  /// Any number; ids in use begin at 1.
  public init(_ rawValue: UInt32) { self.rawValue = rawValue }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension KEMPreKeyID: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    rawValue = try reader.readUInt32()
  }
}

///     enum { one_time(1), last_resort(2), (255) } KEMPreKeyKind;
///
/// How often a KEM prekey serves (PQXDH §3.2): once, PQOPK, or for as long as no one-time prekey is
/// left, PQSPK.
package enum KEMPreKeyKind: UInt8, Sendable, WireEncodable, WireDecodable {
  case oneTime = 1
  case lastResort = 2

  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  package init(from reader: inout Reader) throws(CygnetError) {
    guard let kind = Self(rawValue: try reader.readUInt8()) else {
      throw CygnetError(.malformed, "unknown kind of KEM prekey")
    }
    self = kind
  }
}

///     struct {
///       uint32 id;
///       KEMPreKeyKind kind;
///       uint64 created_at;      // seconds
///       KEMKey key;
///       opaque signature[64];
///     } KEMPreKey;
///
/// The public half of a KEM prekey (PQXDH §3.2). Each is signed by itself.
package struct KEMPreKey: Equatable, Sendable, WireEncodable, WireDecodable {
  package let id: KEMPreKeyID
  package let kind: KEMPreKeyKind
  package let createdAt: Timestamp
  package let key: MLKEM768.EncapsulationKey
  package let signature: [UInt8]

  package init(
    id: KEMPreKeyID, kind: KEMPreKeyKind, createdAt: Timestamp, key: MLKEM768.EncapsulationKey,
    signature: [UInt8]
  ) {
    self.id = id
    self.kind = kind
    self.createdAt = createdAt
    self.key = key
    self.signature = signature
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try id.encode(into: &writer)
    try kind.encode(into: &writer)
    writer.write(createdAt.seconds)
    try key.encode(into: &writer)
    writer.write(fixed: signature)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    id = try KEMPreKeyID(from: &reader)
    kind = try KEMPreKeyKind(from: &reader)
    createdAt = Timestamp(seconds: try reader.readUInt64())
    key = try MLKEM768.EncapsulationKey(from: &reader)
    signature = try reader.readFixed(Ed25519.signatureByteCount)
  }

  /// Checks the signature, and the age of a key of last resort. One-time prekeys may wait with a
  /// server for long.
  /// - Throws: `authenticationFailed`, or `ruleViolation` for a key that is too old or from the
  ///   future.
  func verify(
    under identity: Ed25519.PublicKey, suite: Suite, address: DeviceAddress, now: Timestamp
  ) throws(CygnetError) {
    try identity.verify(
      signature: signature,
      of: SignedContent.bytes(
        .kemPreKey,
        KEMPreKeyContent(
          suite: suite, address: address, id: id, kind: kind, createdAt: createdAt, key: key)))
    guard createdAt <= now.adding(Limits.maxClockSkew) else {
      throw CygnetError(.ruleViolation, "the KEM prekey is from the future")
    }
    guard kind == .oneTime || now <= createdAt.adding(Limits.maxSignedPreKeyAge) else {
      throw CygnetError(.ruleViolation, "the KEM prekey of last resort is too old")
    }
  }
}

///     struct {
///       Suite suite;
///       DeviceAddress address;
///       uint32 id;
///       KEMPreKeyKind kind;
///       uint64 created_at;
///       KEMKey key;
///     } KEMPreKeyContent;
///
/// What the signature of a KEM prekey covers: the key in its encoded form, type byte included, as
/// PQXDH §3.2 asks, and what a server could otherwise offer it as.
package struct KEMPreKeyContent: WireEncodable {
  let suite: Suite
  let address: DeviceAddress
  let id: KEMPreKeyID
  let kind: KEMPreKeyKind
  let createdAt: Timestamp
  let key: MLKEM768.EncapsulationKey

  package init(
    suite: Suite, address: DeviceAddress, id: KEMPreKeyID, kind: KEMPreKeyKind,
    createdAt: Timestamp, key: MLKEM768.EncapsulationKey
  ) {
    self.suite = suite
    self.address = address
    self.id = id
    self.kind = kind
    self.createdAt = createdAt
    self.key = key
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try suite.encode(into: &writer)
    try address.encode(into: &writer)
    try id.encode(into: &writer)
    try kind.encode(into: &writer)
    writer.write(createdAt.seconds)
    try key.encode(into: &writer)
  }
}
