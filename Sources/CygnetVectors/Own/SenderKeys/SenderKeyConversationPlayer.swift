internal import CygnetPrimitives
internal import CygnetSenderKeys

/// Plays a conversation of many with sender keys step by step: writes it from a script, or checks a
/// file.
///
/// Each party has its own random stream, from which its chains are drawn: the chain key, then the
/// seed of the signature key.
struct SenderKeyConversationPlayer: ConversationPlaying {
  private struct Party {
    let sender: [UInt8]
    var random: SeededRandomSource
    var sending: SendingSenderKey?
    /// By the name of the sender.
    var receiving: [String: ReceivingSenderKey] = [:]
  }

  private struct Sent {
    let bytes: [UInt8]
    let sender: String
    let isShared: Bool
  }

  private var parties: [String: Party] = [:]
  private var sent: [String: Sent] = [:]

  init() {}

  // MARK: - Parties

  mutating func setUpParty(
    _ name: String, _ entry: inout VectorLedger
  ) throws(CygnetError) {
    parties[name] = Party(
      sender: try entry.bytes("sender"),
      random: SeededRandomSource(seed: try entry.bytes("seed")))
  }

  private func party(
    _ name: String, _ ledger: inout VectorLedger
  ) throws(CygnetError) -> Party {
    guard let party = parties[name] else { throw ledger.failure("unknown party \"\(name)\"") }
    return party
  }

  // MARK: - Steps

  mutating func play(_ step: inout VectorLedger) throws(CygnetError) {
    var acted: String?
    switch step.object.keys.first {
    case "start": acted = try start(&step)
    case "rotate": acted = try rotate(&step)
    case "share": acted = try share(&step)
    case "send": acted = try send(&step)
    case "deliver": try deliver(&step)
    case "restore": try restore(&step)
    case "drop":
      guard sent[try step.text("drop")] != nil else {
        throw step.failure("a message nobody sent")
      }
    default: throw step.failure("unknown step")
    }
    if let acted { try expectSending(of: acted, &step) }
    try step.demandAllUsed()
  }

  /// SHA-256 of the stored form of a sender's half.
  private func expectSending(
    of name: String, _ step: inout VectorLedger
  ) throws(CygnetError) {
    let state = try party(name, &step).sending?.state()
    try step.nested("state") { (ledger) throws(CygnetError) in
      try ledger.expect(name, bytes: state.map { SHA256.hash($0.exposed()) })
    }
  }

  private mutating func start(_ step: inout VectorLedger) throws(CygnetError) -> String {
    var name = ""
    var copy = self
    try step.nested("start") { (start) throws(CygnetError) in
      name = try start.text("from")
      var party = try copy.party(name, &start)
      let id = try DistributionID(start.bytes("distribution_id"))
      var policy = SenderKeyRotationPolicy.standard
      if start.has("hard_limit") {
        let limit = try start.uint32("hard_limit")
        policy = try SenderKeyRotationPolicy(messageCount: 1, age: 1, hardLimit: limit)
      }
      party.sending = try SendingSenderKey.generate(
        for: id, sender: party.sender, policy: policy, now: vectorTime, using: &party.random)
      copy.parties[name] = party
    }
    self = copy
    return name
  }

  private mutating func rotate(_ step: inout VectorLedger) throws(CygnetError) -> String {
    let name = try step.text("rotate")
    var party = try party(name, &step)
    try party.sending?.rotate(now: vectorTime, using: &party.random)
    parties[name] = party
    return name
  }

  private mutating func share(_ step: inout VectorLedger) throws(CygnetError) -> String {
    var name = ""
    var copy = self
    try step.nested("share") { (share) throws(CygnetError) in
      name = try share.text("from")
      let id = try share.text("id")
      guard let sending = try copy.party(name, &share).sending, copy.sent[id] == nil else {
        throw share.failure("nothing to share, or an id used twice")
      }
      let bytes = try sending.distributionMessage().encoded()
      try share.expect("distribution", bytes: bytes)
      copy.sent[id] = Sent(bytes: bytes, sender: name, isShared: true)
    }
    self = copy
    return name
  }

  /// A step that fails says so in `expect` and has no message.
  private mutating func send(_ step: inout VectorLedger) throws(CygnetError) -> String {
    var name = ""
    var copy = self
    var refusal: CygnetError?
    try step.nested("send") { (send) throws(CygnetError) in
      name = try send.text("from")
      let id = try send.text("id")
      let plaintext = try send.bytes("plaintext")
      let authenticating = send.has("authenticating") ? try send.bytes("authenticating") : []
      guard var sending = try copy.party(name, &send).sending, copy.sent[id] == nil else {
        throw send.failure("no chain, or an id used twice")
      }
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try sending.encrypt(plaintext, authenticating: authenticating).encoded()
      }
      copy.parties[name]?.sending = sending
      switch outcome {
      case .success(let bytes):
        try send.expect("message", bytes: bytes)
        copy.sent[id] = Sent(bytes: bytes, sender: name, isShared: false)
      case .failure(let error): refusal = error
      }
    }
    self = copy
    if let refusal {
      try step.nested("expect") { (expect) throws(CygnetError) in
        try expect.expect("error", .string(refusal.code.name))
      }
    }
    return name
  }

  private mutating func restore(_ step: inout VectorLedger) throws(CygnetError) {
    let name = try step.text("restore")
    var party = try party(name, &step)
    if let sending = party.sending {
      party.sending = try SendingSenderKey(restoring: sending.state())
      try step.nested("state") { (ledger) throws(CygnetError) in
        try ledger.expect(name, bytes: SHA256.hash(try sending.state().exposed()))
      }
    }
    for (sender, receiving) in party.receiving {
      party.receiving[sender] = try ReceivingSenderKey(restoring: receiving.state())
    }
    parties[name] = party
  }

  // MARK: - Delivering

  private struct Delivery {
    var to = ""
    /// Whom the receiver takes for the sender.
    var from = ""
    var bytes: [UInt8] = []
    var authenticating: [UInt8] = []
    var isShared = false
  }

  private enum Outcome {
    case processed(String)
    case plaintext([UInt8])
  }

  /// Delivers a message or what was shared, perhaps changed on its way, and compares what comes of
  /// it with `expect`.
  private mutating func deliver(_ step: inout VectorLedger) throws(CygnetError) {
    let delivery = try read(&step)
    var party = try party(delivery.to, &step)
    let sender = try self.party(delivery.from, &step).sender
    let before = try party.receiving[delivery.from]?.state()
    let outcome = VectorLedger.attempt { () throws(CygnetError) in
      try Self.receive(delivery, namedBy: sender, &party)
    }
    parties[delivery.to] = party
    let after = try party.receiving[delivery.from]?.state()
    if case .failure = outcome, after != before {
      throw step.failure("a failed message changed the state")
    }
    try step.nested("expect") { (expect) throws(CygnetError) in
      switch outcome {
      case .success(.plaintext(let plaintext)):
        try expect.expect("plaintext", bytes: plaintext)
      case .success(.processed(let name)): try expect.expect("processed", .string(name))
      case .failure(let error): try expect.expect("error", .string(error.code.name))
      }
    }
    try step.nested("state") { (ledger) throws(CygnetError) in
      try ledger.expect(
        "\(delivery.to)_from_\(delivery.from)", bytes: after.map { SHA256.hash($0.exposed()) })
    }
  }

  private func read(_ step: inout VectorLedger) throws(CygnetError) -> Delivery {
    var delivery = Delivery()
    let sent = sent
    try step.nested("deliver") { (deliver) throws(CygnetError) in
      delivery.to = try deliver.text("to")
      guard let message = sent[try deliver.text("id")] else {
        throw deliver.failure("a message nobody sent")
      }
      delivery.bytes = message.bytes
      delivery.isShared = message.isShared
      delivery.from = deliver.has("as") ? try deliver.text("as") : message.sender
      if deliver.has("xor") { try ConversationPlayer.tamper(&delivery.bytes, &deliver) }
      if deliver.has("authenticating") {
        delivery.authenticating = try deliver.bytes("authenticating")
      }
    }
    return delivery
  }

  private static func receive(
    _ delivery: Delivery, namedBy sender: [UInt8], _ party: inout Party
  ) throws(CygnetError) -> Outcome {
    if delivery.isShared {
      let message = try SenderKeyDistributionMessage(decoding: delivery.bytes)
      guard var receiving = party.receiving[delivery.from] else {
        party.receiving[delivery.from] = try ReceivingSenderKey(message, from: sender)
        return .processed("added")
      }
      let processed = try receiving.process(message)
      party.receiving[delivery.from] = receiving
      return .processed(processed.name)
    }
    guard var receiving = party.receiving[delivery.from] else {
      throw CygnetError(.notFound, "no chain of this sender")
    }
    let plaintext = try receiving.decrypt(
      SenderKeyMessage(decoding: delivery.bytes), authenticating: delivery.authenticating)
    party.receiving[delivery.from] = receiving
    return .plaintext(plaintext)
  }
}
