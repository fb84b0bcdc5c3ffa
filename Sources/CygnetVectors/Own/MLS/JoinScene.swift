internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A group of seven that zoe is about to join in its eighth place. Carol's path leads to nodes 3 and
/// 7, frank's to 9 and 11; ivan, in place 3, is unmerged at both of carol's. Nodes 5 and 13 are
/// blank.
struct JoinScene {
  let forge: MLSForge
  let zoe: ForgedClient
  let keyPackage: MLS.KeyPackage

  init(using random: inout SeededRandomSource) throws(CygnetError) {
    var forge = try MLSScene.eight(using: &random).forge
    let suite = forge.suite
    for (member, proposal) in [(UInt32(5), nil), (2, MLS.Proposal.remove(LeafIndex(3)))] {
      var commit = try ForgedCommit(forge, by: member, proposal.map { [.proposal($0)] } ?? [])
      try commit.addPath(using: &random)
      forge = try commit.finish().next
    }
    let ivan = try ForgedClient("ivan", suite, using: &random)
    var adding = try ForgedCommit(forge, by: 2, [.proposal(.add(ivan.keyPackage(suite)))])
    adding.signers[LeafIndex(3)] = ivan.signer
    self.forge = try adding.finish().next
    zoe = try ForgedClient("zoe", suite, using: &random)
    keyPackage = try zoe.keyPackage(suite)
  }

  /// What zoe has when it gets a Welcome.
  func client() throws(CygnetError) -> JSON { try zoe.joining(keyPackage, forge.preSharedKeys) }

  /// A Welcome of another group, for the same key package.
  func otherWelcome(
    using random: inout SeededRandomSource
  ) throws(CygnetError) -> [UInt8] {
    let group = try MLSForge(ForgedClient("alice", forge.suite, using: &random), using: &random)
    let forged = try ForgedCommit(group, by: 0, [.proposal(.add(keyPackage))]).finish()
    return try MLS.Message(ForgedWelcome(forged).sealed(using: &random)).encoded()
  }

  typealias Change = (inout ForgedCommit, inout MLSWorkbench) throws(CygnetError) -> Void

  /// A commit of carol's that adds zoe, changed before it is signed.
  func adding(
    _ bench: inout MLSWorkbench, path: Bool, _ proposals: [MLS.Proposal] = [],
    _ change: Change = { (_: inout ForgedCommit, _: inout MLSWorkbench) throws(CygnetError) in }
  ) throws(CygnetError) -> Forged {
    var commit = try ForgedCommit(
      bench.forge, by: 2, ([.add(keyPackage)] + proposals).map { .proposal($0) })
    if path { try commit.addPath(using: &bench.random) }
    commit.signers[commit.added[0].leaf] = zoe.signer
    try change(&commit, &bench)
    return try commit.finish()
  }
}

extension ForgedClient {
  /// The client's half of a passive client's row, in the working group's form.
  func joining(
    _ keyPackage: MLS.KeyPackage, _ preSharedKeys: [MLS.PreSharedKeyID.Kind: SecretBytes] = [:]
  ) throws(CygnetError) -> JSON {
    var keys: [(id: [UInt8], key: JSON)] = []
    for (kind, secret) in preSharedKeys {
      guard case .external(let id) = kind else { continue }
      keys.append((id, ["psk_id": .hex(id), "psk": .hex(secret.exposed())]))
    }
    keys.sort { $0.id.lexicographicallyPrecedes($1.id) }
    return [
      "external_psks": .array(keys.map(\.key)),
      "key_package": .hex(try MLS.Message(keyPackage).encoded()),
      "signature_priv": .hex(signer.seed.exposed()),
      "encryption_priv": .hex(encryptionKey.secret.exposed()),
      "init_priv": .hex(initKey.secret.exposed()),
    ]
  }
}

extension ForgedCommit {
  /// The nodes of the group after the commit, all places there.
  func nodes() -> TreeNodes {
    var nodes = TreeNodes(tree)
    nodes.extend(to: tree.leafCount)
    return nodes
  }

  /// Changes nodes, whatever that makes of the tree.
  mutating func changeNodes(
    _ change: (inout TreeNodes) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    var nodes = nodes()
    try change(&nodes)
    try setTree(nodes)
  }

  /// Changes a leaf that no path has set, and signs it again.
  mutating func changeLeaf(
    _ index: UInt32, signer other: MLS.SignatureKeyPair? = nil,
    _ change: (inout ForgedLeaf) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    guard let old = tree.leaf(LeafIndex(index)), let own = signers[LeafIndex(index)] else {
      throw CygnetError(.internalFault, "no such leaf")
    }
    var leaf = ForgedLeaf(old)
    try change(&leaf)
    let node = try leaf.signed(by: other ?? own, in: nil, forge.suite)
    try changeNodes { (nodes) throws(CygnetError) in nodes[leaf: index] = node }
  }

  /// Changes a member's leaf and signs it again for a place, whatever that makes of the tree.
  mutating func signLeaf(
    _ index: UInt32, for place: UInt32? = nil,
    _ change: (inout ForgedLeaf) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    var nodes = nodes()
    try sign(index, for: place, in: &nodes, change)
    try setTree(nodes)
  }

  private func sign(
    _ index: UInt32, for place: UInt32? = nil, in nodes: inout TreeNodes,
    _ change: (inout ForgedLeaf) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    guard let old = nodes[leaf: index], let signer = signers[LeafIndex(index)] else {
      throw CygnetError(.internalFault, "no such leaf")
    }
    var leaf = ForgedLeaf(old)
    try change(&leaf)
    nodes[leaf: index] = try leaf.signed(
      by: signer, in: (forge.groupID, LeafIndex(place ?? index)), forge.suite)
  }

  /// Changes nodes, makes carol's parent hashes anew from the root down to her leaf, with another idea
  /// of what they are over if need be, and signs the leaf.
  /// - Parameters:
  ///   - path: The parents that her last path set and the other child of each, from the root down. The
  ///     first one's own parent hash stays.
  ///   - change: Changes the nodes before.
  ///   - siblingHash: What goes into a hash as the other side's; nil for what is right.
  mutating func rebuildChain(
    over path: [(node: UInt32, sibling: UInt32)],
    after change: (inout TreeNodes) throws(CygnetError) -> Void = {
      (_: inout TreeNodes) throws(CygnetError) in
    },
    siblingHash: ((TreeNodes, NodeIndex) throws(CygnetError) -> [UInt8])? = nil
  ) throws(CygnetError) {
    let suite = forge.suite
    var nodes = nodes()
    try change(&nodes)
    var hash = path.first.flatMap { nodes[parent: $0.node]?.parentHash } ?? []
    for step in path {
      guard let parent = nodes[parent: step.node] else { continue }
      nodes[parent: step.node] = parent.with(parentHash: hash)
      let sibling = NodeIndex(step.sibling)
      let right = try SubtreeHash(nodes, suite)
        .hash(of: sibling, without: Set(parent.unmergedLeaves))
      hash = try suite.hash(
        ParentHashForm(
          key: parent.encryptionKey, parentHash: hash,
          siblingHash: siblingHash?(nodes, sibling) ?? right
        ).wireEncoded())
    }
    try sign(2, in: &nodes) { (leaf) throws(CygnetError) in
      leaf.source = .commit(parentHash: hash)
    }
    try setTree(nodes)
  }
}
