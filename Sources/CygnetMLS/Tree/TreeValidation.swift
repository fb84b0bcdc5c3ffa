internal import CygnetHPKE
package import CygnetPrimitives
internal import CygnetWire

/// What a joiner checks of the tree that it was given (RFC 9420 §12.4.3.1), apart from what a
/// leaf's content must be.
extension RatchetTree {
  /// ``verifyStructure(suite:)``, and every leaf's signature: in this order, so that no signature is
  /// judged by a key of a tree that is not one (J5). Costs time in proportion to the size of the
  /// tree.
  /// - Parameters:
  ///   - groupID: what leaves set by updates and commits are bound to.
  ///   - suite: the group's algorithms.
  /// - Throws: `malformed` for a key that cannot be the suite's, `ruleViolation` for T10 to
  ///   T12, `authenticationFailed` for a signature.
  package mutating func verify(
    groupID: MLS.GroupID, suite: Algorithms
  ) throws(CygnetError) {
    try verifyStructure(suite: suite)
    try verifyLeafSignatures(groupID: groupID, suite: suite)
  }

  /// C3 of all keys, T12, T11, T10: whether it is a tree that a group can have come to.
  /// - Throws: `malformed` for a key that cannot be the suite's, `ruleViolation` for T10 to
  ///   T12.
  package mutating func verifyStructure(suite: Algorithms) throws(CygnetError) {
    try root.checkKeys(suite)
    try checkUniqueKeys()
    try root.checkUnmergedLeaves([], at: leafCount.root)
    _ = try treeHash(suite)
    var verifier = ParentHashVerifier(suite)
    try verifier.verify(root, at: leafCount.root)
  }

  /// T12 after any number of changes, at no cost.
  /// - Throws: `ruleViolation`.
  package func checkUniqueKeys() throws(CygnetError) {
    if index.encryptionKeys.hasDuplicates {
      throw CygnetError(
        .ruleViolation, "T12: two nodes have the same encryption key (RFC 9420 §7.3)")
    }
    if index.signatureKeys.hasDuplicates {
      throw CygnetError(
        .ruleViolation, "T12: two members have the same signature key (RFC 9420 §7.3)")
    }
  }

  /// Every leaf's signature, on all processors.
  /// - Throws: `authenticationFailed`.
  package func verifyLeafSignatures(
    groupID: MLS.GroupID, suite: Algorithms
  ) throws(CygnetError) {
    var leaves: [(index: LeafIndex, leaf: MLS.LeafNode)] = []
    leaves.reserveCapacity(memberCount)
    for (index, leaf) in members { leaves.append((index, leaf)) }
    _ = try Parallel.map(leaves, threshold: 8) { (member) throws(CygnetError) in
      try member.leaf.verifySignature(groupID: groupID, leafIndex: member.index, suite: suite)
    }
  }
}

extension MLS.LeafNode {
  /// L2: what is signed names group and place for leaves set by updates and commits.
  /// - Throws: `authenticationFailed`.
  package func verifySignature(
    groupID: MLS.GroupID, leafIndex: LeafIndex, suite: Algorithms
  ) throws(CygnetError) {
    let content = try LeafNodeTBS(self, groupID: groupID, index: leafIndex).wireEncoded()
    do throws(CygnetError) {
      try suite.verify(
        signature: signature, of: content, label: LeafNodeTBS.label, by: signatureKey)
    } catch {
      throw CygnetError(
        .authenticationFailed, "L2: the signature of a leaf does not verify (RFC 9420 §7.3)")
    }
  }
}

extension Subtree {
  fileprivate func checkKeys(_ suite: Algorithms) throws(CygnetError) {
    if isVacant { return }
    if let encryptionKey { try suite.checkEncryptionKey(encryptionKey) }
    for child in children { try child.checkKeys(suite) }
  }

  /// T11: lists are strictly ascending; each entry is a leaf below that is not blank; and every parent
  /// between the two that is not blank lists it too.
  /// - Parameter above: what the next parent above that is not blank lists here, ascending.
  fileprivate func checkUnmergedLeaves(
    _ above: ArraySlice<LeafIndex>, at node: NodeIndex
  ) throws(CygnetError) {
    if above.isEmpty && isVacant { return }
    guard let left = node.left, let right = node.right else {
      if !above.isEmpty && isVacant {
        throw CygnetError(
          .ruleViolation, "T11: an unmerged leaf is blank (RFC 9420 §12.4.3.1)")
      }
      return
    }
    var listed = above
    if let parent {
      listed = parent.unmergedLeaves[...]
      try Self.checkAscending(listed)
      try Self.check(listed, contains: above)
    }
    let (lower, upper) = listed.split(at: node.middleLeaf)
    try child(0).checkUnmergedLeaves(lower, at: left)
    try child(1).checkUnmergedLeaves(upper, at: right)
  }

  private static func checkAscending(_ leaves: ArraySlice<LeafIndex>) throws(CygnetError) {
    for (leaf, next) in zip(leaves, leaves.dropFirst()) where leaf >= next {
      throw CygnetError(.ruleViolation, "T11: unmerged leaves are not sorted (RFC 9420 §7.1)")
    }
  }

  private static func check(
    _ listed: ArraySlice<LeafIndex>, contains above: ArraySlice<LeafIndex>
  ) throws(CygnetError) {
    var rest = above
    for leaf in listed where leaf == rest.first { rest.removeFirst() }
    guard rest.isEmpty else {
      throw CygnetError(
        .ruleViolation,
        "T11: a parent lists an unmerged leaf that one below it does not (RFC 9420 §12.4.3.1)")
    }
  }
}
