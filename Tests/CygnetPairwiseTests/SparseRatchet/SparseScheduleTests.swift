import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import Testing

/// How messages of a conversation follow one another.
enum Rhythm: String, CaseIterable, Sendable {
  case pingPong = "ping-pong"
  case coin = "50/50"
  case fifth = "80/20"
  case tenth = "90/10"
  case bursts = "bursts of 20"
  case tenPercentLost = "ping-pong, 10 % lost"
  case thirtyPercentLost = "ping-pong, 30 % lost"

  func sender(_ index: Int, _ random: inout SeededRandomSource) -> Side {
    switch self {
    case .pingPong, .tenPercentLost, .thirtyPercentLost:
      index.isMultiple(of: 2) ? .initiator : .responder
    case .coin: random.number(below: 2) == 0 ? .initiator : .responder
    case .fifth: random.number(below: 5) == 0 ? .responder : .initiator
    case .tenth: random.number(below: 10) == 0 ? .responder : .initiator
    case .bursts: (index / 20).isMultiple(of: 2) ? .initiator : .responder
    }
  }

  var lossPercent: Int {
    switch self {
    case .tenPercentLost: 10
    case .thirtyPercentLost: 30
    default: 0
    }
  }
}

@Suite("Random schedules of the sparse ratchet")
struct SparseScheduleTests {
  #if DEBUG
    static let epochs: UInt64 = 40
  #else
    static let epochs: UInt64 = 500
  #endif

  @Test("keys agree through loss, delay, duplicates and restarts", arguments: 0..<5)
  func schedules(seed: UInt64) throws {
    var scene = try SparseScene(seed)
    var random = SeededRandomSource(seed, label: "schedule")
    var underway: [Letter] = []
    let loss = [0, 10, 30, 50, 5][Int(seed)]
    let share = [50, 50, 50, 70, 85][Int(seed)]
    var delivered = 0
    while scene[.initiator].braid.epoch < Self.epochs {
      underway.append(
        try scene.send(random.number(below: 100) < share ? .initiator : .responder))
      while underway.count > random.number(below: 12) {
        // Mostly the oldest, at times any; some come twice and some never.
        let isOldest = random.number(below: 4) != 0
        let letter = underway.remove(at: isOldest ? 0 : random.number(below: underway.count))
        if random.number(below: 100) < loss { continue }
        try scene.deliver(letter)
        delivered += 1
        if random.number(below: 20) == 0 {
          let before = try scene[letter.from.other].wireEncodedSecret()
          #expect(throws: CygnetError(.duplicate, "")) { try scene.deliver(letter) }
          #expect(try scene[letter.from.other].wireEncodedSecret() == before)
        }
        if random.number(below: 20) == 0 {
          let side = letter.from.other
          scene[side] = try SparseRatchet(wire: scene[side].wireEncodedSecret())
        }
      }
    }
    #expect(delivered > 50 * Int(Self.epochs))
    for side in Side.allCases { #expect(scene[side].skipped.count <= 4_000) }
  }

  @Test("every rhythm goes from epoch to epoch", arguments: Rhythm.allCases)
  func rhythms(rhythm: Rhythm) throws {
    var scene = try SparseScene(3)
    var random = SeededRandomSource(4, label: rhythm.rawValue)
    var index = 0
    while scene[.responder].braid.epoch < 10 {
      let letter = try scene.send(rhythm.sender(index, &random))
      index += 1
      if random.number(below: 100) >= rhythm.lossPercent { try scene.deliver(letter) }
      guard index < 6_000 else {
        Issue.record("only epoch \(scene[.responder].braid.epoch) after \(index) messages")
        return
      }
    }
  }
}
