package import CygnetPrimitives
package import CygnetWire

///     struct {
///       Suite suite;
///       IdentityKey identity;
///       CurveKey ephemeral;
///       uint32 signed_pre_key_id;
///       optional<uint32> one_time_pre_key_id;
///       opaque suite_data<V>;           // empty in suite 1
///     } Handshake;
///
/// What the responder needs to run its half of X3DH (X3DH §3.3). It precedes every message that the
/// initiator sends before the first reply.
package struct Handshake: Equatable, Sendable, WireEncodable, WireDecodable {
  package let suite: Suite
  package let identity: Ed25519.PublicKey
  package let ephemeral: X25519.PublicKey
  package let signedPreKeyID: SignedPreKeyID
  package let oneTimePreKeyID: OneTimePreKeyID?

  package init(
    suite: Suite, identity: Ed25519.PublicKey, ephemeral: X25519.PublicKey,
    signedPreKeyID: SignedPreKeyID, oneTimePreKeyID: OneTimePreKeyID?
  ) {
    self.suite = suite
    self.identity = identity
    self.ephemeral = ephemeral
    self.signedPreKeyID = signedPreKeyID
    self.oneTimePreKeyID = oneTimePreKeyID
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try suite.encode(into: &writer)
    try identity.encode(into: &writer)
    try ephemeral.encode(into: &writer)
    writer.write(signedPreKeyID.rawValue)
    try writer.write(optional: oneTimePreKeyID)
    try Suite.encodeNoData(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    suite = try Suite(from: &reader)
    identity = try Ed25519.PublicKey(from: &reader)
    ephemeral = try X25519.PublicKey(from: &reader)
    signedPreKeyID = SignedPreKeyID(try reader.readUInt32())
    oneTimePreKeyID = try reader.readOptional()
    try suite.decodeData(from: &reader)
  }

  /// Names this handshake: the first 16 bytes of the SHA-256 of its encoding.
  package func id() throws(CygnetError) -> HandshakeID {
    HandshakeID(bytes: Array(SHA256.hash(try wireEncoded()).prefix(HandshakeID.byteCount)))
  }
}

/// The name of a handshake, by which a session knows its own initial messages and a device those it
/// has answered.
package struct HandshakeID: Hashable, Comparable, Sendable, WireEncodable, WireDecodable {
  package static let byteCount = 16
  package let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  package static func < (left: HandshakeID, right: HandshakeID) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(fixed: bytes) }

  package init(from reader: inout Reader) throws(CygnetError) {
    bytes = try reader.readFixed(Self.byteCount)
  }
}
