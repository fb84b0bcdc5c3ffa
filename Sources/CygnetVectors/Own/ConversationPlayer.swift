internal import CygnetPairwise
internal import CygnetPrimitives

/// Plays a conversation between two devices step by step: writes it from a script, or checks a file.
///
/// Each party has its own random stream. The responder draws its identity seed, a signed prekey and
/// its one-time prekeys; the initiator draws its identity seed; later draws are those of the session.
struct ConversationPlayer: ConversationPlaying {
  private struct Party {
    let identity: IdentityKeyPair
    let address: DeviceAddress
    var random: SeededRandomSource
    var preKeys: PreKeys?
    var session: PairwiseSession?
  }

  private struct Sent {
    let bytes: [UInt8]
    let plaintext: [UInt8]
    let sender: String
  }

  private var parties: [String: Party] = [:]
  private var messages: [String: Sent] = [:]

  init() {}

  // MARK: - Parties

  mutating func setUpParty(
    _ name: String, _ entry: inout VectorLedger
  ) throws(CygnetError) {
    parties[name] = try Self.party(&entry)
  }

  private static func party(_ entry: inout VectorLedger) throws(CygnetError) -> Party {
    var random = SeededRandomSource(seed: try entry.bytes("seed"))
    let address = try entry.address("address")
    let identity = try IdentityKeyPair.generate(using: &random)
    try entry.expect("identity_key", bytes: identity.publicKey.encoded())
    var preKeys: PreKeys?
    if entry.has("one_time_pre_keys") {
      let number = entry.has("suite") ? try entry.uint32("suite") : 1
      guard let suite = UInt16(exactly: number).map(Suite.init(rawValue:)) else {
        throw entry.failure("unknown suite")
      }
      preKeys = try PreKeys.generate(
        for: identity, at: address, now: vectorTime,
        oneTimeCount: Int(try entry.uint32("one_time_pre_keys")), suite: suite, using: &random)
    }
    return Party(
      identity: identity, address: address, random: random, preKeys: preKeys, session: nil)
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
    case "initiate": acted = try initiate(&step)
    case "send": acted = try send(&step)
    case "deliver": acted = try deliver(&step)
    case "restore": acted = try restore(&step)
    case "drop":
      guard messages[try step.text("drop")] != nil else {
        throw step.failure("a message nobody sent")
      }
    default: throw step.failure("unknown step")
    }
    if let acted { try expectState(of: acted, &step) }
    try step.demandAllUsed()
  }

  /// SHA-256 of the stored form of the session, and of the prekeys where there are any.
  private func expectState(
    of name: String, _ step: inout VectorLedger
  ) throws(CygnetError) {
    let party = try party(name, &step)
    let session = try party.session?.state()
    let preKeys = try party.preKeys?.state()
    try step.nested("state") { (state) throws(CygnetError) in
      try state.expect(name, bytes: session.map { SHA256.hash($0.exposed()) })
      if let preKeys {
        try state.expect("\(name)_pre_keys", bytes: SHA256.hash(preKeys.exposed()))
      }
    }
  }

  /// `from` fetches a bundle of `to` and starts a session.
  private mutating func initiate(_ step: inout VectorLedger) throws(CygnetError) -> String {
    var name = ""
    var copy = self
    try step.nested("initiate") { (initiate) throws(CygnetError) in
      name = try initiate.text("from")
      let peerName = try initiate.text("to")
      var party = try copy.party(name, &initiate)
      var peer = try copy.party(peerName, &initiate)
      guard var preKeys = peer.preKeys else { throw initiate.failure("a party without prekeys") }
      let bundle = try preKeys.takeBundle(for: peer.identity.publicKey, at: peer.address)
      try initiate.expect("bundle", bytes: try bundle.encoded())
      party.session = try PairwiseSession.initiate(
        to: bundle.verified(now: vectorTime, policy: .classicalAllowed), as: party.identity,
        at: party.address,
        using: &party.random)
      peer.preKeys = preKeys
      copy.parties[peerName] = peer
      copy.parties[name] = party
    }
    self = copy
    return name
  }

  private mutating func send(_ step: inout VectorLedger) throws(CygnetError) -> String {
    var name = ""
    var copy = self
    try step.nested("send") { (send) throws(CygnetError) in
      name = try send.text("from")
      let id = try send.text("id")
      let plaintext = try send.bytes("plaintext")
      let authenticating = send.has("authenticating") ? try send.bytes("authenticating") : []
      var party = try copy.party(name, &send)
      guard var session = party.session else { throw send.failure("no session") }
      guard copy.messages[id] == nil else { throw send.failure("an id used twice") }
      let message = try session.encrypt(
        plaintext, authenticating: authenticating, using: &party.random)
      let bytes = try message.encoded()
      try send.expect("message", bytes: bytes)
      party.session = session
      copy.parties[name] = party
      copy.messages[id] = Sent(bytes: bytes, plaintext: plaintext, sender: name)
    }
    self = copy
    return name
  }

  private mutating func restore(_ step: inout VectorLedger) throws(CygnetError) -> String {
    let name = try step.text("restore")
    var party = try party(name, &step)
    if let session = party.session {
      party.session = try PairwiseSession(restoring: session.state())
    }
    if let preKeys = party.preKeys { party.preKeys = try PreKeys(restoring: preKeys.state()) }
    parties[name] = party
    return name
  }

  /// Delivers a message, perhaps changed on its way, and compares what comes of it with `expect`.
  private mutating func deliver(_ step: inout VectorLedger) throws(CygnetError) -> String {
    var name = ""
    var bytes: [UInt8] = []
    var authenticating: [UInt8] = []
    var message: Sent?
    let sent = messages
    try step.nested("deliver") { (deliver) throws(CygnetError) in
      name = try deliver.text("to")
      message = sent[try deliver.text("id")]
      bytes = message?.bytes ?? []
      if deliver.has("xor") { try Self.tamper(&bytes, &deliver) }
      if deliver.has("authenticating") { authenticating = try deliver.bytes("authenticating") }
    }
    guard let message else { throw step.failure("a message nobody sent") }
    var party = try party(name, &step)
    let before = try party.session?.state()
    let sender = try self.party(message.sender, &step)
    let outcome = VectorLedger.attempt { () throws(CygnetError) in
      try Self.receive(bytes, from: sender.address, authenticating: authenticating, &party)
    }
    parties[name] = party
    if case .failure = outcome, try party.session?.state() != before {
      throw step.failure("a failed message changed the state")
    }
    try step.nested("expect") { (expect) throws(CygnetError) in
      switch outcome {
      case .success(let plaintext): try expect.expect("plaintext", bytes: plaintext)
      case .failure(let error): try expect.expect("error", .string(error.code.name))
      }
    }
    return name
  }

  /// `xor`: `{"offset": n, "mask": hex}`, an offset from the front.
  static func tamper(
    _ bytes: inout [UInt8], _ deliver: inout VectorLedger
  ) throws(CygnetError) {
    var offset: UInt64 = 0
    var mask: [UInt8] = []
    try deliver.nested("xor") { (xor) throws(CygnetError) in
      offset = try xor.integer("offset")
      mask = try xor.bytes("mask")
    }
    guard let first = Int(exactly: offset), first <= bytes.count,
      mask.count <= bytes.count - first
    else { throw deliver.failure("\"xor\" lies outside the message") }
    for (index, byte) in mask.enumerated() { bytes[first + index] ^= byte }
  }

  /// What a device does with a message: an initial message of a handshake that is not the session's
  /// own is accepted, all else is decrypted.
  private static func receive(
    _ bytes: [UInt8], from sender: DeviceAddress, authenticating: [UInt8], _ party: inout Party
  ) throws(CygnetError) -> [UInt8] {
    let message = try PairwiseMessage(decoding: bytes)
    if case .initial(let initial) = message, party.session?.belongs(initial) != true {
      guard var preKeys = party.preKeys else {
        throw CygnetError(.notFound, "no prekeys to answer with")
      }
      let accepted = try PairwiseSession.accept(
        initial, as: party.identity, at: party.address, from: sender, using: &preKeys,
        authenticating: authenticating)
      party.session = accepted.session
      party.preKeys = preKeys
      return accepted.plaintext
    }
    guard var session = party.session else {
      throw CygnetError(.notFound, "no session for this message")
    }
    let plaintext = try session.decrypt(message, authenticating: authenticating)
    party.session = session
    return plaintext
  }
}
