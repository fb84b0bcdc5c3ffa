// Arithmetic of node indices in the array form of a perfect binary tree (RFC 9420 appendix C): leaf
// n is node 2n, and a parent at level k has k one bits below its lowest zero bit.

extension NodeIndex {
  /// Height above the leaves: 0 for a leaf.
  package var level: Int { (~rawValue).trailingZeroBitCount }

  /// The left child; nil for a leaf.
  package var left: NodeIndex? {
    let level = level
    return level == 0 ? nil : NodeIndex(rawValue ^ (1 << UInt32(level - 1)))
  }

  /// The right child; nil for a leaf.
  package var right: NodeIndex? {
    let level = level
    return level == 0 ? nil : NodeIndex(rawValue ^ (3 << UInt32(level - 1)))
  }

  /// The parent in a tree of `width` leaves; nil for its root and for what lies outside.
  package func parent(in width: LeafCount) -> NodeIndex? {
    if rawValue >= width.nodeCount || self == width.root { return nil }
    return upper
  }

  /// The parent's other child in a tree of `width` leaves; nil for the root.
  package func sibling(in width: LeafCount) -> NodeIndex? {
    guard let parent = parent(in: width) else { return nil }
    return self < parent ? parent.right : parent.left
  }

  /// The parent in a tree of unbounded width.
  var upper: NodeIndex {
    let level = UInt32(level)
    return NodeIndex((rawValue | (1 << level)) & ~(1 << (level + 1)))
  }

  /// The first leaf below this node, or the node's own.
  var firstLeaf: UInt32 { (rawValue &- ((1 << UInt32(level)) &- 1)) >> 1 }

  /// The first leaf below this node's right child.
  /// - Precondition: a parent.
  var middleLeaf: UInt32 { (rawValue >> 1) + 1 }

  /// Whether `leaf` lies below this node, or is it.
  package func covers(_ leaf: LeafIndex) -> Bool {
    let level = UInt32(level)
    return leaf.rawValue >> level == firstLeaf >> level
  }

  /// The lowest node above both leaves; the leaf's own node when they are the same.
  package static func commonAncestor(_ first: LeafIndex, _ second: LeafIndex) -> NodeIndex {
    first.ancestor(at: UInt32.bitWidth - (first.rawValue ^ second.rawValue).leadingZeroBitCount)
  }
}

extension LeafIndex {
  /// The node above this leaf at `level`; its own node at level 0.
  func ancestor(at level: Int) -> NodeIndex {
    let level = UInt32(level)
    return NodeIndex(((rawValue >> level) << (level + 1)) | ((1 << level) &- 1))
  }
}

extension LeafCount {
  /// The node above all others.
  package var root: NodeIndex { NodeIndex(rawValue - 1) }

  /// Height of the root.
  var depth: Int { rawValue.trailingZeroBitCount }

  package func contains(_ leaf: LeafIndex) -> Bool { leaf.rawValue < rawValue }

  /// The least width that has room for `nodeCount` nodes.
  /// - Precondition: 1 to 2^31 nodes; the decoder has a lower bound.
  init(holding nodeCount: Int) {
    var width: UInt32 = 1
    while 2 * Int(width) - 1 < nodeCount { width <<= 1 }
    self.init(width)
  }
}
