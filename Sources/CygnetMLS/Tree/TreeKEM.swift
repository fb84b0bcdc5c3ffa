package import CygnetHPKE
package import CygnetPrimitives

/// The keys of a committer's new path (RFC 9420 §7.4), to be encrypted to the others and then kept
/// as private keys.
package struct OwnPath: Sendable {
  package struct Step: Sendable {
    package let node: NodeIndex
    /// The child under which are those who get the path secret.
    package let copathChild: NodeIndex
    package let pathSecret: SecretBytes
    package let privateKey: HPKE.PrivateKey

    var publicKey: MLS.HPKEPublicKey { MLS.HPKEPublicKey(privateKey.publicKey.bytes) }
  }

  package let leaf: LeafIndex
  package let leafPrivateKey: HPKE.PrivateKey
  /// The filtered direct path, from the leaf up.
  package let steps: [Step]
  package let commitSecret: SecretBytes

  /// What a new member gets in its Welcome: the secret of the lowest node above both (§12.4.3.1).
  package func pathSecret(for member: LeafIndex) -> SecretBytes? {
    let ancestor = NodeIndex.commonAncestor(leaf, member)
    for step in steps where step.node == ancestor { return step.pathSecret }
    return nil
  }
}

extension RatchetTree {
  /// Gives a member's leaf and everything above it new keys: the committer's half of a path. The
  /// draws are 2 × Nh random bytes: for the leaf's key, then for the first path secret.
  /// - Parameters:
  ///   - index: the committer's leaf, or the one reserved for it.
  ///   - suite: the group's algorithms.
  ///   - random: where the new secrets come from.
  ///   - leaf: makes the signed leaf out of its new encryption key and its parent hash.
  /// - Throws: what `leaf` throws; `ruleViolation` T12 when its signature key is another member's.
  ///   The tree is then unusable: stage commits on a copy.
  package mutating func replacePath(
    of index: LeafIndex, suite: Algorithms, using random: inout some RandomSource,
    leaf: (MLS.HPKEPublicKey, _ parentHash: [UInt8]) throws(CygnetError) -> MLS.LeafNode
  ) throws(CygnetError) -> OwnPath {
    let path = try makePath(of: index, suite: suite, using: &random)
    var keys: [MLS.HPKEPublicKey] = []
    for step in path.steps { keys.append(step.publicKey) }
    let (parents, parentHash) = try newPath(of: index, keys: keys, suite: suite)
    let newLeaf = try leaf(MLS.HPKEPublicKey(path.leafPrivateKey.publicKey.bytes), parentHash)
    setPath(of: index, leaf: newLeaf, parents: parents)
    try checkUniqueKeys()
    return path
  }

  private func makePath(
    of index: LeafIndex, suite: Algorithms, using random: inout some RandomSource
  ) throws(CygnetError) -> OwnPath {
    guard leafCount.contains(index) else {
      throw CygnetError(.notFound, "no such leaf in the tree")
    }
    let leafKey = try suite.deriveKeyPair(random.secret(suite.hashByteCount))
    var secret = random.secret(suite.hashByteCount)
    var steps: [OwnPath.Step] = []
    for (node, copathChild) in filteredDirectPath(of: index) {
      steps.append(
        OwnPath.Step(
          node: node, copathChild: copathChild, pathSecret: secret,
          privateKey: try PathSecret.privateKey(of: secret, suite)))
      secret = try PathSecret.next(after: secret, suite)
    }
    // With an empty path the commit secret is the random one's successor just the same: nobody else
    // needs it, and it must be secret (T7).
    if steps.isEmpty { secret = try PathSecret.next(after: secret, suite) }
    return OwnPath(
      leaf: index, leafPrivateKey: leafKey, steps: steps, commitSecret: secret)
  }

  /// Encrypts each path secret to everyone below its node who does not learn it otherwise (§7.6).
  /// Called after `replacePath`. The work is spread over the processors when there is much.
  /// - Parameters:
  ///   - path: what `replacePath` gave.
  ///   - excluded: members added by the same commit, who learn it from their Welcome (T4).
  ///   - context: the encoded provisional GroupContext (C12).
  ///   - suite: the group's algorithms.
  ///   - random: 32 bytes are drawn per ciphertext, in the order of the ciphertexts.
  package func encrypt(
    _ path: OwnPath, excluding excluded: Set<LeafIndex>, context: [UInt8], suite: Algorithms,
    using random: inout some RandomSource
  ) throws(CygnetError) -> [MLS.UpdatePathNode] {
    var seals: [PathSeal] = []
    var counts: [Int] = []
    for step in path.steps {
      let recipients = recipients(below: step.copathChild, excluding: excluded)
      counts.append(recipients.count)
      for recipient in recipients {
        seals.append(
          PathSeal(
            secret: step.pathSecret, key: recipient.key,
            random: ForkedRandomSource(from: &random)))
      }
    }
    let ciphertexts = try PathSeal.run(seals, context: context, suite: suite)
    var nodes: [MLS.UpdatePathNode] = []
    var start = 0
    for (step, count) in zip(path.steps, counts) {
      nodes.append(
        MLS.UpdatePathNode(
          encryptionKey: step.publicKey,
          encryptedPathSecret: Array(ciphertexts[start..<(start + count)])))
      start += count
    }
    return nodes
  }
}

/// One ciphertext to make. Its randomness is drawn beforehand, so that the result does not depend on
/// how threads take turns.
private struct PathSeal: Sendable {
  let secret: SecretBytes
  let key: MLS.HPKEPublicKey
  let random: ForkedRandomSource

  func seal(
    bound binding: HPKE.PreparedInfo, suite: Algorithms
  ) throws(CygnetError) -> MLS.HPKECiphertext {
    var random = random
    return try suite.encrypt(secret, to: key, bound: binding, using: &random)
  }

  static func run(
    _ seals: [PathSeal], context: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> [MLS.HPKECiphertext] {
    let binding = try suite.binding(label: PathSecret.label, context: context)
    return try Parallel.map(seals, threshold: 6) { (seal) throws(CygnetError) in
      try seal.seal(bound: binding, suite: suite)
    }
  }
}
