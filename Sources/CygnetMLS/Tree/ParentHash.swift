internal import CygnetPrimitives
internal import CygnetWire

/// RFC 9420 §7.9:
///
///     struct {
///       HPKEPublicKey encryption_key;
///       opaque parent_hash<V>;
///       opaque original_sibling_tree_hash<V>;
///     } ParentHashInput;
struct ParentHashInput: WireEncodable {
  let encryptionKey: MLS.HPKEPublicKey
  let parentHash: [UInt8]
  let originalSiblingTreeHash: [UInt8]

  init(_ parent: ParentNode, originalSiblingTreeHash: [UInt8]) {
    encryptionKey = parent.encryptionKey
    parentHash = parent.parentHash
    self.originalSiblingTreeHash = originalSiblingTreeHash
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    try encryptionKey.encode(into: &writer)
    try writer.write(opaque: parentHash)
    try writer.write(opaque: originalSiblingTreeHash)
  }
}

extension RatchetTree {
  /// T6: the parents of a new path, from level 1 to the root, and the parent hash of its leaf. The
  /// siblings' tree hashes are the original ones, since a new path has no unmerged leaves (T9).
  /// - Parameters:
  ///   - leaf: where the path begins.
  ///   - keys: the new keys, for the filtered direct path from the leaf up.
  ///   - suite: the group's algorithms.
  mutating func newPath(
    of leaf: LeafIndex, keys: [MLS.HPKEPublicKey], suite: Algorithms
  ) throws(CygnetError) -> (parents: [ParentNode?], leafParentHash: [UInt8]) {
    let top = leafCount.root
    try withRoot { (root) throws(CygnetError) in
      try root.updateCopathHashes(of: leaf, at: top, suite)
    }
    let steps = copath(of: leaf)
    guard steps.count == keys.count else {
      throw CygnetError(.internalFault, "a path with more or fewer keys than nodes")
    }
    var parents = [ParentNode?](repeating: nil, count: leafCount.depth)
    var parentHash: [UInt8] = []
    for (step, key) in zip(steps, keys).reversed() {
      guard let siblingHash = step.subtree.hash else {
        throw CygnetError(.internalFault, "a sibling was not hashed")
      }
      let parent = ParentNode(encryptionKey: key, parentHash: parentHash, unmergedLeaves: [])
      parents[step.node.level - 1] = parent
      parentHash = try suite.hash(
        ParentHashInput(parent, originalSiblingTreeHash: siblingHash).wireEncoded())
    }
    return (parents, parentHash)
  }
}

extension Subtree {
  /// Hashes the subtrees beside the path to a leaf, but for those without keys.
  fileprivate mutating func updateCopathHashes(
    of leaf: LeafIndex, at node: NodeIndex, _ suite: Algorithms
  ) throws(CygnetError) {
    guard let left = node.left, let right = node.right, !children.isEmpty else { return }
    let side = leaf.side(below: node.level)
    if !children[1 - side].isVacant {
      _ = try updateChild(1 - side, at: side == 0 ? right : left, suite)
    }
    try withChild(side) { (child) throws(CygnetError) in
      try child.updateCopathHashes(of: leaf, at: side == 0 ? left : right, suite)
    }
  }
}
