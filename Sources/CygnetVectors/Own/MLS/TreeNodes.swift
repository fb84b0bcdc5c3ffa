internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// The nodes of a tree as they stand on the wire, to be put in any order and with any content.
struct TreeNodes: WireEncodable {
  enum Node: WireEncodable {
    case leaf(MLS.LeafNode)
    case parent(ParentNode)

    func encode(into writer: inout Writer) throws(CygnetError) {
      switch self {
      case .leaf(let leaf):
        writer.write(UInt8(1))
        try leaf.encode(into: &writer)
      case .parent(let parent):
        writer.write(UInt8(2))
        try parent.encode(into: &writer)
      }
    }
  }

  /// From left to right; blank nodes at the end left out.
  var nodes: [Node?] = []

  init(nodes: [Node?]) { self.nodes = nodes }

  init(_ tree: RatchetTree) {
    for number in 0..<tree.leafCount.nodeCount {
      let node = NodeIndex(number)
      if let leaf = node.leaf {
        nodes.append(tree.leaf(leaf).map { .leaf($0) })
      } else {
        nodes.append(tree.parent(node).map { .parent($0) })
      }
    }
    trim()
  }

  /// The width that the nodes take.
  var width: LeafCount {
    var width = LeafCount(1)
    while Int(width.nodeCount) < nodes.count { width = LeafCount(2 * width.rawValue) }
    return width
  }

  /// Adds blank nodes, so that every place of a tree of this width can be set.
  mutating func extend(to width: LeafCount) {
    nodes += [Node?](repeating: nil, count: max(0, Int(width.nodeCount) - nodes.count))
  }

  mutating func trim() {
    while case .some(.none) = nodes.last { nodes.removeLast() }
  }

  func trimmed() -> TreeNodes {
    var copy = self
    copy.trim()
    return copy
  }

  subscript(leaf index: UInt32) -> MLS.LeafNode? {
    get {
      if case .leaf(let leaf) = nodes[2 * Int(index)] { return leaf }
      return nil
    }
    set { nodes[2 * Int(index)] = newValue.map { .leaf($0) } }
  }

  subscript(parent index: UInt32) -> ParentNode? {
    get {
      if case .parent(let parent) = nodes[Int(index)] { return parent }
      return nil
    }
    set { nodes[Int(index)] = newValue.map { .parent($0) } }
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.vector { (writer) throws(CygnetError) in
      for node in nodes { try writer.write(optional: node) }
    }
  }

  /// The tree, blank nodes at the end left out.
  func tree() throws(CygnetError) -> RatchetTree {
    try RatchetTree(wire: trimmed().wireEncoded())
  }
}

extension ParentNode {
  func with(
    encryptionKey: MLS.HPKEPublicKey? = nil, parentHash: [UInt8]? = nil,
    unmergedLeaves: [UInt32]? = nil
  ) -> ParentNode {
    ParentNode(
      encryptionKey: encryptionKey ?? self.encryptionKey,
      parentHash: parentHash ?? self.parentHash,
      unmergedLeaves: unmergedLeaves?.map { LeafIndex($0) } ?? self.unmergedLeaves)
  }
}
