internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// What a group costs a store: how long its state takes to be written and read, and how much of it a
/// message and an epoch write. In a group where everybody has committed.
struct MLSStateCases {
  /// Past epochs that are held, as many as a group holds unless configured.
  private static let pastCount = MLS.Limits.pastEpochCount
  /// Keys of skipped messages in each: as many as are kept of one sender.
  private static let skippedCount = MLS.Limits.skippedKeyCount
  /// The most that loading with the longest history may cost beside loading without any.
  static let historyGoal = 1.25

  private let benchmarks: MLSBenchmarks
  private let count: Int

  init(_ benchmarks: MLSBenchmarks, count: Int) {
    self.benchmarks = benchmarks
    self.count = count
  }

  private var names: [String] {
    [
      "mls_state_store_\(count)", "mls_state_store_message_\(count)", "mls_state_load_\(count)",
      "mls_state_load_history_\(count)",
    ]
  }

  private var factNames: [String] {
    [
      "mls_state_bytes_per_epoch_\(count)", "mls_state_bytes_per_message_sent_\(count)",
      "mls_state_bytes_per_message_received_\(count)", "mls_state_bytes_history_\(count)",
      "mls_state_bytes_whole_\(count)",
    ]
  }

  var isWanted: Bool { (names + factNames).contains(where: benchmarks.wants) }

  /// - Parameters:
  ///   - sender: a member.
  ///   - receiver: another one, in the same epoch.
  ///   - hashing: what the tree hash of such a group takes: loading checks it.
  func run(
    _ sender: MLS.Group, _ receiver: MLS.Group, hashing: MLSWork
  ) throws -> (cases: [MLSBenchmarks.Case], facts: [Figure]) {
    guard isWanted else { return ([], []) }
    var (sender, receiver) = (sender, receiver)
    let fresh = try receiver.changes(since: nil).written
    let sizes = try bytesPerMessage(&sender, &receiver)
    let message = Operation.plain(MLSBenchmarks.peer, names[1]) { [sender] in
      var sender = sender
      let before = sender.revision
      _ = try sender.encrypt([0])
      _ = try sender.changes(since: before)
    }
    let perEpoch = try grow(&sender, &receiver)
    let long = try receiver.changes(since: nil).written
    let store = Operation.plain(MLSBenchmarks.peer, names[0]) { [receiver] in
      _ = try receiver.changes(since: nil)
    }
    let encrypting = MLSWork.encrypt(1, context: try sender.context.wireCount())
    let cases = [
      MLSBenchmarks.Case(operation: store, work: (MLSWork(), MLSWork())),
      MLSBenchmarks.Case(operation: message, work: (encrypting, MLSWork())),
      MLSBenchmarks.Case(operation: load(fresh, names[2]), work: (hashing, MLSWork())),
      MLSBenchmarks.Case(operation: load(long, names[3]), work: (hashing, MLSWork())),
    ]
    let values = [
      perEpoch, sizes.sent, sizes.received, bytes(long) - bytes(fresh),
      try receiver.currentState().count,
    ]
    return (
      cases.filter { benchmarks.wants($0.operation.name) },
      MLSFacts.bytes(factNames, values).filter { benchmarks.wants($0.name) }
    )
  }

  private func load(_ blocks: [MLS.BlockName: SecretBytes], _ name: String) -> Operation {
    .plain(MLSBenchmarks.peer, name) {
      _ = try MLS.Group(restoring: blocks, configuration: MLSGroups.configuration)
    }
  }

  private func bytes(_ blocks: [MLS.BlockName: SecretBytes]) -> Int {
    blocks.values.reduce(0) { $0 + $1.count }
  }

  /// Of the second message, since a sender's first of an epoch makes its ratchets.
  private func bytesPerMessage(
    _ sender: inout MLS.Group, _ receiver: inout MLS.Group
  ) throws -> (sent: Int, received: Int) {
    var sizes = (sent: 0, received: 0)
    for _ in 0..<2 {
      let before = (sender.revision, receiver.revision)
      let message = try sender.encrypt([UInt8](repeating: 1, count: 100))
      _ = try receiver.receive(message, now: MLSGroups.now)
      sizes = (
        bytes(try sender.changes(since: before.0).written),
        bytes(try receiver.changes(since: before.1).written)
      )
    }
    return sizes
  }

  /// As much history as there can be with one sender: past epochs with skipped keys, and resumption
  /// secrets of epochs before them.
  /// - Returns: the bytes that the last step into an epoch wrote.
  private func grow(_ sender: inout MLS.Group, _ receiver: inout MLS.Group) throws -> Int {
    var written = 0
    for epoch in 0..<16 {
      if epoch >= 16 - Self.pastCount {
        for _ in 0..<Self.skippedCount { _ = try sender.encrypt([0]) }
        _ = try receiver.receive(sender.encrypt([0]), now: MLSGroups.now)
      }
      let commit = try sender.commit(now: MLSGroups.now).commit.encoded()
      try sender.mergePendingCommit(now: MLSGroups.now)
      let before = receiver.revision
      try MLSGroups.process(commit, in: &receiver)
      written = bytes(try receiver.changes(since: before).written)
    }
    return written
  }
}
