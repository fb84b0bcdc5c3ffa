package import CygnetPrimitives
package import CygnetWire

///     struct {
///       Suite suite;
///       IdentityKey identity;
///       CurveKey ephemeral;
///       uint32 signed_pre_key_id;
///       optional<uint32> one_time_pre_key_id;
///       opaque suite_data<V>;           // empty in suite 1, KEMHandshake in suite 2
///     } Handshake;
///
/// What the responder needs to run its half of X3DH or PQXDH (X3DH §3.3, PQXDH §3.3). It precedes
/// every message that the initiator sends before the first reply.
package struct Handshake: Equatable, Sendable, WireEncodable, WireDecodable {
  package let suite: Suite
  package let identity: Ed25519.PublicKey
  package let ephemeral: X25519.PublicKey
  package let signedPreKeyID: SignedPreKeyID
  package let oneTimePreKeyID: OneTimePreKeyID?
  /// There in suite 2 and nowhere else.
  package let kem: KEMHandshake?

  package init(
    suite: Suite, identity: Ed25519.PublicKey, ephemeral: X25519.PublicKey,
    signedPreKeyID: SignedPreKeyID, oneTimePreKeyID: OneTimePreKeyID?, kem: KEMHandshake? = nil
  ) {
    self.suite = suite
    self.identity = identity
    self.ephemeral = ephemeral
    self.signedPreKeyID = signedPreKeyID
    self.oneTimePreKeyID = oneTimePreKeyID
    self.kem = kem
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try suite.encode(into: &writer)
    try identity.encode(into: &writer)
    try ephemeral.encode(into: &writer)
    writer.write(signedPreKeyID.rawValue)
    try writer.write(optional: oneTimePreKeyID)
    try writer.vector { (writer) throws(CygnetError) in try kem?.encode(into: &writer) }
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    suite = try Suite(from: &reader)
    identity = try Ed25519.PublicKey(from: &reader)
    ephemeral = try X25519.PublicKey(from: &reader)
    signedPreKeyID = SignedPreKeyID(try reader.readUInt32())
    oneTimePreKeyID = try reader.readOptional()
    if suite.isPostQuantum {
      kem = try reader.vector(Limits.suiteDataByteCount) { (reader) throws(CygnetError) in
        try KEMHandshake(from: &reader)
      }
    } else {
      kem = nil
      try Suite.decodeNoData(from: &reader)
    }
  }

  /// The SHA-256 of its encoding.
  package func digest() throws(CygnetError) -> [UInt8] { SHA256.hash(try wireEncoded()) }

  /// Names this handshake: the first 16 bytes of its digest.
  package func id() throws(CygnetError) -> HandshakeID { HandshakeID(digest: try digest()) }

  /// What a responder remembers so as not to answer a copy: nil where a one-time prekey goes
  /// instead. In suite 1 the handshake; in suite 2 the base key with the ids of the signed prekey and
  /// of the KEM prekey of last resort (PQXDH §4.2), even beside a one-time curve prekey.
  package func replayName() throws(CygnetError) -> HandshakeID? {
    guard let kem else { return oneTimePreKeyID == nil ? try id() : nil }
    guard kem.kind == .lastResort else { return nil }
    return try BaseKeyUse(
      signedPreKeyID: signedPreKeyID, kemPreKeyID: kem.id, ephemeral: ephemeral
    ).name()
  }
}

/// The name of a handshake, by which a session knows its own initial messages and a device those it
/// has answered.
package struct HandshakeID: Hashable, Comparable, Sendable, WireEncodable, WireDecodable {
  package static let byteCount = 16
  package let bytes: [UInt8]

  /// The first 16 bytes of a SHA-256.
  init(digest: [UInt8]) { bytes = Array(digest.prefix(Self.byteCount)) }

  package static func < (left: HandshakeID, right: HandshakeID) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(fixed: bytes) }

  package init(from reader: inout Reader) throws(CygnetError) {
    bytes = try reader.readFixed(Self.byteCount)
  }
}
