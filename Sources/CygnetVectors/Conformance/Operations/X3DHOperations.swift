internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// The steps of the key agreement, one by one.
enum X3DHOperations {
  static let all: [Operation] = [
    Operation(
      "x3dh.initiate", "Computes the initiator's shared secret",
      takes: [
        IdentityOperations.identityField, Field("ephemeral_private", .hex(32)),
        BundleOperations.bundleField, Field("now", .uint64), BundleOperations.expectingField,
      ], gives: [secretField],
      { (call: inout Call) throws(CygnetError) in
        let bundle = try BundleOperations.verified(call)
        guard bundle.suite == .x3dh else {
          throw CygnetError(.ruleViolation, "a bundle of another suite")
        }
        let shared = try X3DH.initiate(
          identity: call.identity(), ephemeral: call.arguments.privateKey("ephemeral_private"),
          peer: bundle)
        return .of(["shared_secret": .hex(shared.secret)])
      }),
    Operation(
      "x3dh.accept", "Computes the responder's shared secret",
      takes: [
        IdentityOperations.identityField, Field("signed_pre_key_private", .hex(32)),
        Field("one_time_pre_key_private", .nullable(.hex(32))),
        Field("peer_identity_key", .hex, "IdentityKey"), Field("ephemeral_key", .hex(32)),
      ], gives: [secretField], accept),
    Operation(
      "x3dh.kdf", "Computes the shared secret from three or four agreements",
      takes: [Field("agreements", .list(.hex(32))), Field("info", .hex)],
      gives: [secretField], kdf),
    Operation(
      "x3dh.associated_data", "Gives the associated data of a session and its digest",
      takes: [
        Field("suite", .uint16), Field("initiator_identity_key", .hex, "IdentityKey"),
        Field("responder_identity_key", .hex, "IdentityKey"),
        Field("initiator_address", .address), Field("responder_address", .address),
      ],
      gives: [Field("associated_data", .hex, "AssociatedData"), Field("digest", .hex(32))],
      associatedData),
    Operation(
      "x3dh.handshake", "Writes a handshake and names it",
      takes: [
        Field("suite", .uint16), Field("identity_key", .hex, "IdentityKey"),
        Field("ephemeral_key", .hex(32)), Field("signed_pre_key_id", .uint32),
        Field("one_time_pre_key_id", .nullable(.uint32)),
      ],
      gives: [Field("handshake", .hex, "Handshake"), Field("handshake_id", .hex(16))], handshake),
  ]

  private static let secretField = Field("shared_secret", .hex(32))

  private static func accept(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let arguments = call.arguments
    var oneTime: X25519.PrivateKey?
    if arguments.has("one_time_pre_key_private") {
      oneTime = try arguments.privateKey("one_time_pre_key_private")
    }
    let shared = try X3DH.accept(
      suite: .x3dh, identity: call.identity(),
      signedPreKey: arguments.privateKey("signed_pre_key_private"), oneTimePreKey: oneTime,
      peer: arguments.identityKey("peer_identity_key"),
      ephemeral: arguments.curveKey("ephemeral_key"))
    return .of(["shared_secret": .hex(shared.secret)])
  }

  static func agreements(_ call: Call) throws(CygnetError) -> [SecretBytes] {
    var agreements: [SecretBytes] = []
    for value in try call.arguments.list("agreements") {
      guard case .bytes(let bytes) = value else { throw Call.slip }
      agreements.append(SecretBytes(copying: bytes))
    }
    guard (3...4).contains(agreements.count) else {
      throw CygnetError(.ruleViolation, "X3DH has three or four agreements")
    }
    return agreements
  }

  private static func kdf(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let shared = try X3DH.kdf(agreements(call), info: call.arguments.bytes("info"))
    return .of(["shared_secret": .hex(shared.secret)])
  }

  private static func associatedData(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let data = AssociatedData(
      suite: Suite(rawValue: try call.arguments.uint16("suite")),
      initiator: try call.arguments.identityKey("initiator_identity_key").ed25519,
      responder: try call.arguments.identityKey("responder_identity_key").ed25519,
      initiatorAddress: try call.arguments.address("initiator_address"),
      responderAddress: try call.arguments.address("responder_address"))
    return .of([
      "associated_data": .hex(try data.wireEncoded()), "digest": .hex(try data.digest()),
    ])
  }

  private static func handshake(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var oneTime: OneTimePreKeyID?
    if call.arguments.has("one_time_pre_key_id") {
      oneTime = OneTimePreKeyID(try call.arguments.uint32("one_time_pre_key_id"))
    }
    let handshake = Handshake(
      suite: Suite(rawValue: try call.arguments.uint16("suite")),
      identity: try call.arguments.identityKey("identity_key").ed25519,
      ephemeral: try call.arguments.curveKey("ephemeral_key"),
      signedPreKeyID: SignedPreKeyID(try call.arguments.uint32("signed_pre_key_id")),
      oneTimePreKeyID: oneTime)
    return .of([
      "handshake": .hex(try handshake.wireEncoded()),
      "handshake_id": .hex(try handshake.id().bytes),
    ])
  }
}
