internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives

/// Paths against the rules of RFC 9420 §4 and §7.
enum PathRefusals {
  static let suite = OwnVectorSuite(
    name: "mls/refusals/paths", kind: .check, subject: "mls",
    spec: "RFC 9420 §4, §7; Cygnet Specification: MLS",
    notes: MLSRules.notes(
      "C3", "C4", "T1", "T2", "T3", "T4", "T5", "T6", "T12", "L8"),
    write: write)

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let scene = try MLSScene.eight(using: &writer.random)
    var cases = MLSCases(scene.forge, using: &writer.random)
    try lengths(&cases)
    try ciphertexts(&cases)
    try keys(&cases)
    try parentHashes(&cases)
    try uniqueKeys(&cases)
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
    try writeUnmerged(&writer)
  }

  /// The reader is zoe, who has the key of no parent: in alice's path its ciphertext follows that for
  /// node 11, under which it stands.
  private static func writeUnmerged(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let join = try JoinScene(using: &writer.random)
    var bench = MLSWorkbench(
      forge: join.forge, random: SeededRandomSource(seed: writer.random.bytes(32)))
    let forged = try join.adding(&bench, path: false)
    let scene = try MLSScene(
      join.zoe, forged, ForgedWelcome(forged).sealed(using: &writer.random))
    var cases = MLSCases(scene.forge, using: &writer.random)
    try cases.accept("T3", "a path to a reader who is unmerged") { (bench) throws(CygnetError) in
      try nodes(&bench, by: 0) { _ in }
    }
    try cases.refuse(
      "C12", "the ciphertexts for a node and its unmerged leaf in each other's place",
      .authenticationFailed, about: ["T3"]
    ) { (bench) throws(CygnetError) in
      try nodes(&bench, by: 0) { $0[$0.count - 1] = $0[$0.count - 1].with { $0.swapAt(0, 1) } }
    }
    try cases.refuse("T4", "no ciphertext for a reader who is unmerged", about: ["T3", "T4"]) {
      (bench) throws(CygnetError) in
      try nodes(&bench, by: 0) { $0[$0.count - 1] = $0[$0.count - 1].with { $0.removeLast() } }
    }
    try cases.refuse("T4", "no ciphertext for another one who is unmerged", about: ["T1", "T4"]) {
      (bench) throws(CygnetError) in
      // Ivan's follows that for node 3.
      try nodes(&bench, by: 4) { $0[$0.count - 1] = $0[$0.count - 1].with { $0.remove(at: 1) } }
    }
    try cases.refuse("T5", "another key than the path secret's, to a reader who is unmerged") {
      (bench) throws(CygnetError) in
      let key = try bench.suite.generateKeyPair(using: &bench.random)
      var commit = try ForgedCommit(bench.forge, by: 0, [])
      try commit.makePath(using: &bench.random)
      guard let root = commit.ownPath?.steps.count else { return [] }
      try commit.setKey(MLS.HPKEPublicKey(key.publicKey.bytes), at: root - 1)
      try commit.sealPath(using: &bench.random)
      return try commit.finish().sent()
    }
    try writer.group(
      .mlsMember, ["client": scene.client(), "group_info": .hex(scene.groupInfo())], cases.tests)
  }

  /// A commit of a member whose path is changed after it was sealed.
  private static func commit(
    _ bench: inout MLSWorkbench, by member: UInt32 = 2, _ proposals: [MLS.Proposal] = [],
    _ change: (inout ForgedCommit, inout MLSWorkbench) throws(CygnetError) -> Void
  ) throws(CygnetError) -> [UInt8] {
    var commit = try ForgedCommit(bench.forge, by: member, proposals.map { .proposal($0) })
    try commit.addPath(using: &bench.random)
    try change(&commit, &bench)
    return try commit.finish().sent()
  }

  private static func nodes(
    _ bench: inout MLSWorkbench, by member: UInt32 = 2, _ proposals: [MLS.Proposal] = [],
    _ change: (inout [MLS.UpdatePathNode]) -> Void
  ) throws(CygnetError) -> [UInt8] {
    try commit(&bench, by: member, proposals) { (commit, _) throws(CygnetError) in
      guard let path = commit.path else { return }
      var nodes = path.nodes
      change(&nodes)
      commit.path = MLS.UpdatePath(leafNode: path.leafNode, nodes: nodes)
    }
  }

  // MARK: - Shape

  private static func lengths(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.accept("T2", "a path that leaves out a node with nobody on the other side") {
      (bench) throws(CygnetError) in
      // Grace's neighbour is blank, so her path has two nodes and not three.
      try nodes(&bench, by: 6) { _ in }
    }
    try cases.refuse("T2", "a path without its last node") { (bench) throws(CygnetError) in
      try nodes(&bench) { $0.removeLast() }
    }
    try cases.refuse("T2", "a path with its last node twice") { (bench) throws(CygnetError) in
      try nodes(&bench) { $0.append($0[$0.count - 1]) }
    }
    try cases.refuse("T2", "a path without nodes") { (bench) throws(CygnetError) in
      try nodes(&bench) { $0.removeAll() }
    }
    try cases.refuse("T2", "a path with a node that has nobody on the other side") {
      (bench) throws(CygnetError) in
      let key = try bench.suite.generateKeyPair(using: &bench.random)
      let empty = MLS.UpdatePathNode(
        encryptionKey: MLS.HPKEPublicKey(key.publicKey.bytes), encryptedPathSecret: [])
      return try nodes(&bench, by: 6) { $0.insert(empty, at: 0) }
    }
    try cases.accept("T2", "a path whose copath has only members that the commit adds") {
      (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage()
      // The newcomer is Grace's neighbour: its node is on the path, with no ciphertext.
      return try nodes(&bench, by: 6, [.add(zoe)]) { _ in }
    }
    try cases.refuse("T2", "a path that leaves out a node because only a newcomer is below") {
      (bench) throws(CygnetError) in
      let zoe = try bench.keyPackage()
      return try nodes(&bench, by: 6, [.add(zoe)]) { $0.removeFirst() }
    }
  }

  private static func ciphertexts(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("T4", "one ciphertext too few, for a key far away") {
      (bench) throws(CygnetError) in
      try nodes(&bench) { $0[$0.count - 1] = $0[$0.count - 1].with { $0.removeLast() } }
    }
    try cases.refuse("T4", "one ciphertext too many") { (bench) throws(CygnetError) in
      try nodes(&bench) { $0[0] = $0[0].with { $0.append($0[0]) } }
    }
    try cases.refuse("T4", "a node without ciphertexts") { (bench) throws(CygnetError) in
      try nodes(&bench) { $0[1] = $0[1].with { $0.removeAll() } }
    }
    try cases.refuse("T4", "no ciphertext for a leaf below a blank node", about: ["T1"]) {
      (bench) throws(CygnetError) in
      // Node 11 is blank: node 9 and Grace stand for it.
      try nodes(&bench) { $0[$0.count - 1] = $0[$0.count - 1].with { $0.remove(at: 1) } }
    }
    try cases.refuse("T4", "a ciphertext for a member that the same commit adds") {
      (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 2, [.proposal(.add(bench.keyPackage()))])
      try commit.makePath(using: &bench.random)
      try commit.sealPath(excluding: [], using: &bench.random)
      return try commit.finish().sent()
    }
    try cases.refuse(
      "C12", "the ciphertexts of a node in another order", .authenticationFailed, about: ["T1"]
    ) { (bench) throws(CygnetError) in
      // Erin's last ciphertexts are for node 3, of which Bob holds the key, and for Heidi.
      try nodes(&bench, by: 4) {
        $0[$0.count - 1] = $0[$0.count - 1].with { $0.reverse() }
      }
    }
    for (comment, count) in [("31 bytes", 31), ("33 bytes", 33), ("no bytes", 0)] {
      try cases.refuse("C3", "an encapsulated key of \(comment)", .malformed) {
        (bench) throws(CygnetError) in
        try nodes(&bench, by: 4) { nodes in
          nodes[nodes.count - 1] = nodes[nodes.count - 1].with { list in
            let bytes = list[0].kemOutput + [0]
            list[0] = MLS.HPKECiphertext(
              kemOutput: Array(bytes.prefix(count)), ciphertext: list[0].ciphertext)
          }
        }
      }
    }
  }

  // MARK: - Keys

  private static func keys(_ cases: inout MLSCases) throws(CygnetError) {
    for (comment, place) in [("the node where the member comes in", 0), ("the root", 1)] {
      try cases.refuse("T5", "another key than the path secret's at \(comment)") {
        (bench) throws(CygnetError) in
        try otherKey(&bench, at: place, of: bench.suite.generateKeyPair(using: &bench.random))
      }
    }
    try cases.refuse(
      "T5", "a key that is the path secret's node secret itself", about: ["C4"]
    ) { (bench) throws(CygnetError) in
      let source = ReplayRandomSource(bench.random.bytes(32), bench.random.bytes(32))
      var draws = source
      _ = draws.secret(32)
      let next = try PathSecret.next(after: draws.secret(32), bench.suite)
      let node = try bench.suite.deriveSecret(next, label: "node")
      return try otherKey(&bench, at: 1, of: bench.suite.privateKey(node), draws: source)
    }
    try cases.refuse("T5", "path secrets of another path") { (bench) throws(CygnetError) in
      var other = try ForgedCommit(bench.forge, by: 2, [])
      try other.makePath(using: &bench.random)
      return try commit(&bench) { (commit, bench) throws(CygnetError) in
        let path = commit.ownPath
        commit.ownPath = other.ownPath
        try commit.sealPath(using: &bench.random)
        let ciphertexts = commit.path?.nodes.map(\.encryptedPathSecret) ?? []
        commit.ownPath = path
        try commit.sealPath(using: &bench.random)
        guard let own = commit.path else { return }
        commit.path = MLS.UpdatePath(
          leafNode: own.leafNode,
          nodes: zip(own.nodes, ciphertexts).map {
            MLS.UpdatePathNode(encryptionKey: $0.encryptionKey, encryptedPathSecret: $1)
          })
      }
    }
    for (comment, count) in [("31 bytes", 31), ("33 bytes", 33)] {
      try cases.refuse("C3", "a node's key of \(comment)", .malformed) {
        (bench) throws(CygnetError) in
        let key = MLS.HPKEPublicKey(bench.random.bytes(count))
        return try nodes(&bench) { $0[1] = $0[1].with(key) }
      }
      try cases.refuse("C3", "a leaf's key of \(comment)", .malformed) {
        (bench) throws(CygnetError) in
        var commit = try ForgedCommit(bench.forge, by: 2, [])
        let key = MLS.HPKEPublicKey(bench.random.bytes(count))
        try commit.addPath(using: &bench.random) { (leaf) throws(CygnetError) in
          leaf.encryptionKey = key
        }
        return try commit.finish().sent()
      }
    }
  }

  /// Carol's path with another key at one of the nodes above Bob (3 and 7), the tree and the parent
  /// hashes following it.
  private static func otherKey(
    _ bench: inout MLSWorkbench, at place: Int, of key: HPKE.PrivateKey,
    draws: ReplayRandomSource? = nil
  ) throws(CygnetError) -> [UInt8] {
    var commit = try ForgedCommit(bench.forge, by: 2, [])
    if var draws {
      try commit.makePath(using: &draws)
    } else {
      try commit.makePath(using: &bench.random)
    }
    // Below these two is one for Heidi.
    try commit.setKey(MLS.HPKEPublicKey(key.publicKey.bytes), at: 1 + place)
    try commit.sealPath(using: &bench.random)
    return try commit.finish().sent()
  }

  private static func parentHashes(_ cases: inout MLSCases) throws(CygnetError) {
    let changes: [(comment: String, change: @Sendable ([UInt8]) -> [UInt8])] = [
      ("with one bit changed", { [$0[0] ^ 1] + $0.dropFirst() }),
      ("of no bytes", { _ in [] }),
      ("cut short", { Array($0.dropLast()) }),
    ]
    for (comment, change) in changes {
      try cases.refuse("T6", "a leaf with a parent hash \(comment)") {
        (bench) throws(CygnetError) in
        var commit = try ForgedCommit(bench.forge, by: 2, [])
        try commit.addPath(using: &bench.random) { (leaf) throws(CygnetError) in
          if case .commit(let hash) = leaf.source {
            leaf.source = .commit(parentHash: change(hash))
          }
        }
        return try commit.finish().sent()
      }
    }
    try cases.refuse("T6", "a leaf with the parent hash of its last path") {
      (bench) throws(CygnetError) in
      guard case .commit(let old) = try bench.forge.leaf(2).source else {
        throw CygnetError(.internalFault, "Carol has committed before")
      }
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      try commit.addPath(using: &bench.random) { (leaf) throws(CygnetError) in
        leaf.source = .commit(parentHash: old)
      }
      return try commit.finish().sent()
    }
  }

  private static func uniqueKeys(_ cases: inout MLSCases) throws(CygnetError) {
    try cases.refuse("T12", "a path with the signature key of another member") {
      (bench) throws(CygnetError) in
      var commit = try ForgedCommit(bench.forge, by: 2, [])
      try commit.addPath(signer: bench.forge.signer(4), using: &bench.random)
      return try commit.finish().sent()
    }
    try cases.refuse("T12", "an Add with the leaf's key of a member") {
      (bench) throws(CygnetError) in
      let taken = try bench.forge.leaf(4).encryptionKey
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.leaf.encryptionKey = taken
      }
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    try cases.refuse("T12", "an Add with the key of a parent node") {
      (bench) throws(CygnetError) in
      guard let root = bench.forge.tree.parent(NodeIndex(7)) else {
        throw CygnetError(.internalFault, "the root is not blank")
      }
      let zoe = try bench.keyPackage { (client) throws(CygnetError) in
        client.leaf.encryptionKey = root.encryptionKey
      }
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    try cases.refuse("T12", "an Add with the signature key of a member", about: ["T12", "L8"]) {
      (bench) throws(CygnetError) in
      let signer = try bench.forge.signer(4)
      let zoe = try bench.client("zoe", signer: signer).keyPackage(bench.suite)
      return try bench.commit([.add(zoe)], path: false).sent()
    }
    try cases.accept("L8", "an Add with the signature key of a member whom the commit removes") {
      (bench) throws(CygnetError) in
      let signer = try bench.forge.signer(4)
      let erin = try bench.client("erin", signer: signer).keyPackage(bench.suite)
      return try bench.commit([.add(erin), .remove(LeafIndex(4))]).sent()
    }
    try cases.refuse("T12", "two Adds with one leaf's key") { (bench) throws(CygnetError) in
      let zoe = try bench.client("zoe")
      let yves = try bench.keyPackage("yves") { (client) throws(CygnetError) in
        client.leaf.encryptionKey = zoe.leaf.encryptionKey
      }
      return try bench.commit([.add(zoe.keyPackage(bench.suite)), .add(yves)], path: false).sent()
    }
    try cases.refuse(
      "T12", "an Update to the signature key of another member", about: ["T12", "L8"]
    ) {
      (bench) throws(CygnetError) in
      let frank = try bench.forge.signer(5)
      let update = try bench.update(of: 4, signer: frank) { (leaf) throws(CygnetError) in
        leaf.signatureKey = frank.publicKey
      }
      return try bench.commit([bench.propose(update, by: 4)]).sent()
    }
    try cases.refuse("T12", "an Update to the key of another leaf") {
      (bench) throws(CygnetError) in
      let taken = try bench.forge.leaf(5).encryptionKey
      let update = try bench.update(of: 4) { (leaf) throws(CygnetError) in
        leaf.encryptionKey = taken
      }
      return try bench.commit([bench.propose(update, by: 4)]).sent()
    }
    try cases.accept("L8", "an Update to a new signature key, and to the own one") {
      (bench) throws(CygnetError) in
      let new = try MLS.SignatureKeyPair.generate(using: &bench.random)
      let changed = try bench.update(of: 4, signer: new) { (leaf) throws(CygnetError) in
        leaf.signatureKey = new.publicKey
      }
      let kept = try bench.update(of: 5)
      return try bench.commit([bench.propose(changed, by: 4), bench.propose(kept, by: 5)]).sent()
    }
  }
}

extension MLS.UpdatePathNode {
  fileprivate func with(_ change: (inout [MLS.HPKECiphertext]) -> Void) -> MLS.UpdatePathNode {
    var ciphertexts = encryptedPathSecret
    change(&ciphertexts)
    return MLS.UpdatePathNode(encryptionKey: encryptionKey, encryptedPathSecret: ciphertexts)
  }

  fileprivate func with(_ key: MLS.HPKEPublicKey) -> MLS.UpdatePathNode {
    MLS.UpdatePathNode(encryptionKey: key, encryptedPathSecret: encryptedPathSecret)
  }
}
