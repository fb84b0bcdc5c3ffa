internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// One commit adds everybody, the last one joins, and creator and newcomer update themselves.
struct MLSSparseCases {
  private let benchmarks: MLSBenchmarks
  private let count: Int

  init(_ benchmarks: MLSBenchmarks, count: Int) {
    self.benchmarks = benchmarks
    self.count = count
  }

  private var names: (add: String, join: String, create: String, process: String) {
    (
      "mls_add_one_commit_\(count)", "mls_join_\(count)_sparse",
      "mls_self_update_create_\(count)_sparse", "mls_self_update_process_\(count)_sparse"
    )
  }

  private var factNames: [String] {
    [
      "mls_add_commit_bytes_\(count)", "mls_welcome_bytes_\(count)",
      "mls_welcome_without_tree_bytes_\(count)", "mls_tree_bytes_\(count)_sparse",
      "mls_self_update_bytes_\(count)_sparse",
    ]
  }

  func run() throws -> (cases: [MLSBenchmarks.Case], facts: [Figure]) {
    let all = [names.add, names.join, names.create, names.process] + factNames
    guard all.contains(where: benchmarks.wants) else { return ([], []) }
    let group = try SparseGroup(count: count)
    var founder = group.founder
    let (commit, welcome, bundle) = try group.addEverybody(to: &founder)
    try founder.mergePendingCommit(now: MLSGroups.now)
    let member = try MLSGroups.join(welcome, group.last)
    var updating = founder
    let update = try updating.commit(now: MLSGroups.now).commit.encoded()
    var sizes = try MLSWork.Sizes(member, bundle.welcome, group.last)
    sizes.commit = commit.count
    var updateSizes = sizes
    updateSizes.commit = update.count
    let tree = try founder.ratchetTree().count
    let cases =
      addAndJoin(group, welcome, sizes) + updates(founder, member, update, updateSizes)
    let values = [
      commit.count, welcome.count, try welcomeWithoutTree(group), tree, update.count,
    ]
    return (
      cases.filter { benchmarks.wants($0.operation.name) },
      MLSFacts.bytes(factNames, values).filter { benchmarks.wants($0.name) }
    )
  }

  private func addAndJoin(
    _ group: SparseGroup, _ welcome: [UInt8], _ sizes: MLSWork.Sizes
  ) -> [MLSBenchmarks.Case] {
    let add = Operation.parallel(MLSBenchmarks.peer, names.add, bytes: 0) {
      var founder = group.founder
      _ = try group.addEverybody(to: &founder)
    }
    let join = Operation.parallel(MLSBenchmarks.peer, names.join, bytes: 0) {
      _ = try MLSGroups.join(welcome, group.last)
    }
    return [
      MLSBenchmarks.Case(
        operation: add, work: MLSWork.addEverybody(sizes, count: count - 1)),
      MLSBenchmarks.Case(
        operation: join,
        work: MLSWork.join(sizes, count: count, parents: sizes.depth, unmerged: 0)),
    ]
  }

  private func updates(
    _ founder: MLS.Group, _ member: MLS.Group, _ update: [UInt8], _ sizes: MLSWork.Sizes
  ) -> [MLSBenchmarks.Case] {
    let create = Operation.parallel(MLSBenchmarks.peer, names.create, bytes: 0) {
      var founder = founder
      _ = try founder.commit(now: MLSGroups.now).commit.encoded()
    }
    let process = Operation.plain(MLSBenchmarks.peer, names.process) {
      var member = member
      try MLSGroups.process(update, in: &member)
    }
    return [
      MLSBenchmarks.Case(
        operation: create, work: MLSWork.makeCommit(sizes, recipients: count - 1)),
      MLSBenchmarks.Case(
        operation: process, work: (MLSWork.takeCommit(sizes, derived: 1), MLSWork())),
    ]
  }

  private func welcomeWithoutTree(_ group: SparseGroup) throws -> Int {
    var founder = group.founder
    founder.configuration.sendsTreeInWelcome = false
    return try group.addEverybody(to: &founder).welcome.count
  }
}

/// In a group where every member has committed: one joins, a member updates itself, and the member
/// beside it, who has the most to derive, follows.
struct MLSFilledCases {
  private let benchmarks: MLSBenchmarks
  private let count: Int
  private let suite: MLS.CipherSuite

  init(_ benchmarks: MLSBenchmarks, count: Int, _ suite: MLS.CipherSuite = MLSGroups.suite) {
    self.benchmarks = benchmarks
    self.count = count
    self.suite = suite
  }

  private var prefix: String { suite == MLSGroups.suite ? "mls" : MLSBenchmarks.hybridPrefix }

  private var names: [String] {
    [
      "join_\(count)_filled", "self_update_create_\(count)_filled",
      "self_update_process_\(count)_filled", "add_one_create_\(count)",
      "add_one_process_\(count)",
    ].map { "\(prefix)_\($0)" }
  }

  private var factNames: [String] {
    [
      "tree_bytes_\(count)_filled", "self_update_bytes_\(count)_filled",
      "welcome_bytes_\(count)_filled", "key_package_bytes_\(count)",
    ].map { "\(prefix)_\($0)" }
  }

  func run() throws -> (cases: [MLSBenchmarks.Case], facts: [Figure]) {
    let states = MLSStateCases(benchmarks, count: count)
    let wantsStates = suite == MLSGroups.suite && states.isWanted
    guard wantsStates || (names + factNames).contains(where: benchmarks.wants) else {
      return ([], [])
    }
    let group = try FilledGroup(count: count, suite)
    var (inviter, neighbor) = (group.inviter, group.neighbor)
    let (commit, welcome, bundle) = try group.addLast(to: &inviter)
    try inviter.mergePendingCommit(now: MLSGroups.now)
    try MLSGroups.process(commit, in: &neighbor)
    var last = try MLSGroups.join(welcome, group.last)
    let fill = try last.commit(now: MLSGroups.now).commit.encoded()
    for member in [0, 1] {
      if member == 0 {
        try MLSGroups.process(fill, in: &inviter)
      } else {
        try MLSGroups.process(fill, in: &neighbor)
      }
    }
    var updating = inviter
    let update = try updating.commit(now: MLSGroups.now).commit.encoded()
    var sizes = try MLSWork.Sizes(inviter, bundle.welcome, group.last)
    sizes.commit = update.count
    let cases =
      try join(group, welcome, sizes) + updates(inviter, neighbor, update, sizes)
      + adds(inviter, neighbor, sizes)
    let state: (cases: [MLSBenchmarks.Case], facts: [Figure]) =
      wantsStates
      ? try states.run(inviter, neighbor, hashing: MLSWork.treeHash(sizes, count: count))
      : ([], [])
    let values = [
      try inviter.ratchetTree().count, update.count, welcome.count, sizes.keyPackage,
    ]
    return (
      cases.filter { benchmarks.wants($0.operation.name) } + state.cases,
      MLSFacts.bytes(factNames, values).filter { benchmarks.wants($0.name) } + state.facts
    )
  }

  private func join(
    _ group: FilledGroup, _ welcome: [UInt8], _ sizes: MLSWork.Sizes
  ) throws -> [MLSBenchmarks.Case] {
    let operation = Operation.parallel(MLSBenchmarks.peer, names[0], bytes: 0) {
      _ = try MLSGroups.join(welcome, group.last)
    }
    return [
      MLSBenchmarks.Case(
        operation: operation,
        work: MLSWork.join(sizes, count: count, parents: count - 1, unmerged: 0))
    ]
  }

  private func updates(
    _ sender: MLS.Group, _ receiver: MLS.Group, _ update: [UInt8], _ sizes: MLSWork.Sizes
  ) -> [MLSBenchmarks.Case] {
    let create = Operation.parallel(MLSBenchmarks.peer, names[1], bytes: 0) {
      var sender = sender
      _ = try sender.commit(now: MLSGroups.now).commit.encoded()
    }
    let process = Operation.plain(MLSBenchmarks.peer, names[2]) {
      var receiver = receiver
      try MLSGroups.process(update, in: &receiver)
    }
    return [
      MLSBenchmarks.Case(
        operation: create, work: MLSWork.makeCommit(sizes, recipients: sizes.depth)),
      MLSBenchmarks.Case(
        operation: process, work: (MLSWork.takeCommit(sizes, derived: sizes.depth), MLSWork())),
    ]
  }

  /// One more member, who gets the tree some other way than in the Welcome.
  private func adds(
    _ sender: MLS.Group, _ receiver: MLS.Group, _ sizes: MLSWork.Sizes
  ) throws -> [MLSBenchmarks.Case] {
    var sender = sender
    sender.configuration.sendsTreeInWelcome = false
    let verified = try MLSGroups.keyPackage(count, suite).keyPackage.verified(
      at: MLSGroups.now, configuration: sender.configuration)
    var adding = sender
    let bundle = try adding.commit([.add(verified)], now: MLSGroups.now)
    let commit = try bundle.commit.encoded()
    var sizes = sizes
    sizes.commit = commit.count
    sizes.groupInfo = bundle.welcome?.welcome?.encryptedGroupInfo.count ?? 0
    let create = Operation.parallel(MLSBenchmarks.peer, names[3], bytes: 0) { [sender] in
      var sender = sender
      _ = try sender.commit([.add(verified)], now: MLSGroups.now).commit.encoded()
    }
    let process = Operation.plain(MLSBenchmarks.peer, names[4]) {
      var receiver = receiver
      try MLSGroups.process(commit, in: &receiver)
    }
    return [
      MLSBenchmarks.Case(operation: create, work: MLSWork.addOne(sizes)),
      MLSBenchmarks.Case(
        operation: process, work: (MLSWork.takeAdd(sizes, derived: sizes.depth), MLSWork())),
    ]
  }
}

extension MLSWork.Sizes {
  init(
    _ group: MLS.Group, _ welcome: MLS.Message?, _ newcomer: MLS.OwnKeyPackage
  ) throws {
    let count = group.members.count
    self.init(
      kem: MLSKEM(group.cipherSuite),
      depth: Int.bitWidth - (count - 1).leadingZeroBitCount,
      leaf: try group.ownMember.leaf.wireCount(),
      keyPackage: try newcomer.keyPackage.wireCount(), context: try group.context.wireCount(),
      commit: 0, groupInfo: welcome?.welcome?.encryptedGroupInfo.count ?? 0)
  }
}

enum MLSFacts {
  static func bytes(_ names: [String], _ values: [Int]) -> [Figure] {
    zip(names, values).map { name, value in
      .fact(peer: MLSBenchmarks.peer, name: name, value: Double(value), unit: "B")
    }
  }
}
