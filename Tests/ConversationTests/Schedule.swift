import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport

/// A random run of two parties, wholly determined by its seed: messages are sent, lost, doubled,
/// tampered with and delivered out of order, and both sides restart from what they stored.
///
/// What a message owes: it opens once, to its plaintext; every other delivery of it, and of
/// anything derived from it, fails and changes nothing.
struct Schedule {
  /// Messages of one direction that may still arrive, counted back from the last one sent. As many
  /// as chains with skipped keys are held, so that no key is dropped that is still needed.
  static let window = Limits.maxSkippedChains

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// One message on its way.
  struct Message {
    let encoded: [UInt8]
    let plaintext: [UInt8]
    let associated: [UInt8]
    let isInitial: Bool
    var isOpened = false
    var isLost = false
  }

  struct Party {
    var device: TestDevice
    var session: PairwiseSession?
    /// What the other party sent, oldest first.
    var inbox: [Message] = []
  }

  private(set) var parties: [Party]
  private var random: SeededRandomSource
  private let seed: UInt64
  private var step = 0
  /// What happened, to see that schedules reach everything.
  private(set) var tally = Tally()

  struct Tally {
    var sent = 0
    var opened = 0
    var late = 0
    var lost = 0
    var duplicates = 0
    var tampered = 0
    var restarts = 0
  }

  init(seed: UInt64) throws {
    self.seed = seed
    random = SeededRandomSource(seed, label: "schedule")
    let oneTimeCount = Int(seed % 3)
    parties = [
      Party(device: try TestDevice("alice", seed: seed, oneTimeCount: oneTimeCount)),
      Party(device: try TestDevice("bob", seed: seed, oneTimeCount: oneTimeCount)),
    ]
  }

  mutating func run() throws {
    let initiator = draw(2)
    parties[initiator].session = try parties[initiator].device.initiate(
      to: &parties[1 - initiator].device)
    let steps = 20 + draw(40)
    while step < steps {
      step += 1
      let who = draw(2)
      switch draw(21) {
      case 0..<8: try send(from: who)
      case 8..<14: try deliver(to: who)
      case 14..<16: try deliverAgain(to: who)
      case 16..<18: try deliverTampered(to: who)
      case 18..<20: lose(to: who)
      default: try restart(who)
      }
    }
    for who in 0..<2 {
      for index in parties[who].inbox.indices.reversed() { try deliver(index, to: who) }
      for index in parties[who].inbox.indices where parties[who].inbox[index].isOpened {
        try expectRefusal(index, to: who)
      }
    }
  }

  // MARK: - Steps

  private mutating func send(from who: Int) throws {
    guard parties[who].session != nil else { return }
    let plaintext = random.bytes(draw(40))
    let associated = random.bytes(draw(3))
    let message = try parties[who].session!.encrypt(plaintext, authenticating: associated)
    var isInitial = false
    if case .initial = message { isInitial = true }
    parties[1 - who].inbox.append(
      Message(
        encoded: try message.encoded(), plaintext: plaintext, associated: associated,
        isInitial: isInitial))
    if parties[1 - who].inbox.count > Self.window { parties[1 - who].inbox.removeFirst() }
    tally.sent += 1
  }

  private mutating func deliver(to who: Int) throws {
    let count = parties[who].inbox.count
    if count > 0 { try deliver(draw(count), to: who) }
  }

  private mutating func deliver(_ index: Int, to who: Int) throws {
    let message = parties[who].inbox[index]
    if message.isLost { return }
    if message.isOpened { return try expectRefusal(index, to: who) }
    do {
      let plaintext = try receive(message.encoded, message.associated, by: who)
      guard plaintext == message.plaintext else { throw fail("opened to another plaintext") }
    } catch let error as CygnetError {
      throw fail("a genuine message was refused: \(error)")
    }
    parties[who].inbox[index].isOpened = true
    tally.opened += 1
    if index + 1 < parties[who].inbox.count { tally.late += 1 }
  }

  /// It stays in the inbox, so that the window goes by messages sent.
  private mutating func lose(to who: Int) {
    guard !parties[who].inbox.isEmpty else { return }
    let index = draw(parties[who].inbox.count)
    guard !parties[who].inbox[index].isOpened, !parties[who].inbox[index].isLost else { return }
    parties[who].inbox[index].isLost = true
    tally.lost += 1
  }

  private mutating func deliverAgain(to who: Int) throws {
    let seen = parties[who].inbox.indices.filter { parties[who].inbox[$0].isOpened }
    if !seen.isEmpty { try expectRefusal(seen[draw(seen.count)], to: who) }
  }

  private mutating func deliverTampered(to who: Int) throws {
    guard !parties[who].inbox.isEmpty else { return }
    let message = parties[who].inbox[draw(parties[who].inbox.count)]
    var bytes = message.encoded
    var associated = message.associated
    switch draw(5) {
    case 0: bytes.removeLast(1 + draw(bytes.count - 1))
    case 1: associated.append(0)
    case 2: bytes.append(UInt8(draw(256)))
    default: bytes[draw(bytes.count)] ^= 1 << UInt8(draw(8))
    }
    _ = try refusal(of: bytes, associated, by: who)
    tally.tampered += 1
  }

  private mutating func restart(_ who: Int) throws {
    if let session = parties[who].session {
      let state = try session.state()
      let restored = try PairwiseSession(restoring: state)
      guard try restored.state() == state else { throw fail("the state came back otherwise") }
      parties[who].session = restored
    }
    parties[who].device.preKeys = try PreKeys(restoring: parties[who].device.preKeys.state())
    tally.restarts += 1
  }

  // MARK: - Receiving

  private mutating func receive(
    _ bytes: [UInt8], _ associated: [UInt8], by who: Int
  ) throws -> [UInt8] {
    let message = try PairwiseMessage(decoding: bytes)
    if parties[who].session != nil {
      return try parties[who].session!.decrypt(message, authenticating: associated)
    }
    let accepted = try parties[who].device.accept(
      message, from: parties[1 - who].device, authenticating: associated)
    parties[who].session = accepted.session
    return accepted.plaintext
  }

  /// A message that was opened before: refused by the session, and by a second handshake.
  private mutating func expectRefusal(_ index: Int, to who: Int) throws {
    let message = parties[who].inbox[index]
    let code = try refusal(of: message.encoded, message.associated, by: who)
    // A chain's header key goes with its last skipped key; a copy that comes later is as foreign
    // as any forgery, unless it names its handshake.
    guard code == .duplicate || (!message.isInitial && code == .authenticationFailed) else {
      throw fail("a copy failed with \(code)")
    }
    if message.isInitial {
      var device = parties[who].device
      let again = failureCode {
        try device.accept(
          PairwiseMessage(decoding: message.encoded), from: parties[1 - who].device,
          authenticating: message.associated)
      }
      guard again == .duplicate else { throw fail("a handshake was answered twice") }
    }
    tally.duplicates += 1
  }

  /// The code with which `who` refuses these bytes, after seeing that nothing changed.
  private mutating func refusal(
    of bytes: [UInt8], _ associated: [UInt8], by who: Int
  ) throws -> CygnetError.Code {
    let before = try stored(who)
    do {
      _ = try receive(bytes, associated, by: who)
    } catch let error as CygnetError {
      guard try stored(who) == before else { throw fail("a failure changed the state") }
      guard error.code != .internalFault else { throw fail("internal fault") }
      return error.code
    }
    throw fail("what is not genuine opened")
  }

  /// What receiving can change: the session, or before there is one the prekeys.
  private func stored(_ who: Int) throws -> SecretBytes {
    if let session = parties[who].session { return try session.state() }
    return try parties[who].device.preKeys.state()
  }

  private mutating func draw(_ limit: Int) -> Int {
    let bytes = random.bytes(4)
    var value = 0
    for byte in bytes { value = value << 8 | Int(byte) }
    return value % limit
  }

  private func fail(_ what: String) -> Failure {
    Failure(description: "CYGNET_SEED=\(seed) step \(step): \(what)")
  }
}
