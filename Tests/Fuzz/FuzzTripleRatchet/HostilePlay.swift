import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport

/// Conversations to begin with, some messages apart, so that the Braid stands in many states.
private let starts: [TestPair] = {
  guard var pair = try? TestPair.established(suite: .pqxdh) else { fatalError("no pair") }
  var starts = [pair]
  for turn in 0..<150 {
    do {
      try pair.aliceToBob()
      if turn % 3 > 0 { try pair.bobToAlice() }
    } catch { fatalError("\(error)") }
    if turn % 6 == 0 { starts.append(pair) }
  }
  return starts
}()

/// Reads the input as a script of two parties, one of whom now and then uses the keys it has to send
/// what no rule allows: any message of the sparse ratchet, authentic in every layer.
struct HostilePlay {
  private struct Sent {
    let message: PairwiseMessage
    let plaintext: [UInt8]
    var isOpened = false
  }

  private var script: Script
  private var random = SeededRandomSource(1, label: "fuzz")
  private var sessions: [PairwiseSession]
  private var inboxes: [[Sent]] = [[], []]
  /// Once a party broke the rules and was believed, its genuine messages may fail.
  private var isBroken = false

  init(_ script: Script) {
    self.script = script
    _ = self.script.next()  // told what to play
    let start = self.script.pick(starts)
    sessions = [start.aliceSession, start.bobSession]
  }

  mutating func run() throws {
    var steps = 0
    while !script.isOver, steps < 48 {
      steps += 1
      let who = script.draw(2)
      switch script.draw(8) {
      case 0, 1: try send(from: who)
      case 2, 3: try deliver(to: who)
      case 4: sessions[who] = try PairwiseSession(restoring: Laws.state(of: sessions[who]))
      default: try breakRules(to: who)
      }
    }
    for session in sessions { _ = try Laws.state(of: session) }
  }

  private mutating func send(from who: Int) throws {
    let plaintext = script.take(script.draw(4))
    // A party that was told nonsense may have come to the end of what it can send.
    let message = try sessions[who].encrypt(plaintext, using: &random)
    inboxes[1 - who].append(Sent(message: message, plaintext: plaintext))
    if inboxes[1 - who].count > Limits.maxSkippedChains { inboxes[1 - who].removeFirst() }
  }

  private mutating func deliver(to who: Int) throws {
    guard !inboxes[who].isEmpty else { return }
    let index = script.draw(inboxes[who].count)
    let sent = inboxes[who][index]
    if let plaintext = try Laws.receive(sent.message, by: &sessions[who]) {
      guard !sent.isOpened, plaintext == sent.plaintext else { throw Defect(what: "opened twice") }
      inboxes[who][index].isOpened = true
    } else if !sent.isOpened, !isBroken {
      throw Defect(what: "a genuine message did not open")
    }
  }

  /// The peer of `who` says what the script says in the place of the sparse ratchet.
  private mutating func breakRules(to who: Int) throws {
    guard let breaker = try RuleBreaker(sessions[1 - who]),
      var own = sessions[1 - who].sparseRatchet
    else { return }
    let number = breaker.n &+ UInt32(script.pick([0, 0, 0, 1, script.draw(40)]))
    if script.draw(4) == 0 {
      // Bytes of its choice. Such a message does not open, whatever the header says.
      let honest = try own.send(using: &random).message.wireEncoded()
      let end = script.mutate(honest)
      guard (41...49).contains(end.count) else { return }
      let message = try breaker.message(number, headerEnd: end)
      if try Laws.receive(message, by: &sessions[who]) != nil {
        throw Defect(what: "a message opened under the key of one ratchet")
      }
      return
    }
    let message = try breaker.message(
      number, previousChainLength: UInt32(script.pick([0, 0, script.number()])),
      plaintext: [1], sparse: hostile(&own))
    if try Laws.receive(message, by: &sessions[who]) != nil { isBroken = true }
    _ = try Laws.state(of: sessions[who])
  }

  /// A message of any content, with the key that belongs to its number where the peer has it.
  private mutating func hostile(_ own: inout SparseRatchet) throws -> SparseRatchet.Outgoing {
    let skipped = script.pick([0, 0, 0, 1, script.draw(30)])
    for _ in 0..<skipped { _ = try own.send(using: &random) }
    let honest = try own.send(using: &random)
    let braid = honest.message.braid
    let epoch = script.pick([braid.epoch, braid.epoch, braid.epoch + 1, max(braid.epoch, 2) - 1])
    let n = honest.message.n &+ UInt32(script.pick([0, 0, 0, 0, script.number()]))
    let previous = script.pick([
      honest.message.previousChainLength, honest.message.previousChainLength,
      UInt32(script.number()),
    ])
    return .init(
      message: SparseRatchetMessage(
        braid: BraidMessage(epoch: epoch, content: try content(braid.content)), n: n,
        previousChainLength: previous),
      messageKey: honest.messageKey)
  }

  private mutating func content(
    _ honest: BraidMessage.Content
  ) throws -> BraidMessage.Content {
    let kind = script.draw(8)
    if kind == 7 { return honest }
    let index = UInt16(truncatingIfNeeded: script.pick([script.draw(40), script.number()]))
    let data =
      script.draw(3) == 0
      ? try ChunkData(wire: script.take(32)) : honest.chunk?.data ?? ChunkData([UInt8](0..<32))
    let chunk = Chunk(index: index, data: data)
    switch kind {
    case 0: return .none
    case 1: return .header(chunk)
    case 2: return .vector(chunk)
    case 3: return .vectorAcknowledging(chunk)
    case 4: return .acknowledgement
    case 5: return .firstCiphertext(chunk)
    default: return .secondCiphertext(chunk)
    }
  }
}
