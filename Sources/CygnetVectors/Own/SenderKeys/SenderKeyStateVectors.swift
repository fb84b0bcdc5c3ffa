internal import CygnetPrimitives
internal import CygnetSenderKeys

/// Stored sender keys of layout version 1. Every later version must load them, write them back the
/// same while it still writes version 1, and carry on.
enum SenderKeyStateVectors {
  static let suite = OwnVectorSuite(
    name: "state/v1/sender-keys", kind: .trace, subject: "state",
    spec: "Cygnet Specification: SenderKeys",
    notes: [
      .init(
        flag: "Sending", description: "the half of a sender",
        effect: "a restart uses a message key twice, or loses the members"),
      .init(
        flag: "Receiving", description: "the half of a member",
        effect: "a restart loses messages, or reads one twice"),
      .init(
        flag: "SkippedKeys", description: "keys of messages that have not arrived",
        effect: "a restart loses late messages"),
    ],
    write: write)

  // MARK: - Checking

  /// Loads a sender's half, writes it back, shares the chain, sends and rotates.
  static func runSending(_ test: inout VectorLedger) throws(CygnetError) {
    let stored = try test.secret("state")
    var key = try SendingSenderKey(restoring: stored)
    guard try key.state() == stored else { throw test.failure("re-encodes differently") }
    try test.expect("distribution_id", bytes: key.distributionID.bytes)
    try test.expect("chain_id", .counting(UInt64(key.chainID.rawValue)))
    try test.expect("iteration", .counting(UInt64(key.iteration)))
    try test.expect("started_at", .counting(key.startedAt.seconds))
    try test.expect("message_count", .counting(UInt64(key.policy.messageCount)))
    try test.expect("age", .counting(key.policy.age))
    try test.expect("hard_limit", .counting(UInt64(key.policy.hardLimit)))
    let now = Timestamp(seconds: try test.integer("at"))
    try test.expect("needs_rotation", .bool(key.needsRotation(now: now)))
    try test.expect("distribution", bytes: try key.distributionMessage().encoded())
    let message = try key.encrypt(test.bytes("send"))
    try test.expect("sent", bytes: try message.encoded())
    try test.expect("state_after_send", secret: try key.state())
    var draws = ReplayRandomSource(try test.bytes("draws"))
    try key.rotate(now: now, using: &draws)
    guard draws.isUsedUpExactly else { throw test.failure("other draws than documented") }
    try test.expect("state_after_rotation", secret: try key.state())
  }

  /// Loads a member's half, writes it back and receives what is given.
  static func runReceiving(_ test: inout VectorLedger) throws(CygnetError) {
    let stored = try test.secret("state")
    var key = try ReceivingSenderKey(restoring: stored)
    guard try key.state() == stored else { throw test.failure("re-encodes differently") }
    try test.expect("distribution_id", bytes: key.distributionID.bytes)
    var chains: [JSON] = []
    for chain in key.summary {
      chains.append([
        "chain_id": .counting(UInt64(chain.chainID.rawValue)),
        "first": .counting(UInt64(chain.first)), "next": .counting(UInt64(chain.next)),
        "skipped_key_count": .integer(chain.skippedKeyCount),
      ])
    }
    try test.expect("chains", .array(chains))
    if let distribution = try test.optionalBytes("distribution") {
      let processed = try key.process(SenderKeyDistributionMessage(decoding: distribution))
      try test.expect("processed", .string(processed.name))
    } else {
      try test.expect("processed", .null)
    }
    let plaintext = try key.decrypt(SenderKeyMessage(decoding: test.bytes("receive")))
    try test.expect("received", bytes: plaintext)
    try test.expect("state_after", secret: try key.state())
  }

  // MARK: - Writing

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var scene = try SenderKeyScene(&writer.random)
    let fresh = (scene.alice, scene.bob)
    let late = try scene.send("late")
    _ = try scene.send("lost")
    try scene.read(try scene.send("read"))
    let used = (scene.alice, scene.bob)
    let next = try scene.send("next")
    try scene.rotate()
    let distribution = try scene.alice.distributionMessage().encoded()
    let later = try scene.send("of the new chain")
    let policy = try SenderKeyRotationPolicy(messageCount: 3, age: 3600, hardLimit: 9)
    scene.alice.policy = policy
    try writer.group(
      .sendingSenderKeyState,
      [
        sending("fresh", fresh.0, at: OwnVectorSuite.now, &scene.random),
        sending("a clock that went back", fresh.0, at: OwnVectorSuite.now - 1, &scene.random),
        sending("three messages sent", used.0, at: OwnVectorSuite.now + 604_799, &scene.random),
        sending("seven days old", used.0, at: OwnVectorSuite.now + 604_800, &scene.random),
        sending(
          "after a rotation, another policy", scene.alice, at: OwnVectorSuite.now, &scene.random),
      ])
    try writer.group(
      .receivingSenderKeyState,
      [
        receiving("fresh, the first message is skipped", [], fresh.1, nil, next),
        receiving("two skipped keys, one of them arrives", ["SkippedKeys"], used.1, nil, late),
        receiving("two skipped keys, the next arrives", ["SkippedKeys"], used.1, nil, next),
        receiving(
          "two skipped keys, a new chain", ["SkippedKeys"], used.1, distribution, later),
      ])
  }

  private static func sending(
    _ comment: String, _ key: SendingSenderKey, at time: UInt64,
    _ random: inout SeededRandomSource
  ) throws(CygnetError) -> OwnVectorWriter.Test {
    .init(
      comment, flags: ["Sending"],
      [
        "state": .hex(try key.state().exposed()), "at": .counting(time),
        "send": .hex(Array("carried on".utf8)), "draws": .hex(random.bytes(64)),
      ])
  }

  private static func receiving(
    _ comment: String, _ flags: [String], _ key: ReceivingSenderKey, _ distribution: [UInt8]?,
    _ message: SenderKeyMessage
  ) throws(CygnetError) -> OwnVectorWriter.Test {
    .init(
      comment, flags: ["Receiving"] + flags,
      [
        "state": .hex(try key.state().exposed()),
        "distribution": distribution.map { .hex($0) } ?? .null,
        "receive": .hex(try message.encoded()),
      ])
  }
}
