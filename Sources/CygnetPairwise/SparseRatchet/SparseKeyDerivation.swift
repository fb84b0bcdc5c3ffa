package import CygnetPrimitives

/// The derivations of the sparse ratchet (Double Ratchet §5.2, §7.2).
package enum SparseKeyDerivation {
  /// PROTOCOL_INFO of the chains.
  package static let info = "Cygnet_SparseRatchet:"

  /// A root key and a chain for each direction.
  package struct Chains {
    package let rootKey: SecretBytes
    /// The chain in which the session's initiator sends.
    package let initiator: SecretBytes
    /// The chain in which its responder sends.
    package let responder: SecretBytes
  }

  /// KDF_SCKA_INIT: both begin with these, before any epoch has a key.
  package static func start(_ shared: SecretBytes) throws(CygnetError) -> Chains {
    let zeros = SecretBytes(copying: [UInt8](repeating: 0, count: HMACSHA256.byteCount))
    return try chains(salt: zeros, input: shared, label: "Chain Start")
  }

  /// KDF_SCKA_RK: the root key as salt, the epoch's key as input.
  package static func addEpoch(
    _ rootKey: SecretBytes, key: SecretBytes
  ) throws(CygnetError) -> Chains {
    try chains(salt: rootKey, input: key, label: "Chain Add Epoch")
  }

  private static func chains(
    salt: SecretBytes, input: SecretBytes, label: String
  ) throws(CygnetError) -> Chains {
    let output = try salt.withBytes { (salt) throws(CygnetError) in
      try input.withBytes { (input) throws(CygnetError) in
        try HKDFSHA256.derive(
          salt: salt, inputKeyMaterial: input, info: Array((info + label).utf8), count: 96)
      }
    }
    return Chains(
      rootKey: output.slice(0..<32), initiator: output.slice(32..<64),
      responder: output.slice(64..<96))
  }

  /// KDF_SCKA_CK(ck, n) (Double Ratchet §5.2): BLAKE2b keyed by the chain key over a label and the
  /// message's number. 64 bytes: the next chain key, the message key.
  package static func step(
    _ chainKey: SecretBytes, n: UInt32
  ) throws(CygnetError) -> (next: SecretBytes, messageKey: MessageKey) {
    let (next, messageKey) = try BLAKE2b.keyed(stepLabel, n, key: chainKey)
    return (next, MessageKey(messageKey))
  }

  private static let stepLabel = Array((info + "Chain Step").utf8)
}

extension MessageKey {
  /// KDF_HYBRID(ec_mk, pq_mk) (Double Ratchet §6.3, §7.2): the key of a message of the Triple
  /// Ratchet, HKDF-SHA256 with the post-quantum key as salt and the Double Ratchet's as input. It is
  /// secret as long as one of the two is.
  package static func hybrid(
    doubleRatchet: MessageKey, sparse: MessageKey
  ) throws(CygnetError) -> MessageKey {
    try MessageKey(
      sparse.secret.withBytes { (salt) throws(CygnetError) in
        try doubleRatchet.secret.withBytes { (input) throws(CygnetError) in
          try HKDFSHA256.derive(
            salt: salt, inputKeyMaterial: input, info: hybridInfo, count: byteCount)
        }
      })
  }

  private static let hybridInfo = Array("Cygnet_TripleRatchet_X25519_MLKEM768_HMAC-SHA256".utf8)
}
