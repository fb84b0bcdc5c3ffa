import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import Testing

/// How many messages pass from a theft of both parties' states until both send under keys that the
/// thief cannot compute, with a histogram beside what a simulation of the paper's protocol gives.
@Suite("Healing of the sparse ratchet")
struct HealingTests {
  #if DEBUG
    static let epochs: UInt64 = 20
  #else
    static let epochs: UInt64 = 200
  #endif

  /// Messages of both directions in an epoch, by a simulation of the state machine with 3, 36, 30
  /// and 5 chunks.
  static let expected: [Rhythm: Double] = [
    .pingPong: 87, .coin: 94, .fifth: 195, .tenth: 378, .bursts: 140, .tenPercentLost: 97,
  ]

  /// What a message tells about healing.
  private struct Moment {
    let sender: Side
    /// The epoch whose key the message counts with.
    let keyEpoch: UInt64
    /// The first epoch whose key cannot be computed from the states as they were before it.
    let safeEpoch: UInt64
  }

  @Test("messages until a theft of everything is healed", arguments: Rhythm.allCases)
  func histogram(rhythm: Rhythm) throws {
    let moments = try run(rhythm)
    let healing = distances(moments)
    let perEpoch = Double(moments.count) / Double(Self.epochs - 1)
    #expect(healing.count > moments.count / 2)
    print(report(rhythm, perEpoch, healing))
    if let expected = Self.expected[rhythm] {
      // Few epochs of a random rhythm scatter.
      let tolerance = Self.epochs < 100 ? 0.25 : 0.1
      #expect(abs(perEpoch / expected - 1) < tolerance, "\(perEpoch) messages an epoch")
    }
    let mean = Double(healing.reduce(0, +)) / Double(healing.count)
    #expect(mean > perEpoch && mean < 2.2 * perEpoch)
  }

  private func run(_ rhythm: Rhythm) throws -> [Moment] {
    var scene = try SparseScene(21)
    var random = SeededRandomSource(22, label: rhythm.rawValue)
    var moments: [Moment] = []
    while scene[.initiator].braid.epoch < Self.epochs {
      let safe = max(scene[.initiator].braid.safeEpoch, scene[.responder].braid.safeEpoch)
      let sender = rhythm.sender(moments.count, &random)
      let letter = try scene.send(sender)
      moments.append(
        Moment(
          sender: sender, keyEpoch: scene[sender].chains.sending.epoch, safeEpoch: safe))
      if random.number(below: 100) >= rhythm.lossPercent { try scene.deliver(letter) }
    }
    return moments
  }

  /// For a theft before each message: messages until neither party sends under a known key.
  private func distances(_ moments: [Moment]) -> [Int] {
    // The first message of each party in each epoch; epochs only grow.
    var starts: [Side: [UInt64: Int]] = [:]
    for (index, moment) in moments.enumerated()
    where starts[moment.sender, default: [:]][moment.keyEpoch] == nil {
      starts[moment.sender, default: [:]][moment.keyEpoch] = index
    }
    var distances: [Int] = []
    for (index, moment) in moments.enumerated() {
      guard let one = starts[.initiator]?[moment.safeEpoch],
        let other = starts[.responder]?[moment.safeEpoch]
      else { continue }
      distances.append(max(one, other) - index)
    }
    return distances
  }

  private func report(_ rhythm: Rhythm, _ perEpoch: Double, _ healing: [Int]) -> String {
    let sorted = healing.sorted()
    let mean = Double(sorted.reduce(0, +)) / Double(sorted.count)
    func rank(_ share: Double) -> Int { sorted[Int(share * Double(sorted.count - 1))] }
    var text = "healing, \(rhythm.rawValue): \(Int(perEpoch.rounded())) messages an epoch"
    if let expected = Self.expected[rhythm] { text += " (simulated: \(Int(expected)))" }
    text += "; until healed: mean \(Int(mean.rounded())), median \(rank(0.5)), "
    text += "9 of 10 within \(rank(0.9)), all within \(rank(1))\n"
    let width = max(10, (rank(1) / 10 + 9) / 10 * 10)
    var bins = [Int](repeating: 0, count: rank(1) / width + 1)
    for distance in sorted { bins[distance / width] += 1 }
    for (index, bin) in bins.enumerated() {
      let share = bin * 100 / sorted.count
      text += "  \(index * width)…\((index + 1) * width - 1): \(share) % "
      text += String(repeating: "#", count: share) + "\n"
    }
    return text
  }
}

extension Braid {
  /// The first epoch whose key neither this state nor the peer's at the same time contains, as far
  /// as this state shows: what is sampled already can be computed by who has the state.
  fileprivate var safeEpoch: UInt64 {
    if case .keysUnsampled = state { return epoch }
    return epoch + (isSampling ? 1 : 0)
  }

  private var isSampling: Bool {
    switch state {
    case .keysUnsampled, .noHeaderReceived, .headerReceived: false
    default: true
    }
  }
}
