import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import TestSupport

/// A random run of a group with sender keys, wholly determined by its seed: everybody sends, chains
/// are shared late, twice or never, members leave and join, messages are lost, doubled, tampered with
/// and delivered out of order, and everybody restarts from what they stored.
///
/// Beside the group runs a model of who was given which chain from which message on. A message opens
/// once, for exactly those; every other delivery fails with the code that the model tells, and changes
/// nothing.
struct SenderKeySchedule {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  struct Message {
    let encoded: [UInt8]
    let plaintext: [UInt8]
    let associated: [UInt8]
    let chain: UInt32
    let number: UInt32
    var openedBy: Set<Int> = []
  }

  /// A chain as it was shared at some time.
  struct Share {
    let encoded: [UInt8]
    let chain: UInt32
    let first: UInt32
  }

  struct Party {
    var sending: SendingSenderKey
    let name: [UInt8]
    var isMember = true
    var messages: [Message] = []
    var shares: [Share] = []
    /// By the number of the sender.
    var receiving: [Int: ReceivingSenderKey] = [:]
    /// What the model says of `receiving`: the first message of each chain that is held.
    var held: [Int: [UInt32: UInt32]] = [:]
    var retired: [Int: UInt32] = [:]
  }

  struct Tally {
    var sent = 0
    var opened = 0
    var duplicates = 0
    var closed = 0
    var tampered = 0
    var rotations = 0
    var given = 0
    var restarts = 0
  }

  private let seed: UInt64
  private var random: SeededRandomSource
  private var parties: [Party] = []
  private var step = 0
  private(set) var tally = Tally()

  init(seed: UInt64) throws {
    self.seed = seed
    random = SeededRandomSource(seed, label: "sender key schedule")
    let id = DistributionID.generate(using: &random)
    let policy = try SenderKeyRotationPolicy(messageCount: 5, age: 100, hardLimit: 12)
    for index in 0..<(2 + draw(5)) {
      let name = Array("party \(index)".utf8)
      let sending = try SendingSenderKey.generate(
        for: id, sender: name, policy: policy, now: TestDevice.now, using: &random)
      parties.append(Party(sending: sending, name: name))
    }
    for index in parties.indices { share(from: index) }
  }

  mutating func run() throws {
    let steps = 60 + draw(120)
    while step < steps {
      step += 1
      let (sender, member) = (draw(parties.count), draw(parties.count))
      switch draw(16) {
      case 0..<4: try send(from: sender)
      case 4..<8: try deliver(from: sender, to: member)
      case 8: try deliverTampered(from: sender, to: member)
      case 9..<12: try give(from: sender, to: member)
      case 12: try leave(member)
      case 13: parties[member].isMember = true
      case 14: try restart(member)
      default: try rotateIfDue(sender)
      }
    }
    for sender in parties.indices {
      for member in parties.indices {
        for index in parties[sender].messages.indices.reversed() {
          try deliver(index, from: sender, to: member)
        }
      }
    }
  }

  // MARK: - Sending

  private mutating func share(from sender: Int) {
    let message = parties[sender].sending.distributionMessage()
    guard let encoded = try? message.encoded() else { return }
    parties[sender].shares.append(
      Share(encoded: encoded, chain: message.chainID.rawValue, first: message.iteration))
  }

  private mutating func send(from sender: Int) throws {
    guard parties[sender].isMember else { return }
    let plaintext = random.bytes(draw(60))
    let associated = random.bytes(draw(3))
    let (chain, number) = (parties[sender].sending.chainID, parties[sender].sending.iteration)
    if number >= parties[sender].sending.policy.hardLimit {
      let code = failureCode { try parties[sender].sending.encrypt(plaintext) }
      guard code == .limitExceeded else { throw fail("sent beyond the hard limit") }
      return try rotate(sender)
    }
    let message = try parties[sender].sending.encrypt(plaintext, authenticating: associated)
    parties[sender].messages.append(
      Message(
        encoded: try message.encoded(), plaintext: plaintext, associated: associated,
        chain: chain.rawValue, number: number))
    tally.sent += 1
    if draw(4) == 0 { share(from: sender) }
  }

  private mutating func rotateIfDue(_ sender: Int) throws {
    let now = Timestamp(seconds: TestDevice.now.seconds + UInt64(draw(120)))
    if parties[sender].sending.needsRotation(now: now) { try rotate(sender) }
  }

  private mutating func rotate(_ sender: Int) throws {
    try parties[sender].sending.rotate(now: TestDevice.now, using: &random)
    share(from: sender)
    tally.rotations += 1
  }

  /// Who leaves is given no chain any more, and everybody rotates.
  private mutating func leave(_ member: Int) throws {
    guard parties[member].isMember, parties.count(where: \.isMember) > 2, draw(3) == 0 else {
      return
    }
    parties[member].isMember = false
    for sender in parties.indices where parties[sender].isMember { try rotate(sender) }
  }

  // MARK: - Sharing

  /// Gives a member something that was shared at some time, mostly the newest.
  private mutating func give(from sender: Int, to member: Int) throws {
    guard sender != member, parties[member].isMember else { return }
    let shares = parties[sender].shares
    let share = draw(3) == 0 ? shares[draw(shares.count)] : shares[shares.count - 1]
    let message = try SenderKeyDistributionMessage(decoding: share.encoded)
    tally.given += 1
    guard var receiving = parties[member].receiving[sender] else {
      parties[member].receiving[sender] = try ReceivingSenderKey(
        message, from: parties[sender].name)
      parties[member].held[sender] = [share.chain: share.first]
      return
    }
    let before = try receiving.state()
    let processed = try receiving.process(message)
    let expected = model(share, from: sender, to: member)
    guard processed == expected else { throw fail("shared: \(processed), not \(expected)") }
    if processed == .known, try receiving.state() != before {
      throw fail("a chain that was known changed")
    }
    parties[member].receiving[sender] = receiving
  }

  private mutating func model(
    _ share: Share, from sender: Int, to member: Int
  ) -> ReceivingSenderKey.Processed {
    if share.chain <= parties[member].retired[sender, default: 0] { return .retired }
    var held = parties[member].held[sender, default: [:]]
    if held[share.chain] != nil { return .known }
    held[share.chain] = share.first
    defer { parties[member].held[sender] = held }
    guard held.count > SenderKeyLimits.maxChains, let oldest = held.keys.min() else {
      return .added
    }
    held[oldest] = nil
    parties[member].retired[sender] = oldest
    return oldest == share.chain ? .retired : .added
  }

  // MARK: - Receiving

  private mutating func deliver(from sender: Int, to member: Int) throws {
    let count = parties[sender].messages.count
    if count > 0 { try deliver(draw(count), from: sender, to: member) }
  }

  private mutating func deliver(_ index: Int, from sender: Int, to member: Int) throws {
    guard sender != member else { return }
    let message = parties[sender].messages[index]
    guard let first = parties[member].held[sender]?[message.chain], message.number >= first else {
      try refuse(message.encoded, message.associated, .notFound, from: sender, to: member)
      tally.closed += 1
      return
    }
    if message.openedBy.contains(member) {
      try refuse(message.encoded, message.associated, .duplicate, from: sender, to: member)
      tally.duplicates += 1
      return
    }
    let decoded = try SenderKeyMessage(decoding: message.encoded)
    do {
      let plaintext = try parties[member].receiving[sender]?.decrypt(
        decoded, authenticating: message.associated)
      guard plaintext == message.plaintext else { throw fail("opened to another plaintext") }
    } catch let error as CygnetError {
      throw fail("a genuine message was refused: \(error)")
    }
    parties[sender].messages[index].openedBy.insert(member)
    tally.opened += 1
  }

  private mutating func deliverTampered(from sender: Int, to member: Int) throws {
    let messages = parties[sender].messages
    guard !messages.isEmpty, sender != member else { return }
    let message = messages[draw(messages.count)]
    var bytes = message.encoded
    var associated = message.associated
    switch draw(4) {
    case 0: bytes.removeLast(1 + draw(bytes.count - 1))
    case 1: associated.append(0)
    default: bytes[draw(bytes.count)] ^= 1 << UInt8(draw(8))
    }
    try refuse(bytes, associated, nil, from: sender, to: member)
    // Under another sender's name nothing opens either.
    let other = draw(parties.count)
    if other != sender, other != member, parties[member].receiving[other] != nil {
      try refuse(message.encoded, message.associated, nil, from: other, to: member)
    }
    tally.tampered += 1
  }

  private mutating func refuse(
    _ bytes: [UInt8], _ associated: [UInt8], _ expected: CygnetError.Code?, from sender: Int,
    to member: Int
  ) throws {
    let before = try parties[member].receiving[sender]?.state()
    do {
      let message = try SenderKeyMessage(decoding: bytes)
      guard parties[member].receiving[sender] != nil else { return }
      _ = try parties[member].receiving[sender]?.decrypt(message, authenticating: associated)
    } catch {
      guard try parties[member].receiving[sender]?.state() == before else {
        throw fail("a failure changed the state")
      }
      guard error.code != .internalFault, expected == nil || error.code == expected else {
        throw fail("refused with \(error.code), not \(expected?.name ?? "something else")")
      }
      return
    }
    throw fail("what should not open opened")
  }

  private mutating func restart(_ party: Int) throws {
    parties[party].sending = try SendingSenderKey(restoring: parties[party].sending.state())
    for (sender, receiving) in parties[party].receiving {
      let state = try receiving.state()
      let restored = try ReceivingSenderKey(restoring: state)
      guard try restored.state() == state else { throw fail("the state came back otherwise") }
      parties[party].receiving[sender] = restored
    }
    tally.restarts += 1
  }

  private mutating func draw(_ limit: Int) -> Int {
    var value = 0
    for byte in random.bytes(4) { value = value << 8 | Int(byte) }
    return value % limit
  }

  private func fail(_ what: String) -> Failure {
    Failure(description: "CYGNET_SEED=\(seed) step \(step): \(what)")
  }
}
