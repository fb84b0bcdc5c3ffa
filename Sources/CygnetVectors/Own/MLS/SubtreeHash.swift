internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Tree hashes (RFC 9420 §7.8) and parent hashes (§7.9) of any nodes, computed without the tree that
/// is being tested.
struct SubtreeHash {
  private let nodes: TreeNodes
  private let suite: Algorithms

  /// What somebody might take for a tree hash.
  enum Form {
    case right
    /// Blank leaves are hashed with the place 0.
    case blankLeavesWithoutPlace
    /// Neither leaves nor parents say which they are.
    case withoutTypes
    /// Blank parents are hashed as if they were absent altogether.
    case blankParentsWithoutPresence
  }

  var form = Form.right

  init(_ nodes: TreeNodes, _ suite: Algorithms, as form: Form = .right) {
    self.nodes = nodes
    self.suite = suite
    self.form = form
  }

  /// Without the leaves in `excluded`, which also go from every list of unmerged leaves.
  func hash(
    of node: NodeIndex, without excluded: Set<LeafIndex> = []
  ) throws(CygnetError) -> [UInt8] {
    guard let left = node.left, let right = node.right else {
      let index = node.rawValue >> 1
      let isThere = Int(node.rawValue) < nodes.nodes.count && !excluded.contains(LeafIndex(index))
      let leaf = isThere ? nodes[leaf: index] : nil
      let place = leaf == nil && form == .blankLeavesWithoutPlace ? 0 : index
      return try hash(LeafForm(index: place, leaf: leaf).wireEncoded())
    }
    var parent: ParentNode?
    if Int(node.rawValue) < nodes.nodes.count, let there = nodes[parent: node.rawValue] {
      let kept = there.unmergedLeaves.filter { !excluded.contains($0) }
      parent = there.with(unmergedLeaves: kept.map(\.rawValue))
    }
    return try hash(
      ParentForm(
        parent: parent, left: hash(of: left, without: excluded),
        right: hash(of: right, without: excluded),
        hidesBlank: form == .blankParentsWithoutPresence
      ).wireEncoded())
  }

  private func hash(_ input: [UInt8]) -> [UInt8] {
    suite.hash(form == .withoutTypes ? Array(input.dropFirst()) : input)
  }

  private struct LeafForm: WireEncodable {
    let index: UInt32
    let leaf: MLS.LeafNode?

    func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(UInt8(1))
      writer.write(index)
      try writer.write(optional: leaf)
    }
  }

  private struct ParentForm: WireEncodable {
    let parent: ParentNode?
    let left: [UInt8]
    let right: [UInt8]
    let hidesBlank: Bool

    func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(UInt8(2))
      if parent != nil || !hidesBlank { try writer.write(optional: parent) }
      try writer.write(opaque: left)
      try writer.write(opaque: right)
    }
  }
}

/// What a parent hash is a hash of (RFC 9420 §7.9).
struct ParentHashForm: WireEncodable {
  let key: MLS.HPKEPublicKey
  let parentHash: [UInt8]
  let siblingHash: [UInt8]

  func encode(into writer: inout Writer) throws(CygnetError) {
    try key.encode(into: &writer)
    try writer.write(opaque: parentHash)
    try writer.write(opaque: siblingHash)
  }
}
