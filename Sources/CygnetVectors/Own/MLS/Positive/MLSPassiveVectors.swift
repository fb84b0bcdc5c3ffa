internal import CygnetMLS
internal import CygnetPrimitives

/// Clients that join by a Welcome and follow the group (RFC 9420 §12.4), in exactly the form of the
/// working group's files.
enum MLSPassiveVectors {
  static let suites: [MLSVectorSuite] = [
    MLSVectorSuite("passive-client-welcome", "passive client", write: writeWelcomes),
    MLSVectorSuite("passive-client-handling-commit", "passive client", write: writeCommits),
    MLSVectorSuite("passive-client-random", "passive client", write: writeRandom),
  ]

  // MARK: - passive-client-welcome

  private struct Joining {
    /// Members before, and how many committed since.
    var members = 1
    var commits = 0
    /// How many are added, and which of them listens.
    var count = 1
    var reader = 0
    var committer: UInt32 = 0
    var hasPath = true
    var hasTree = true
    var keys: [String] = []
  }

  private static let joinings: [Joining] = [
    Joining(), Joining(hasPath: false), Joining(hasTree: false),
    Joining(hasPath: false, hasTree: false, keys: ["a"]),
    Joining(keys: ["a", "b", "c"]), Joining(members: 3, commits: 3, keys: ["a", "b"]),
    // As an unmerged leaf below one, two and three nodes with keys; with and without their secrets.
    Joining(members: 3, commits: 3, hasPath: false),
    Joining(members: 7, commits: 7, hasPath: false),
    Joining(members: 7, commits: 7, committer: 6),
    Joining(members: 15, commits: 15, committer: 3, hasPath: false, hasTree: false),
    // In the tree's new half, alone and not.
    Joining(members: 4, commits: 4), Joining(members: 8, commits: 2, count: 3, reader: 1),
    Joining(members: 2, count: 7, reader: 6, committer: 1, hasTree: false, keys: ["c"]),
    Joining(members: 5, commits: 5, count: 20, reader: 11, hasPath: false),
  ]

  @Sendable
  private static func writeWelcomes(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for joining in joinings {
      try writer.add { (random) throws(CygnetError) in try group(joining, suite, random).row() }
    }
  }

  private static func group(
    _ plan: Joining, _ suite: Algorithms, _ random: SeededRandomSource
  ) throws(CygnetError) -> MLSPlay {
    var play = try MLSPlay("creator", externalKeys: ["a", "b", "c"], suite: suite, random: random)
    var first: [ForgedClient] = []
    for number in 1..<max(plan.members, 1) { first.append(try play.client("member\(number)")) }
    if !first.isEmpty { try play.invite(first) }
    for number in 0..<plan.commits { try play.commit(by: UInt32(number % plan.members)) }
    var newcomers: [ForgedClient] = []
    for number in 0..<plan.count { newcomers.append(try play.client("newcomer\(number)")) }
    let keys = plan.keys.map { MLS.ProposalOrRef.proposal(play.externalKey($0)) }
    try play.invite(
      newcomers, by: plan.committer, listening: plan.reader,
      MLSPlay.Inviting(hasPath: plan.hasPath, hasTree: plan.hasTree, besides: keys))
    return play
  }

  // MARK: - passive-client-handling-commit

  private enum Handling: CaseIterable {
    case empty, adds, updates, removes, keys, extensions, everything, shrinking, growing, blanks
  }

  @Sendable
  private static func writeCommits(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for handling in Handling.allCases {
      try writer.add { (random) throws(CygnetError) in
        var play = try room(suite, random)
        switch handling {
        case .empty: try empty(&play)
        case .adds: try adds(&play)
        case .updates: try updates(&play)
        case .removes: try removes(&play)
        case .keys: try keys(&play)
        case .extensions: try extensions(&play)
        case .everything: try everything(&play)
        case .shrinking: try shrinking(&play)
        case .growing: try growing(&play)
        case .blanks: try blanks(&play)
        }
        return try play.row()
      }
    }
  }

  /// Seven members, who all committed, and the one who listens at place 5, beside member 4.
  static func room(
    _ suite: Algorithms, _ random: SeededRandomSource
  ) throws(CygnetError) -> MLSPlay {
    var play = try MLSPlay(
      "alice", externalKeys: ["first", "second"], suite: suite, random: random)
    try play.invite(play.clients("bob", "carol", "dave", "erin", "frank", "grace"))
    for place: UInt32 in 0...6 where place != 5 { try play.commit(by: place) }
    try play.commit(by: 6, values: [.remove(LeafIndex(5))])
    try play.commit(by: 4)
    try play.invite([play.client("listener")], by: 4, listening: 0)
    return play
  }

  private static func empty(_ play: inout MLSPlay) throws(CygnetError) {
    for place in play.speakers { try play.commit(by: place) }
  }

  private static func adds(_ play: inout MLSPlay) throws(CygnetError) {
    try play.commit(by: 4, values: [play.add(play.client("heidi"))], path: false)
    let ivan = try play.propose(play.add(play.client("ivan")), by: 0)
    try play.commit(by: 2, [ivan], path: false)
    let judy = try play.propose(play.add(play.client("judy")), by: 7)
    try play.commit(by: 7, [judy, .proposal(play.add(play.client("mike")))])
    try play.commit(by: 8)
  }

  private static func updates(_ play: inout MLSPlay) throws(CygnetError) {
    let own = try play.propose(play.update(of: 4), by: 4)
    try play.commit(by: 6, [own])
    var all: [MLS.ProposalOrRef] = []
    for place in play.speakers where place != 3 {
      all.append(try play.propose(play.update(of: place), by: place))
    }
    try play.commit(by: 3, all)
    try play.commit(by: 0)
  }

  private static func removes(_ play: inout MLSPlay) throws(CygnetError) {
    try play.commit(by: 0, values: [.remove(LeafIndex(4))])
    // A member asks to be removed.
    let leave = try play.propose(.remove(LeafIndex(1)), by: 1)
    try play.commit(by: 6, [leave])
    try play.commit(by: 2, values: [.remove(LeafIndex(6)), .remove(LeafIndex(0))])
    try play.commit(by: 3)
  }

  private static func keys(_ play: inout MLSPlay) throws(CygnetError) {
    let joined = play.forge.context.epoch.rawValue
    try play.commit(by: 1, values: [play.externalKey("first")], path: false)
    try play.commit(by: 2, values: [play.externalKey("second"), play.externalKey("second")])
    let third = try play.propose(play.externalKey("first"), by: 3)
    let resumed = try play.propose(play.resumptionKey(joined), by: 0)
    try play.commit(
      by: 0, [third, .proposal(play.resumptionKey(joined + 1)), resumed], path: false)
    try play.commit(by: 6, values: [play.resumptionKey(joined + 2)])
  }

  private static func extensions(_ play: inout MLSPlay) throws(CygnetError) {
    let type = MLSApplication.extensionType
    let some = try MLS.Extensions([MLS.Extension(type: type, data: play.random.bytes(64))])
    try play.commit(by: 2, values: [.groupContextExtensions(some)])
    let required = try MLS.Extensions(
      requiredCapabilities: MLS.RequiredCapabilities(
        extensions: [type], proposals: [], credentials: [.basic]))
    let proposed = try play.propose(.groupContextExtensions(required), by: 4)
    try play.commit(by: 3, [proposed])
    try play.commit(by: 3, values: [.groupContextExtensions(.none)])
  }

  /// Every kind at once, by value and by reference, the list in no order.
  private static func everything(_ play: inout MLSPlay) throws(CygnetError) {
    let joined = play.forge.context.epoch.rawValue
    try play.commit(by: 6)
    let update = try play.propose(play.update(of: 2), by: 2)
    let key = try play.propose(play.externalKey("second"), by: 2)
    let removal = try play.propose(.remove(LeafIndex(6)), by: 3)
    let extensions = try MLS.Extensions([
      MLS.Extension(type: MLSApplication.extensionType, data: [1])
    ])
    try play.commit(
      by: 4,
      [
        .proposal(play.add(play.client("ivan"))), key, removal,
        .proposal(play.resumptionKey(joined)), update,
        .proposal(.groupContextExtensions(extensions)), .proposal(.remove(LeafIndex(0))),
        .proposal(play.add(play.client("judy"))), .proposal(play.add(play.client("mike"))),
      ])
    try play.commit(by: 1)
  }

  /// Down to two members, and the tree with them.
  private static func shrinking(_ play: inout MLSPlay) throws(CygnetError) {
    for place: UInt32 in [6, 3, 0, 2, 1] {
      try play.commit(by: 4, values: [.remove(LeafIndex(place))])
    }
    try play.commit(by: 4)
    try play.commit(by: 4, values: [play.add(play.client("heidi"))], path: false)
    try play.commit(by: 0)
  }

  /// The tree doubles twice.
  private static func growing(_ play: inout MLSPlay) throws(CygnetError) {
    for _ in 0..<3 {
      var adds: [MLS.Proposal] = []
      for _ in 0..<5 { adds.append(try play.add(play.client("guest"))) }
      try play.commit(by: play.places.last ?? 0, values: adds)
    }
    try play.commit(by: 20)
    try play.commit(by: 0)
  }

  /// A node is blank below one that has a key, on the listener's own way up.
  private static func blanks(_ play: inout MLSPlay) throws(CygnetError) {
    let update = try play.propose(play.update(of: 4), by: 4)
    try play.commit(by: 6, [update])
    try play.commit(by: 0)
    try play.commit(by: 6, values: [.remove(LeafIndex(4))])
    try play.commit(by: 1)
    try play.commit(by: 2, values: [play.add(play.client("heidi"))], path: false)
    try play.commit(by: 3)
    try play.commit(by: 4)
  }

  // MARK: - passive-client-random

  @Sendable
  private static func writeRandom(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for (epochs, most) in [(60, 12), (20, 24)] {
      try writer.add { (random) throws(CygnetError) in
        var play = try room(suite, random)
        for _ in 0..<epochs { try play.wander(upTo: most, keys: ["first", "second"]) }
        return try play.row()
      }
    }
  }
}
