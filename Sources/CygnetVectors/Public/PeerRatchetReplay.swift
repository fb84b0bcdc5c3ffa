internal import CygnetPairwise
internal import CygnetPrimitives

/// Replays a Double Ratchet session of another implementation, step by step.
///
/// Those sessions send their headers in the clear, so they cannot go through this library's sessions,
/// which seal them. What the two share is replayed with the library's own parts: key agreement, chain
/// steps, message encryption; the root step is the one of the file's notes.
struct PeerRatchetReplay {
  private struct Party {
    var privateKeys: [X25519.PrivateKey]
    var own: X25519.PrivateKey?
    var peer: X25519.PublicKey?
    var rootKey: [UInt8]
    var sending: ChainKey?
    var sent = 0
    var receiving: ChainKey?
    var received = 0
    /// Message keys by ratchet key and number.
    var skipped: [String: SecretBytes] = [:]
  }

  private struct Message {
    let ratchetKey: X25519.PublicKey
    let previousCount: Int
    let number: Int
    let key: [UInt8]
    let associated: [UInt8]
    let ciphertext: [UInt8]
    let plaintext: [UInt8]
  }

  private let info: [UInt8]
  private var parties: [String: Party]
  private var messages: [Int: Message] = [:]
  private var checks = VectorChecks()

  static func run(_ test: VectorCase) throws(CygnetError) -> VectorOutcome {
    var replay = try PeerRatchetReplay(test)
    for event in try test.fields.list("events") { try replay.play(event) }
    let final = try test.fields.member("final_state")
    for name in ["alice", "bob"] { try replay.compare(name, final.member(name)) }
    return replay.checks.outcome
  }

  private init(_ test: VectorCase) throws(CygnetError) {
    info = try test.bytes("root_info")
    let privateKeys = try test.fields.member("ratchet_privates")
    let secret = try test.bytes("shared_secret")
    var alice = Party(privateKeys: try Self.keys(privateKeys, "alice"), rootKey: secret)
    var bob = Party(privateKeys: try Self.keys(privateKeys, "bob"), rootKey: secret)
    bob.own = try X25519.PrivateKey(test.secret("bob_initial_ratchet_private"))
    alice.peer = try X25519.PublicKey(test.bytes("bob_initial_ratchet_public"))
    parties = ["alice": alice, "bob": bob]
    try turn("alice")
  }

  private static func keys(
    _ lists: JSON, _ name: String
  ) throws(CygnetError) -> [X25519.PrivateKey] {
    var keys: [X25519.PrivateKey] = []
    for row in try lists.list(name) {
      guard let bytes = row.hexBytes else { throw CygnetError(.malformed, "a key is not hex") }
      keys.append(try X25519.PrivateKey(SecretBytes(copying: bytes)))
    }
    return keys
  }

  private func party(_ name: String) throws(CygnetError) -> Party {
    guard let party = parties[name] else { throw CygnetError(.malformed, "an unknown party") }
    return party
  }

  /// A fresh ratchet key, a root step and a sending chain (Double Ratchet §3.5, second half).
  private mutating func turn(_ name: String) throws(CygnetError) {
    var party = try party(name)
    guard !party.privateKeys.isEmpty, let peer = party.peer else {
      throw CygnetError(.malformed, "the case lacks a ratchet key")
    }
    let own = party.privateKeys.removeFirst()
    let agreement = try X25519.agreement(own, peer).exposed()
    let step = try RatchetFormats.rootStep(party.rootKey, agreement, info: info)
    (party.own, party.rootKey, party.sending, party.sent) = (own, step.rootKey, step.chainKey, 0)
    parties[name] = party
  }

  private mutating func play(_ event: JSON) throws(CygnetError) {
    switch try event.text("op") {
    case "send": try send(event)
    case "receive": try receive(event)
    case "receive-duplicate": try receiveAgain(event)
    case "lost": break
    default: throw CygnetError(.malformed, "an unknown event")
    }
  }

  private mutating func send(_ event: JSON) throws(CygnetError) {
    let name = try event.text("by")
    var party = try party(name)
    guard let chain = party.sending, let own = party.own else {
      throw CygnetError(.malformed, "a party sends before it can")
    }
    let (header, id) = (try event.member("header"), try event.int("msg"))
    let step = chain.step()
    let (plaintext, associated) = (try event.bytes("plaintext"), try event.bytes("aad"))
    let ciphertext = try ChaCha20Poly1305.seal(
      plaintext, key: step.messageKey.secret, nonce: [UInt8](repeating: 0, count: 12),
      authenticating: associated)
    let message = Message(
      ratchetKey: try own.publicKey(), previousCount: try header.int("pn"), number: party.sent,
      key: step.messageKey.secret.exposed(), associated: associated, ciphertext: ciphertext,
      plaintext: plaintext)
    checks.equal(
      "ratchet_pub of \(id)", message.ratchetKey.bytes, try header.bytes("ratchet_pub"))
    checks.that(try party.sent == header.int("n"), "n of \(id) is \(party.sent)")
    checks.equal("message_key of \(id)", message.key, try event.bytes("message_key"))
    checks.equal("ciphertext of \(id)", ciphertext, try event.bytes("ciphertext"))
    party.sending = step.next
    party.sent += 1
    parties[name] = party
    messages[id] = message
  }

  private mutating func receive(_ event: JSON) throws(CygnetError) {
    let (name, id) = (try event.text("by"), try event.int("msg"))
    guard let message = messages[id] else { throw CygnetError(.malformed, "an unsent message") }
    if let key = try takeSkipped(name, message) { return try open(message, id, key) }
    let receiver = try party(name)
    if receiver.peer != message.ratchetKey || receiver.receiving == nil {
      try skip(name, to: message.previousCount)
      try ratchet(name, to: message.ratchetKey)
    }
    try skip(name, to: message.number)
    var party = try party(name)
    guard let step = party.receiving?.step() else { return }
    party.receiving = step.next
    party.received += 1
    parties[name] = party
    try open(message, id, step.messageKey.secret)
  }

  /// The key of a message that was received is gone.
  private mutating func receiveAgain(_ event: JSON) throws(CygnetError) {
    let (name, id) = (try event.text("by"), try event.int("msg"))
    guard let message = messages[id] else { throw CygnetError(.malformed, "an unsent message") }
    let party = try party(name)
    let isHeld = party.skipped[Self.slot(message.ratchetKey, message.number)] != nil
    let isAhead = party.peer == message.ratchetKey && message.number >= party.received
    checks.that(!isHeld && !isAhead, "the key of \(id) is still there")
  }

  private mutating func open(
    _ message: Message, _ id: Int, _ key: SecretBytes
  ) throws(CygnetError) {
    checks.equal("received key of \(id)", key, message.key)
    let plaintext = try ChaCha20Poly1305.open(
      message.ciphertext, key: key, nonce: [UInt8](repeating: 0, count: 12),
      authenticating: message.associated)
    checks.equal("received plaintext of \(id)", plaintext, message.plaintext)
  }

  /// Steps the receiving chain and keeps the keys it passes.
  private mutating func skip(_ name: String, to number: Int) throws(CygnetError) {
    var party = try party(name)
    guard let peer = party.peer, number <= party.received + 1000 else { return }
    while let chain = party.receiving, party.received < number {
      let step = chain.step()
      party.skipped[Self.slot(peer, party.received)] = step.messageKey.secret
      party.receiving = step.next
      party.received += 1
    }
    parties[name] = party
  }

  private mutating func takeSkipped(
    _ name: String, _ message: Message
  ) throws(CygnetError) -> SecretBytes? {
    var party = try party(name)
    let key = party.skipped.removeValue(forKey: Self.slot(message.ratchetKey, message.number))
    parties[name] = party
    return key
  }

  /// A new ratchet key of the peer: a root step for its chain, then one for the answer.
  private mutating func ratchet(
    _ name: String, to peer: X25519.PublicKey
  ) throws(CygnetError) {
    var party = try party(name)
    guard let own = party.own else { throw CygnetError(.malformed, "a party without a key") }
    let agreement = try X25519.agreement(own, peer).exposed()
    let step = try RatchetFormats.rootStep(party.rootKey, agreement, info: info)
    (party.peer, party.rootKey) = (peer, step.rootKey)
    (party.receiving, party.received) = (step.chainKey, 0)
    parties[name] = party
    try turn(name)
  }

  private static func slot(_ key: X25519.PublicKey, _ number: Int) -> String {
    "\(Hex.encode(key.bytes))/\(number)"
  }

  private mutating func compare(_ name: String, _ stated: JSON) throws(CygnetError) {
    let party = try party(name)
    checks.equal("\(name): root_key", party.rootKey, try stated.bytes("root_key"))
    for (key, chain) in [("sending_chain", party.sending), ("receiving_chain", party.receiving)] {
      guard let chain, let row = stated[key], !row.isNull else { continue }
      checks.equal("\(name): \(key)", chain.secret, try row.bytes("key"))
    }
    let skipped = try stated.list("skipped")
    checks.that(skipped.count == party.skipped.count, "\(name): \(party.skipped.count) skipped")
    for row in skipped {
      let slot = try Self.slot(X25519.PublicKey(row.bytes("ratchet_pub")), row.int("n"))
      checks.equal(
        "\(name): skipped \(slot)", party.skipped[slot]?.exposed() ?? [],
        try row.bytes("message_key"))
    }
  }
}
