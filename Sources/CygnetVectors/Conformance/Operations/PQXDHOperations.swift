internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// The steps of the post-quantum key agreement, one by one.
enum PQXDHOperations {
  static let all: [Operation] = [
    Operation(
      "pqxdh.initiate", "Encapsulates and computes the initiator's shared secret",
      takes: [
        IdentityOperations.identityField, Field("ephemeral_private", .hex(32)),
        Field("encapsulation_message", .hex(32), "the randomness of ML-KEM's encapsulation"),
        BundleOperations.bundleField, Field("now", .uint64), BundleOperations.expectingField,
      ], gives: [secretField, ciphertextField, Field("kem_shared_secret", .hex(32))], initiate),
    Operation(
      "pqxdh.accept", "Computes the responder's shared secret",
      takes: [
        IdentityOperations.identityField, Field("signed_pre_key_private", .hex(32)),
        Field("one_time_pre_key_private", .nullable(.hex(32))),
        Field("kem_seed", .hex(64), "d and z of the KEM prekey"), ciphertextField,
        Field("peer_identity_key", .hex, "IdentityKey"), Field("ephemeral_key", .hex(32)),
      ], gives: [secretField], accept),
    Operation(
      "pqxdh.kdf", "Computes the shared secret from agreements and an encapsulated secret",
      takes: [
        Field("agreements", .list(.hex(32))), Field("kem_shared_secret", .hex(32)),
        Field("info", .hex),
      ], gives: [secretField], kdf),
    Operation(
      "pqxdh.associated_data", "Gives the associated data of a session and its digest",
      takes: [
        Field("initiator_identity_key", .hex, "IdentityKey"),
        Field("responder_identity_key", .hex, "IdentityKey"),
        Field("initiator_address", .address), Field("responder_address", .address),
        Field("kem_pre_key", .hex(1184), "without its type byte"),
        Field("handshake_digest", .hex(32)),
      ],
      gives: [Field("associated_data", .hex, "AssociatedData"), Field("digest", .hex(32))],
      associatedData),
    Operation(
      "pqxdh.handshake", "Writes a handshake, digests and names it",
      takes: [
        Field("identity_key", .hex, "IdentityKey"), Field("ephemeral_key", .hex(32)),
        Field("signed_pre_key_id", .uint32), Field("one_time_pre_key_id", .nullable(.uint32)),
        Field("kem_pre_key_id", .uint32), kindField, ciphertextField,
      ],
      gives: [
        Field("handshake", .hex, "Handshake"), Field("handshake_digest", .hex(32)),
        Field("handshake_id", .hex(16)),
        Field("base_key_use", .nullable(.hex(16)), "what is remembered with a last resort"),
      ], handshake),
    Operation(
      "pqxdh.signed_content", "Gives what the signature of a KEM prekey covers",
      takes: [
        Field("address", .address), Field("kem_pre_key_id", .uint32), kindField,
        Field("created_at", .uint64), Field("key", .hex(1184)),
      ],
      gives: [
        Field("content", .hex, "KEMPreKeyContent"),
        Field("signed_content", .hex, "SignedContent: the content behind its label"),
      ], signedContent),
  ]

  static let kindField = Field("kind", .choice(["one_time", "last_resort"]))
  private static let secretField = Field("shared_secret", .hex(32))
  private static let ciphertextField = Field("kem_ciphertext", .hex(1088))

  static func kind(_ arguments: Arguments) throws(CygnetError) -> KEMPreKeyKind {
    try arguments.text("kind") == "one_time" ? .oneTime : .lastResort
  }

  static func name(_ kind: KEMPreKeyKind) -> JSON {
    switch kind {
    case .oneTime: "one_time"
    case .lastResort: "last_resort"
    }
  }

  private static func initiate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let bundle = try BundleOperations.verified(call)
    guard let key = bundle.kemPreKey else {
      throw CygnetError(.ruleViolation, "a classical bundle has no KEM prekey")
    }
    let sent = try key.key.encapsulate(message: call.arguments.secret("encapsulation_message"))
    let shared = try PQXDH.initiate(
      identity: call.identity(), ephemeral: call.arguments.privateKey("ephemeral_private"),
      peer: bundle, kemSecret: sent.sharedSecret)
    return .of([
      "shared_secret": .hex(shared.secret), "kem_ciphertext": .hex(sent.ciphertext.bytes),
      "kem_shared_secret": .hex(sent.sharedSecret),
    ])
  }

  private static func accept(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let arguments = call.arguments
    var oneTime: X25519.PrivateKey?
    if arguments.has("one_time_pre_key_private") {
      oneTime = try arguments.privateKey("one_time_pre_key_private")
    }
    let key = try MLKEM768.DecapsulationKey(seed: arguments.secret("kem_seed"))
    let shared = try PQXDH.accept(
      identity: call.identity(), signedPreKey: arguments.privateKey("signed_pre_key_private"),
      oneTimePreKey: oneTime, peer: arguments.identityKey("peer_identity_key"),
      ephemeral: arguments.curveKey("ephemeral_key"),
      kemSecret: key.decapsulate(ciphertext(arguments)))
    return .of(["shared_secret": .hex(shared.secret)])
  }

  private static func ciphertext(
    _ arguments: Arguments
  ) throws(CygnetError) -> MLKEM768.Ciphertext {
    try MLKEM768.Ciphertext(arguments.bytes("kem_ciphertext"))
  }

  private static func kdf(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let shared = try PQXDH.kdf(
      X3DHOperations.agreements(call), kemSecret: call.arguments.secret("kem_shared_secret"),
      info: call.arguments.bytes("info"))
    return .of(["shared_secret": .hex(shared.secret)])
  }

  private static func associatedData(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let arguments = call.arguments
    let data = AssociatedData(
      suite: .pqxdh, initiator: try arguments.identityKey("initiator_identity_key").ed25519,
      responder: try arguments.identityKey("responder_identity_key").ed25519,
      initiatorAddress: try arguments.address("initiator_address"),
      responderAddress: try arguments.address("responder_address"),
      kem: KEMBinding(
        key: try MLKEM768.EncapsulationKey(arguments.bytes("kem_pre_key")),
        handshakeDigest: try arguments.bytes("handshake_digest")))
    return .of([
      "associated_data": .hex(try data.wireEncoded()), "digest": .hex(try data.digest()),
    ])
  }

  private static func handshake(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let arguments = call.arguments
    var oneTime: OneTimePreKeyID?
    if arguments.has("one_time_pre_key_id") {
      oneTime = OneTimePreKeyID(try arguments.uint32("one_time_pre_key_id"))
    }
    let handshake = Handshake(
      suite: .pqxdh, identity: try arguments.identityKey("identity_key").ed25519,
      ephemeral: try arguments.curveKey("ephemeral_key"),
      signedPreKeyID: SignedPreKeyID(try arguments.uint32("signed_pre_key_id")),
      oneTimePreKeyID: oneTime,
      kem: KEMHandshake(
        id: KEMPreKeyID(try arguments.uint32("kem_pre_key_id")), kind: try kind(arguments),
        ciphertext: try ciphertext(arguments)))
    return .of([
      "handshake": .hex(try handshake.wireEncoded()),
      "handshake_digest": .hex(try handshake.digest()),
      "handshake_id": .hex(try handshake.id().bytes),
      "base_key_use": .hex(optional: try handshake.replayName()?.bytes),
    ])
  }

  private static func signedContent(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let arguments = call.arguments
    let content = KEMPreKeyContent(
      suite: .pqxdh, address: try arguments.address("address"),
      id: KEMPreKeyID(try arguments.uint32("kem_pre_key_id")), kind: try kind(arguments),
      createdAt: Timestamp(seconds: try arguments.uint64("created_at")),
      key: try MLKEM768.EncapsulationKey(arguments.bytes("key")))
    return .of([
      "content": .hex(try content.wireEncoded()),
      "signed_content": .hex(try SignedContent.bytes(.kemPreKey, content)),
    ])
  }
}
