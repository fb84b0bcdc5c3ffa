internal import CygnetPairwise
internal import CygnetPrimitives

/// The Double Ratchet without a handshake around it.
enum RatchetOperations {
  static let all: [Operation] = [
    Operation(
      "ratchet.initiate", "Starts the initiator's ratchet from a shared secret",
      takes: [
        Field("shared_secret", .hex(32)), Field("peer_ratchet_key", .hex(32), "the signed prekey"),
        .random("32 bytes for the first ratchet key"),
      ], gives: [ratchetField], initiate),
    Operation(
      "ratchet.respond", "Starts the responder's ratchet from a shared secret",
      takes: [
        Field("shared_secret", .hex(32)),
        Field("ratchet_private", .hex(32), "that of the signed prekey"),
      ], gives: [ratchetField], respond),
    Operation(
      "ratchet.encrypt", "Encrypts under session data that is given",
      takes: [
        ratchetField, Field("session_data", .hex(32)), Field("plaintext", .hex), .authenticating,
        .random("32 bytes for a ratchet key if a step is due, then 16 for the header's nonce"),
      ], gives: [Field("sealed_header", .hex(72)), Field("ciphertext", .hex)], encrypt),
    Operation(
      "ratchet.decrypt", "Decrypts under session data that is given",
      takes: [
        ratchetField, Field("session_data", .hex(32)), Field("sealed_header", .hex(72)),
        Field("ciphertext", .hex), .authenticating,
      ], gives: [Field("plaintext", .hex), Field("skipped_key_count", .uint32)], decrypt),
  ]

  private static let ratchetField = Field("ratchet", .handle(.ratchet))

  private static func start(_ call: Call) throws(CygnetError) -> RootKey.Start {
    try RootKey.Start(X3DH.SharedSecret(call.arguments.secret("shared_secret")), suite: .x3dh)
  }

  private static func initiate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let ratchet = try DoubleRatchet.initiator(
      start(call), peerRatchetKey: call.arguments.curveKey("peer_ratchet_key"),
      suite: .x3dh, using: &call.random)
    return .of(["ratchet": call.create(.ratchet(ratchet))])
  }

  private static func respond(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let ratchet = try DoubleRatchet.responder(
      start(call),
      ownRatchetKey: X25519.KeyPair(call.arguments.privateKey("ratchet_private")), suite: .x3dh)
    return .of(["ratchet": call.create(.ratchet(ratchet))])
  }

  private static func encrypt(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var ratchet = try call.ratchet()
    let message = try ratchet.encrypt(
      call.arguments.bytes("plaintext"), sessionData: call.arguments.bytes("session_data"),
      authenticating: call.arguments.authenticating(), using: &call.random)
    try call.replace("ratchet", .ratchet(ratchet))
    return .of([
      "sealed_header": .hex(message.sealedHeader), "ciphertext": .hex(message.ciphertext),
    ])
  }

  private static func decrypt(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var ratchet = try call.ratchet()
    let message = RatchetMessage(
      sealedHeader: try call.arguments.bytes("sealed_header"),
      ciphertext: try call.arguments.bytes("ciphertext"))
    let plaintext = try ratchet.decrypt(
      message, sessionData: call.arguments.bytes("session_data"),
      authenticating: call.arguments.authenticating())
    try call.replace("ratchet", .ratchet(ratchet))
    return .of([
      "plaintext": .hex(plaintext), "skipped_key_count": .integer(ratchet.skipped.count),
    ])
  }
}
