internal import CygnetPairwise
internal import CygnetPrimitives

/// What happens in the conversation of the Triple Ratchet's trace: one message a turn, every eighth
/// late by four, every eleventh lost, a restart now and then, until both have come to the second epoch.
struct TripleRatchetScript {
  struct Event {
    let comment: String
    let flags: [String]
    let members: [(String, JSON)]
  }

  private(set) var events: [Event] = []
  private var ratchets: [String: TripleRatchet]
  private var sent: [(to: String, message: RatchetMessage)] = []

  /// Plays the conversation to learn what it draws.
  static func events(
    _ ratchets: [String: TripleRatchet], _ random: inout SeededRandomSource
  ) throws(CygnetError) -> [Event] {
    var script = TripleRatchetScript(ratchets: ratchets)
    var late: [Int] = []
    while script.epoch < 2 {
      let number = try script.send(&random)
      if number % 11 == 5 { continue }
      if number % 8 == 3 { late.append(number) } else { try script.receive(number) }
      if let first = late.first, first + 4 < number { try script.receive(late.removeFirst()) }
      if number % 30 == 29 { try script.restore(number % 60 == 29 ? "initiator" : "responder") }
    }
    return script.events
  }

  private init(ratchets: [String: TripleRatchet]) { self.ratchets = ratchets }

  private var epoch: UInt64 {
    ratchets.values.map { $0.sparse?.braid.epoch ?? 0 }.min() ?? 0
  }

  private mutating func send(_ random: inout SeededRandomSource) throws(CygnetError) -> Int {
    let number = sent.count
    let isInitiator = number.isMultiple(of: 2)
    let party = isInitiator ? "initiator" : "responder"
    guard var ratchet = ratchets[party] else { throw CygnetError(.notFound, "no such party") }
    var probe = (ratchet.sparse, RecordingRandomSource(source: random))
    _ = try probe.0?.send(using: &probe.1)
    let sparseCount = probe.1.drawn.count
    var recording = RecordingRandomSource(source: random)
    let message = try ratchet.encrypt(
      Self.plaintext(number), sessionData: Self.sessionData, authenticating: [], using: &recording)
    random = recording.source
    let steps = recording.drawn.count > sparseCount + 16
    let drawn = recording.drawn.dropFirst(steps ? 32 : 0).dropLast(16)
    var flags = steps ? ["RatchetStep"] : []
    if !drawn.isEmpty { flags.append(drawn.count == 64 ? "KeyPair" : "Encapsulation") }
    events.append(
      Event(
        comment: "\(party) sends \(number)", flags: flags,
        members: [
          ("event", "send"), ("party", .string(party)), ("message_id", .integer(number)),
          ("ratchet_private", steps ? .hex(Array(recording.drawn.prefix(32))) : .null),
          ("drawn", .hex(Array(drawn))), ("header_nonce", .hex(recording.drawn.suffix(16))),
          ("plaintext", .hex(Self.plaintext(number))),
        ]))
    sent.append((isInitiator ? "responder" : "initiator", message))
    ratchets[party] = ratchet
    return number
  }

  private mutating func receive(_ number: Int) throws(CygnetError) {
    let (party, message) = sent[number]
    guard var ratchet = ratchets[party] else { throw CygnetError(.notFound, "no such party") }
    let before = ratchet.double.skipped.count
    _ = try ratchet.decrypt(message, sessionData: Self.sessionData, authenticating: [])
    events.append(
      Event(
        comment: "\(party) receives \(number)",
        flags: ratchet.double.skipped.count == before ? [] : ["OutOfOrder"],
        members: [
          ("event", "receive"), ("party", .string(party)), ("message_id", .integer(number)),
        ]))
    ratchets[party] = ratchet
  }

  private mutating func restore(_ party: String) throws(CygnetError) {
    events.append(
      Event(
        comment: "\(party) goes on from its stored state", flags: ["Restored"],
        members: [("event", "restore"), ("party", .string(party))]))
  }

  static let sessionData = [UInt8](repeating: 0xad, count: 32)

  private static func plaintext(_ number: Int) -> [UInt8] { Array("message \(number)".utf8) }
}
