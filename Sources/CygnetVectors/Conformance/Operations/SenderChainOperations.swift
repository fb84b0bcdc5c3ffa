internal import CygnetPrimitives
internal import CygnetSenderKeys

/// The single steps of sender keys, and their objects taken apart.
enum SenderChainOperations {
  static let all: [Operation] = [
    Operation(
      "sender_chain.context", "Computes what every message of a sender is bound to",
      takes: [Field("distribution_id", .hex(16)), SenderKeyOperations.senderField],
      gives: [Field("context", .hex(32))],
      { (call: inout Call) throws(CygnetError) in
        .of(["context": .hex(try context(call).digest)])
      }),
    Operation(
      "sender_chain.step", "Steps a chain key (CHAIN)",
      takes: [Field("chain_key", .hex(32))],
      gives: [Field("message_key", .hex(32)), Field("next_chain_key", .hex(32))],
      { (call: inout Call) throws(CygnetError) in
        let step = SenderChainKey(try call.arguments.secret("chain_key")).step()
        return .of([
          "message_key": .hex(step.messageKey.secret), "next_chain_key": .hex(step.next.secret),
        ])
      }),
    Operation(
      "sender_chain.expand", "Expands a message key (KEYS)",
      takes: [Field("message_key", .hex(32))],
      gives: [
        Field("key", .hex(32)), Field("commitment", .hex(32)), Field("nonce", .hex(12)),
      ],
      { (call: inout Call) throws(CygnetError) in
        let keys = try SenderMessageKey(call.arguments.secret("message_key")).expanded()
        return .of([
          "key": .hex(keys.key), "commitment": .hex(keys.commitment), "nonce": .hex(keys.nonce),
        ])
      }),
    Operation(
      "sender_chain.seal", "Seals and signs a message with keys that are given",
      takes: [
        Field("distribution_id", .hex(16)), SenderKeyOperations.senderField,
        Field("chain_id", .uint32), Field("iteration", .uint32),
        Field("message_key", .hex(32)), Field("signature_seed", .hex(32)),
        Field("plaintext", .hex), .authenticating,
      ],
      gives: [
        Field("associated_data", .hex), Field("signed_content", .hex, "SignedSenderKeyMessage"),
        SenderKeyOperations.messageField,
      ], seal),
    Operation(
      "sender_chain.message_decode", "Takes a message apart and verifies nothing",
      takes: [SenderKeyOperations.messageField],
      gives: [
        Field("distribution_id", .hex(16)), Field("chain_id", .uint32),
        Field("iteration", .uint32), Field("commitment", .hex(32)), Field("ciphertext", .hex),
        Field("signature", .hex(64)),
      ], decodeMessage),
    Operation(
      "sender_chain.share_encode", "Puts together what shares a chain",
      takes: shareFields, gives: [SenderKeyOperations.distributionField], encodeShare),
    Operation(
      "sender_chain.share_decode", "Takes apart what shares a chain",
      takes: [SenderKeyOperations.distributionField], gives: shareFields, decodeShare),
  ]

  private static let shareFields = [
    Field("distribution_id", .hex(16)), Field("chain_id", .uint32),
    Field("iteration", .uint32), Field("chain_key", .hex(32)), Field("signature_key", .hex(32)),
  ]

  private static func context(_ call: Call) throws(CygnetError) -> SenderKeyContext {
    try SenderKeyContext(
      DistributionID(call.arguments.bytes("distribution_id")),
      sender: call.arguments.bytes("sender"))
  }

  private static func chainID(_ call: Call) throws(CygnetError) -> SenderChainID {
    let number = try call.arguments.uint32("chain_id")
    guard number > 0 else { throw CygnetError(.malformed, "chains are numbered from 1") }
    return SenderChainID(number)
  }

  private static func seal(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let context = try context(call)
    let authenticating = try call.arguments.authenticating()
    let keys = try SenderMessageKey(call.arguments.secret("message_key")).expanded()
    let header = SenderKeyHeader(
      distributionID: try DistributionID(call.arguments.bytes("distribution_id")),
      chainID: try chainID(call),
      iteration: try call.arguments.uint32("iteration"), commitment: keys.commitment)
    let associatedData = try context.associatedData(header, authenticating)
    let ciphertext = try ChaCha20Poly1305.seal(
      call.arguments.bytes("plaintext"), key: keys.key, nonce: keys.nonce,
      authenticating: associatedData)
    let content = try context.signedContent(header, ciphertext, authenticating)
    let signingKey = try Ed25519.PrivateKey(seed: call.arguments.secret("signature_seed"))
    let message = SenderKeyMessage(
      header: header, ciphertext: ciphertext, signature: try signingKey.signature(of: content))
    return .of([
      "associated_data": .hex(associatedData), "signed_content": .hex(content),
      "message": .hex(try message.encoded()),
    ])
  }

  private static func decodeMessage(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let message = try SenderKeyMessage(decoding: call.arguments.bytes("message"))
    return .of([
      "distribution_id": .hex(message.distributionID.bytes),
      "chain_id": .counting(UInt64(message.chainID.rawValue)),
      "iteration": .counting(UInt64(message.iteration)),
      "commitment": .hex(message.header.commitment), "ciphertext": .hex(message.ciphertext),
      "signature": .hex(message.signature),
    ])
  }

  private static func encodeShare(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let message = SenderKeyDistributionMessage(
      distributionID: try DistributionID(call.arguments.bytes("distribution_id")),
      chainID: try chainID(call),
      iteration: try call.arguments.uint32("iteration"),
      chainKey: SenderChainKey(try call.arguments.secret("chain_key")),
      signatureKey: SenderSignatureKey(
        try Ed25519.PublicKey(call.arguments.bytes("signature_key"))))
    return .of(["distribution": .hex(try message.encoded())])
  }

  private static func decodeShare(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let message = try SenderKeyDistributionMessage(decoding: call.arguments.bytes("distribution"))
    return .of([
      "distribution_id": .hex(message.distributionID.bytes),
      "chain_id": .counting(UInt64(message.chainID.rawValue)),
      "iteration": .counting(UInt64(message.iteration)),
      "chain_key": .hex(message.chainKey.secret),
      "signature_key": .hex(message.signatureKey.ed25519.bytes),
    ])
  }
}
