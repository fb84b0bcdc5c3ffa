import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import TestSupport

private let sender = Array("alice".utf8)
private let now = Timestamp(seconds: 1_767_225_600)

/// Alice with a chain that two members were given, as every input begins.
private let start: (alice: SendingSenderKey, member: ReceivingSenderKey) = {
  var random = SeededRandomSource(1, label: "fuzz sender keys")
  guard
    let policy = try? SenderKeyRotationPolicy(
      messageCount: 8, age: 1, hardLimit: SenderKeyLimits.maxChainLength),
    let alice = try? SendingSenderKey.generate(
      for: .generate(using: &random), sender: sender, policy: policy, now: now, using: &random),
    let member = try? ReceivingSenderKey(alice.distributionMessage(), from: sender)
  else { fatalError("no chain") }
  return (alice, member)
}()

/// Reads the input as a script of messages, rotations and attacks.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSenderKeys(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  decode(input)
  var play = Play(script: input)
  do { try play.run() } catch { fatalError("\(error)") }
  return 0
}

/// What decodes encodes to the same bytes, and stored state that decodes can be used.
private func decode(_ bytes: [UInt8]) {
  if let message = try? SenderKeyMessage(decoding: bytes) {
    guard (try? message.encoded()) == bytes else { fatalError("a message comes back otherwise") }
    var member = start.member
    if (try? member.decrypt(message)) != nil { fatalError("a forged message opened") }
  }
  if let message = try? SenderKeyDistributionMessage(decoding: bytes) {
    guard (try? message.encoded()) == bytes else { fatalError("a share comes back otherwise") }
    guard let member = try? ReceivingSenderKey(message, from: sender) else {
      fatalError("a share that decodes begins nothing")
    }
    guard let state = try? member.state(), (try? ReceivingSenderKey(restoring: state)) != nil else {
      fatalError("a member's half that was stored does not load")
    }
  }
  let state = SecretBytes(copying: bytes)
  if var sending = try? SendingSenderKey(restoring: state) {
    guard (try? sending.state()) == state else { fatalError("a sender's half changes") }
    _ = try? sending.encrypt([1])
    _ = sending.needsRotation(now: now)
    _ = try? sending.rotate(now: now)
    guard let after = try? sending.state(), (try? SendingSenderKey(restoring: after)) != nil else {
      fatalError("a sender's half that was stored does not load")
    }
  }
  if var receiving = try? ReceivingSenderKey(restoring: state) {
    guard (try? receiving.state()) == state else { fatalError("a member's half changes") }
    _ = try? receiving.process(start.alice.distributionMessage())
    guard let after = try? receiving.state(), (try? ReceivingSenderKey(restoring: after)) != nil
    else { fatalError("a member's half that was stored does not load") }
  }
}

private struct Play {
  struct Sent {
    let encoded: [UInt8]
    let plaintext: [UInt8]
    var openedBy: Set<Int> = []
    /// Members that held the chain when it was sent.
    let readers: Set<Int>
  }

  struct Defect: Error {
    let what: String
  }

  private let script: [UInt8]
  private var position = 0
  private var random: SeededRandomSource
  private var alice = start.alice
  private var members = [start.member, start.member]
  private var sent: [Sent] = []
  private var shares: [[UInt8]] = []
  /// Once Alice broke the rules and was believed, her genuine messages may fail.
  private var isBroken = false

  init(script: [UInt8]) {
    self.script = script
    random = SeededRandomSource(2, label: "fuzz sender keys")
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
    case 2: .max - 2 - UInt32(next())
    default: 2_000 + UInt32(next())
    }
  }

  mutating func run() throws {
    var steps = 0
    while !isOver, steps < 64 {
      steps += 1
      let byte = next()
      let who = byte & 1
      switch byte >> 1 & 15 {
      case 0..<4: try send()
      case 4..<8: try deliver(to: who)
      case 8: try deliverChanged(to: who)
      case 9: try restart(who)
      case 10: try rotate()
      case 11, 12: try give(to: who)
      case 13: try breakRules(to: who)
      case 14: try giveChanged(to: who)
      default: try deliverRaw(to: who)
      }
    }
  }

  private mutating func send() throws {
    let plaintext = [UInt8](repeating: UInt8(truncatingIfNeeded: next()), count: next() % 8)
    let chain = alice.chainID
    let readers = Set(members.indices.filter { members[$0].chainIDs.contains(chain) })
    let message = try alice.encrypt(plaintext)
    sent.append(Sent(encoded: try message.encoded(), plaintext: plaintext, readers: readers))
    if sent.count > 64 { sent.removeFirst() }
  }

  private mutating func deliver(to who: Int) throws {
    guard !sent.isEmpty else { return }
    let index = next() % sent.count
    let message = sent[index]
    guard let plaintext = try receive(message.encoded, by: who) else {
      let chain = try SenderKeyMessage(decoding: message.encoded).chainID
      guard
        message.openedBy.contains(who) || isBroken || !message.readers.contains(who)
          || !members[who].chainIDs.contains(chain)
      else { throw Defect(what: "a genuine message did not open") }
      return
    }
    guard !message.openedBy.contains(who), plaintext == message.plaintext else {
      throw Defect(what: "opened twice, or to something else")
    }
    sent[index].openedBy.insert(who)
  }

  private mutating func deliverChanged(to who: Int) throws {
    guard !sent.isEmpty else { return }
    var bytes = sent[next() % sent.count].encoded
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
    var bytes: [UInt8] = [0, 1, 16]
    for _ in 0..<min(next(), 200) { bytes.append(UInt8(truncatingIfNeeded: next())) }
    if try receive(bytes, by: who) != nil { throw Defect(what: "arbitrary bytes opened") }
  }

  private mutating func restart(_ who: Int) throws {
    let state = try members[who].state()
    members[who] = try ReceivingSenderKey(restoring: state)
    guard try members[who].state() == state else { throw Defect(what: "another state came back") }
    alice = try SendingSenderKey(restoring: alice.state())
  }

  private mutating func rotate() throws {
    shares.append(try alice.distributionMessage().encoded())
    try alice.rotate(now: now, using: &random)
    shares.append(try alice.distributionMessage().encoded())
  }

  /// Something that was shared at some time.
  private mutating func give(to who: Int) throws {
    guard !shares.isEmpty else { return }
    let message = try SenderKeyDistributionMessage(decoding: shares[next() % shares.count])
    do throws(CygnetError) { _ = try members[who].process(message) } catch {
      // Alice may have given this chain another signature key before.
      guard isBroken, error.code == .ruleViolation else { throw Defect(what: "\(error)") }
    }
  }

  /// A share that Alice could have made, of any chain and iteration.
  private mutating func giveChanged(to who: Int) throws {
    var bytes = try alice.distributionMessage().encoded()
    let place = [21, 25, 62, 5][next() % 4]
    for index in 0..<4 { bytes[place + index] ^= UInt8(truncatingIfNeeded: next()) }
    let before = try members[who].state()
    do throws(CygnetError) {
      let processed = try members[who].process(SenderKeyDistributionMessage(decoding: bytes))
      if processed == .added { isBroken = true }
      if processed == .known, try members[who].state() != before {
        throw CygnetError(.internalFault, "a chain that was known changed")
      }
      if processed == .retired { isBroken = true }
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "internal fault") }
      guard try members[who].state() == before else { throw Defect(what: "the state changed") }
    }
  }

  /// Alice signs a message of her choice.
  private mutating func breakRules(to who: Int) throws {
    let context = try SenderKeyContext(alice.distributionID, sender: sender)
    let signingKey = try Ed25519.PrivateKey(seed: alice.state().slice(117..<149))
    let expanded = try alice.distributionMessage().chainKey.step().messageKey.expanded()
    let header = SenderKeyHeader(
      distributionID: alice.distributionID, chainID: alice.chainID, iteration: number(),
      commitment: next() % 2 == 0 ? expanded.commitment : [UInt8](repeating: 1, count: 32))
    let ciphertext = [UInt8](repeating: UInt8(truncatingIfNeeded: next()), count: 16 + next() % 9)
    let message = SenderKeyMessage(
      header: header, ciphertext: ciphertext,
      signature: try signingKey.signature(of: context.signedContent(header, ciphertext, [])))
    if try receive(message.encoded(), by: who) != nil { throw Defect(what: "nonsense opened") }
  }

  /// The plaintext, or nil after a failure that changed nothing.
  private mutating func receive(_ bytes: [UInt8], by who: Int) throws -> [UInt8]? {
    let before = try members[who].state()
    do throws(CygnetError) {
      return try members[who].decrypt(SenderKeyMessage(decoding: bytes))
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "internal fault") }
      guard try members[who].state() == before else { throw Defect(what: "the state changed") }
      return nil
    }
  }
}
