internal import CygnetMLS
internal import CygnetPrimitives

/// The most memory that a member of a sparse group takes, and who makes the group: resident bytes at
/// the peak beyond those that the process had before.
struct MLSMemory {
  private let benchmarks: MLSBenchmarks
  private let count: Int

  init(_ benchmarks: MLSBenchmarks, count: Int) {
    self.benchmarks = benchmarks
    self.count = count
  }

  private var names: (add: String, member: String) {
    ("mls_peak_memory_add_\(count)", "mls_peak_memory_member_\(count)")
  }

  func facts() throws -> [Figure] {
    guard benchmarks.wants(names.add) || benchmarks.wants(names.member) else { return [] }
    var inputs: Inputs?
    let add = try Heap.peakBytes { inputs = try Inputs(count: count) }
    guard let inputs, let add else { return [] }
    let member = try Heap.peakBytes { try live(inputs) }
    let values = [(names.add, add), (names.member, member ?? 0)]
    return values.filter { benchmarks.wants($0.0) }.map { name, bytes in
      .fact(peer: MLSBenchmarks.peer, name: name, value: Double(bytes) / 1_048_576, unit: "MiB")
    }
  }

  /// What a member gets.
  private struct Inputs {
    let welcome: [UInt8]
    let update: [UInt8]
    let own: MLS.OwnKeyPackage

    /// The founder's part, key packages included.
    init(count: Int) throws {
      let group = try SparseGroup(count: count)
      var founder = group.founder
      welcome = try group.addEverybody(to: &founder).welcome
      own = group.last
      try founder.mergePendingCommit(now: MLSGroups.now)
      update = try founder.commit(now: MLSGroups.now).commit.encoded()
    }
  }

  /// Joins, follows a commit, talks, updates itself, and is stored and loaded.
  private func live(_ inputs: Inputs) throws {
    var group = try MLSGroups.join(inputs.welcome, inputs.own)
    try MLSGroups.process(inputs.update, in: &group)
    _ = try group.encrypt([UInt8](repeating: 1, count: 100)).encoded()
    _ = try group.commit(now: MLSGroups.now).commit.encoded()
    try group.mergePendingCommit(now: MLSGroups.now)
    let blocks = try group.changes(since: nil).written
    group = try MLS.Group(restoring: blocks, configuration: MLSGroups.configuration)
  }
}
