internal import CygnetPrimitives

/// Runs the benchmarks: times in rounds that interleave the library with bare libsodium, then sizes,
/// then the ratios between the two.
package enum Benchmarks {
  /// The library, as figures name it.
  package static let library = PairwiseBenchmarks.peer

  /// The goal of each ratio to bare libsodium.
  private static let goals: [(name: String, goal: Double)] = [
    ("setup_initiator", 1.15), ("setup_responder", 1.15), ("setup_total", 1.15),
    ("pingpong_64_per_message", 1.15), ("encrypt_64_inchain", 1.5), ("decrypt_64_inchain", 1.5),
    ("skip1000_first_decrypt", 1.5), ("skip1000_ooo_decrypt_each", 1.5),
  ]

  /// - Parameters:
  ///   - filter: runs only figures whose name contains it; all when nil.
  ///   - seconds: about how long the pairwise part takes.
  package static func run(
    filter: String?, seconds: Double, progress: (Double) -> Void
  ) throws -> [Figure] {
    try Sodium.selfTest()
    let pairwise = try PairwiseBenchmarks()
    let floor = Floor()
    let batch = 2_000_000.0
    var operations = try pairwise.operations(floor: floor)
    if let filter { operations = operations.filter { $0.name.contains(filter) } }
    let perRound = batch * Double(max(operations.count, 1)) * 1.2 / 1e9
    let rounds = max(5, Int(seconds / perRound))
    let kit = Interleaved(
      operations: operations, rounds: rounds, batchNanoseconds: batch)
    var figures = try kit.run(progress: progress)
    var facts = try pairwise.facts()
    if let filter { facts = facts.filter { $0.name.contains(filter) } }
    figures += ratios(of: figures) + facts
    return figures
  }

  private static func ratios(of figures: [Figure]) -> [Figure] {
    var times: [String: [String: Double]] = [:]
    for case .time(let peer, let name, let nanoseconds, _, _, _) in figures {
      times[name, default: [:]][peer] = nanoseconds
    }
    var ratios: [Figure] = []
    for (name, goal) in goals {
      guard let library = times[name]?[PairwiseBenchmarks.peer],
        let floor = times[name]?[Floor.peer]
      else { continue }
      ratios.append(.ratio(name: name, value: library / floor, goal: goal, goalIsFloor: false))
    }
    return ratios
  }
}
