internal import CygnetPrimitives
internal import CygnetWire

/// T10: every parent that is not blank was set together with exactly one node below it, and through
/// it with exactly one leaf (RFC 9420 §7.9.2). Works from the leaves up; every node has its tree hash,
/// and the lists of unmerged leaves were judged before (T11).
struct ParentHashVerifier {
  private let suite: Algorithms
  /// T9: the last tree hash of a node without some unmerged leaves. Parents above one another mostly
  /// list the same leaves, so it serves again further up.
  private var reduced: [NodeIndex: (without: ArraySlice<LeafIndex>, hash: [UInt8])] = [:]

  init(_ suite: Algorithms) { self.suite = suite }

  mutating func verify(_ subtree: Subtree, at node: NodeIndex) throws(CygnetError) {
    guard !subtree.isVacant, let left = node.left, let right = node.right else { return }
    try verify(subtree.child(0), at: left)
    try verify(subtree.child(1), at: right)
    guard let parent = subtree.parent else { return }
    let (lower, upper) = parent.unmergedLeaves[...].split(at: node.middleLeaf)
    let sides = [
      Side(subtree: subtree.child(0), node: left, unmerged: lower),
      Side(subtree: subtree.child(1), node: right, unmerged: upper),
    ]
    var chains = 0
    for side in 0...1 where try isChained(parent, child: sides[side], sibling: sides[1 - side]) {
      chains += 1
    }
    guard chains == 1 else {
      throw CygnetError(
        .ruleViolation, "T10: a parent node is not covered by one chain of hashes (RFC 9420 §7.9.2)"
      )
    }
  }

  /// One half below a parent: C or S of §7.9.2, and the parent's unmerged leaves there.
  private struct Side {
    let subtree: Subtree
    let node: NodeIndex
    let unmerged: ArraySlice<LeafIndex>
  }

  /// Whether the node that was set together with `parent` stands below `child`.
  private mutating func isChained(
    _ parent: ParentNode, child: Side, sibling: Side
  ) throws(CygnetError) -> Bool {
    guard let stated = Self.parentHashBelow(child), stated.count == suite.hashByteCount else {
      return false
    }
    let siblingHash = try hash(sibling.subtree, at: sibling.node, without: sibling.unmerged)
    let input = ParentHashInput(parent, originalSiblingTreeHash: siblingHash)
    return try suite.hash(input.wireEncoded()) == stated
  }

  /// The parent hash of the only node in the resolution that is not unmerged; nil where the
  /// resolution is anything else than that node and the unmerged leaves.
  private static func parentHashBelow(_ side: Side) -> [UInt8]? {
    guard Int(side.subtree.resolutionCount) == side.unmerged.count + 1 else { return nil }
    var rest = side.unmerged
    var found: [UInt8]?
    var isOnly = true
    side.subtree.visitResolutionContents(at: side.node) { node, content in
      if let leaf = node.leaf, leaf == rest.first {
        rest.removeFirst()
      } else if found == nil {
        found = content.parentHash
        // A leaf that no path has set cannot begin a chain.
        isOnly = found != nil
      } else {
        isOnly = false
      }
      return isOnly
    }
    return isOnly && rest.isEmpty ? found : nil
  }

  /// The tree hash of a subtree in which `leaves` are blank and listed nowhere (§7.9).
  private mutating func hash(
    _ subtree: Subtree, at node: NodeIndex, without leaves: ArraySlice<LeafIndex>
  ) throws(CygnetError) -> [UInt8] {
    if leaves.isEmpty, let hash = subtree.hash { return hash }
    if let known = reduced[node], known.without == leaves { return known.hash }
    let result: [UInt8]
    if let left = node.left, let right = node.right {
      let (lower, upper) = leaves.split(at: node.middleLeaf)
      result = try suite.hash(
        ParentNodeHashInput(
          parentNode: subtree.parent?.without(leaves),
          leftHash: hash(subtree.child(0), at: left, without: lower),
          rightHash: hash(subtree.child(1), at: right, without: upper)
        ).wireEncoded())
    } else {
      result = try suite.hash(
        LeafNodeHashInput(leafIndex: node.firstLeaf, leafNode: nil).wireEncoded())
    }
    reduced[node] = (leaves, result)
    return result
  }
}

extension Subtree.Content {
  /// What a node says of the next above it; nil for blank nodes and leaves that no path has set.
  fileprivate var parentHash: [UInt8]? {
    switch self {
    case .blank: return nil
    case .parent(let parent): return parent.parentHash
    case .leaf(let leaf):
      if case .commit(let parentHash) = leaf.node.source { return parentHash }
      return nil
    }
  }
}

extension Subtree {
  /// Calls `body` for each node of the resolution in order, until it says stop.
  @discardableResult
  fileprivate func visitResolutionContents(
    at node: NodeIndex, _ body: (NodeIndex, Content) -> Bool
  ) -> Bool {
    if isVacant { return true }
    guard let left = node.left, let right = node.right else { return body(node, content) }
    guard case .parent(let parent) = content else {
      return child(0).visitResolutionContents(at: left, body)
        && child(1).visitResolutionContents(at: right, body)
    }
    if !body(node, content) { return false }
    for index in parent.unmergedLeaves {
      guard let leaf = leaf(index, level: node.level) else { continue }
      if !body(index.node, .leaf(leaf)) { return false }
    }
    return true
  }
}

extension ParentNode {
  /// The node without some of its unmerged leaves; both lists are ascending.
  fileprivate func without(_ leaves: ArraySlice<LeafIndex>) -> ParentNode {
    var kept: [LeafIndex] = []
    var rest = leaves
    for leaf in unmergedLeaves {
      while let first = rest.first, first < leaf { rest.removeFirst() }
      if leaf != rest.first { kept.append(leaf) }
    }
    return ParentNode(encryptionKey: encryptionKey, parentHash: parentHash, unmergedLeaves: kept)
  }
}

extension ArraySlice<LeafIndex> {
  /// An ascending list, cut before the first leaf that is not below `leaf`.
  func split(at leaf: UInt32) -> (ArraySlice<LeafIndex>, ArraySlice<LeafIndex>) {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if self[middle].rawValue < leaf { low = middle + 1 } else { high = middle }
    }
    return (self[..<low], self[low...])
  }
}
