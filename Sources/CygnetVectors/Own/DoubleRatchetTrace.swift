internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// The Double Ratchet with every intermediate value, event by event.
///
/// `RatchetTracer` computes the values from primitives the way the specification writes them, and
/// the library's `DoubleRatchet` runs beside it: bytes sent and read must agree.
enum DoubleRatchetTrace {
  static let suite = OwnVectorSuite(
    name: "double-ratchet/trace", kind: .trace, subject: "double-ratchet",
    spec: "Double Ratchet §4; Cygnet suite 1",
    notes: [
      .init(
        flag: "RatchetStep", description: "a Diffie-Hellman step precedes the message",
        effect: "the conversation breaks off at the first reply"),
      .init(
        flag: "OutOfOrder", description: "keys of earlier messages are stored, or used later",
        effect: "late messages are lost"),
      .init(
        flag: "OldChain", description: "a late message of a chain that has ended",
        effect: "messages that cross a reply are lost"),
    ],
    write: write)

  /// Who sends or receives what, and what the event shows.
  private static let script: [(event: String, party: String, id: String, flags: [String])] = [
    ("send", "initiator", "i0", []), ("receive", "responder", "i0", ["RatchetStep"]),
    ("send", "initiator", "i1", []), ("send", "initiator", "i2", []),
    ("receive", "responder", "i2", ["OutOfOrder"]),
    ("send", "responder", "r0", ["RatchetStep"]), ("send", "responder", "r1", []),
    ("receive", "responder", "i1", ["OutOfOrder"]),
    ("receive", "initiator", "r1", ["RatchetStep", "OutOfOrder"]),
    ("send", "initiator", "i3", ["RatchetStep"]), ("send", "initiator", "i4", []),
    ("send", "initiator", "i5", []), ("receive", "responder", "i3", ["RatchetStep"]),
    ("send", "responder", "r2", ["RatchetStep"]), ("receive", "initiator", "r2", ["RatchetStep"]),
    ("send", "initiator", "i6", ["RatchetStep"]), ("send", "initiator", "i7", []),
    ("receive", "responder", "i7", ["RatchetStep", "OutOfOrder"]),
    ("receive", "responder", "i4", ["OldChain", "OutOfOrder"]),
    ("receive", "responder", "i6", ["OutOfOrder"]),
    ("receive", "responder", "i5", ["OldChain", "OutOfOrder"]),
    ("receive", "initiator", "r0", ["OldChain", "OutOfOrder"]),
    ("send", "responder", "r3", ["RatchetStep"]), ("receive", "initiator", "r3", ["RatchetStep"]),
  ]

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let parameters: KeyValuePairs<String, JSON> = [
      "suite": 1, "shared_secret": .hex(writer.random.bytes(32)),
      "session_data": .hex(writer.random.bytes(32)),
      "responder_ratchet_private": .hex(writer.random.bytes(32)),
      "initiator_ratchet_private": .hex(writer.random.bytes(32)),
    ]
    var tests: [OwnVectorWriter.Test] = []
    for step in script {
      let data: [UInt8] = step.id == "i4" ? Array("seat 4".utf8) : []
      if step.event == "receive" {
        tests.append(
          .init(
            "\(step.party) receives \(step.id)", flags: step.flags,
            [
              "event": "receive", "party": .string(step.party), "message_id": .string(step.id),
              "authenticating": .hex(data),
            ]))
        continue
      }
      let steps = step.flags.contains("RatchetStep")
      tests.append(
        .init(
          "\(step.party) sends \(step.id)", flags: step.flags,
          [
            "event": "send", "party": .string(step.party), "message_id": .string(step.id),
            "ratchet_private": steps ? .hex(writer.random.bytes(32)) : .null,
            "header_nonce": .hex(writer.random.bytes(16)),
            "plaintext": .hex(Array("message \(step.id)".utf8)), "authenticating": .hex(data),
          ]))
    }
    try writer.group(.doubleRatchet, parameters, tests)
  }

  // MARK: - Running

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard try group.integer("suite") == UInt64(Suite.x3dh.rawValue) else {
      throw group.failure("unknown suite")
    }
    let shared = X3DH.SharedSecret(try group.secret("shared_secret"))
    let sessionData = try group.bytes("session_data")
    let responderPair = try group.keyPair("responder_ratchet_private")
    let initiatorPair = try group.keyPair("initiator_ratchet_private")
    try group.expect("responder_ratchet_key", bytes: responderPair.publicKey.bytes)
    let start = try RootKey.Start(shared, suite: .x3dh)
    try group.expect("root_key", secret: start.rootKey.secret)
    try group.expect("initiator_header_key", secret: start.initiatorHeaderKey.secret)
    try group.expect("responder_header_key", secret: start.responderHeaderKey.secret)

    var tracers = [
      "initiator": RatchetTracer(
        start, isInitiator: true, own: nil, peer: responderPair.publicKey, sessionData),
      "responder": RatchetTracer(
        start, isInitiator: false, own: responderPair, peer: nil, sessionData),
    ]
    try group.nested("first_step") { (step) throws(CygnetError) in
      try tracers["initiator"]?.sendingStep(initiatorPair, &step)
    }
    var draws = ReplayRandomSource(initiatorPair.privateKey.secret.exposed())
    var ratchets = [
      "initiator": try DoubleRatchet.initiator(
        start, peerRatchetKey: responderPair.publicKey, suite: .x3dh, using: &draws),
      "responder": DoubleRatchet.responder(
        start, ownRatchetKey: responderPair, suite: .x3dh),
    ]
    var sent: [String: Sent] = [:]
    return { (test: inout VectorLedger) throws(CygnetError) in
      let party = try test.text("party")
      guard var tracer = tracers[party], var ratchet = ratchets[party] else {
        throw test.failure("unknown party")
      }
      let id = try test.text("message_id")
      switch try test.text("event") {
      case "send":
        sent[id] = try send(&tracer, &ratchet, sessionData, &test)
      case "receive":
        guard let message = sent[id] else { throw test.failure("a message nobody sent") }
        try receive(message, &tracer, &ratchet, sessionData, &test)
      default: throw test.failure("unknown event")
      }
      tracers[party] = tracer
      ratchets[party] = ratchet
    }
  }

  private struct Sent {
    let message: RatchetMessage
    let plaintext: [UInt8]
  }

  private static func send(
    _ tracer: inout RatchetTracer, _ ratchet: inout DoubleRatchet, _ sessionData: [UInt8],
    _ test: inout VectorLedger
  ) throws(CygnetError) -> Sent {
    let stepKey = try test.optionalBytes("ratchet_private")
    let nonce = try test.bytes("header_nonce")
    let plaintext = try test.bytes("plaintext")
    let authenticating = try test.bytes("authenticating")
    if stepKey == nil {
      try test.expect("step", .null)
    } else {
      let pair = try test.keyPair("ratchet_private")
      try test.nested("step") { (step) throws(CygnetError) in
        try tracer.sendingStep(pair, &step)
      }
    }
    let message = try tracer.send(
      plaintext, nonce: nonce, authenticating: authenticating, &test)

    var random = ReplayRandomSource(stepKey ?? [], nonce)
    let real = try ratchet.encrypt(
      plaintext, sessionData: sessionData, authenticating: authenticating, using: &random)
    guard real == message, random.isUsedUpExactly else {
      throw test.failure("the library sends another message")
    }
    return Sent(message: message, plaintext: plaintext)
  }

  private static func receive(
    _ sent: Sent, _ tracer: inout RatchetTracer, _ ratchet: inout DoubleRatchet,
    _ sessionData: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) {
    let authenticating = try test.bytes("authenticating")
    let plaintext = try tracer.receive(sent.message, authenticating: authenticating, &test)
    let real = try ratchet.decrypt(
      sent.message, sessionData: sessionData, authenticating: authenticating)
    guard plaintext == sent.plaintext, real == plaintext else {
      throw test.failure("another plaintext than was sent")
    }
    guard ratchet.skipped.count == tracer.skippedCount else {
      throw test.failure("the library holds another number of skipped keys")
    }
  }
}
