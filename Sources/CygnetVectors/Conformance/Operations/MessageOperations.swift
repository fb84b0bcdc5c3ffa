internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Messages as they travel.
enum MessageOperations {
  static let all: [Operation] = [
    Operation(
      "message.decode", "Takes a message apart and verifies nothing",
      takes: [Field("message", .hex, "PairwiseMessage")],
      gives: [
        handshakeField, Field("handshake_id", .nullable(.hex(16))),
        sealedHeaderField, Field("ciphertext", .hex),
      ], decode),
    Operation(
      "message.encode", "Puts a message together",
      takes: [handshakeField, sealedHeaderField, Field("ciphertext", .hex)],
      gives: [Field("message", .hex, "PairwiseMessage")], encode),
  ]

  private static let sealedHeaderField = Field(
    "sealed_header", .hex(72...121), "72 bytes in suite 1, more in suite 2")
  private static let handshakeField = Field(
    "handshake", .nullable(.hex), "Handshake; null in a message after the first reply")

  private static func decode(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var handshake: Handshake?
    let body: RatchetMessage
    switch try PairwiseMessage(decoding: call.arguments.bytes("message")) {
    case .initial(let message):
      handshake = message.handshake
      body = message.body
    case .ratchet(let message): body = message
    }
    return .of([
      "handshake": .hex(optional: try handshake?.wireEncoded()),
      "handshake_id": .hex(optional: try handshake?.id().bytes),
      "sealed_header": .hex(body.sealedHeader), "ciphertext": .hex(body.ciphertext),
    ])
  }

  private static func encode(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let body = RatchetMessage(
      sealedHeader: try call.arguments.bytes("sealed_header"),
      ciphertext: try call.arguments.bytes("ciphertext"))
    var message = PairwiseMessage.ratchet(body)
    if let handshake = try call.arguments.optionalBytes("handshake") {
      message = .initial(InitialMessage(handshake: try Handshake(wire: handshake), body: body))
    }
    let encoded = try message.encoded()
    // What cannot be decoded is not a message: a ciphertext may be too short or too long.
    _ = try PairwiseMessage(decoding: encoded)
    return .of(["message": .hex(encoded)])
  }
}
