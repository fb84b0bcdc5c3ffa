internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// The keys of a committer's path (RFC 9420 §7.4, §7.5), made without the code that is being tested
/// and without its checks.
struct ForgedPath {
  struct Step {
    let node: NodeIndex
    let copathChild: NodeIndex
    let secret: SecretBytes
    var publicKey: MLS.HPKEPublicKey
  }

  let index: LeafIndex
  let leafKey: HPKE.PrivateKey
  var steps: [Step] = []
  let commitSecret: SecretBytes

  /// Draws the leaf's secret and the first path secret, 32 bytes each.
  init(
    of index: LeafIndex, in tree: RatchetTree, _ suite: Algorithms,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    self.index = index
    leafKey = try suite.deriveKeyPair(random.secret(suite.hashByteCount))
    var secret = random.secret(suite.hashByteCount)
    for (node, copathChild) in tree.filteredDirectPath(of: index) {
      let key = try suite.deriveKeyPair(suite.deriveSecret(secret, label: "node"))
      steps.append(
        Step(
          node: node, copathChild: copathChild, secret: secret,
          publicKey: MLS.HPKEPublicKey(key.publicKey.bytes)))
      secret = try suite.deriveSecret(secret, label: "path")
    }
    if steps.isEmpty { secret = try suite.deriveSecret(secret, label: "path") }
    commitSecret = secret
  }

  /// Puts the parents into the tree, in place of what is above the leaf.
  /// - Returns: the parent hash of the leaf.
  func install(in nodes: inout TreeNodes, _ suite: Algorithms) throws(CygnetError) -> [UInt8] {
    var above = index.node.parent(in: nodes.width)
    while let node = above {
      nodes[parent: node.rawValue] = nil
      above = node.parent(in: nodes.width)
    }
    var hash: [UInt8] = []
    for step in steps.reversed() {
      nodes[parent: step.node.rawValue] = ParentNode(
        encryptionKey: step.publicKey, parentHash: hash)
      let sibling = try SubtreeHash(nodes, suite).hash(of: step.copathChild)
      hash = try suite.hash(
        ParentHashForm(key: step.publicKey, parentHash: hash, siblingHash: sibling).wireEncoded())
    }
    return hash
  }

  /// Seals each path secret to the resolution on the other side.
  func sealed(
    in tree: RatchetTree, excluding excluded: Set<LeafIndex>, context: [UInt8],
    _ suite: Algorithms, using random: inout some RandomSource
  ) throws(CygnetError) -> [MLS.UpdatePathNode] {
    var nodes: [MLS.UpdatePathNode] = []
    for step in steps {
      var ciphertexts: [MLS.HPKECiphertext] = []
      for recipient in tree.resolution(of: step.copathChild) {
        if let leaf = recipient.leaf, excluded.contains(leaf) { continue }
        guard let key = tree.encryptionKey(at: recipient) else { continue }
        ciphertexts.append(
          try suite.encryptWithLabel(
            step.secret, to: key, label: "UpdatePathNode", context: context, using: &random))
      }
      nodes.append(
        MLS.UpdatePathNode(encryptionKey: step.publicKey, encryptedPathSecret: ciphertexts))
    }
    return nodes
  }

  /// What a new member gets in its Welcome.
  func pathSecret(for member: LeafIndex) -> SecretBytes? {
    let ancestor = NodeIndex.commonAncestor(index, member)
    for step in steps where step.node == ancestor { return step.secret }
    return nil
  }
}
