internal import CygnetPrimitives

/// X-Wing as a KEM of HPKE (draft-ietf-hpke-pq §4, where it is named MLKEM768-X25519). Keys travel and
/// are stored as X-Wing has them.
enum XWingKEM {
  static let publicKeyByteCount = XWing.encapsulationKeyByteCount
  static let privateKeyByteCount = XWing.seedByteCount
  static let encapsulatedKeyByteCount = XWing.ciphertextByteCount

  /// What LabeledDerive puts behind the material: "HPKE-v1", "KEM" and the number, the label with its
  /// length, and the length of what comes out.
  private static let derivation: [UInt8] = {
    let label = Array("DeriveKeyPair".utf8)
    return Array("HPKE-v1KEM".utf8) + [0x64, 0x7a, 0, UInt8(label.count)] + label
      + [0, UInt8(privateKeyByteCount)]
  }()

  /// LabeledDerive of the one-stage KDF SHAKE256 (draft-ietf-hpke-pq §4, §5).
  static func derivePrivateKey(inputKeyMaterial: SecretBytes) -> SecretBytes {
    var function = SHAKE256()
    function.update(inputKeyMaterial)
    function.update(derivation)
    return function.squeezeSecret(privateKeyByteCount)
  }

  static func encapsulate(
    to publicKey: [UInt8], seed: SecretBytes
  ) throws(CygnetError) -> HPKE.KEM.Encapsulation {
    let recipient = try XWing.EncapsulationKey(publicKey)
    do {
      let made = try recipient.encapsulate(seed: seed)
      return HPKE.KEM.Encapsulation(
        sharedSecret: made.sharedSecret, encapsulatedKey: made.ciphertext.bytes)
    } catch {
      guard error.code == .authenticationFailed else { throw error }
      throw CygnetError(.malformed, "the recipient's public key has low order")
    }
  }

  static func decapsulate(
    _ encapsulatedKey: [UInt8], with privateKey: HPKE.PrivateKey
  ) throws(CygnetError) -> SecretBytes {
    let ciphertext = try XWing.Ciphertext(encapsulatedKey)
    return try privateKey.expandedXWing().decapsulate(ciphertext)
  }
}

/// The form of an X-Wing key that it decapsulates with. Making it costs as much as a new key, so it is
/// made once: with the key or, for one that comes from storage, when it is first needed. Copies of a
/// key share it.
final class ExpandedXWingKey: Sendable {
  private let key: Monitor<XWing.DecapsulationKey?>

  init(_ key: XWing.DecapsulationKey? = nil) { self.key = Monitor(key) }

  /// - Throws: `malformed` for a secret of another length, which no private key has.
  func key(from secret: SecretBytes) throws(CygnetError) -> XWing.DecapsulationKey {
    let outcome = key.withLock { held in
      if let held { return Result<XWing.DecapsulationKey, CygnetError>.success(held) }
      return Result { () throws(CygnetError) in
        let made = try XWing.DecapsulationKey(seed: secret)
        held = made
        return made
      }
    }
    return try outcome.get()
  }
}
