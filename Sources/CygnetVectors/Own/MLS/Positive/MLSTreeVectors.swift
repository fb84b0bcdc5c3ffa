internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Ratchet trees (RFC 9420 §4, §7): uneven and truncated ones, with unmerged leaves at several
/// levels and blank nodes between those that are not.
enum MLSTreeVectors {
  static let suites: [MLSVectorSuite] = [
    MLSVectorSuite("tree-operations", "tree operations", write: writeOperations),
    MLSVectorSuite("tree-validation", "tree validation", write: writeValidation),
    MLSVectorSuite("treekem", "TreeKEM", write: writePaths),
  ]

  /// How a tree comes to be: so many members, then these steps.
  private struct Plan {
    let count: Int
    let steps: [Step]

    init(_ count: Int, _ steps: Step...) {
      self.count = count
      self.steps = steps
    }
  }

  private enum Step {
    case add
    case update(UInt32)
    case remove(UInt32)
    case removeAll(ClosedRange<UInt32>)
    case commit(UInt32)
    case commitAll(ClosedRange<UInt32>)
  }

  private static func build(
    _ plan: Plan, _ suite: Algorithms, _ random: SeededRandomSource
  ) throws(CygnetError) -> TreeWorkshop {
    var tree = try TreeWorkshop(plan.count, suite, random: random)
    for step in plan.steps { try apply(step, &tree) }
    return tree
  }

  private static func apply(
    _ step: Step, _ tree: inout TreeWorkshop
  ) throws(CygnetError) {
    switch step {
    case .add: try tree.add()
    case .update(let place): try tree.update(place)
    case .remove(let place): tree.remove(place)
    case .removeAll(let places): for place in places { tree.remove(place) }
    case .commit(let place): try tree.commit(by: place)
    case .commitAll(let places): for place in places { try tree.commit(by: place) }
    }
  }

  // MARK: - tree-operations

  /// The tree before, and who does what to it.
  private static let operations: [(before: Plan, sender: UInt32, step: Step)] = [
    // A tree of one leaf doubles; a full one doubles beside its keys.
    (Plan(1), 0, .add), (Plan(4, .commitAll(0...3)), 3, .add),
    // Below three nodes with keys, of which some have unmerged leaves on both sides.
    (Plan(8, .commitAll(0...7), .remove(6), .remove(2), .commit(0), .commit(7), .add), 5, .add),
    // A blank node between others that are not.
    (Plan(8, .commitAll(0...7), .remove(3), .update(2), .commit(7), .commit(0)), 1, .add),
    (Plan(16, .commitAll(0...15), .remove(9)), 0, .add),
    // Updates: of an unmerged leaf, of the last one, in a group of one other.
    (Plan(7, .commitAll(0...6), .add), 7, .update(7)),
    (Plan(5, .commitAll(0...4)), 4, .update(4)), (Plan(2, .commit(0)), 1, .update(1)),
    // Removes: one half goes, several go at once, the group shrinks to one, nothing goes.
    (Plan(5, .commitAll(0...4)), 0, .remove(4)),
    (Plan(17, .commitAll(0...3), .removeAll(5...15), .commit(2)), 2, .remove(16)),
    (Plan(8, .removeAll(1...6), .commit(0)), 0, .remove(7)),
    (Plan(8, .commitAll(0...7)), 6, .remove(3)), (Plan(6, .commitAll(0...5), .add), 1, .remove(6)),
    (Plan(9, .commitAll(0...8), .remove(4)), 8, .remove(0)),
  ]

  @Sendable
  private static func writeOperations(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for (before, sender, step) in operations {
      try writer.add { (random) throws(CygnetError) in
        var tree = try build(before, suite, random)
        let (encoded, hash) = (try tree.encoded(), try tree.treeHash())
        let proposal = try apply(step, proposedTo: &tree)
        return [
          "cipher_suite": suite.number, "tree_before": .hex(encoded),
          "tree_hash_before": .hex(hash), "proposal": .hex(try proposal.wireEncoded()),
          "proposal_sender": .integer(Int(sender)), "tree_after": .hex(try tree.encoded()),
          "tree_hash_after": .hex(try tree.treeHash()),
        ]
      }
    }
  }

  private static func apply(
    _ step: Step, proposedTo tree: inout TreeWorkshop
  ) throws(CygnetError) -> MLS.Proposal {
    switch step {
    case .add:
      let client = try tree.client()
      try tree.add(client)
      return .add(try client.keyPackage(tree.suite))
    case .update(let place):
      let (leaf, key) = try tree.updatedLeaf(of: place)
      tree.replace(place, by: leaf, key)
      return .update(leaf)
    case .remove(let place):
      tree.remove(place)
      return .remove(LeafIndex(place))
    case .removeAll, .commit, .commitAll:
      throw CygnetError(.internalFault, "not one proposal")
    }
  }

  // MARK: - tree-validation

  private static let validations: [Plan] = [
    Plan(1), Plan(1, .commit(0)), Plan(2), Plan(2, .commit(1)), Plan(3, .commitAll(0...2)),
    // Nobody has committed, everybody has.
    Plan(8), Plan(8, .commitAll(0...7)),
    // Unmerged leaves at three levels.
    Plan(5, .commitAll(0...4), .add, .commit(1), .add, .commit(0), .add),
    // Blank nodes below nodes with keys, and a leaf between.
    Plan(8, .commitAll(0...7), .remove(3), .update(2), .commit(7), .commit(0), .add),
    // Truncated to a half, and to a quarter, with keys from before.
    Plan(9, .commitAll(0...8), .remove(8), .commit(3)),
    Plan(16, .commitAll(0...15), .removeAll(4...15)),
    Plan(16, .commitAll(0...15), .removeAll(4...15), .add, .commit(4), .add, .commit(2)),
    // One member right of 32, who commits alone in its half.
    Plan(33, .commit(0), .commit(32), .commit(17)),
    Plan(12, .commitAll(0...11), .remove(0), .remove(5), .remove(6), .commit(11), .add, .commit(3)),
  ]

  @Sendable
  private static func writeValidation(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for plan in validations {
      try writer.add { (random) throws(CygnetError) in try validation(build(plan, suite, random)) }
    }
    for steps in [30, 60, 90] {
      try writer.add { (random) throws(CygnetError) in
        try validation(wander(steps, upTo: 20, suite, random))
      }
    }
  }

  private static func validation(_ tree: TreeWorkshop) throws(CygnetError) -> JSON {
    var hashes: [JSON] = []
    var resolutions: [JSON] = []
    for number in 0..<tree.width.nodeCount {
      let node = NodeIndex(number)
      hashes.append(.hex(try tree.treeHash(of: node)))
      resolutions.append(
        .array(tree.resolution(of: node).map { .integer(Int($0.rawValue)) }))
    }
    return [
      "cipher_suite": tree.suite.number, "tree": .hex(try tree.encoded()),
      "group_id": .hex(tree.groupID.bytes), "resolutions": .array(resolutions),
      "tree_hashes": .array(hashes),
    ]
  }

  /// A tree after so many random steps.
  private static func wander(
    _ count: Int, upTo most: Int, _ suite: Algorithms, _ random: SeededRandomSource
  ) throws(CygnetError) -> TreeWorkshop {
    var tree = try TreeWorkshop(2, suite, random: random)
    for _ in 0..<count {
      let place = tree.random.pick(tree.places) ?? 0
      switch tree.random.number(below: 8) {
      case 0..<3 where tree.members.count < most: try tree.add()
      case 3 where tree.members.count > 2: tree.remove(place)
      case 4: try tree.update(place)
      default: try tree.commit(by: place)
      }
    }
    return tree
  }

  // MARK: - treekem

  /// The tree, and who sends a path.
  private static let pathPlans: [(tree: Plan, senders: [UInt32])] = [
    (Plan(2), [0, 1]), (Plan(3), [0, 2]), (Plan(3, .commitAll(0...2)), [0, 1, 2]),
    // Members who are unmerged leaves below nodes with keys, one and several.
    (Plan(4, .commitAll(0...3), .remove(1), .commit(0), .add), [0, 1, 3]),
    (Plan(5, .commitAll(0...4), .add, .add, .add), [0, 5, 7]),
    // Blank nodes below nodes with keys.
    (Plan(8, .commitAll(0...7), .remove(3), .update(2), .commit(7), .commit(0), .add), [2, 3, 6]),
    // Only one member on the right: its path has one node; so it has above blank leaves.
    (Plan(9, .commitAll(0...8)), [0, 8]),
    (Plan(8, .commitAll(0...7), .remove(1), .remove(4), .remove(5), .remove(6)), [0, 7]),
    // Truncated.
    (Plan(17, .commitAll(0...16), .remove(16), .remove(9), .commit(8)), [8, 15]),
  ]

  @Sendable
  private static func writePaths(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    let suite = writer.suite
    for (plan, senders) in pathPlans {
      try writer.add { (random) throws(CygnetError) in
        try paths(build(plan, suite, random), senders)
      }
    }
    try writer.add { (random) throws(CygnetError) in
      var tree = try wander(60, upTo: 16, suite, random)
      let senders = [tree.places.first, tree.random.pick(tree.places), tree.places.last]
      return try paths(tree, senders.compactMap { $0 })
    }
  }

  private static func paths(
    _ given: TreeWorkshop, _ senders: [UInt32]
  ) throws(CygnetError) -> JSON {
    var tree = given
    let transcriptHash = tree.random.bytes(32)
    let epoch = UInt64(tree.random.number(below: 1 << 30))
    let context = MLS.GroupContext(
      cipherSuite: tree.suite.suite, groupID: tree.groupID, epoch: MLS.Epoch(epoch), treeHash: [],
      confirmedTranscriptHash: transcriptHash, extensions: .none)
    var paths: [JSON] = []
    for sender in senders {
      var after = tree
      paths.append(try path(from: sender, in: &after, context))
      // Each path is for the tree as it was; only the draws go on.
      tree.random = after.random
    }
    var members: [JSON] = []
    for place in tree.places { members.append(privateKeys(try tree.member(place), place)) }
    return [
      "cipher_suite": tree.suite.number, "group_id": .hex(tree.groupID.bytes),
      "epoch": .integer(epoch), "confirmed_transcript_hash": .hex(transcriptHash),
      "ratchet_tree": .hex(try tree.encoded()), "leaves_private": .array(members),
      "update_paths": .array(paths),
    ]
  }

  private static func privateKeys(_ member: TreeWorkshop.Member, _ place: UInt32) -> JSON {
    var secrets: [JSON] = []
    for (node, secret) in member.secrets.sorted(by: { $0.key < $1.key }) {
      secrets.append([
        "node": .integer(Int(node.rawValue)), "path_secret": .hex(secret.exposed()),
      ])
    }
    return [
      "index": .integer(Int(place)), "encryption_priv": .hex(member.leafKey.secret.exposed()),
      "signature_priv": .hex(member.signer.seed.exposed()), "path_secrets": .array(secrets),
    ]
  }

  private static func path(
    from sender: UInt32, in tree: inout TreeWorkshop, _ context: MLS.GroupContext
  ) throws(CygnetError) -> JSON {
    let path = try tree.commit(by: sender)
    let update = try tree.sealed(path, for: context)
    var secrets: [JSON] = []
    for place in 0..<tree.width.rawValue {
      let isRecipient = tree.members[place] != nil && place != sender
      let secret = isRecipient ? path.pathSecret(for: LeafIndex(place)) : nil
      secrets.append(secret.map { .hex($0.exposed()) } ?? .null)
    }
    return [
      "sender": .integer(Int(sender)), "update_path": .hex(try update.wireEncoded()),
      "path_secrets": .array(secrets), "commit_secret": .hex(path.commitSecret.exposed()),
      "tree_hash_after": .hex(try tree.treeHash()),
    ]
  }
}
