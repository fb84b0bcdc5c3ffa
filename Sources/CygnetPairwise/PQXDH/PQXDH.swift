package import CygnetPrimitives

/// The PQXDH key agreement, revision 3: X3DH's agreements and the secret of an encapsulation to the
/// responder's KEM prekey in one derivation.
///
/// Authentication is that of X3DH. The KEM keeps what is recorded today secret from quantum computers.
package enum PQXDH {
  /// PQXDH §2.2: the application, the curve, the hash and the KEM. The suite's number is not
  /// appended; the derivation that the ratchet starts with has it.
  package static let info = Array("Cygnet_PQXDH_CURVE25519_SHA-256_ML-KEM-768".utf8)

  /// PQXDH §3.3, the initiator's half: DH1 to DH4 as in X3DH, then SS.
  package static func initiate(
    identity: IdentityKeyPair, ephemeral: X25519.PrivateKey, peer: VerifiedPreKeyBundle,
    kemSecret: SecretBytes
  ) throws(CygnetError) -> X3DH.SharedSecret {
    let agreements = try X3DH.agreements(identity: identity, ephemeral: ephemeral, peer: peer)
    return try kdf(agreements, kemSecret: kemSecret, info: info)
  }

  /// PQXDH §3.4, the responder's half.
  package static func accept(
    identity: IdentityKeyPair, signedPreKey: X25519.PrivateKey,
    oneTimePreKey: X25519.PrivateKey?, peer: IdentityKey, ephemeral: X25519.PublicKey,
    kemSecret: SecretBytes
  ) throws(CygnetError) -> X3DH.SharedSecret {
    let agreements = try X3DH.agreements(
      identity: identity, signedPreKey: signedPreKey, oneTimePreKey: oneTimePreKey, peer: peer,
      ephemeral: ephemeral)
    return try kdf(agreements, kemSecret: kemSecret, info: info)
  }

  /// PQXDH §2.2, KDF(DH1 ‖ DH2 ‖ DH3 [‖ DH4] ‖ SS): X3DH's, with one input more.
  package static func kdf(
    _ agreements: [SecretBytes], kemSecret: SecretBytes, info: [UInt8]
  ) throws(CygnetError) -> X3DH.SharedSecret {
    try X3DH.kdf(agreements + [kemSecret], info: info)
  }
}
