internal import CygnetPrimitives
internal import CygnetSenderKeys

/// A sender's own half of a distribution.
enum SenderKeyOperations {
  static let all: [Operation] = [
    Operation(
      "sender_key.generate", "Begins the first chain of a sender",
      takes: [
        Field("distribution_id", .hex(16)), senderField, Field("message_count", .uint32),
        Field("age", .uint64, "seconds"), Field("hard_limit", .uint32), Field("now", .uint64),
        drawsField,
      ], gives: [senderKeyField], generate),
    Operation(
      "sender_key.rotate", "Begins the next chain",
      takes: [senderKeyField, Field("now", .uint64), drawsField], rotate),
    Operation(
      "sender_key.share", "Gives what lets a member read from the next message on",
      takes: [senderKeyField], gives: [distributionField],
      { (call: inout Call) throws(CygnetError) in
        .of(["distribution": .hex(try call.senderKey().distributionMessage().encoded())])
      }),
    Operation(
      "sender_key.encrypt", "Encrypts a message for all members",
      takes: [senderKeyField, Field("plaintext", .hex), .authenticating],
      gives: [messageField], encrypt),
    Operation(
      "sender_key.show", "Tells what may be said without keys",
      takes: [senderKeyField, Field("now", .uint64)],
      gives: [
        Field("distribution_id", .hex(16)), Field("chain_id", .uint32),
        Field("iteration", .uint32, "messages sent in the chain"), Field("started_at", .uint64),
        Field("needs_rotation", .bool),
      ], show),
    Operation(
      "sender_key.export", "Gives the stored form",
      takes: [senderKeyField], gives: [Field("state", .hex, "SendingSenderKeyState")],
      { (call: inout Call) throws(CygnetError) in
        .of(["state": .hex(try call.senderKey().state())])
      }),
    Operation(
      "sender_key.import", "Restores a stored form",
      takes: [Field("state", .hex, "SendingSenderKeyState")], gives: [senderKeyField],
      { (call: inout Call) throws(CygnetError) in
        let key = try SendingSenderKey(restoring: call.arguments.secret("state"))
        return .of(["sender_key": call.create(.senderKey(key))])
      }),
  ]

  static let senderField = Field(
    "sender", .hex(1...1024), "what names the sender alike on both sides")
  static let distributionField = Field("distribution", .hex, "SenderKeyDistributionMessage")
  static let messageField = Field("message", .hex, "SenderKeyMessage")
  private static let senderKeyField = Field("sender_key", .handle(.senderKey))
  private static let drawsField = Field.random(
    "32 bytes for the chain key, then 32 for the seed of the signature key")

  private static func generate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let policy = try SenderKeyRotationPolicy(
      messageCount: call.arguments.uint32("message_count"), age: call.arguments.uint64("age"),
      hardLimit: call.arguments.uint32("hard_limit"))
    let key = try SendingSenderKey.generate(
      for: DistributionID(call.arguments.bytes("distribution_id")),
      sender: call.arguments.bytes("sender"), policy: policy, now: call.arguments.now(),
      using: &call.random)
    return .of(["sender_key": call.create(.senderKey(key))])
  }

  private static func rotate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var key = try call.senderKey()
    try key.rotate(now: call.arguments.now(), using: &call.random)
    try call.replace("sender_key", .senderKey(key))
    return JSONObject()
  }

  private static func encrypt(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var key = try call.senderKey()
    let message = try key.encrypt(
      call.arguments.bytes("plaintext"), authenticating: call.arguments.authenticating())
    try call.replace("sender_key", .senderKey(key))
    return .of(["message": .hex(try message.encoded())])
  }

  private static func show(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let key = try call.senderKey()
    return .of([
      "distribution_id": .hex(key.distributionID.bytes),
      "chain_id": .counting(UInt64(key.chainID.rawValue)),
      "iteration": .counting(UInt64(key.iteration)),
      "started_at": .counting(key.startedAt.seconds),
      "needs_rotation": .bool(key.needsRotation(now: try call.arguments.now())),
    ])
  }
}
