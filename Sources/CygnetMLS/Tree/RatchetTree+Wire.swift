package import CygnetPrimitives
package import CygnetWire

/// RFC 9420 §12.4.3.3:
///
///     struct {
///       NodeType node_type;
///       select (Node.node_type) {
///         case leaf:   LeafNode leaf_node;
///         case parent: ParentNode parent_node;
///       };
///     } Node;
///
///     optional<Node> ratchet_tree<V>;
///
/// The nodes from left to right; blank ones after the last that is not blank are left out.
extension RatchetTree: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    // One byte for each node up to the last that is not blank, and what those hold.
    let nodeCount = root.lastNode(at: leafCount.root).map { Int($0.rawValue) + 1 } ?? 0
    try writer.vector(count: nodeCount + root.contentByteCount) { (writer) throws(CygnetError) in
      var blanks = 0
      try root.encode(at: leafCount.root, &blanks, into: &writer)
    }
  }

  /// S10 is checked here, and that unmerged leaves lie in the tree; `verify` checks the rest.
  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    let nodes = try reader.vector(1...MLS.Limits.opaqueByteCount) {
      (reader) throws(CygnetError) in try Self.readNodes(&reader)
    }
    guard let last = nodes.last, !last.isBlank else {
      throw CygnetError(
        .ruleViolation,
        "S10: a ratchet tree ends with a node that is not blank (RFC 9420 §12.4.3.3)")
    }
    let width = LeafCount(holding: nodes.count)
    var index = TreeIndex()
    let root = try Subtree(nodes, at: width.root, &index)
    self.init(root: root, leafCount: width, index: index)
  }

  private static func readNodes(
    _ reader: inout Reader
  ) throws(CygnetError) -> [Subtree.Content] {
    var nodes: [Subtree.Content] = []
    while reader.remaining > 0 {
      guard nodes.count < 2 * MLS.Limits.leafCount - 1 else {
        throw CygnetError(.limitExceeded, "S10: a ratchet tree wider than this library allows")
      }
      nodes.append(try readNode(&reader, isLeaf: nodes.count.isMultiple(of: 2)))
    }
    return nodes
  }

  private static func readNode(
    _ reader: inout Reader, isLeaf: Bool
  ) throws(CygnetError) -> Subtree.Content {
    switch try reader.readUInt8() {
    case 0: return .blank
    case 1: break
    default: throw CygnetError(.malformed, "S1: a presence byte is 0 or 1 (RFC 9420 §2.1.1)")
    }
    switch (NodeType(rawValue: try reader.readUInt8()), isLeaf) {
    case (.leaf, true): return .leaf(try TreeLeaf(from: &reader))
    case (.parent, false): return .parent(try ParentNode(from: &reader))
    case (.none, _): throw CygnetError(.malformed, "S11: no such type of node (RFC 9420 §7.8)")
    default:
      throw CygnetError(
        .ruleViolation,
        "S10: leaves of a ratchet tree stand in even places, parents in odd (RFC 9420 §12.4.3.3)")
    }
  }
}

/// RFC 9420 §7.8.
enum NodeType: UInt8 {
  case leaf = 1
  case parent = 2
}

extension Subtree.Content {
  fileprivate var isBlank: Bool {
    if case .blank = self { true } else { false }
  }
}

extension Subtree {
  /// The subtree at `node`, out of the nodes of a whole tree; those past the end are blank.
  fileprivate init(
    _ nodes: [Content], at node: NodeIndex, _ index: inout TreeIndex
  ) throws(CygnetError) {
    guard let left = node.left, let right = node.right else {
      self = Int(node.rawValue) < nodes.count ? Subtree(leaf: nodes[Int(node.rawValue)]) : .vacant
      index.insert(content, at: node)
      return
    }
    if 2 * Int(node.firstLeaf) >= nodes.count {
      self = .vacant
      return
    }
    let content = Int(node.rawValue) < nodes.count ? nodes[Int(node.rawValue)] : .blank
    if case .parent(let parent) = content {
      for leaf in parent.unmergedLeaves where !node.covers(leaf) {
        throw CygnetError(
          .ruleViolation, "T11: an unmerged leaf lies outside of its subtree (RFC 9420 §12.4.3.1)")
      }
    }
    let (first, second) = (
      try Subtree(nodes, at: left, &index), try Subtree(nodes, at: right, &index)
    )
    // A run of blank nodes costs nothing but its bytes.
    if content.isBlank, first.isVacant, second.isVacant {
      self = .vacant
    } else {
      self = Subtree(content, left: first, right: second)
    }
    index.insert(content, at: node)
  }

  /// The last node that is not blank.
  fileprivate func lastNode(at node: NodeIndex) -> NodeIndex? {
    if isVacant { return nil }
    guard let left = node.left, let right = node.right else { return node }
    if let last = child(1).lastNode(at: right) { return last }
    if case .parent = content { return node }
    return child(0).lastNode(at: left)
  }

  /// Writes the nodes from left to right. `blanks` counts those that are written only when another
  /// follows.
  fileprivate func encode(
    at node: NodeIndex, _ blanks: inout Int, into writer: inout Writer
  ) throws(CygnetError) {
    if isVacant {
      blanks += (2 << node.level) - 1
      return
    }
    guard let left = node.left, let right = node.right else {
      return try encodeNode(&blanks, into: &writer)
    }
    // Through a span nothing is retained on the way; what is not vacant has children.
    let children = children.span
    try children[0].encode(at: left, &blanks, into: &writer)
    try encodeNode(&blanks, into: &writer)
    try children[1].encode(at: right, &blanks, into: &writer)
  }

  private func encodeNode(
    _ blanks: inout Int, into writer: inout Writer
  ) throws(CygnetError) {
    if case .blank = content {
      blanks += 1
      return
    }
    for _ in 0..<blanks { writer.write(UInt8(0)) }
    blanks = 0
    writer.write(UInt8(1))
    switch content {
    case .blank: break
    case .leaf(let leaf):
      writer.write(NodeType.leaf.rawValue)
      try leaf.encode(into: &writer)
    case .parent(let parent):
      writer.write(NodeType.parent.rawValue)
      try parent.encode(into: &writer)
    }
  }
}
