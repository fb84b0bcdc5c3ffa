internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// The figures of groups, each beside the cost of the cryptography that the protocol demands.
///
/// Two kinds of groups: sparse, where one commit added everybody, and filled, where every member has
/// committed. Messages are made out of values and encoded, and taken in decoded from bytes. Adding
/// includes the verification of the key packages, joining the decoding and verification of the tree.
/// Where work is spread over the processors the time that passes counts, elsewhere the thread's own.
struct MLSBenchmarks {
  /// A figure and its floor: what one thread must do, and what can be spread.
  struct Case {
    let operation: Operation
    let work: (serial: MLSWork, spread: MLSWork)
  }

  /// The most that a figure may be of its floor; nil where there is none.
  static func goal(of name: String) -> Double? {
    let suites = ["mls", hybridPrefix]
    for prefix in ["add_", "join_", "self_update_", "app_"]
    where suites.contains(where: { name.hasPrefix("\($0)_\(prefix)") }) { return 1.6 }
    return nil
  }

  /// Loading a group with the longest history beside loading it without any.
  static func historyRatios(_ times: [String: [String: Double]]) -> [Figure] {
    var ratios: [Figure] = []
    for (name, peers) in times where name.hasPrefix("mls_state_load_history_") {
      let plain = "mls_state_load_" + name.dropFirst("mls_state_load_history_".count)
      guard let long = peers[peer], let short = times[plain]?[peer] else { continue }
      ratios.append(
        .ratio(
          name: name + "_beside_none", value: long / short, goal: MLSStateCases.historyGoal,
          goalIsFloor: false))
    }
    return ratios
  }

  /// Bytes around an application message that are not the group's name: what RFC 9420 makes them.
  static let sizeGoals = ["mls_app_overhead_besides_group_id": 130, "mls_app_overhead": 162]

  /// What figures of suite 0x004D begin with.
  static let hybridPrefix = "mls_xwing"

  static let peer = PairwiseBenchmarks.peer
  static let applicationByteCount = 100
  /// Nanoseconds of one turn: enough that what the turn before left in the caches and on the heap
  /// does not count.
  private static let batch = 5_000_000.0

  private let filter: String?
  private let counts: [Int]

  /// - Parameters:
  ///   - filter: runs only figures whose name contains it; all when nil.
  ///   - isLarge: whether groups of 10,000 are among them.
  init(filter: String?, isLarge: Bool) {
    self.filter = filter
    let hasLargest = isLarge || filter?.contains("10000") == true
    counts = [10, 100, 1000] + (hasLargest ? [10_000] : [])
  }

  func wants(_ name: String) -> Bool { filter.map(name.contains) ?? true }

  func run(seconds: Double, progress: (Double) -> Void) throws -> [Figure] {
    var figures: [Figure] = []
    // First, while the process is small, and the small groups before the large: memory that others
    // left behind would be used again unseen.
    for count in counts { figures += try MLSMemory(self, count: count).facts() }
    let parts: [() throws -> (cases: [Case], facts: [Figure])] =
      [{ try MLSMessageCases(self).run() }] + counts.map { count in { try group(count) } }
    for (index, part) in parts.enumerated() {
      let (cases, facts) = try part()
      figures += try times(cases, seconds: seconds / Double(parts.count)) { done in
        progress((Double(index) + done) / Double(parts.count))
      }
      figures += facts
    }
    return figures
  }

  private func group(_ count: Int) throws -> (cases: [Case], facts: [Figure]) {
    let sparse = try MLSSparseCases(self, count: count).run()
    let filled = try MLSFilledCases(self, count: count).run()
    let hybrid = try MLSFilledCases(self, count: count, .xWingChaCha20SHA256Ed25519).run()
    return (
      sparse.cases + filled.cases + hybrid.cases, sparse.facts + filled.facts + hybrid.facts
    )
  }

  /// The library's times with their floors, of costs measured in turn with them.
  private func times(
    _ cases: [Case], seconds: Double, progress: (Double) -> Void
  ) throws -> [Figure] {
    if cases.isEmpty { return [] }
    let floor = try MLSFloor()
    let operations = cases.map(\.operation) + floor.operations
    var once = 0.0
    for operation in operations { once += try max(operation.run(1), Self.batch) }
    let rounds = min(25, max(3, Int(seconds * 1e9 / once)))
    let measured = try Interleaved(
      operations: operations, rounds: rounds, batchNanoseconds: Self.batch
    ).run(progress: progress)
    let costs = MLSFloor.Costs(measured)
    var figures: [Figure] = []
    for (item, figure) in zip(cases, measured) {
      let least = costs.nanoseconds(of: item.work)
      figures.append(figure)
      if least == 0 { continue }
      figures.append(
        .time(
          peer: Floor.peer, name: item.operation.name, nanoseconds: least, least: least, count: 1,
          bytes: 0))
    }
    return figures
  }
}

/// Application messages of 100 bytes, after the sender's first of the epoch.
struct MLSMessageCases {
  private static let batch = 128
  private let benchmarks: MLSBenchmarks

  init(_ benchmarks: MLSBenchmarks) { self.benchmarks = benchmarks }

  func run() throws -> (cases: [MLSBenchmarks.Case], facts: [Figure]) {
    var cases: [MLSBenchmarks.Case] = []
    for (count, suffix) in [(2, ""), (1000, "_in_1000")] {
      let names = ["mls_app_encrypt_100" + suffix, "mls_app_decrypt_100" + suffix]
      guard names.contains(where: benchmarks.wants) else { continue }
      cases += try messages(count, names).filter { benchmarks.wants($0.operation.name) }
    }
    return (cases, try overhead().filter { benchmarks.wants($0.name) })
  }

  private func pair(_ count: Int) throws -> (MLS.Group, MLS.Group) {
    let sparse = try SparseGroup(count: count)
    var founder = sparse.founder
    let (_, welcome, _) = try sparse.addEverybody(to: &founder)
    try founder.mergePendingCommit(now: MLSGroups.now)
    return (founder, try MLSGroups.join(welcome, sparse.last))
  }

  private func messages(_ count: Int, _ names: [String]) throws -> [MLSBenchmarks.Case] {
    let data = [UInt8](repeating: 0x2a, count: MLSBenchmarks.applicationByteCount)
    var (encrypting, _) = try pair(count)
    var (sender, receiver) = try pair(count)
    let context = try sender.context.wireCount()
    let encrypt = Operation.plain(MLSBenchmarks.peer, names[0]) {
      _ = try encrypting.encrypt(data).encoded()
    }
    let decrypt = Operation(MLSBenchmarks.peer, names[1]) { count in
      var time = 0.0
      var left = count
      while left > 0 {
        let messages = try (0..<min(left, Self.batch)).map { _ in
          try sender.encrypt(data).encoded()
        }
        time += try Stopwatch.nanoseconds {
          for message in messages {
            _ = try receiver.receive(MLS.Message(decoding: message), now: MLSGroups.now)
          }
        }
        left -= messages.count
      }
      return time
    }
    return [
      MLSBenchmarks.Case(
        operation: encrypt, work: (MLSWork.encrypt(data.count, context: context), MLSWork())),
      MLSBenchmarks.Case(
        operation: decrypt, work: (MLSWork.decrypt(data.count, context: context), MLSWork())),
    ]
  }

  private func overhead() throws -> [Figure] {
    let data = [UInt8](repeating: 0x2a, count: MLSBenchmarks.applicationByteCount)
    var (group, _) = try pair(2)
    group.configuration.padding = .none
    let overhead = try group.encrypt(data).encoded().count - data.count
    let name = group.id.bytes.count
    return [
      .fact(
        peer: MLSBenchmarks.peer, name: "mls_app_overhead", value: Double(overhead), unit: "B"),
      .fact(
        peer: MLSBenchmarks.peer, name: "mls_app_overhead_besides_group_id",
        value: Double(overhead - name), unit: "B"),
    ]
  }
}
