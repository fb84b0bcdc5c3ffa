package import CygnetPrimitives
package import CygnetWire

///     struct {
///       uint32 kem_pre_key_id;
///       KEMPreKeyKind kem_pre_key_kind;
///       opaque ciphertext[1088];
///     } KEMHandshake;
///
/// What a handshake of PQXDH carries beside X3DH's (PQXDH §3.3), in its suite data.
package struct KEMHandshake: Equatable, Sendable, WireEncodable, WireDecodable {
  package let id: KEMPreKeyID
  package let kind: KEMPreKeyKind
  package let ciphertext: MLKEM768.Ciphertext

  package init(id: KEMPreKeyID, kind: KEMPreKeyKind, ciphertext: MLKEM768.Ciphertext) {
    self.id = id
    self.kind = kind
    self.ciphertext = ciphertext
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try id.encode(into: &writer)
    try kind.encode(into: &writer)
    writer.write(fixed: ciphertext.bytes)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    id = try KEMPreKeyID(from: &reader)
    kind = try KEMPreKeyKind(from: &reader)
    ciphertext = try MLKEM768.Ciphertext(reader.readFixed(MLKEM768.ciphertextByteCount))
  }
}

///     struct {
///       uint32 signed_pre_key_id;
///       uint32 kem_pre_key_id;
///       CurveKey ephemeral;
///     } BaseKeyUse;
///
/// What must not repeat where a KEM prekey of last resort serves: the initiator's base key under the
/// same prekeys. A responder remembers the first 16 bytes of its SHA-256.
struct BaseKeyUse: WireEncodable {
  let signedPreKeyID: SignedPreKeyID
  let kemPreKeyID: KEMPreKeyID
  let ephemeral: X25519.PublicKey

  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(signedPreKeyID.rawValue)
    try kemPreKeyID.encode(into: &writer)
    try ephemeral.encode(into: &writer)
  }

  func name() throws(CygnetError) -> HandshakeID {
    HandshakeID(digest: SHA256.hash(try wireEncoded()))
  }
}

///     struct {
///       KEMKey kem_pre_key;
///       opaque handshake_digest[32];      // SHA-256 of Handshake
///     } KEMBinding;
///
/// What the associated data has of it: the responder's KEM prekey in its encoded form (PQXDH §3.3), and
/// through the handshake the ids of all prekeys, the base key and the ciphertext. So no two handshakes
/// lead to the same keys, however alike their secrets are.
package struct KEMBinding: Equatable, Sendable, WireEncodable {
  let key: MLKEM768.EncapsulationKey
  let handshakeDigest: [UInt8]

  package init(key: MLKEM768.EncapsulationKey, handshakeDigest: [UInt8]) {
    self.key = key
    self.handshakeDigest = handshakeDigest
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try key.encode(into: &writer)
    writer.write(fixed: handshakeDigest)
  }
}
