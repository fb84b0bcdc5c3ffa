internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// What happens in the conversations of the sparse ratchet's vectors.
enum SparseScript: String {
  /// In turns, everything at once, for two epochs: each party has either side.
  case inOrder = "in order"
  /// Loss, reordering and restarts, while one party talks four times as much.
  case disturbed

  struct Event {
    let comment: String
    var flags: [String]
    let members: [(String, JSON)]
  }

  /// Plays the conversation to learn what it draws.
  func events(
    _ shared: [UInt8], _ random: inout SeededRandomSource
  ) throws(CygnetError) -> [Event] {
    var player = try Player(SecretBytes(copying: shared))
    switch self {
    case .inOrder:
      while player.epoch < 3 {
        for party in ["initiator", "responder"] {
          let id = try player.send(party, &random)
          try player.receive(id)
        }
      }
    case .disturbed:
      var underway: [String] = []
      while player.epoch < 2 {
        let isInitiator = random.bytes(1)[0] % 5 != 0
        underway.append(try player.send(isInitiator ? "initiator" : "responder", &random))
        let choice = random.bytes(2)
        if choice[0] % 10 == 0 { underway.remove(at: 0) }  // lost
        while underway.count > Int(choice[1] % 6) {
          try player.receive(underway.remove(at: underway.count % 3 == 0 ? 1 : 0))
        }
        if choice[0] % 32 == 1 { try player.restore(isInitiator ? "responder" : "initiator") }
      }
    }
    return player.events
  }

  private struct Player {
    var events: [Event] = []
    private var ratchets: [String: SparseRatchet]
    private var sent: [String: (party: String, bytes: [UInt8])] = [:]

    init(_ shared: SecretBytes) throws(CygnetError) {
      ratchets = [
        "initiator": try SparseRatchet(shared, role: .initiator),
        "responder": try SparseRatchet(shared, role: .responder),
      ]
    }

    /// The epoch that both have come to.
    var epoch: UInt64 {
      min(ratchets["initiator"]?.braid.epoch ?? 0, ratchets["responder"]?.braid.epoch ?? 0)
    }

    mutating func send(
      _ party: String, _ random: inout SeededRandomSource
    ) throws(CygnetError) -> String {
      guard var ratchet = ratchets[party] else { throw CygnetError(.notFound, "no such party") }
      let id = "\(party.prefix(1))\(sent.count)"
      var recording = RecordingRandomSource(source: random)
      let outgoing = try ratchet.send(using: &recording)
      random = recording.source
      var flags: [String] = []
      var members: [(String, JSON)] = [
        ("event", "send"), ("party", .string(party)), ("message_id", .string(id)),
      ]
      if !recording.drawn.isEmpty {
        flags.append(recording.drawn.count == 64 ? "KeyPair" : "Encapsulation")
        members.append(("drawn", .hex(recording.drawn)))
      }
      if let (payload, chunk) = outgoing.message.braid.content.part,
        Int(chunk.index) >= payload.chunkCount
      {
        flags.append("Codeword")
      }
      events.append(Event(comment: "\(party) sends \(id)", flags: flags, members: members))
      sent[id] = (party, try outgoing.encoded())
      ratchets[party] = ratchet
      return id
    }

    mutating func receive(_ id: String) throws(CygnetError) {
      guard let (sender, bytes) = sent[id] else { throw CygnetError(.notFound, "nobody sent it") }
      let party = sender == "initiator" ? "responder" : "initiator"
      guard var ratchet = ratchets[party] else { throw CygnetError(.notFound, "no such party") }
      let before = (ratchet.chains.receiving.epoch, ratchet.skipped.count)
      try ratchet.commit(ratchet.receive(bytes))
      var flags: [String] = []
      if ratchet.chains.receiving.epoch != before.0 { flags.append("NewEpoch") }
      if ratchet.skipped.count != before.1 { flags.append("OutOfOrder") }
      events.append(
        Event(
          comment: "\(party) receives \(id)", flags: flags,
          members: [
            ("event", "receive"), ("party", .string(party)), ("message_id", .string(id)),
          ]))
      ratchets[party] = ratchet
    }

    mutating func restore(_ party: String) throws(CygnetError) {
      guard let ratchet = ratchets[party] else { throw CygnetError(.notFound, "no such party") }
      ratchets[party] = try SparseRatchet(wire: ratchet.wireEncodedSecret())
      events.append(
        Event(
          comment: "\(party) goes on from its stored state", flags: ["Restored"],
          members: [("event", "restore"), ("party", .string(party))]))
    }
  }
}
