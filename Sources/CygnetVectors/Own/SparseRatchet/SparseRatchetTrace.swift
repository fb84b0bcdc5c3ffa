internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Whole conversations of the sparse ratchet with every epoch, message key and chunk.
///
/// `SparseTracer` computes the values from primitives, the library's `SparseRatchet` runs beside it:
/// messages, chunks and keys must agree.
enum SparseRatchetTrace {
  static let suite = OwnVectorSuite(
    name: "sparse-ratchet/trace", kind: .trace, subject: "sparse-ratchet",
    spec: "Double Ratchet §5, ML-KEM Braid revision 1; Cygnet Specification: SparseRatchet",
    notes: [
      .init(
        flag: "KeyPair", description: "the sender makes the epoch's key pair",
        effect: "no epoch ever begins"),
      .init(
        flag: "Encapsulation", description: "the sender makes the epoch's key",
        effect: "no epoch ever begins"),
      .init(
        flag: "Codeword", description: "a chunk beyond the payload itself",
        effect: "an epoch does not end where a chunk was lost"),
      .init(
        flag: "NewEpoch", description: "the first message of a chain arrives",
        effect: "the conversation breaks off with the first epoch"),
      .init(
        flag: "OutOfOrder", description: "keys of earlier messages are stored, or used later",
        effect: "late messages are lost"),
      .init(
        flag: "Restored", description: "a party goes on from its stored state",
        effect: "the parties part after a restart"),
    ],
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    for script in [SparseScript.inOrder, .disturbed] {
      let shared = writer.random.bytes(32)
      let events = try script.events(shared, &writer.random)
      try writer.group(
        .sparseRatchet,
        ["conversation": .string(script.rawValue), "shared_secret": .hex(shared)],
        events.map { event in
          .init(event.comment, flags: event.flags, members: event.members)
        })
    }
  }

  // MARK: - Running

  private struct Sent {
    let bytes: [UInt8]
    let key: [UInt8]
  }

  private struct Scene {
    var tracer: SparseTracer
    var ratchets: [String: SparseRatchet]
    var sent: [String: Sent] = [:]
  }

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard SparseScript(rawValue: try group.text("conversation")) != nil else {
      throw group.failure("unknown conversation")
    }
    let shared = try group.secret("shared_secret")
    var scene = Scene(
      tracer: try SparseTracer(shared.exposed(), &group),
      ratchets: [
        "initiator": try SparseRatchet(shared, role: .initiator),
        "responder": try SparseRatchet(shared, role: .responder),
      ])
    return { (test: inout VectorLedger) throws(CygnetError) in
      let party = try test.text("party")
      guard var ratchet = scene.ratchets[party] else { throw test.failure("unknown party") }
      switch try test.text("event") {
      case "send": try send(&scene, &ratchet, party, &test)
      case "receive": try receive(&scene, &ratchet, &test)
      case "restore": ratchet = try SparseRatchet(wire: ratchet.wireEncodedSecret())
      default: throw test.failure("unknown event")
      }
      let state = try ratchet.wireEncodedSecret().exposed()
      try test.expect("state_sha256", bytes: SHA256.hash(state))
      scene.ratchets[party] = ratchet
    }
  }

  private static func send(
    _ scene: inout Scene, _ ratchet: inout SparseRatchet, _ party: String,
    _ test: inout VectorLedger
  ) throws(CygnetError) {
    let id = try test.text("message_id")
    guard id == "\(party.prefix(1))\(scene.sent.count)" else {
      throw test.failure("messages are numbered as they are sent")
    }
    let epoch = ratchet.braid.epoch
    let drawn = test.has("drawn") ? try test.bytes("drawn") : []
    switch drawn.count {
    case 0: break
    case 64:
      try test.nested("key_pair") { (ledger) throws(CygnetError) in
        try scene.tracer.keyPair(epoch, seed: drawn, &ledger)
      }
    default:
      try test.nested("encapsulation") { (ledger) throws(CygnetError) in
        try scene.tracer.encapsulation(epoch, message: drawn, &ledger)
      }
    }
    var random = ReplayRandomSource(drawn)
    let outgoing = try ratchet.send(using: &random)
    guard random.isUsedUpExactly else { throw test.failure("other draws than documented") }
    let message = outgoing.message
    let bytes = try outgoing.encoded()
    if let (payload, chunk) = message.braid.content.part {
      guard scene.tracer.chunk(epoch, payload, chunk.index) == chunk.data.bytes else {
        throw test.failure("the library sends another chunk")
      }
    }
    let key = try scene.tracer.messageKey(party, message.braid.epoch - 1, message.n)
    guard let key, outgoing.messageKey.secret.exposed() == key else {
      throw test.failure("the library has another message key")
    }
    try test.expect("message", bytes: bytes)
    try test.expect("message_key", bytes: key)
    scene.sent[id] = Sent(bytes: bytes, key: key)
  }

  private static func receive(
    _ scene: inout Scene, _ ratchet: inout SparseRatchet, _ test: inout VectorLedger
  ) throws(CygnetError) {
    guard let sent = scene.sent[try test.text("message_id")] else {
      throw test.failure("a message nobody sent")
    }
    let incoming = try ratchet.receive(sent.bytes)
    guard incoming.messageKey.secret.exposed() == sent.key else {
      throw test.failure("the receiver has another message key")
    }
    try ratchet.commit(incoming)
    try test.expect("skipped_key_count", .integer(ratchet.skipped.count))
  }
}

extension BraidMessage.Content {
  /// The chunk, and of what it is one.
  var part: (payload: BraidPayload, chunk: Chunk)? {
    switch self {
    case .none, .acknowledgement: nil
    case .header(let chunk): (.header, chunk)
    case .vector(let chunk), .vectorAcknowledging(let chunk): (.encapsulationVector, chunk)
    case .firstCiphertext(let chunk): (.firstCiphertext, chunk)
    case .secondCiphertext(let chunk): (.secondCiphertext, chunk)
    }
  }
}
