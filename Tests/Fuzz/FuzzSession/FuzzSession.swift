import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import TestSupport

/// Two parties with a session, as every input begins.
private let start: TestPair = {
  guard let pair = try? TestPair.established() else { fatalError("no pair") }
  return pair
}()

/// Reads the input as a script of sends, deliveries and attacks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSession(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var play = Play(script: [UInt8](UnsafeBufferPointer(start: bytes, count: count)))
  do { try play.run() } catch { fatalError("\(error)") }
  return 0
}

private struct Play {
  struct Sent {
    let encoded: [UInt8]
    let plaintext: [UInt8]
    var isOpened = false
  }

  struct Defect: Error {
    let what: String
  }

  private static let window = Limits.maxSkippedChains

  private let script: [UInt8]
  private var position = 0
  private var random: SeededRandomSource
  private var sessions = [start.aliceSession, start.bobSession]
  private var inboxes: [[Sent]] = [[], []]
  /// Once a party broke the rules and was believed, its genuine messages may fail.
  private var isBroken = false

  init(script: [UInt8]) {
    self.script = script
    random = SeededRandomSource(1, label: "fuzz")
  }

  private var isOver: Bool { position >= script.count }

  private mutating func next() -> Int {
    defer { position += 1 }
    return isOver ? 0 : Int(script[position])
  }

  private mutating func number() -> UInt32 {
    switch next() % 4 {
    case 0: UInt32(next())
    case 1: UInt32(next() << 8 | next())
    case 2: .max - UInt32(next())
    default: 2_000 + UInt32(next())
    }
  }

  mutating func run() throws {
    var steps = 0
    while !isOver, steps < 64 {
      steps += 1
      let byte = next()
      let who = byte & 1
      switch byte >> 1 & 7 {
      case 0, 1: try send(from: who)
      case 2, 3: try deliver(to: who)
      case 4: try deliverChanged(to: who)
      case 5: try restart(who)
      case 6: try breakRules(to: who)
      default: try deliverRaw(to: who)
      }
    }
  }

  private mutating func send(from who: Int) throws {
    let plaintext = [UInt8](repeating: UInt8(truncatingIfNeeded: next()), count: next() % 8)
    let message = try sessions[who].encrypt(plaintext, using: &random)
    inboxes[1 - who].append(Sent(encoded: try message.encoded(), plaintext: plaintext))
    if inboxes[1 - who].count > Self.window { inboxes[1 - who].removeFirst() }
  }

  private mutating func deliver(to who: Int) throws {
    guard !inboxes[who].isEmpty else { return }
    let index = next() % inboxes[who].count
    let sent = inboxes[who][index]
    let plaintext = try receive(sent.encoded, by: who)
    if let plaintext {
      guard !sent.isOpened, plaintext == sent.plaintext else { throw Defect(what: "opened twice") }
    } else if !sent.isOpened, !isBroken {
      throw Defect(what: "a genuine message did not open")
    }
    if plaintext != nil { inboxes[who][index].isOpened = true }
  }

  private mutating func deliverChanged(to who: Int) throws {
    guard !inboxes[who].isEmpty else { return }
    var bytes = inboxes[who][next() % inboxes[who].count].encoded
    switch next() % 3 {
    case 0: bytes.removeLast(min(bytes.count, 1 + next()))
    case 1: bytes.append(UInt8(truncatingIfNeeded: next()))
    default:
      let flip = UInt8(truncatingIfNeeded: next())
      if flip == 0 { return }
      bytes[next() % bytes.count] ^= flip
    }
    if try receive(bytes, by: who) != nil { throw Defect(what: "a changed message opened") }
  }

  private mutating func deliverRaw(to who: Int) throws {
    var bytes: [UInt8] = [0, 1, UInt8(2 + next() % 2)]
    for _ in 0..<min(next(), 200) { bytes.append(UInt8(truncatingIfNeeded: next())) }
    if try receive(bytes, by: who) != nil { throw Defect(what: "arbitrary bytes opened") }
  }

  private mutating func restart(_ who: Int) throws {
    let state = try sessions[who].state()
    sessions[who] = try PairwiseSession(restoring: state)
    guard try sessions[who].state() == state else { throw Defect(what: "another state came back") }
  }

  /// The peer of `who` seals a header of its choice with keys that are right, or with those `who`
  /// waits for.
  private mutating func breakRules(to who: Int) throws {
    let breaker: RuleBreaker
    if next() % 2 == 0, let peer = try RuleBreaker(sessions[1 - who]) {
      breaker = peer
    } else {
      let view = try SessionStateView(sessions[who])
      breaker = RuleBreaker(
        associatedData: view.associatedData, headerKey: view.nextReceivingHeaderKey,
        chainKey: view.rootKey, ratchetKey: [UInt8](repeating: 9, count: 32), n: 0)
    }
    let key = next() % 4 == 0 ? [UInt8](repeating: UInt8(next() & 0xff), count: 32) : nil
    let message = try breaker.message(
      number(), previousChainLength: number(), ratchetKey: key, plaintext: [1])
    if try receive(message.encoded(), by: who) != nil { isBroken = true }
  }

  /// The plaintext, or nil after a failure that changed nothing.
  private mutating func receive(_ bytes: [UInt8], by who: Int) throws -> [UInt8]? {
    let before = try sessions[who].state()
    do throws(CygnetError) {
      return try sessions[who].decrypt(PairwiseMessage(decoding: bytes))
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "internal fault") }
      guard try sessions[who].state() == before else { throw Defect(what: "the state changed") }
      return nil
    }
  }
}
