package import CygnetPrimitives
internal import CygnetWire

/// RFC 9420 §7.8.
extension RatchetTree {
  /// The tree hash of the root. Hashes are kept for as long as nothing below them changes, so after
  /// a change only the path to it is hashed anew.
  package mutating func treeHash(_ suite: Algorithms) throws(CygnetError) -> [UInt8] {
    let node = leafCount.root
    return try withRoot { (root) throws(CygnetError) in
      try root.updateHash(at: node, suite)
    }
  }

  /// The tree hash of any node in the tree; nil outside, or when `treeHash` was not asked for since
  /// the last change below it.
  package func treeHash(
    of node: NodeIndex, _ suite: Algorithms
  ) throws(CygnetError) -> [UInt8]? {
    guard let subtree = subtree(node) else { return nil }
    if subtree.hash == nil, subtree.isVacant { return try Subtree.vacantHash(at: node, suite) }
    return subtree.hash
  }
}

extension Subtree {
  /// Hashes what has no hash yet, to the bottom.
  @discardableResult
  mutating func updateHash(
    at node: NodeIndex, _ suite: Algorithms
  ) throws(CygnetError) -> [UInt8] {
    if let hash { return hash }
    let result: [UInt8]
    if isVacant {
      result = try Self.vacantHash(at: node, suite)
    } else if let left = node.left, let right = node.right {
      makeChildren()
      result = try suite.hash(
        ParentNodeHashInput(
          parentNode: parent, leftHash: updateChild(0, at: left, suite),
          rightHash: updateChild(1, at: right, suite)
        ).wireEncoded())
    } else {
      result = try suite.hash(
        LeafNodeHashInput(leafIndex: node.firstLeaf, leafNode: treeLeaf).wireEncoded())
    }
    hash = result
    return result
  }

  /// The hash of a subtree without any key, for which no nodes are made: it depends on the places of
  /// its leaves alone. Only its root keeps it, so the hashes of its parts are made again, once, when
  /// something comes into it.
  fileprivate static func vacantHash(
    at node: NodeIndex, _ suite: Algorithms
  ) throws(CygnetError) -> [UInt8] {
    guard let left = node.left, let right = node.right else {
      return try suite.hash(
        LeafNodeHashInput(leafIndex: node.firstLeaf, leafNode: nil).wireEncoded())
    }
    return try suite.hash(
      ParentNodeHashInput(
        parentNode: nil, leftHash: vacantHash(at: left, suite),
        rightHash: vacantHash(at: right, suite)
      ).wireEncoded())
  }

  /// The child's hash, without touching a child that has one: others may share it.
  mutating func updateChild(
    _ side: Int, at node: NodeIndex, _ suite: Algorithms
  ) throws(CygnetError) -> [UInt8] {
    if let hash = children[side].hash { return hash }
    return try withChild(side) { (child) throws(CygnetError) in
      try child.updateHash(at: node, suite)
    }
  }
}

/// T8: the place is hashed for a blank leaf too.
///
///     struct {
///       NodeType node_type = leaf;
///       uint32 leaf_index;
///       optional<LeafNode> leaf_node;
///     } TreeHashInput;
struct LeafNodeHashInput: WireEncodable {
  let leafIndex: UInt32
  let leafNode: TreeLeaf?

  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(NodeType.leaf.rawValue)
    writer.write(leafIndex)
    try writer.write(optional: leafNode)
  }
}

///     struct {
///       NodeType node_type = parent;
///       optional<ParentNode> parent_node;
///       opaque left_hash<V>;
///       opaque right_hash<V>;
///     } TreeHashInput;
struct ParentNodeHashInput: WireEncodable {
  let parentNode: ParentNode?
  let leftHash: [UInt8]
  let rightHash: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(NodeType.parent.rawValue)
    try writer.write(optional: parentNode)
    try writer.write(opaque: leftHash)
    try writer.write(opaque: rightHash)
  }
}
