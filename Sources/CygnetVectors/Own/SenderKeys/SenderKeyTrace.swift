internal import CygnetPrimitives
internal import CygnetSenderKeys

/// Sender keys with every intermediate value, event by event.
///
/// `SenderKeyTracer` computes the values from primitives the way the specification writes them, and
/// the library runs beside it: bytes sent and read must agree.
enum SenderKeyTrace {
  static let suite = OwnVectorSuite(
    name: "sender-keys/trace", kind: .trace, subject: "sender-keys",
    spec: "Cygnet Specification: SenderKeys",
    notes: [
      .init(
        flag: "Chain", description: "a chain begins, or is shared",
        effect: "members cannot read the sender"),
      .init(
        flag: "OutOfOrder", description: "keys of earlier messages are stored, or used later",
        effect: "late messages are lost"),
      .init(
        flag: "Joiner", description: "a member that was given the chain later",
        effect: "who joins reads nothing, or what was sent before"),
      .init(
        flag: "OldChain", description: "a message of the chain before the rotation",
        effect: "messages on their way across a rotation are lost"),
      .init(
        flag: "Authenticating", description: "data that is bound and not sent",
        effect: "messages are taken in another place than they were meant for"),
    ],
    write: write)

  private typealias Event = (event: String, party: String, id: String, flags: [String])

  /// What happens, who is concerned, and what it shows.
  private static let script: [Event] = [
    ("begin", "alice", "", ["Chain"]), ("share", "bob", "", ["Chain"]),
    ("send", "alice", "m0", []), ("receive", "bob", "m0", []),
    ("send", "alice", "m1", []), ("send", "alice", "m2", ["Authenticating"]),
    ("send", "alice", "m3", []), ("receive", "bob", "m3", ["OutOfOrder"]),
    ("receive", "bob", "m1", ["OutOfOrder"]),
    ("share", "carol", "", ["Chain", "Joiner"]), ("send", "alice", "m4", []),
    ("receive", "carol", "m4", ["Joiner"]), ("receive", "bob", "m4", []),
    ("send", "alice", "m5", []), ("begin", "alice", "", ["Chain"]),
    ("share", "bob", "", ["Chain"]), ("share", "carol", "", ["Chain"]),
    ("send", "alice", "m6", []), ("receive", "bob", "m6", []),
    ("receive", "bob", "m5", ["OldChain"]), ("receive", "carol", "m6", []),
    ("receive", "bob", "m2", ["OldChain", "OutOfOrder", "Authenticating"]),
    ("share", "carol", "", ["Chain"]), ("send", "alice", "m7", []),
    ("receive", "carol", "m7", []),
  ]

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let parameters: KeyValuePairs<String, JSON> = [
      "suite": 1, "distribution_id": .hex(writer.random.bytes(DistributionID.byteCount)),
      "sender": .hex(SenderKeyScene.sender),
    ]
    var tests: [OwnVectorWriter.Test] = []
    for step in script {
      var members: [(String, JSON)] = [("event", .string(step.event))]
      let data: [UInt8] = step.flags.contains("Authenticating") ? Array("seat 2".utf8) : []
      switch step.event {
      case "begin":
        members.append(("first_chain_key", .hex(writer.random.bytes(32))))
        members.append(("signature_seed", .hex(writer.random.bytes(32))))
      case "share": members.append(("party", .string(step.party)))
      case "send":
        members.append(("message_id", .string(step.id)))
        members.append(("plaintext", .hex(Array("message \(step.id)".utf8))))
        members.append(("authenticating", .hex(data)))
      default:
        members.append(("party", .string(step.party)))
        members.append(("message_id", .string(step.id)))
        members.append(("authenticating", .hex(data)))
      }
      tests.append(
        .init(comment(step), flags: step.flags, members: members))
    }
    try writer.group(.senderKeys, parameters, tests)
  }

  private static func comment(_ step: Event) -> String {
    switch step.event {
    case "begin": "\(step.party) begins a chain"
    case "share": "alice shares the chain with \(step.party)"
    case "send": "\(step.party) sends \(step.id)"
    default: "\(step.party) receives \(step.id)"
    }
  }

  // MARK: - Running

  private struct Scene {
    var tracer: SenderKeyTracer
    let distributionID: DistributionID
    let sender: [UInt8]
    var alice: SendingSenderKey?
    var members: [String: ReceivingSenderKey] = [:]
    var sent: [String: (message: [UInt8], plaintext: [UInt8])] = [:]
  }

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard try group.integer("suite") == UInt64(SenderKeySuite.first.rawValue) else {
      throw group.failure("unknown suite")
    }
    let id = try group.bytes("distribution_id")
    let sender = try group.bytes("sender")
    var scene = Scene(
      tracer: try SenderKeyTracer(distributionID: id, sender: sender, &group),
      distributionID: try DistributionID(id), sender: sender)
    return { (test: inout VectorLedger) throws(CygnetError) in
      switch try test.text("event") {
      case "begin": try begin(&scene, &test)
      case "share": try share(&scene, &test)
      case "send": try send(&scene, &test)
      case "receive": try receive(&scene, &test)
      default: throw test.failure("unknown event")
      }
    }
  }

  private static func begin(
    _ scene: inout Scene, _ test: inout VectorLedger
  ) throws(CygnetError) {
    let chainKey = try test.secret("first_chain_key")
    let seed = try test.secret("signature_seed")
    try scene.tracer.begin(chainKey: chainKey, seed: seed, &test)
    var draws = ReplayRandomSource(chainKey.exposed(), seed.exposed())
    if var alice = scene.alice {
      try alice.rotate(now: vectorTime, using: &draws)
      scene.alice = alice
    } else {
      scene.alice = try SendingSenderKey.generate(
        for: scene.distributionID, sender: scene.sender, now: vectorTime, using: &draws)
    }
    guard draws.isUsedUpExactly else { throw test.failure("other draws than documented") }
  }

  private static func share(
    _ scene: inout Scene, _ test: inout VectorLedger
  ) throws(CygnetError) {
    let party = try test.text("party")
    let bytes = try scene.tracer.share(with: party, &test)
    guard try scene.alice?.distributionMessage().encoded() == bytes else {
      throw test.failure("the library shares something else")
    }
    let message = try SenderKeyDistributionMessage(decoding: bytes)
    if var member = scene.members[party] {
      _ = try member.process(message)
      scene.members[party] = member
    } else {
      scene.members[party] = try ReceivingSenderKey(message, from: scene.sender)
    }
  }

  private static func send(
    _ scene: inout Scene, _ test: inout VectorLedger
  ) throws(CygnetError) {
    let id = try test.text("message_id")
    let plaintext = try test.bytes("plaintext")
    let authenticating = try test.bytes("authenticating")
    let bytes = try scene.tracer.send(plaintext, authenticating: authenticating, &test)
    guard try scene.alice?.encrypt(plaintext, authenticating: authenticating).encoded() == bytes
    else { throw test.failure("the library sends another message") }
    scene.sent[id] = (bytes, plaintext)
  }

  private static func receive(
    _ scene: inout Scene, _ test: inout VectorLedger
  ) throws(CygnetError) {
    let party = try test.text("party")
    guard let sent = scene.sent[try test.text("message_id")], var member = scene.members[party]
    else { throw test.failure("a message nobody sent, or nobody to read it") }
    let authenticating = try test.bytes("authenticating")
    let plaintext = try scene.tracer.receive(
      sent.message, by: party, authenticating: authenticating, &test)
    let real = try member.decrypt(
      SenderKeyMessage(decoding: sent.message), authenticating: authenticating)
    guard plaintext == sent.plaintext, real == plaintext else {
      throw test.failure("another plaintext than was sent")
    }
    guard member.skippedKeyCount == scene.tracer.skippedCount(of: party) else {
      throw test.failure("the library holds another number of skipped keys")
    }
    scene.members[party] = member
  }
}
