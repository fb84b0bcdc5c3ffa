internal import CygnetPrimitives
internal import CygnetSenderKeys

/// A member's half of one sender's distribution.
enum MemberKeyOperations {
  static let all: [Operation] = [
    Operation(
      "member_key.begin", "Begins with the first chain that a sender shared",
      takes: [SenderKeyOperations.distributionField, SenderKeyOperations.senderField],
      gives: [memberKeyField], begin),
    Operation(
      "member_key.process", "Takes a further chain of the same sender",
      takes: [memberKeyField, SenderKeyOperations.distributionField],
      gives: [Field("processed", .choice(["added", "known", "retired"]))], process),
    Operation(
      "member_key.decrypt", "Decrypts a message of the sender",
      takes: [memberKeyField, SenderKeyOperations.messageField, .authenticating],
      gives: [Field("plaintext", .hex)], decrypt),
    Operation(
      "member_key.show", "Tells what may be said without keys",
      takes: [memberKeyField],
      gives: [Field("distribution_id", .hex(16)), Field("chains", .list(chain))], show),
    Operation(
      "member_key.export", "Gives the stored form",
      takes: [memberKeyField], gives: [Field("state", .hex, "ReceivingSenderKeyState")],
      { (call: inout Call) throws(CygnetError) in
        .of(["state": .hex(try call.memberKey().state())])
      }),
    Operation(
      "member_key.import", "Restores a stored form",
      takes: [Field("state", .hex, "ReceivingSenderKeyState")], gives: [memberKeyField],
      { (call: inout Call) throws(CygnetError) in
        let key = try ReceivingSenderKey(restoring: call.arguments.secret("state"))
        return .of(["member_key": call.create(.memberKey(key))])
      }),
  ]

  private static let memberKeyField = Field("member_key", .handle(.memberKey))
  private static let chain = FieldType.object(
    [
      Field("chain_id", .uint32), Field("first", .uint32), Field("next", .uint32),
      Field("skipped_key_count", .uint32),
    ], name: "chain_id, first, next and skipped_key_count")

  private static func distribution(
    _ call: Call
  ) throws(CygnetError) -> SenderKeyDistributionMessage {
    try SenderKeyDistributionMessage(decoding: call.arguments.bytes("distribution"))
  }

  private static func begin(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let key = try ReceivingSenderKey(distribution(call), from: call.arguments.bytes("sender"))
    return .of(["member_key": call.create(.memberKey(key))])
  }

  private static func process(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var key = try call.memberKey()
    let processed = try key.process(distribution(call))
    try call.replace("member_key", .memberKey(key))
    return .of(["processed": .string(processed.name)])
  }

  private static func decrypt(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var key = try call.memberKey()
    let plaintext = try key.decrypt(
      SenderKeyMessage(decoding: call.arguments.bytes("message")),
      authenticating: call.arguments.authenticating())
    try call.replace("member_key", .memberKey(key))
    return .of(["plaintext": .hex(plaintext)])
  }

  private static func show(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let key = try call.memberKey()
    var chains: [JSON] = []
    for chain in key.summary {
      chains.append([
        "chain_id": .counting(UInt64(chain.chainID.rawValue)),
        "first": .counting(UInt64(chain.first)), "next": .counting(UInt64(chain.next)),
        "skipped_key_count": .integer(chain.skippedKeyCount),
      ])
    }
    return .of([
      "distribution_id": .hex(key.distributionID.bytes), "chains": .array(chains),
    ])
  }
}
