internal import CygnetPrimitives

/// Runs the benchmarks: times in rounds that interleave the library with bare libsodium, the ratios
/// between the two, then sizes.
package enum Benchmarks {
  /// The library, as figures name it.
  package static let library = PairwiseBenchmarks.peer

  /// The goal of each ratio to bare libsodium.
  private static let goals: [(name: String, goal: Double)] = [
    ("setup_initiator", 1.15), ("setup_responder", 1.15), ("setup_total", 1.15),
    ("pqxdh_setup_initiator", 1.15), ("pqxdh_setup_responder", 1.15), ("pqxdh_setup_total", 1.15),
    ("pingpong_64_per_message", 1.15), ("encrypt_64_inchain", 1.5), ("decrypt_64_inchain", 1.5),
    ("skip1000_first_decrypt", 1.5), ("skip1000_ooo_decrypt_each", 1.5),
    ("sender_key_encrypt_100", 1.15), ("sender_key_decrypt_100", 1.15), ("hpke_seal_32", 1.15),
    ("hpke_open_32", 1.15), ("hpke_xwing_seal_32", 1.15), ("hpke_xwing_open_32", 1.15),
  ]

  /// The most that a size may be, in the unit of its figure.
  package static let sizeGoals: [String: Int] = [
    "message_overhead_64": 96, "pqxdh_message_overhead_64": 138,
    "pqxdh_session_bytes_largest": 3_300, "session_bytes_fresh": 400,
    "session_bytes_after_pingpong": 400,
    "session_heap_bytes": 1024, "sender_key_message_overhead_100": 144,
  ].merging(MLSBenchmarks.sizeGoals) { goal, _ in goal }

  /// Of what bare cipher and digest reach, at least so much.
  private static let attachmentGoal = 0.95

  /// - Parameters:
  ///   - filter: runs only figures whose name contains it; all when nil.
  ///   - seconds: about how long the pairwise part takes; attachments take about as long again, and so
  ///     do groups, beside the time to set them up.
  ///   - isLarge: whether groups of 10,000 members are measured, which takes minutes.
  ///   - progress: is told the part that is done.
  package static func run(
    filter: String?, seconds: Double, isLarge: Bool, progress: (Double) -> Void
  ) throws -> [Figure] {
    try Sodium.selfTest()
    let pairwise = try PairwiseBenchmarks()
    let senderKeys = try SenderKeyBenchmarks()
    let sparse = SparseRatchetBenchmarks()
    let postQuantum = try PQXDHBenchmarks()
    let floor = Floor()
    let all =
      try pairwise.operations(floor: floor) + postQuantum.operations(floor: floor)
      + postQuantum.ratchetOperations()
      + sparse.operations() + senderKeys.operations()
      + HPKEBenchmarks().operations() + KEMBenchmarks().operations()
    let operations = all.filter { operation in filter.map(operation.name.contains) ?? true }
    let attachments = AttachmentBenchmarks(filter: filter)
    let parts: [(operations: [Operation], batch: Double, seconds: Double)] = try [
      (operations, 1_000_000, seconds), (attachments.smallOperations(), 3_000_000, seconds / 2),
      (attachments.largeOperations(), 100_000_000, seconds / 2),
    ].filter { !$0.operations.isEmpty }
    var figures: [Figure] = []
    for (index, (operations, batch, seconds)) in parts.enumerated() {
      figures += try times(of: operations, batch: batch, seconds: seconds) { done in
        progress((Double(index) + done) / Double(parts.count + 1))
      }
    }
    let whole = Double(parts.count + 1)
    figures += try MLSBenchmarks(filter: filter, isLarge: isLarge).run(seconds: seconds) { done in
      progress((Double(parts.count) + done) / whole)
    }
    var facts =
      try pairwise.facts() + postQuantum.facts() + sparse.facts() + senderKeys.facts()
    if let filter { facts = facts.filter { $0.name.contains(filter) } }
    figures += ratios(of: figures) + facts
    return figures
  }

  /// - Parameter batch: nanoseconds of one operation's turn in a round, if that is enough for one.
  private static func times(
    of operations: [Operation], batch: Double, seconds: Double, progress: (Double) -> Void
  ) throws -> [Figure] {
    let bytes = operations.map(\.bytes).reduce(0, +)
    // A byte costs about 4 ns, which matters where an operation is longer than a turn.
    let perRound = max(batch * Double(operations.count) * 1.2, Double(bytes) * 4) / 1e9
    let kit = Interleaved(
      operations: operations, rounds: max(5, Int(seconds / perRound)), batchNanoseconds: batch)
    return try kit.run(progress: progress)
  }

  /// Of the least times: noise only ever adds to a time.
  private static func ratios(of figures: [Figure]) -> [Figure] {
    var times: [String: [String: Double]] = [:]
    for case .time(let peer, let name, _, let least, _, _) in figures {
      times[name, default: [:]][peer] = least
    }
    var ratios: [Figure] = []
    for (name, goal) in goals {
      guard let library = times[name]?[Self.library], let floor = times[name]?[Floor.peer]
      else { continue }
      ratios.append(.ratio(name: name, value: library / floor, goal: goal, goalIsFloor: false))
    }
    if let classical = times["setup_total"]?[Self.library],
      let postQuantum = times["pqxdh_setup_total"]?[Self.library]
    {
      let (name, goal) = PQXDHBenchmarks.setUpRatio
      ratios.append(
        .ratio(name: name, value: postQuantum / classical, goal: goal, goalIsFloor: false))
    }
    for (name, goal) in PQXDHBenchmarks.ratchetRatios {
      let triple = PQXDHBenchmarks.ratchetPrefix + name
      guard let one = times[name]?[Self.library], let both = times[triple]?[Self.library]
      else { continue }
      ratios.append(
        .ratio(name: "\(triple) over \(name)", value: both / one, goal: goal, goalIsFloor: false))
    }
    for (name, peers) in times {
      guard let goal = MLSBenchmarks.goal(of: name), let library = peers[Self.library],
        let floor = peers[Floor.peer]
      else { continue }
      ratios.append(.ratio(name: name, value: library / floor, goal: goal, goalIsFloor: false))
    }
    ratios += MLSBenchmarks.historyRatios(times)
    for name in AttachmentBenchmarks.goalNames {
      guard let library = times[name]?[Self.library], let floor = times[name]?[Floor.peer]
      else { continue }
      ratios.append(
        .ratio(name: name, value: floor / library, goal: attachmentGoal, goalIsFloor: true))
    }
    return ratios
  }
}
