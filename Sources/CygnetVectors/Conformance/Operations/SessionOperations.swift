internal import CygnetPairwise
internal import CygnetPrimitives

/// Sessions between two devices.
enum SessionOperations {
  static let all: [Operation] = [
    Operation(
      "session.initiate", "Starts a session from a bundle, which is verified first",
      takes: [
        IdentityOperations.identityField, Field("address", .address, "one's own"),
        BundleOperations.bundleField, Field("now", .uint64), BundleOperations.expectingField,
        .random(
          "32 bytes for the ephemeral key, in suite 2 32 for the encapsulation, then 32 for the "
            + "first ratchet key"),
      ], gives: [sessionField], initiate),
    Operation(
      "session.accept", "Answers a handshake and decrypts the message that carried it",
      takes: [
        IdentityOperations.identityField, Field("address", .address, "one's own"),
        PreKeysOperations.preKeysField, messageField,
        Field("sender", .address, "where the message came from"), BundleOperations.expectingField,
        .authenticating,
      ], gives: [sessionField, Field("plaintext", .hex)], accept),
    Operation(
      "session.encrypt", "Encrypts a message",
      takes: [
        sessionField, Field("plaintext", .hex), .authenticating,
        .random(
          "32 bytes for a ratchet key if sending is due, then sparse_draw_count, then 16 for the "
            + "header's nonce"),
      ], gives: [messageField], encrypt),
    Operation(
      "session.decrypt", "Decrypts a message",
      takes: [sessionField, messageField, .authenticating],
      gives: [Field("plaintext", .hex)], decrypt),
    Operation(
      "session.belongs", "Tells whether an initial message carries the session's handshake",
      takes: [sessionField, messageField], gives: [Field("belongs", .bool)], belongs),
    Operation(
      "session.show", "Tells what may be said without keys",
      takes: [sessionField],
      gives: [
        Field("suite", .uint16), Field("is_established", .bool, "no handshake is sent any more"),
        Field("peer_identity_key", .hex(33), "IdentityKey"),
        Field("sending", .choice(["waiting", "chain", "due"])), Field("sending_count", .uint32),
        Field("previous_chain_length", .uint32), Field("receiving_count", .nullable(.uint32)),
        Field("skipped_key_count", .uint32),
        Field("sparse_epoch", .nullable(.uint64), "of the sparse ratchet; null in suite 1"),
        Field("sparse_draw_count", .uint32, "bytes that the sparse ratchet draws to send"),
      ], show),
    Operation(
      "session.export", "Gives the stored form",
      takes: [sessionField], gives: [Field("state", .hex, "SessionState")],
      { (call: inout Call) throws(CygnetError) in
        .of(["state": .hex(try call.session().state())])
      }),
    Operation(
      "session.import", "Restores a stored form",
      takes: [Field("state", .hex, "SessionState")], gives: [sessionField],
      { (call: inout Call) throws(CygnetError) in
        let session = try PairwiseSession(restoring: call.arguments.secret("state"))
        return .of(["session": call.create(.session(session))])
      }),
  ]

  private static let sessionField = Field("session", .handle(.session))
  private static let messageField = Field("message", .hex, "PairwiseMessage")

  private static func initiate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let session = try PairwiseSession.initiate(
      to: BundleOperations.verified(call), as: call.identity(),
      at: call.arguments.address("address"), using: &call.random)
    return .of(["session": call.create(.session(session))])
  }

  private static func initial(_ call: Call) throws(CygnetError) -> InitialMessage {
    guard case .initial(let message) = try message(call) else {
      throw CygnetError(.malformed, "not an initial message")
    }
    return message
  }

  private static func message(_ call: Call) throws(CygnetError) -> PairwiseMessage {
    try PairwiseMessage(decoding: call.arguments.bytes("message"))
  }

  private static func accept(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var preKeys = try call.preKeys()
    let accepted = try PairwiseSession.accept(
      initial(call), as: call.identity(), at: call.arguments.address("address"),
      from: call.arguments.address("sender"),
      expecting: call.arguments.optionalIdentityKey("expecting"), using: &preKeys,
      authenticating: call.arguments.authenticating())
    try call.replace("pre_keys", .preKeys(preKeys))
    return .of([
      "session": call.create(.session(accepted.session)), "plaintext": .hex(accepted.plaintext),
    ])
  }

  private static func encrypt(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var session = try call.session()
    let message = try session.encrypt(
      call.arguments.bytes("plaintext"), authenticating: call.arguments.authenticating(),
      using: &call.random)
    try call.replace("session", .session(session))
    return .of(["message": .hex(try message.encoded())])
  }

  private static func decrypt(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var session = try call.session()
    let plaintext = try session.decrypt(
      message(call), authenticating: call.arguments.authenticating())
    try call.replace("session", .session(session))
    return .of(["plaintext": .hex(plaintext)])
  }

  private static func belongs(_ call: inout Call) throws(CygnetError) -> JSONObject {
    .of(["belongs": .bool(try call.session().belongs(initial(call)))])
  }

  private static func show(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let session = try call.session()
    let summary = session.summary
    return .of([
      "suite": .integer(Int(session.suite.rawValue)),
      "is_established": .bool(session.isEstablished),
      "peer_identity_key": .hex(try session.peerIdentity().encoded()),
      "sending": .string(summary.sending.rawValue),
      "sending_count": .counting(UInt64(summary.sendingCount)),
      "previous_chain_length": .counting(UInt64(summary.previousChainLength)),
      "receiving_count": summary.receivingCount.map { .counting(UInt64($0)) } ?? .null,
      "skipped_key_count": .integer(summary.skippedKeyCount),
      "sparse_epoch": summary.sparse.map { .counting($0.epoch) } ?? .null,
      "sparse_draw_count": .integer(summary.sparse?.drawByteCount ?? 0),
    ])
  }
}
