internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Files of the MLS working group about ratchet trees, except those that need encryption.
enum MLSTreeFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "MLS", "MLS tree arithmetic",
      recognises: { $0.firstCase(has: "n_leaves", "n_nodes", "root", "parent", "sibling") },
      run: runMath),
    VectorFormat(
      "MLS", "MLS tree operations",
      recognises: { $0.firstCase(has: "tree_before", "proposal", "proposal_sender", "tree_after") },
      run: runOperation),
    VectorFormat(
      "MLS", "MLS tree validation",
      recognises: { $0.firstCase(has: "tree", "group_id", "resolutions", "tree_hashes") },
      run: runValidation),
    VectorFormat(
      "mls-rs", "MLS tree hash",
      recognises: { $0.firstCase(has: "cipher_suite", "tree_data", "tree_hash") }, run: runHash),
  ]

  private static let otherSuite = VectorOutcome.skipped(MLSSuite.notOffered)

  // MARK: - tree-math

  @Sendable
  private static func runMath(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    guard let leaves = UInt32(exactly: try test.int("n_leaves")), leaves.nonzeroBitCount == 1,
      leaves <= MLS.Limits.leafCount
    else { throw CygnetError(.malformed, "not the width of a tree") }
    let width = LeafCount(leaves)
    var checks = VectorChecks()
    checks.that(try Int(width.nodeCount) == test.int("n_nodes"), "n_nodes is \(width.nodeCount)")
    checks.that(try Int(width.root.rawValue) == test.int("root"), "root is \(width.root)")
    let functions: [(name: String, of: (NodeIndex) -> NodeIndex?)] = [
      ("left", { $0.left }), ("right", { $0.right }), ("parent", { $0.parent(in: width) }),
      ("sibling", { $0.sibling(in: width) }),
    ]
    for (name, function) in functions {
      let stated = try test.fields.list(name)
      checks.that(stated.count == Int(width.nodeCount), "\(name) has \(stated.count) entries")
      for (index, value) in stated.enumerated() {
        let computed = function(NodeIndex(UInt32(index))).map { Int($0.rawValue) }
        checks.that(
          value.isNull ? computed == nil : value.int == computed,
          "\(name) of \(index) is \(computed.map(String.init) ?? "none")")
      }
    }
    return checks.outcome
  }

  // MARK: - tree-operations

  @Sendable
  private static func runOperation(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    guard let suite = try MLSSuite(test.int("cipher_suite"), options)?.algorithms else {
      return otherSuite
    }
    let before = try test.bytes("tree_before")
    var tree = try RatchetTree(wire: before)
    var checks = VectorChecks()
    checks.equal("tree_before", try tree.wireEncoded(), before)
    checks.equal("tree_hash_before", try tree.treeHash(suite), try test.bytes("tree_hash_before"))
    switch try MLS.Proposal(wire: test.bytes("proposal")) {
    case .add(let keyPackage): _ = try tree.add(keyPackage.leafNode)
    case .update(let leaf): tree.update(try member(test.int("proposal_sender"), of: tree), leaf)
    case .remove(let index): tree.remove(try member(Int(index.rawValue), of: tree))
    default: return .failed("a proposal that does not change the tree")
    }
    checks.equal("tree_after", try tree.wireEncoded(), try test.bytes("tree_after"))
    checks.equal("tree_hash_after", try tree.treeHash(suite), try test.bytes("tree_hash_after"))
    return checks.outcome
  }

  static func member(_ index: Int, of tree: RatchetTree) throws(CygnetError) -> LeafIndex {
    guard let index = UInt32(exactly: index), tree.leaf(LeafIndex(index)) != nil else {
      throw CygnetError(.malformed, "no such member in the tree")
    }
    return LeafIndex(index)
  }

  // MARK: - tree-validation

  @Sendable
  private static func runValidation(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    guard let suite = try MLSSuite(test.int("cipher_suite"), options)?.algorithms else {
      return otherSuite
    }
    let bytes = try test.bytes("tree")
    var tree = try RatchetTree(wire: bytes)
    var checks = VectorChecks()
    checks.equal("tree", try tree.wireEncoded(), bytes)
    _ = try tree.treeHash(suite)
    let hashes = try test.fields.list("tree_hashes")
    let resolutions = try test.fields.list("resolutions")
    checks.that(hashes.count == Int(tree.leafCount.nodeCount), "\(hashes.count) tree hashes")
    checks.that(resolutions.count == hashes.count, "\(resolutions.count) resolutions")
    for (index, (hash, resolution)) in zip(hashes, resolutions).enumerated() {
      let node = NodeIndex(UInt32(index))
      checks.equal(
        "tree hash of \(index)", try tree.treeHash(of: node, suite) ?? [], hash.hexBytes ?? [])
      let computed = tree.resolution(of: node).map { JSON.integer(Int($0.rawValue)) }
      checks.that(computed == resolution.array, "resolution of \(index) is \(computed)")
    }
    // Parent hashes and signatures.
    try tree.verify(groupID: MLS.GroupID(test.bytes("group_id")), suite: suite)
    return checks.outcome
  }

  // MARK: - tree_hash of mls-rs

  @Sendable
  private static func runHash(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    guard let suite = try MLSSuite(test.int("cipher_suite"), options)?.algorithms else {
      return otherSuite
    }
    let bytes = try test.bytes("tree_data")
    var tree = try RatchetTree(wire: bytes)
    var checks = VectorChecks()
    checks.equal("tree_data", try tree.wireEncoded(), bytes)
    checks.equal("tree_hash", try tree.treeHash(suite), try test.bytes("tree_hash"))
    return checks.outcome
  }
}
