internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// A conversation of the Triple Ratchet with every epoch, chunk and key of both ratchets.
///
/// `RatchetTracer` and `SparseTracer` compute the values from primitives, the library's
/// `TripleRatchet` runs beside them: bytes sent and read must agree.
enum TripleRatchetTrace {
  static let suite = OwnVectorSuite(
    name: "triple-ratchet/trace", kind: .trace, subject: "triple-ratchet",
    spec: "Double Ratchet §6, ML-KEM Braid revision 1; Cygnet suite 2",
    notes: [
      .init(
        flag: "RatchetStep", description: "a Diffie-Hellman step precedes the message",
        effect: "the conversation breaks off at the first reply"),
      .init(
        flag: "KeyPair", description: "the sender makes the epoch's key pair",
        effect: "no epoch ever begins"),
      .init(
        flag: "Encapsulation", description: "the sender makes the epoch's key",
        effect: "no epoch ever begins"),
      .init(
        flag: "OutOfOrder", description: "keys of earlier messages are stored, or used later",
        effect: "late messages are lost"),
      .init(
        flag: "Restored", description: "a party goes on from its stored state",
        effect: "the parties part after a restart"),
    ],
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let shared = writer.random.bytes(32)
    let responder = writer.random.bytes(32)
    let initiator = writer.random.bytes(32)
    let events = try TripleRatchetScript.events(
      ratchets(shared, responder: responder, initiator: initiator), &writer.random)
    try writer.group(
      .tripleRatchet,
      [
        "suite": 2, "shared_secret": .hex(shared),
        "session_data": .hex(TripleRatchetScript.sessionData),
        "responder_ratchet_private": .hex(responder),
        "initiator_ratchet_private": .hex(initiator),
      ],
      events.map { event in .init(event.comment, flags: event.flags, members: event.members) })
  }

  private static func ratchets(
    _ shared: [UInt8], responder: [UInt8], initiator: [UInt8]
  ) throws(CygnetError) -> [String: TripleRatchet] {
    let secret = X3DH.SharedSecret(SecretBytes(copying: shared))
    let pair = try X25519.KeyPair(X25519.PrivateKey(SecretBytes(copying: responder)))
    var draws = ReplayRandomSource(initiator)
    return [
      "initiator": try TripleRatchet.initiator(
        shared: secret, peerRatchetKey: pair.publicKey, suite: .pqxdh, using: &draws),
      "responder": try TripleRatchet.responder(
        shared: secret, ownRatchetKey: pair, suite: .pqxdh),
    ]
  }

  // MARK: - Running

  private struct Sent {
    let message: RatchetMessage
    let plaintext: [UInt8]
    let sparseKey: [UInt8]
  }

  private struct Scene {
    let sessionData: [UInt8]
    var tracers: [String: RatchetTracer]
    var sparse: SparseTracer
    var ratchets: [String: TripleRatchet]
    var sent: [UInt64: Sent] = [:]
  }

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    guard try group.integer("suite") == UInt64(Suite.pqxdh.rawValue) else {
      throw group.failure("unknown suite")
    }
    var scene = try setUp(&group)
    return { (test: inout VectorLedger) throws(CygnetError) in
      let party = try test.text("party")
      guard var ratchet = scene.ratchets[party], var tracer = scene.tracers[party] else {
        throw test.failure("unknown party")
      }
      switch try test.text("event") {
      case "send": try send(&scene, &tracer, &ratchet, party, &test)
      case "receive": try receive(&scene, &tracer, &ratchet, &test)
      case "restore":
        let sparse = try ratchet.sparse.map { (sparse) throws(CygnetError) in
          try SparseRatchet(wire: sparse.wireEncodedSecret())
        }
        ratchet = TripleRatchet(
          double: try Reader.read(ratchet.double.wireEncodedSecret().exposed()) {
            (reader) throws(CygnetError) in try DoubleRatchet(suite: .pqxdh, from: &reader)
          }, sparse: sparse)
      default: throw test.failure("unknown event")
      }
      scene.tracers[party] = tracer
      scene.ratchets[party] = ratchet
    }
  }

  private static func setUp(_ group: inout VectorLedger) throws(CygnetError) -> Scene {
    let shared = try group.bytes("shared_secret")
    let sessionData = try group.bytes("session_data")
    let responder = try group.keyPair("responder_ratchet_private")
    let initiator = try group.keyPair("initiator_ratchet_private")
    let start = try RootKey.Start(
      X3DH.SharedSecret(SecretBytes(copying: shared)), suite: .pqxdh)
    guard let seed = start.sparseSeed else {
      throw group.failure("no secret for the sparse ratchet")
    }
    try group.expect("double_root_key", secret: start.rootKey.secret)
    try group.expect("initiator_header_key", secret: start.initiatorHeaderKey.secret)
    try group.expect("responder_header_key", secret: start.responderHeaderKey.secret)
    try group.expect("sparse_seed", secret: seed)
    var tracer = RatchetTracer(
      start, suite: .pqxdh, isInitiator: true, own: nil, peer: responder.publicKey, sessionData)
    try group.nested("first_step") { (step) throws(CygnetError) in
      try tracer.sendingStep(initiator, &step)
    }
    return Scene(
      sessionData: sessionData,
      tracers: [
        "initiator": tracer,
        "responder": RatchetTracer(
          start, suite: .pqxdh, isInitiator: false, own: responder, peer: nil, sessionData),
      ], sparse: try SparseTracer(seed.exposed(), &group),
      ratchets: try ratchets(
        shared, responder: responder.privateKey.secret.exposed(),
        initiator: initiator.privateKey.secret.exposed()))
  }

  private static func send(
    _ scene: inout Scene, _ tracer: inout RatchetTracer, _ ratchet: inout TripleRatchet,
    _ party: String, _ test: inout VectorLedger
  ) throws(CygnetError) {
    let id = try test.integer("message_id")
    let stepKey = try test.optionalBytes("ratchet_private")
    let drawn = try test.bytes("drawn")
    let nonce = try test.bytes("header_nonce")
    let plaintext = try test.bytes("plaintext")
    if stepKey != nil {
      let pair = try test.keyPair("ratchet_private")
      try test.nested("step") { (step) throws(CygnetError) in
        try tracer.sendingStep(pair, &step)
      }
    }
    let said = try expectSparse(&scene, ratchet, party, drawn, &test)
    let keys = try tracer.sendingKeys(&test)
    let header = try TripleRatchetHeader(double: keys.header, sparse: said.message).encoded()
    try test.expect("sparse_message_key", bytes: said.key)
    let key = try MessageKey.hybrid(
      doubleRatchet: keys.messageKey, sparse: MessageKey(SecretBytes(copying: said.key)))
    try test.expect("hybrid_message_key", secret: key.secret)
    let message = try tracer.seal(
      plaintext, header: header, under: keys.headerKey, key, nonce: nonce, authenticating: [],
      &test)
    var random = ReplayRandomSource(stepKey ?? [], drawn, nonce)
    let real = try ratchet.encrypt(
      plaintext, sessionData: scene.sessionData, authenticating: [], using: &random)
    guard real == message, random.isUsedUpExactly else {
      throw test.failure("the library sends another message")
    }
    scene.sent[id] = Sent(message: message, plaintext: plaintext, sparseKey: said.key)
  }

  /// What the sparse ratchet says with a message, and the key it gives: its epochs, chunks and keys
  /// are the tracer's; the order in which it says them is the library's.
  private static func expectSparse(
    _ scene: inout Scene, _ ratchet: TripleRatchet, _ party: String, _ drawn: [UInt8],
    _ test: inout VectorLedger
  ) throws(CygnetError) -> (message: SparseRatchetMessage, key: [UInt8]) {
    guard var sparse = ratchet.sparse else { throw test.failure("no sparse ratchet") }
    let epoch = sparse.braid.epoch
    if drawn.count == 64 {
      try test.nested("key_pair") { (ledger) throws(CygnetError) in
        try scene.sparse.keyPair(epoch, seed: drawn, &ledger)
      }
    } else if !drawn.isEmpty {
      try test.nested("encapsulation") { (ledger) throws(CygnetError) in
        try scene.sparse.encapsulation(epoch, message: drawn, &ledger)
      }
    }
    var random = ReplayRandomSource(drawn)
    let message = try sparse.send(using: &random).message
    if let (payload, chunk) = message.braid.content.part {
      guard scene.sparse.chunk(epoch, payload, chunk.index) == chunk.data.bytes else {
        throw test.failure("the library sends another chunk")
      }
    }
    guard let key = try scene.sparse.messageKey(party, message.braid.epoch - 1, message.n) else {
      throw test.failure("no chain of the message's epoch")
    }
    return (message, key)
  }

  private static func receive(
    _ scene: inout Scene, _ tracer: inout RatchetTracer, _ ratchet: inout TripleRatchet,
    _ test: inout VectorLedger
  ) throws(CygnetError) {
    guard let sent = scene.sent[try test.integer("message_id")] else {
      throw test.failure("a message nobody sent")
    }
    let own = try tracer.receivingKey(sent.message, &test).messageKey
    let key = try MessageKey.hybrid(
      doubleRatchet: own, sparse: MessageKey(SecretBytes(copying: sent.sparseKey)))
    try test.expect("hybrid_message_key", secret: key.secret)
    let plaintext = try tracer.open(sent.message, under: key, authenticating: [], &test)
    let real = try ratchet.decrypt(
      sent.message, sessionData: scene.sessionData, authenticating: [])
    guard plaintext == sent.plaintext, real == plaintext else {
      throw test.failure("another plaintext than was sent")
    }
    guard ratchet.double.skipped.count == tracer.skippedCount,
      ratchet.sparse?.skipped.count == tracer.skippedCount
    else { throw test.failure("the library holds another number of skipped keys") }
  }
}
