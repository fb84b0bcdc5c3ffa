internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// Objects of pairwise sessions.
extension Inspection {
  static func preKeyBundle(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    let bundle = try PreKeyBundle(decoding: bytes)
    let signed = bundle.signedPreKey
    let oneTime: JSON = bundle.oneTimePreKey.map { .counting(UInt64($0.id.rawValue)) } ?? .null
    return Inspection(
      "PreKeyBundle", "what others need to start a session with a device; not verified here",
      [
        "suite": suite(bundle.suite),
        "identity_fingerprint": fingerprint(bundle.identity),
        "address": address(bundle.address),
        "signed_pre_key": [
          "id": .counting(UInt64(signed.id.rawValue)), "created_at": time(signed.createdAt),
        ],
        "one_time_pre_key_id": oneTime,
        "post_quantum": .bool(bundle.suite.isPostQuantum),
        "kem_pre_key": bundle.kemPreKey.map(kemPreKey) ?? .null,
      ])
  }

  private static func kemPreKey(_ key: KEMPreKey) -> JSON {
    [
      "id": .counting(UInt64(key.id.rawValue)), "kind": kind(key.kind),
      "created_at": time(key.createdAt),
    ]
  }

  private static func kind(_ kind: KEMPreKeyKind) -> JSON {
    switch kind {
    case .oneTime: "one-time"
    case .lastResort: "last resort"
    }
  }

  static func message(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    switch try PairwiseMessage(decoding: bytes) {
    case .ratchet(let message):
      return Inspection(
        "RatchetMessage", "a message of an established session; its header is sealed",
        [
          "suite": suite(message.suite),
          "post_quantum": .bool(message.suite.isPostQuantum),
          "sealed_header_bytes": .integer(message.sealedHeader.count),
          "plaintext_bytes": .integer(plaintextCount(message)),
        ])
    case .initial(let message):
      return Inspection(
        "InitialMessage", "a message that carries the handshake, sent before the first reply",
        [
          "handshake": try handshake(message.handshake),
          "sealed_header_bytes": .integer(message.body.sealedHeader.count),
          "plaintext_bytes": .integer(plaintextCount(message.body)),
        ])
    }
  }

  static func sessionState(_ state: SecretBytes) throws(CygnetError) -> Inspection {
    let session = try PairwiseSession(restoring: state)
    let summary = session.summary
    return Inspection(
      "SessionState", "a stored session; it holds keys, which are not shown",
      [
        "suite": suite(session.suite),
        "post_quantum": .bool(session.suite.isPostQuantum),
        "peer_identity_fingerprint": fingerprint(try session.peerIdentity().ed25519),
        "established": .bool(session.isEstablished),
        "sending": [
          "chain": .string(summary.sending.rawValue),
          "messages_sent": .counting(UInt64(summary.sendingCount)),
          "previous_chain_length": .counting(UInt64(summary.previousChainLength)),
        ],
        "next_message_expected": summary.receivingCount.map { .counting(UInt64($0)) } ?? .null,
        "skipped_keys": .integer(summary.skippedKeyCount),
        "sparse_ratchet": summary.sparse.map(sparseRatchet) ?? .null,
      ])
  }

  /// The post-quantum ratchet. Epoch 0 is the handshake's secret; each later one is a KEM key of its
  /// own.
  private static func sparseRatchet(_ sparse: SessionSummary.Sparse) -> JSON {
    [
      "epoch_under_way": .counting(sparse.epoch), "step": .string(sparse.step),
      "sending_epoch": .counting(sparse.sendingEpoch),
      "receiving_epoch": .counting(sparse.receivingEpoch),
      "skipped_keys": .integer(sparse.skippedKeyCount),
    ]
  }

  static func preKeysState(_ state: SecretBytes) throws(CygnetError) -> Inspection {
    let summary = try PreKeys(restoring: state).summary
    var signed: [JSON] = []
    for key in summary.signed {
      signed.append(["id": .counting(UInt64(key.id.rawValue)), "created_at": time(key.createdAt)])
    }
    return Inspection(
      "PreKeysState", "a device's prekeys; the private halves are not shown",
      [
        "suite": suite(summary.suite),
        "signed_pre_keys": .array(signed),
        "one_time_pre_keys": .integer(summary.oneTimeCount),
        "not_handed_out": .integer(summary.unusedOneTimeCount),
        "kem_pre_keys_of_last_resort": .integer(summary.lastResortCount),
        "one_time_kem_pre_keys": .integer(summary.oneTimeKEMCount),
        "kem_pre_keys_not_handed_out": .integer(summary.unusedOneTimeKEMCount),
        "handshakes_answered": .integer(summary.answeredCount),
      ])
  }

  static func identityState(_ state: SecretBytes) throws(CygnetError) -> Inspection {
    let identity = try IdentityKeyPair(restoring: state)
    return Inspection(
      "IdentityState", "a device's identity; its private half is not shown",
      ["identity_fingerprint": fingerprint(identity.publicKey.ed25519)])
  }

  /// nil for bytes that do not look like the payload of a safety number's code.
  static func scannable(_ bytes: [UInt8]) throws(CygnetError) -> Inspection? {
    guard bytes.count == 74, bytes[0] == 0x08, bytes[2..<6] == [0x12, 0x22, 0x0a, 0x20],
      bytes[38..<42] == [0x1a, 0x22, 0x0a, 0x20]
    else { return nil }
    return Inspection(
      "ScannableSafetyNumber", "what the code of a safety number holds",
      [
        "version": .integer(Int(bytes[1])),
        "own_fingerprint": .hex(Array(bytes[6..<38])),
        "peer_fingerprint": .hex(Array(bytes[42..<74])),
      ])
  }

  // MARK: - Parts

  private static func handshake(_ handshake: Handshake) throws(CygnetError) -> JSON {
    let oneTime: JSON = handshake.oneTimePreKeyID.map { .counting(UInt64($0.rawValue)) } ?? .null
    return [
      "suite": suite(handshake.suite),
      "id": .hex(try handshake.id().bytes),
      "identity_fingerprint": fingerprint(handshake.identity),
      "signed_pre_key_id": .counting(UInt64(handshake.signedPreKeyID.rawValue)),
      "one_time_pre_key_id": oneTime,
      "post_quantum": .bool(handshake.suite.isPostQuantum),
      "kem_pre_key": handshake.kem.map {
        ["id": .counting(UInt64($0.id.rawValue)), "kind": kind($0.kind)]
      } ?? .null,
    ]
  }

  private static func plaintextCount(_ message: RatchetMessage) -> Int {
    message.ciphertext.count - ChaCha20Poly1305.tagByteCount
  }

  private static func suite(_ suite: Suite) -> JSON { .integer(Int(suite.rawValue)) }

  /// The user as text where it is text, and the device.
  static func address(_ address: DeviceAddress) -> JSON {
    let user: JSON =
      String(validating: address.user, as: UTF8.self).map { .string($0) } ?? .hex(address.user)
    return ["user": user, "device": .counting(UInt64(address.device))]
  }

  /// The first 16 bytes of the SHA-256 of the encoded identity key: enough to tell keys apart.
  static func fingerprint(_ key: Ed25519.PublicKey) -> JSON {
    .hex(Array(SHA256.hash([KeyType.ed25519.rawValue] + key.bytes).prefix(16)))
  }

  static func time(_ time: Timestamp) -> JSON { .string(time.calendarText) }
}
