/// RFC 9420 §4.1.1 and §4.1.2: which keys together reach everyone below a node.
extension RatchetTree {
  /// T1: the nearest nodes with keys that cover all members below `node`, from the left, each
  /// followed by its unmerged leaves.
  package func resolution(of node: NodeIndex) -> [NodeIndex] {
    var nodes: [NodeIndex] = []
    guard let subtree = subtree(node) else { return nodes }
    nodes.reserveCapacity(Int(subtree.resolutionCount))
    subtree.visitResolution(at: node) { node, _ in nodes.append(node) }
    return nodes
  }

  /// The resolution with the keys, without the leaves that `excluding` names (T4).
  func recipients(
    below node: NodeIndex, excluding excluded: Set<LeafIndex>
  ) -> [(node: NodeIndex, key: MLS.HPKEPublicKey)] {
    var recipients: [(node: NodeIndex, key: MLS.HPKEPublicKey)] = []
    guard let subtree = subtree(node) else { return recipients }
    recipients.reserveCapacity(Int(subtree.resolutionCount))
    subtree.visitResolution(at: node) { node, key in
      if let leaf = node.leaf, excluded.contains(leaf) { return }
      recipients.append((node, key))
    }
    return recipients
  }

  /// T2: the nodes above a leaf whose child on the copath has keys below, from the leaf up.
  package func filteredDirectPath(
    of leaf: LeafIndex
  ) -> [(node: NodeIndex, copathChild: NodeIndex)] {
    var steps: [(node: NodeIndex, copathChild: NodeIndex)] = []
    for step in copath(of: leaf) { steps.append((step.node, step.sibling)) }
    return steps
  }

  /// The filtered direct path with the subtrees beside it, from the leaf up; empty for a leaf
  /// outside the tree.
  func copath(
    of leaf: LeafIndex
  ) -> [(node: NodeIndex, sibling: NodeIndex, subtree: Subtree)] {
    var steps: [(node: NodeIndex, sibling: NodeIndex, subtree: Subtree)] = []
    guard leafCount.contains(leaf) else { return steps }
    var (subtree, node) = (root, leafCount.root)
    while let left = node.left, let right = node.right {
      let side = leaf.side(below: node.level)
      let sibling = subtree.child(1 - side)
      if !sibling.isVacant { steps.append((node, side == 0 ? right : left, sibling)) }
      subtree = subtree.child(side)
      node = side == 0 ? left : right
    }
    steps.reverse()
    return steps
  }
}

extension Subtree {
  /// Calls `body` for each node of the resolution, in order.
  func visitResolution(at node: NodeIndex, _ body: (NodeIndex, MLS.HPKEPublicKey) -> Void) {
    if isVacant { return }
    switch content {
    case .leaf(let leaf): body(node, leaf.node.encryptionKey)
    case .parent(let parent):
      body(node, parent.encryptionKey)
      for index in parent.unmergedLeaves where node.covers(index) {
        guard let leaf = leaf(index, level: node.level) else { continue }
        body(index.node, leaf.node.encryptionKey)
      }
    case .blank:
      guard let left = node.left, let right = node.right else { return }
      child(0).visitResolution(at: left, body)
      child(1).visitResolution(at: right, body)
    }
  }
}
