internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Trees against the rules of RFC 9420 §7 and §12.4.3.
///
/// Where the commit that adds zoe has no path, ivan is unmerged at nodes 3 and 7 and zoe at 11 and 7.
/// Where it has one, carol has set nodes 5, 3 and 7, and zoe is unmerged at 11.
extension JoinFault {
  static var trees: [JoinFault] {
    unmergedLeaves + parentHashes + originalSiblings + keys + treeHashes + encodings
  }

  private static let carolsPath: [(node: UInt32, sibling: UInt32)] = [(7, 11), (3, 1), (5, 6)]
  /// Of her path before, which has no node 5.
  private static let carolsLastPath: [(node: UInt32, sibling: UInt32)] = [(7, 11), (3, 1)]

  private static var unmergedLeaves: [JoinFault] {
    [
      .unmerged("T11", "unmerged leaves that descend", at: 7, [7, 3]),
      .unmerged("T11", "an unmerged leaf that is listed twice", at: 7, [3, 3, 7]),
      .unmerged("T11", "an unmerged leaf of the other half", at: 3, [3, 7]),
      .unmerged("T11", "an unmerged leaf behind the tree", at: 7, [3, 7, 8]),
      .unmerged("T11", "the unmerged leaf 2^32 - 1", at: 7, [3, 7, .max]),
      .unmerged("T11", "an unmerged leaf that the node below does not list", at: 11, []),
      .unmerged("T11", "a leaf that is unmerged at the root alone", at: 7, [2, 3, 7]),
      .nodes("T11", "an unmerged leaf that is blank", with: [.remove(LeafIndex(6))]) {
        (nodes) throws(CygnetError) in
        nodes[parent: 7] = nodes[parent: 7]?.with(unmergedLeaves: [7])
      },
    ]
  }

  private static var parentHashes: [JoinFault] {
    [
      .unmerged("T10", "a root that does not list a leaf unmerged below it", at: 7, [7]),
      .nodes("T10", "an unmerged leaf that nobody lists", path: false) {
        (nodes) throws(CygnetError) in
        nodes[parent: 3] = nodes[parent: 3]?.with(unmergedLeaves: [])
        nodes[parent: 7] = nodes[parent: 7]?.with(unmergedLeaves: [7])
      },
      .nodes("T10", "a parent that nobody has set", path: false) { (nodes) throws(CygnetError) in
        guard var key = nodes[parent: 11]?.encryptionKey.bytes else { return }
        key[0] ^= 1
        nodes[parent: 13] = ParentNode(
          encryptionKey: MLS.HPKEPublicKey(key), parentHash: [], unmergedLeaves: [LeafIndex(7)])
      },
      .nodes("T10", "a blank node in the middle of a chain") { (nodes) throws(CygnetError) in
        nodes[parent: 3] = nil
      },
      JoinFault("T10", "a node whose parent hash is not that of the root") {
        (commit, bench) throws(CygnetError) in
        let other = bench.random.bytes(32)
        try commit.rebuildChain(over: Array(carolsPath.dropFirst())) {
          (nodes) throws(CygnetError) in
          nodes[parent: 3] = nodes[parent: 3]?.with(parentHash: other)
        }
      },
      JoinFault("T10", "a node whose parent hash is empty") { (commit, _) throws(CygnetError) in
        try commit.rebuildChain(over: Array(carolsPath.dropFirst())) {
          (nodes) throws(CygnetError) in
          nodes[parent: 3] = nodes[parent: 3]?.with(parentHash: [])
        }
      },
      JoinFault("T10", "a node of the other half with another parent hash") {
        (commit, bench) throws(CygnetError) in
        let other = bench.random.bytes(32)
        // Frank's leaf leads to node 9, and node 9 no further.
        try commit.rebuildChain(over: carolsPath) { (nodes) throws(CygnetError) in
          nodes[parent: 11] = nodes[parent: 11]?.with(parentHash: other)
        }
      },
      JoinFault("T10", "a leaf with another parent hash") { (commit, bench) throws(CygnetError) in
        let other = bench.random.bytes(32)
        try commit.signLeaf(2) { (leaf) throws(CygnetError) in
          leaf.source = .commit(parentHash: other)
        }
      },
      JoinFault("T10", "a leaf without parent hash, as of an Update") {
        (commit, _) throws(CygnetError) in
        try commit.signLeaf(2) { (leaf) throws(CygnetError) in leaf.source = .update }
      },
    ]
  }

  /// T9: what counts as the other half's hash when a parent was set.
  private static var originalSiblings: [JoinFault] {
    [
      JoinFault("T10", "parent hashes over the other half as it is now", about: ["T9"], path: false)
      { (commit, bench) throws(CygnetError) in
        let suite = bench.suite
        try commit.rebuildChain(
          over: carolsLastPath,
          siblingHash: { (nodes, sibling) throws(CygnetError) in
            try SubtreeHash(nodes, suite).hash(of: sibling)
          })
      },
      JoinFault("T10", "parent hashes without leaves that are unmerged further down", about: ["T9"])
      {
        (commit, bench) throws(CygnetError) in
        let suite = bench.suite
        try commit.rebuildChain(
          over: carolsPath,
          siblingHash: { (nodes, sibling) throws(CygnetError) in
            try SubtreeHash(nodes, suite).hash(of: sibling, without: [LeafIndex(7)])
          })
      },
      JoinFault(
        "T10", "parent hashes without an unmerged leaf, which lists still have", about: ["T9"],
        path: false
      ) { (commit, bench) throws(CygnetError) in
        let suite = bench.suite
        try commit.rebuildChain(
          over: carolsLastPath,
          siblingHash: { (nodes, sibling) throws(CygnetError) in
            var nodes = nodes
            nodes[leaf: 7] = nil
            return try SubtreeHash(nodes, suite).hash(of: sibling)
          })
      },
      JoinFault(
        "T10", "parent hashes with an unmerged leaf, which no list has", about: ["T9"], path: false
      ) { (commit, bench) throws(CygnetError) in
        let suite = bench.suite
        try commit.rebuildChain(
          over: carolsLastPath,
          siblingHash: { (nodes, sibling) throws(CygnetError) in
            var nodes = nodes
            nodes[parent: 11] = nodes[parent: 11]?.with(unmergedLeaves: [])
            return try SubtreeHash(nodes, suite).hash(of: sibling)
          })
      },
    ]
  }

  private static var keys: [JoinFault] {
    [
      .leaf("T12", "two leaves with one encryption key") { (leaf, bench) throws(CygnetError) in
        leaf.encryptionKey = try bench.forge.leaf(4).encryptionKey
      },
      .leaf("T12", "a leaf with the key of a parent") { (leaf, bench) throws(CygnetError) in
        guard let parent = bench.forge.tree.parent(NodeIndex(9)) else { return }
        leaf.encryptionKey = parent.encryptionKey
      },
      JoinFault("T12", "two leaves with one signature key", path: false) {
        (commit, bench) throws(CygnetError) in
        let erin = try bench.forge.signer(4)
        try commit.changeLeaf(3, signer: erin) { (leaf) throws(CygnetError) in
          leaf.signatureKey = erin.publicKey
        }
      },
      JoinFault("T12", "two parents with one key") { (commit, _) throws(CygnetError) in
        guard let path = commit.ownPath else { return }
        try commit.setKey(path.steps[2].publicKey, at: 1)
      },
      .leaf("C3", "a leaf with a key of 31 bytes", .malformed) { (leaf, _) throws(CygnetError) in
        leaf.encryptionKey = MLS.HPKEPublicKey(Array(leaf.encryptionKey.bytes.dropLast()))
      },
      .leaf("C3", "a leaf with a key of low order", .malformed) { (leaf, _) throws(CygnetError) in
        leaf.encryptionKey = MLS.HPKEPublicKey([1] + [UInt8](repeating: 0, count: 31))
      },
      JoinFault("C3", "a parent with a key of low order", .malformed) {
        (commit, _) throws(CygnetError) in
        try commit.setKey(MLS.HPKEPublicKey([UInt8](repeating: 0, count: 32)), at: 1)
      },
    ]
  }

  /// T8, of a tree with a blank leaf and blank parents.
  private static var treeHashes: [JoinFault] {
    let forms: [(String, SubtreeHash.Form)] = [
      ("that leaves out the places of blank leaves", .blankLeavesWithoutPlace),
      ("that leaves out the types of nodes", .withoutTypes),
      ("that leaves out blank parents", .blankParentsWithoutPresence),
    ]
    var faults: [JoinFault] = []
    for (comment, form) in forms {
      faults.append(
        JoinFault("J4", "a tree hash \(comment)", about: ["T8"], with: [.remove(LeafIndex(6))]) {
          (commit, bench) throws(CygnetError) in
          let nodes = commit.nodes()
          commit.treeHash = try SubtreeHash(nodes, bench.suite, as: form).hash(of: nodes.width.root)
        })
    }
    faults.append(
      JoinFault("J4", "the tree hash of the epoch before", about: ["T8"]) {
        (commit, bench) throws(CygnetError) in commit.treeHash = bench.forge.context.treeHash
      })
    return faults
  }

  /// The honest tree, written otherwise.
  private static var encodings: [JoinFault] {
    [
      encoding("S10", "a tree with a blank node behind its last", .ruleViolation) {
        (nodes) throws(CygnetError) in
        nodes.nodes.append(nil)
        return try nodes.wireEncoded()
      },
      encoding("S10", "a tree of the double width whose right half is blank", .ruleViolation) {
        (nodes) throws(CygnetError) in
        nodes.extend(to: LeafCount(16))
        return try nodes.wireEncoded()
      },
      encoding("S10", "a tree whose first leaf stands behind its parent", .ruleViolation) {
        (nodes) throws(CygnetError) in
        nodes.nodes.swapAt(0, 1)
        return try nodes.wireEncoded()
      },
      encoding("S10", "a tree with a parent in a leaf's place", .ruleViolation) {
        (nodes) throws(CygnetError) in
        nodes.nodes[12] = nodes.nodes[11]
        return try nodes.wireEncoded()
      },
      encoding("S10", "a tree with a leaf in a parent's place", .ruleViolation) {
        (nodes) throws(CygnetError) in
        nodes.nodes[13] = nodes.nodes[12]
        return try nodes.wireEncoded()
      },
      encoding("S3", "a tree without nodes", .malformed, about: ["S10"]) {
        (_) throws(CygnetError) in [0]
      },
      encoding("S1", "a tree whose first node has a presence byte of 2", .malformed) {
        (nodes) throws(CygnetError) in try nodes.wireEncoded().with(2, at: 2)
      },
      encoding("S11", "a tree whose first node is of type 0", .malformed) {
        (nodes) throws(CygnetError) in try nodes.wireEncoded().with(0, at: 3)
      },
      encoding("S11", "a tree whose first node is of type 3", .malformed) {
        (nodes) throws(CygnetError) in try nodes.wireEncoded().with(3, at: 3)
      },
      encoding("S2", "a tree whose length takes four bytes", .malformed) {
        (nodes) throws(CygnetError) in
        let bytes = try nodes.wireEncoded()
        return [0x80, 0, bytes[0] & 0x3f] + bytes.dropFirst()
      },
      encoding("S4", "a tree with a byte behind", .malformed, about: ["S5"]) {
        (nodes) throws(CygnetError) in try nodes.wireEncoded() + [0]
      },
      encoding("S3", "a tree without its last byte", .malformed, about: ["S5"]) {
        (nodes) throws(CygnetError) in try nodes.wireEncoded().dropLast()
      },
    ]
  }

  private static func encoding(
    _ rule: String, _ comment: String, _ error: CygnetError.Code, about flags: [String]? = nil,
    _ making: @escaping (inout TreeNodes) throws(CygnetError) -> [UInt8]
  ) -> JoinFault {
    .info(rule, comment, error, about: flags, path: false) {
      (info, forged) throws(CygnetError) in
      var nodes = TreeNodes(forged.next.tree)
      info.setTree(try making(&nodes))
    }
  }
}

extension [UInt8] {
  /// With another byte at a place.
  func with(_ byte: UInt8, at place: Int) -> [UInt8] {
    var copy = self
    copy[place] = byte
    return copy
  }
}
