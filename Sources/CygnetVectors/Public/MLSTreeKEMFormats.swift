internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Files of the MLS working group about paths: the private keys that members hold, and the paths
/// that each of them sent.
enum MLSTreeKEMFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "MLS", "MLS TreeKEM",
      recognises: { $0.firstCase(has: "ratchet_tree", "leaves_private", "update_paths") },
      run: { (test, options) throws(CygnetError) in
        try MLSSuite.runSealed(test, options) { (suite, checks) throws(CygnetError) in
          var row = try Row(test, suite)
          try row.run(&checks)
        }
      })
  ]

  private struct Member {
    let keys: TreePrivateKeys
    let signer: MLS.SignatureKeyPair
  }

  private struct Row {
    let suite: Algorithms
    let hasAEAD: Bool
    let groupID: MLS.GroupID
    let epoch: MLS.Epoch
    let transcriptHash: [UInt8]
    let tree: RatchetTree
    let members: [LeafIndex: Member]
    let paths: [JSON]
    var random = SystemRandomSource()

    init(_ test: VectorCase, _ suite: MLSSuite) throws(CygnetError) {
      self.suite = suite.algorithms
      hasAEAD = suite.hasAEAD
      groupID = MLS.GroupID(try test.bytes("group_id"))
      guard let number = test.fields["epoch"]?.uint64 else {
        throw CygnetError(.malformed, "an epoch is a number")
      }
      epoch = MLS.Epoch(number)
      transcriptHash = try test.bytes("confirmed_transcript_hash")
      var tree = try RatchetTree(wire: test.bytes("ratchet_tree"))
      try tree.verify(groupID: groupID, suite: suite.algorithms)
      self.tree = tree
      var members: [LeafIndex: Member] = [:]
      for entry in try test.fields.list("leaves_private") {
        let index = try MLSTreeFormats.member(entry.int("index"), of: tree)
        members[index] = try Self.member(entry, index, tree, suite.algorithms)
      }
      self.members = members
      paths = try test.fields.list("update_paths")
    }

    /// A member's keys, which must be those of the tree.
    private static func member(
      _ entry: JSON, _ index: LeafIndex, _ tree: RatchetTree, _ suite: Algorithms
    ) throws(CygnetError) -> Member {
      let leafKey = try HPKE.PrivateKey(
        kem: suite.hpke.kem, secret: entry.secret("encryption_priv"))
      var keys = TreePrivateKeys(leafIndex: index, leafKey: leafKey)
      var count = 0
      for step in try entry.list("path_secrets") {
        guard let node = UInt32(exactly: try step.int("node")) else {
          throw CygnetError(.malformed, "no such node")
        }
        keys.set(
          try PathSecret.privateKey(of: step.secret("path_secret"), suite), at: NodeIndex(node))
        count += 1
      }
      keys.retain(in: tree)
      guard keys.nodes.count == count,
        tree.encryptionKey(at: index.node)?.bytes == leafKey.publicKey.bytes
      else { throw CygnetError(.authenticationFailed, "a private key is not that of the tree") }
      return Member(
        keys: keys, signer: try MLS.SignatureKeyPair(seed: entry.secret("signature_priv")))
    }

    mutating func run(_ checks: inout VectorChecks) throws(CygnetError) {
      for path in paths {
        let sender = try MLSTreeFormats.member(path.int("sender"), of: tree)
        try receive(path, from: sender, &checks)
        if hasAEAD { try send(from: sender, &checks) }
      }
    }

    /// The given path, as every other member takes it.
    private func receive(
      _ row: JSON, from sender: LeafIndex, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      let path = try MLS.UpdatePath(wire: row.bytes("update_path"))
      try path.leafNode.verifySignature(groupID: groupID, leafIndex: sender, suite: suite)
      var after = tree
      try after.merge(path, from: sender, excluding: [], suite: suite)
      checks.equal("tree_hash_after", try after.treeHash(suite), try row.bytes("tree_hash_after"))
      let secrets = try row.list("path_secrets")
      checks.that(secrets.count == Int(tree.leafCount.rawValue), "\(secrets.count) path secrets")
      guard hasAEAD else { return }
      let context = try context(of: &after)
      for (position, stated) in secrets.enumerated() {
        let index = LeafIndex(UInt32(position))
        guard let member = members[index], index != sender else {
          checks.that(stated.isNull, "leaf \(position) gets no path secret")
          continue
        }
        let opened = try after.openPathSecret(
          path, from: sender, keys: member.keys, excluding: [], context: context, suite: suite)
        checks.equal("path secret of \(position)", opened.secret, stated.hexBytes ?? [])
        let (_, commitSecret) = try after.decrypt(
          path, from: sender, keys: member.keys, excluding: [], context: context, suite: suite)
        checks.equal("commit_secret", commitSecret, try row.bytes("commit_secret"))
      }
    }

    /// A new path of the same sender, as every other member takes it.
    private mutating func send(
      from sender: LeafIndex, _ checks: inout VectorChecks
    ) throws(CygnetError) {
      guard let signer = members[sender]?.signer, let old = tree.leaf(sender) else { return }
      let (groupID, suite) = (groupID, suite)
      var sent = tree
      let own = try sent.replacePath(of: sender, suite: suite, using: &random) {
        (key, parentHash) throws(CygnetError) in
        let leaf = MLS.LeafNode(
          encryptionKey: key, signatureKey: old.signatureKey, credential: old.credential,
          capabilities: old.capabilities, source: .commit(parentHash: parentHash),
          extensions: old.extensions, signature: [])
        let content = try LeafNodeTBS(leaf, groupID: groupID, index: sender).wireEncoded()
        return leaf.signed(
          try suite.signature(of: content, label: LeafNodeTBS.label, by: signer))
      }
      let context = try context(of: &sent)
      let nodes = try sent.encrypt(
        own, excluding: [], context: context, suite: suite, using: &random)
      guard let leaf = sent.leaf(sender) else { return }
      let path = MLS.UpdatePath(leafNode: leaf, nodes: nodes)
      for (index, member) in members where index != sender {
        var received = tree
        try received.merge(path, from: sender, excluding: [], suite: suite)
        checks.equal("own tree hash", try received.treeHash(suite), try sent.treeHash(suite))
        let (_, commitSecret) = try received.decrypt(
          path, from: sender, keys: member.keys, excluding: [], context: context, suite: suite)
        checks.that(commitSecret == own.commitSecret, "own commit secret of \(index.rawValue)")
      }
    }

    private func context(of tree: inout RatchetTree) throws(CygnetError) -> [UInt8] {
      try MLS.GroupContext(
        cipherSuite: suite.suite, groupID: groupID, epoch: epoch, treeHash: tree.treeHash(suite),
        confirmedTranscriptHash: transcriptHash, extensions: .none
      ).wireEncoded()
    }
  }
}
