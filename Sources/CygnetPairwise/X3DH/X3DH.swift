package import CygnetPrimitives
package import CygnetWire

/// The X3DH key agreement (X3DH §3).
package enum X3DH {
  private static let info = "Cygnet_X3DH_CURVE25519_SHA-256"

  /// SK, the 32-byte secret both sides end up with.
  package struct SharedSecret: Sendable {
    package let secret: SecretBytes

    package init(_ secret: SecretBytes) { self.secret = secret }
  }

  /// X3DH §3.3, the initiator's half.
  package static func initiate(
    identity: IdentityKeyPair, ephemeral: X25519.PrivateKey, peer: VerifiedPreKeyBundle
  ) throws(CygnetError) -> SharedSecret {
    let agreements = try agreements(identity: identity, ephemeral: ephemeral, peer: peer)
    return try kdf(agreements, info: peer.suite.info(info))
  }

  /// DH1 = (IK_A, SPK_B), DH2 = (EK_A, IK_B), DH3 = (EK_A, SPK_B), and DH4 = (EK_A, OPK_B) where a
  /// one-time prekey was handed out.
  static func agreements(
    identity: IdentityKeyPair, ephemeral: X25519.PrivateKey, peer: VerifiedPreKeyBundle
  ) throws(CygnetError) -> [SecretBytes] {
    var agreements = [
      try X25519.agreement(identity.agreementKey, peer.signedPreKey),
      try X25519.agreement(ephemeral, peer.identity.x25519),
      try X25519.agreement(ephemeral, peer.signedPreKey),
    ]
    if let oneTimePreKey = peer.oneTimePreKey {
      agreements.append(try X25519.agreement(ephemeral, oneTimePreKey.key))
    }
    return agreements
  }

  /// X3DH §3.4, the responder's half: the same four agreements from the other side.
  package static func accept(
    suite: Suite, identity: IdentityKeyPair, signedPreKey: X25519.PrivateKey,
    oneTimePreKey: X25519.PrivateKey?, peer: IdentityKey, ephemeral: X25519.PublicKey
  ) throws(CygnetError) -> SharedSecret {
    let agreements = try agreements(
      identity: identity, signedPreKey: signedPreKey, oneTimePreKey: oneTimePreKey, peer: peer,
      ephemeral: ephemeral)
    return try kdf(agreements, info: suite.info(info))
  }

  static func agreements(
    identity: IdentityKeyPair, signedPreKey: X25519.PrivateKey,
    oneTimePreKey: X25519.PrivateKey?, peer: IdentityKey, ephemeral: X25519.PublicKey
  ) throws(CygnetError) -> [SecretBytes] {
    var agreements = [
      try X25519.agreement(signedPreKey, peer.x25519),
      try X25519.agreement(identity.agreementKey, ephemeral),
      try X25519.agreement(signedPreKey, ephemeral),
    ]
    if let oneTimePreKey {
      agreements.append(try X25519.agreement(oneTimePreKey, ephemeral))
    }
    return agreements
  }

  /// X3DH §2.2, KDF(KM): HKDF-SHA256 over F ‖ KM with a salt of zeros, where F is 32 bytes of 0xFF,
  /// which no encoded key begins with.
  package static func kdf(
    _ agreements: [SecretBytes], info: [UInt8]
  ) throws(CygnetError) -> SharedSecret {
    let separator = SecretBytes(copying: [UInt8](repeating: 0xff, count: 32))
    let material = SecretBytes(concatenating: [separator] + agreements)
    let salt = [UInt8](repeating: 0, count: HMACSHA256.byteCount)
    let secret = try material.withBytes { (material) throws(CygnetError) in
      try unsafe HKDFSHA256.derive(
        salt: salt.span.bytes, inputKeyMaterial: material, info: info, count: 32)
    }
    return SharedSecret(secret)
  }
}

///     struct {
///       Suite suite;
///       IdentityKey initiator;
///       IdentityKey responder;
///       DeviceAddress initiator_address;
///       DeviceAddress responder_address;
///       select (suite) {
///         case 1: struct {};
///         case 2: KEMBinding kem;
///       };
///     } AssociatedData;
///
/// AD (X3DH §3.3, PQXDH §3.3): both identity keys, initiator first, what the application knows of the
/// parties, and in suite 2 the KEM prekey and the handshake. Every message of the session
/// authenticates its SHA-256.
package struct AssociatedData: WireEncodable {
  let suite: Suite
  let initiator: Ed25519.PublicKey
  let responder: Ed25519.PublicKey
  let initiatorAddress: DeviceAddress
  let responderAddress: DeviceAddress
  let kem: KEMBinding?

  package init(
    suite: Suite, initiator: Ed25519.PublicKey, responder: Ed25519.PublicKey,
    initiatorAddress: DeviceAddress, responderAddress: DeviceAddress, kem: KEMBinding? = nil
  ) {
    self.suite = suite
    self.initiator = initiator
    self.responder = responder
    self.initiatorAddress = initiatorAddress
    self.responderAddress = responderAddress
    self.kem = kem
  }

  package static let digestByteCount = SHA256.byteCount

  package func digest() throws(CygnetError) -> [UInt8] { SHA256.hash(try wireEncoded()) }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try suite.encode(into: &writer)
    try initiator.encode(into: &writer)
    try responder.encode(into: &writer)
    try initiatorAddress.encode(into: &writer)
    try responderAddress.encode(into: &writer)
    try kem?.encode(into: &writer)
  }
}
