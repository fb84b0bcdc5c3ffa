internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// The key derivations of the Double Ratchet, and what each key seals.
enum RatchetKeyOperations {
  static let all: [Operation] = [
    Operation(
      "ratchet.start", "Derives what both sides start from",
      takes: [Field("shared_secret", .hex(32))],
      gives: [
        Field("root_key", .hex(32)), Field("initiator_header_key", .hex(32)),
        Field("responder_header_key", .hex(32)),
      ], start),
    Operation(
      "ratchet.kdf_rk", "Steps a root key (KDF_RK_HE)",
      takes: [Field("root_key", .hex(32)), Field("dh_output", .hex(32))],
      gives: [
        Field("root_key", .hex(32)), Field("chain_key", .hex(32)),
        Field("next_header_key", .hex(32)),
      ], rootStep),
    Operation(
      "ratchet.kdf_ck", "Steps a chain key (KDF_CK)",
      takes: [Field("chain_key", .hex(32))],
      gives: [Field("message_key", .hex(32)), Field("next_chain_key", .hex(32))], chainStep),
    Operation(
      "ratchet.seal_header", "Writes and seals a header (HENCRYPT)",
      takes: [Field("header_key", .hex(32))] + headerFields + [
        .random("16 bytes, the nonce")
      ],
      gives: [Field("header", .hex(40), "RatchetHeader"), Field("sealed_header", .hex(72))],
      sealHeader),
    Operation(
      "ratchet.open_header", "Opens and reads a header (HDECRYPT)",
      takes: [Field("header_key", .hex(32)), Field("sealed_header", .hex(72))],
      gives: [Field("header", .hex(40), "RatchetHeader")] + headerFields, openHeader),
    Operation(
      "ratchet.seal_message", "Seals a plaintext under a message key (ENCRYPT)",
      takes: [
        Field("message_key", .hex(32)), Field("plaintext", .hex),
        Field("associated_data", .hex, "session data, sealed header, then what is bound"),
      ], gives: [Field("ciphertext", .hex)],
      { (call: inout Call) throws(CygnetError) in
        let key = MessageKey(try call.arguments.secret("message_key"))
        let ciphertext = try key.seal(
          call.arguments.bytes("plaintext"),
          authenticating: call.arguments.bytes("associated_data"))
        return .of(["ciphertext": .hex(ciphertext)])
      }),
    Operation(
      "ratchet.open_message", "Opens a ciphertext under a message key (DECRYPT)",
      takes: [
        Field("message_key", .hex(32)), Field("ciphertext", .hex), Field("associated_data", .hex),
      ], gives: [Field("plaintext", .hex)],
      { (call: inout Call) throws(CygnetError) in
        let key = MessageKey(try call.arguments.secret("message_key"))
        let plaintext = try key.open(
          call.arguments.bytes("ciphertext"),
          authenticating: call.arguments.bytes("associated_data"))
        return .of(["plaintext": .hex(plaintext)])
      }),
  ]

  private static let headerFields = [
    Field("ratchet_key", .hex(32)), Field("previous_chain_length", .uint32), Field("n", .uint32),
  ]

  private static func start(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let shared = X3DH.SharedSecret(try call.arguments.secret("shared_secret"))
    let start = try RootKey.Start(shared, suite: .x3dh)
    return .of([
      "root_key": .hex(start.rootKey.secret),
      "initiator_header_key": .hex(start.initiatorHeaderKey.secret),
      "responder_header_key": .hex(start.responderHeaderKey.secret),
    ])
  }

  private static func rootStep(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let step = try RootKey(call.arguments.secret("root_key")).step(
      call.arguments.secret("dh_output"), suite: .x3dh)
    return .of([
      "root_key": .hex(step.rootKey.secret), "chain_key": .hex(step.chainKey.secret),
      "next_header_key": .hex(step.nextHeaderKey.secret),
    ])
  }

  private static func chainStep(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let step = ChainKey(try call.arguments.secret("chain_key")).step()
    return .of([
      "message_key": .hex(step.messageKey.secret), "next_chain_key": .hex(step.next.secret),
    ])
  }

  private static func sealHeader(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let header = RatchetHeader(
      ratchetKey: try call.arguments.curveKey("ratchet_key"),
      previousChainLength: try call.arguments.uint32("previous_chain_length"),
      n: try call.arguments.uint32("n"))
    let key = HeaderKey(try call.arguments.secret("header_key"))
    let sealed = try key.seal(header.encoded(), using: &call.random)
    return .of(["header": .hex(try header.encoded()), "sealed_header": .hex(sealed)])
  }

  private static func openHeader(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let key = HeaderKey(try call.arguments.secret("header_key"))
    guard let opened = try key.open(call.arguments.bytes("sealed_header")) else {
      throw CygnetError(.authenticationFailed, "the header was not sealed under this key")
    }
    let header = try RatchetHeader(wire: opened)
    return .of([
      "header": .hex(opened), "ratchet_key": .hex(header.ratchetKey.bytes),
      "previous_chain_length": .counting(UInt64(header.previousChainLength)),
      "n": .counting(UInt64(header.n)),
    ])
  }
}
