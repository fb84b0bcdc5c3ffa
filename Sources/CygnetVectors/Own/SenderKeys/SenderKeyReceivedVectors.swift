internal import CygnetPrimitives
internal import CygnetSenderKeys

/// Messages and distribution messages that a member must take or refuse, at its bounds and beyond
/// them. Every test begins with the group's state.
enum SenderKeyReceivedVectors {
  static let suite = OwnVectorSuite(
    name: "sender-keys/received", kind: .check, subject: "sender-keys",
    spec: "Cygnet Specification: SenderKeys",
    notes: [
      .init(
        flag: "Genuine", description: "what an honest sender sends", effect: "messages are lost"),
      .init(
        flag: "Bounds", description: "as many skipped messages or chains as allowed, or one more",
        effect: "a sender makes one message cost any number of steps"),
      .init(
        flag: "Replay", description: "what was read or shared before",
        effect: "a recorded message is read again"),
      .init(
        flag: "Before", description: "sent before the member was given the chain",
        effect: "who joins reads what was said before"),
      .init(
        flag: "Forged", description: "what the sender has not sent",
        effect: "a member or a server writes for the sender"),
      .init(
        flag: "Rule", description: "what the sender sent against the rules",
        effect: "members read different things in one message, or use keys twice"),
    ],
    write: write)

  static func openMessages(
    _ group: inout VectorLedger
  ) throws(CygnetError) -> OwnGroupType.TestRunner {
    let stored = try group.secret("state")
    _ = try ReceivingSenderKey(restoring: stored)
    return { (test: inout VectorLedger) throws(CygnetError) in
      let bytes = try test.bytes("message")
      let authenticating = try test.bytes("authenticating")
      var member = try ReceivingSenderKey(restoring: stored)
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try member.decrypt(SenderKeyMessage(decoding: bytes), authenticating: authenticating)
      }
      guard let plaintext = try test.settle(outcome) else {
        guard try member.state() == stored else {
          throw test.failure("a refused message changed the state")
        }
        return
      }
      try test.expect("plaintext", bytes: plaintext)
      try test.expect("skipped_key_count", .integer(member.skippedKeyCount))
      try test.expect("state_after_sha256", bytes: SHA256.hash(try member.state().exposed()))
    }
  }

  static func openShared(
    _ group: inout VectorLedger
  ) throws(CygnetError) -> OwnGroupType.TestRunner {
    let stored = try group.secret("state")
    _ = try ReceivingSenderKey(restoring: stored)
    return { (test: inout VectorLedger) throws(CygnetError) in
      let bytes = try test.bytes("distribution")
      var member = try ReceivingSenderKey(restoring: stored)
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try member.process(SenderKeyDistributionMessage(decoding: bytes))
      }
      guard let processed = try test.settle(outcome) else {
        guard try member.state() == stored else {
          throw test.failure("a refused message changed the state")
        }
        return
      }
      try test.expect("processed", .string(processed.name))
      try test.expect("state_after_sha256", bytes: SHA256.hash(try member.state().exposed()))
    }
  }

  // MARK: - Writing

  private typealias Test = OwnVectorWriter.Test

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var scene = try SenderKeyScene(&writer.random, policy: SenderKeyScene.unlimited())
    let before = try scene.send("before Bob joined")
    scene.bob = try ReceivingSenderKey(
      scene.alice.distributionMessage(), from: SenderKeyScene.sender)
    let late = try scene.send("late")
    let read = try scene.send("read before")
    try scene.read(read)
    try writer.group(
      .senderKeyReceived, ["state": try state(of: scene)],
      try messages(scene, before: before, late: late, read: read))
    writer.random = scene.random
    try shared(&writer)
  }

  private static func state(of scene: SenderKeyScene) throws(CygnetError) -> JSON {
    .hex(try scene.bob.state().exposed())
  }

  private static func test(
    _ comment: String, _ flag: String, _ message: [UInt8], _ error: CygnetError.Code?,
    authenticating: [UInt8] = []
  ) -> Test {
    var members: [(String, JSON)] = [
      ("message", .hex(message)), ("authenticating", .hex(authenticating)),
      ("result", error == nil ? "valid" : "invalid"),
    ]
    if let error { members.append(("error", .string(error.name))) }
    return Test(comment, flags: [flag], members: members)
  }

  private static func messages(
    _ start: SenderKeyScene, before: SenderKeyMessage, late: SenderKeyMessage,
    read: SenderKeyMessage
  ) throws(CygnetError) -> [Test] {
    var scene = start
    let data = Array("seat 5".utf8)
    let hostile = try HostileSender(scene.alice)
    let bound = try scene.alice.encrypt(Array("in its turn".utf8), authenticating: data).encoded()
    let good = try scene.send("after it").encoded()
    var atBound: [UInt8] = []
    for _ in 5...2003 { atBound = try scene.send("2000 skipped").encoded() }
    let beyond = try scene.send("one too far").encoded()
    var tests = [
      test("the next message", "Genuine", bound, nil, authenticating: data),
      test("the one after it", "Genuine", good, nil),
      test("a late message", "Genuine", try late.encoded(), nil),
      test("2000 messages skipped", "Bounds", atBound, nil),
      test("2001 messages skipped", "Bounds", beyond, .tooFarAhead),
      test("read before", "Replay", try read.encoded(), .duplicate),
      test("sent before Bob joined", "Before", try before.encoded(), .notFound),
      test("without the data that was authenticated", "Forged", bound, .authenticationFailed),
      test(
        "with other data than was authenticated", "Forged", bound, .authenticationFailed,
        authenticating: Array("seat 6".utf8)),
    ]
    for (name, offset, error): (String, Int, CygnetError.Code) in [
      ("distribution id", 3, .notFound), ("chain", 22, .notFound),
      ("number", 26, .authenticationFailed), ("commitment", 27, .authenticationFailed),
      ("ciphertext", 60, .authenticationFailed), ("tag", good.count - 65, .authenticationFailed),
      ("first half of the signature", good.count - 64, .authenticationFailed),
      ("second half of the signature", good.count - 32, .authenticationFailed),
    ] {
      tests.append(
        test(
          "a bit flipped: \(name)", "Forged",
          good.replacing(at: offset, [good[offset] ^ (name == "chain" ? 2 : 1)]), error))
    }
    tests += try forged(&scene, hostile, good)
    return tests + (try againstTheRules(hostile))
  }

  /// By a member, who has every key but the one that signs.
  private static func forged(
    _ scene: inout SenderKeyScene, _ honest: HostileSender, _ good: [UInt8]
  ) throws(CygnetError) -> [Test] {
    var other = try SendingSenderKey.generate(
      for: scene.alice.distributionID, sender: SenderKeyScene.sender, now: vectorTime,
      using: &scene.random)
    let member = try HostileSender(other)
    let foreign = try other.encrypt([1]).encoded()
    let renamed = try HostileSender(scene.alice, sender: Array("mallory".utf8))
    return [
      test(
        "under Alice's key, with another's signature", "Forged",
        try member.message(number: 3, key: honest.messageKey(3)), .authenticationFailed),
      test(
        "a high number, with another's signature", "Forged",
        try member.message(number: 4_000_000, key: member.messageKey(0)), .authenticationFailed),
      test(
        "Alice's message with another's signature", "Forged",
        good.dropLast(64) + foreign.suffix(64), .authenticationFailed),
      test(
        "S of the signature plus the order of the group", "Forged", malleated(good),
        .authenticationFailed),
      test("another sender's first message", "Forged", foreign, .authenticationFailed),
      test(
        "made under another sender's name", "Forged",
        try renamed.message(
          number: scene.alice.iteration, key: renamed.messageKey(scene.alice.iteration)),
        .authenticationFailed),
    ]
  }

  /// By the sender itself, with a good signature.
  private static func againstTheRules(
    _ hostile: HostileSender
  ) throws(CygnetError) -> [Test] {
    let other = SenderMessageKey(SecretBytes(copying: [UInt8](repeating: 7, count: 32)))
    let own = hostile.messageKey(3)
    return [
      test(
        "sealed under another key than its number has", "Rule",
        try hostile.message(number: 3, key: other), .authenticationFailed),
      test(
        "under another key, with the right commitment", "Rule",
        try hostile.message(number: 3, key: other, commitment: own), .authenticationFailed),
      test(
        "under the right key, with a commitment to another", "Rule",
        try hostile.message(number: 3, key: own, commitment: other), .authenticationFailed),
      test(
        "a ciphertext that does not open", "Rule",
        try hostile.message(number: 3, key: own, flippingTag: true), .authenticationFailed),
      test(
        "the last number that a chain can have", "Bounds",
        try hostile.message(number: .max - 2, key: own), .tooFarAhead),
      test(
        "a number that no chain has", "Bounds", try hostile.message(number: .max - 1, key: own),
        .malformed),
    ]
  }

  /// The group's order added to S: a second signature, which only a lax reader takes.
  private static func malleated(_ message: [UInt8]) -> [UInt8] {
    let order: [UInt8] =
      [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
        0x14,
      ] + [UInt8](repeating: 0, count: 15) + [0x10]
    var changed = message
    var carry = 0
    for (index, byte) in order.enumerated() {
      let place = message.count - 32 + index
      let sum = Int(message[place]) + Int(byte) + carry
      changed[place] = UInt8(sum & 0xff)
      carry = sum >> 8
    }
    return changed
  }
}

// MARK: - Distribution messages

extension SenderKeyReceivedVectors {
  private static func sharedTest(
    _ comment: String, _ flag: String, _ distribution: [UInt8], _ error: CygnetError.Code? = nil
  ) -> Test {
    var members: [(String, JSON)] = [
      ("distribution", .hex(distribution)), ("result", error == nil ? "valid" : "invalid"),
    ]
    if let error { members.append(("error", .string(error.name))) }
    return Test(comment, flags: [flag], members: members)
  }

  /// Bob holds chains 2, 3, 5, 6 and 7; 1 was given up.
  private static func shared(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var scene = try SenderKeyScene(&writer.random)
    var shared: [[UInt8]] = [try scene.alice.distributionMessage().encoded()]
    for chain in 2...7 {
      try scene.rotate()
      shared.append(try scene.alice.distributionMessage().encoded())
      if chain != 4 { try scene.share() }
    }
    _ = try scene.send("moves the chain on")
    let later = try scene.alice.distributionMessage().encoded()
    let state = try state(of: scene)
    try scene.rotate()
    let next = try scene.alice.distributionMessage().encoded()
    let other = try SenderKeyScene(&scene.random)
    try writer.group(
      .senderKeyShared, ["state": state],
      [
        sharedTest("the next chain", "Genuine", next),
        sharedTest("a chain between those that are held", "Genuine", shared[3]),
        sharedTest("a chain that is held", "Replay", shared[6]),
        sharedTest("a chain that is held, from a later message on", "Replay", later),
        sharedTest("the oldest chain that is held", "Replay", shared[1]),
        sharedTest("a chain that was given up", "Replay", shared[0]),
        sharedTest(
          "the last chain there can be", "Bounds", next.replacing(at: 21, [255, 255, 255, 255])),
        sharedTest(
          "a chain that is held, with another signature key", "Rule",
          shared[6].replacing(at: 62, Array(next[62..<94])), .ruleViolation),
        sharedTest(
          "a chain of another distribution", "Rule",
          try other.alice.distributionMessage().encoded(), .ruleViolation),
        sharedTest("chain 0", "Bounds", next.replacing(at: 21, [0, 0, 0, 0]), .malformed),
        sharedTest("suite 2", "Rule", next.replacing(at: 3, [0, 2]), .unsupported),
      ])
  }
}

extension ReceivingSenderKey.Processed {
  /// As vectors spell it.
  var name: String {
    switch self {
    case .added: "added"
    case .known: "known"
    case .retired: "retired"
    }
  }
}
