internal import CygnetHPKE
package import CygnetPrimitives

extension RatchetTree {
  /// Puts a committer's path into the tree: the receiver's first half (RFC 9420 §7.5).
  ///
  /// Judged are the shape (T2, T4), that the keys are new (M4), that the leaf's parent hash is that
  /// of the path (T6), and that keys stay unique (T12). The leaf's content and signature are the
  /// group's to judge.
  /// - Parameters:
  ///   - path: from the commit.
  ///   - sender: the committer's leaf, or the one reserved for it.
  ///   - added: members added by the same commit.
  ///   - suite: the group's algorithms.
  /// - Throws: `ruleViolation`; `malformed` for a key that cannot be the suite's. The tree may then be
  ///   unusable: stage commits on a copy.
  package mutating func merge(
    _ path: MLS.UpdatePath, from sender: LeafIndex, excluding added: Set<LeafIndex>,
    suite: Algorithms
  ) throws(CygnetError) {
    try checkShape(of: path, from: sender, excluding: added)
    try checkFreshness(of: path, suite: suite)
    var keys: [MLS.HPKEPublicKey] = []
    for node in path.nodes { keys.append(node.encryptionKey) }
    let (parents, parentHash) = try newPath(of: sender, keys: keys, suite: suite)
    guard case .commit(let stated) = path.leafNode.source else {
      throw CygnetError(.ruleViolation, "L7: a path's leaf is not of a commit (RFC 9420 §7.3)")
    }
    guard stated == parentHash else {
      throw CygnetError(
        .ruleViolation, "T6: the leaf's parent hash is not that of its path (RFC 9420 §7.9.2)")
    }
    setPath(of: sender, leaf: path.leafNode, parents: parents)
    try checkUniqueKeys()
  }

  /// T2 and T4, before anything is computed.
  private func checkShape(
    of path: MLS.UpdatePath, from sender: LeafIndex, excluding added: Set<LeafIndex>
  ) throws(CygnetError) {
    guard leafCount.contains(sender) else {
      throw CygnetError(.ruleViolation, "M3: the committer has no leaf in the tree (RFC 9420 §6.1)")
    }
    let steps = copath(of: sender)
    guard path.nodes.count == steps.count else {
      throw CygnetError(
        .ruleViolation, "T2: a path of another length than the filtered one (RFC 9420 §7.5)")
    }
    // A leaf added by this commit is in exactly one of the resolutions, once.
    var newcomers: [NodeIndex: Int] = [:]
    for leaf in added where leaf != sender && self.leaf(leaf) != nil {
      newcomers[NodeIndex.commonAncestor(sender, leaf), default: 0] += 1
    }
    for (node, step) in zip(path.nodes, steps) {
      let expected = Int(step.subtree.resolutionCount) - newcomers[step.node, default: 0]
      guard node.ciphertexts.count == expected else {
        throw CygnetError(
          .ruleViolation, "T4: a path with more or fewer ciphertexts than keys (RFC 9420 §7.6)")
      }
    }
  }

  /// M4: none of the path's keys stands in the tree, and none twice in the path. So the leaf's key
  /// differs from the one it replaces, too.
  private func checkFreshness(
    of path: MLS.UpdatePath, suite: Algorithms
  ) throws(CygnetError) {
    var seen: Set<MLS.HPKEPublicKey> = []
    for key in [path.leafNode.encryptionKey] + path.nodes.map(\.encryptionKey) {
      try suite.checkEncryptionKey(key)
      guard !contains(encryptionKey: key), seen.insert(key).inserted else {
        throw CygnetError(
          .ruleViolation, "M4: a key of the path is in use already (RFC 9420 §12.4.2)")
      }
    }
  }

  /// Opens the path secret that is meant for this member, and derives the keys above it: the
  /// receiver's second half. Called after `merge`.
  /// - Parameters:
  ///   - path: the one merged.
  ///   - sender: the committer's leaf.
  ///   - keys: this member's, from before the commit; those of nodes blanked by its proposals do no
  ///     harm.
  ///   - added: members added by the same commit.
  ///   - context: the encoded provisional GroupContext (C12).
  ///   - suite: the group's algorithms.
  /// - Throws: `authenticationFailed` when the ciphertext does not open, `ruleViolation` T5 when a
  ///   derived key is another than the path states.
  /// - Returns: the keys after the commit, and the commit secret.
  package func decrypt(
    _ path: MLS.UpdatePath, from sender: LeafIndex, keys: TreePrivateKeys,
    excluding added: Set<LeafIndex>, context: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> (keys: TreePrivateKeys, commitSecret: SecretBytes) {
    let opened = try openPathSecret(
      path, from: sender, keys: keys, excluding: added, context: context, suite: suite)
    var keys = keys
    keys.retain(in: self)
    var secret = opened.secret
    let steps = zip(filteredDirectPath(of: sender), path.nodes)
    for (step, node) in steps.dropFirst(opened.step) {
      let privateKey = try PathSecret.privateKey(of: secret, suite)
      guard privateKey.publicKey.bytes == node.encryptionKey.bytes else {
        throw CygnetError(
          .ruleViolation, "T5: a derived key is not the one the path states (RFC 9420 §7.5)")
      }
      keys.set(privateKey, at: step.node)
      secret = try PathSecret.next(after: secret, suite)
    }
    return (keys, secret)
  }

  /// The path secret for this member, and on which step of the filtered direct path it is.
  package func openPathSecret(
    _ path: MLS.UpdatePath, from sender: LeafIndex, keys: TreePrivateKeys,
    excluding added: Set<LeafIndex>, context: [UInt8], suite: Algorithms
  ) throws(CygnetError) -> (step: Int, secret: SecretBytes) {
    guard keys.leafIndex != sender else {
      throw CygnetError(.wrongState, "a committer does not decrypt its own path")
    }
    let steps = filteredDirectPath(of: sender)
    guard let step = steps.firstIndex(where: { $0.copathChild.covers(keys.leafIndex) }),
      path.nodes.indices.contains(step)
    else {
      throw CygnetError(
        .ruleViolation, "T2: a path that does not reach this member (RFC 9420 §7.5)")
    }
    let place = recipientPlace(of: keys, below: steps[step].copathChild, excluding: added)
    let ciphertexts = path.nodes[step].ciphertexts
    guard place.count == ciphertexts.count else {
      throw CygnetError(
        .ruleViolation, "T4: a path with more or fewer ciphertexts than keys (RFC 9420 §7.6)")
    }
    guard let (index, key) = place.own, let ciphertext = ciphertexts[index] else {
      throw CygnetError(
        .ruleViolation, "T3: the path is not encrypted to this member (RFC 9420 §7.5)")
    }
    let secret = try Self.open(ciphertext, with: key, context: context, suite)
    guard secret.count == suite.hashByteCount else {
      throw CygnetError(
        .malformed, "T5: a path secret of another length than Nh (RFC 9420 §7.4)")
    }
    return (step, secret)
  }

  private static func open(
    _ ciphertext: MLS.HPKECiphertext, with key: HPKE.PrivateKey, context: [UInt8],
    _ suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    do throws(CygnetError) {
      return try suite.decryptWithLabel(
        ciphertext, with: key, label: PathSecret.label, context: context)
    } catch {
      if error.code == .malformed {
        throw CygnetError(
          .malformed, "C3: an encapsulated key of another length (RFC 9420 §5.1.3)")
      }
      throw CygnetError(
        error.code, "C12: a path secret does not open in the commit's context (RFC 9420 §12.4.1)")
    }
  }
}
