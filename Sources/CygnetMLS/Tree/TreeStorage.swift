internal import CygnetPrimitives
internal import CygnetWire

/// A subtree as a value. Its children stand in an array of their own, so a copy shares everything,
/// and a change copies the nodes between the root and what changes, and no more (or nothing, where
/// nobody else holds them).
///
/// A subtree without any key may have no children: they are made when they are needed.
struct Subtree: Sendable {
  enum Content: Sendable {
    case blank
    case leaf(TreeLeaf)
    case parent(ParentNode)
  }

  private(set) var content = Content.blank
  /// Left and right; empty for a leaf, and for a vacant subtree that nothing has reached yet.
  private(set) var children: [Subtree] = []
  /// The tree hash (§7.8), from when it was asked for until the next change below.
  var hash: [UInt8]?
  /// Leaves below that are not blank.
  private(set) var memberCount: UInt32 = 0
  /// Nodes in the resolution (§4.1.1); 0 exactly when there is no key below.
  private(set) var resolutionCount: UInt32 = 0
  /// Bytes of the nodes below that are not blank, encoded, without their presence bytes.
  private(set) var contentByteCount = 0

  /// A subtree without any key.
  static let vacant = Subtree()

  init() {}

  init(leaf: MLS.LeafNode) {
    content = .leaf(TreeLeaf(leaf))
    refresh()
  }

  init(_ content: Content, left: Subtree, right: Subtree) {
    self.content = content
    children = [left, right]
    refresh()
  }

  init(leaf content: Content) {
    self.content = content
    refresh()
  }

  var isVacant: Bool { resolutionCount == 0 }

  var leaf: MLS.LeafNode? { treeLeaf?.node }

  var treeLeaf: TreeLeaf? {
    if case .leaf(let leaf) = content { leaf } else { nil }
  }

  var parent: ParentNode? {
    if case .parent(let parent) = content { parent } else { nil }
  }

  var encryptionKey: MLS.HPKEPublicKey? {
    switch content {
    case .blank: nil
    case .leaf(let leaf): leaf.node.encryptionKey
    case .parent(let parent): parent.encryptionKey
    }
  }

  /// A child, which for a vacant subtree may not exist yet.
  func child(_ side: Int) -> Subtree { children.isEmpty ? .vacant : children[side] }

  /// The node at `target`, which must lie below `node`, where this subtree stands.
  func descendant(_ target: NodeIndex, from node: NodeIndex) -> Subtree {
    var (subtree, place) = (self, node)
    while place != target, let left = place.left, let right = place.right {
      subtree = subtree.child(target < place ? 0 : 1)
      place = target < place ? left : right
    }
    return subtree
  }

  /// The leaf at `index`, where this subtree's root has `level`.
  func leaf(_ index: LeafIndex, level: Int) -> TreeLeaf? {
    if level == 0 {
      if case .leaf(let leaf) = content { return leaf }
      return nil
    }
    if children.isEmpty { return nil }
    return children[index.side(below: level)].leaf(index, level: level - 1)
  }

  /// Calls `body` for each leaf that is not blank, from the left.
  func visitLeaves(
    at node: NodeIndex, _ body: (LeafIndex, TreeLeaf) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    if memberCount == 0 { return }
    guard let left = node.left, let right = node.right else {
      if case .leaf(let leaf) = content { try body(LeafIndex(node.firstLeaf), leaf) }
      return
    }
    // Through a span nothing is retained on the way; what has members has children.
    let children = children.span
    try children[0].visitLeaves(at: left, body)
    try children[1].visitLeaves(at: right, body)
  }

  mutating func makeChildren() {
    if children.isEmpty { children = [.vacant, .vacant] }
  }

  mutating func withChild<R>(
    _ side: Int, _ body: (inout Subtree) throws(CygnetError) -> R
  ) throws(CygnetError) -> R {
    try body(&children[side])
  }

  private mutating func refresh() {
    hash = nil
    memberCount = 0
    contentByteCount = 0
    var below: UInt32 = 0
    for child in children {
      memberCount += child.memberCount
      below += child.resolutionCount
      contentByteCount += child.contentByteCount
    }
    switch content {
    case .blank: resolutionCount = below
    case .leaf(let leaf):
      (memberCount, resolutionCount) = (1, 1)
      contentByteCount = 1 + leaf.byteCount
    case .parent(let parent):
      // A list of unmerged leaves has less than 2^30 bytes.
      resolutionCount = 1 + UInt32(parent.unmergedLeaves.count)
      contentByteCount += 1 + ((try? parent.wireCount()) ?? 0)
    }
  }
}

/// One member's leaf, shared by all copies of the tree, with its encoding: tree hashes, Welcomes and
/// the stored form take it in again and again.
final class TreeLeaf: Sendable, WireEncodable {
  let node: MLS.LeafNode
  /// Empty for a leaf that is too large to be encoded, which shows when that is tried.
  private let encoded: [UInt8]

  init(_ node: MLS.LeafNode) {
    self.node = node
    encoded = (try? node.wireEncoded()) ?? []
  }

  /// A decoded leaf with the bytes that it was read from, since an encoding is the only one.
  init(from reader: inout Reader) throws(CygnetError) {
    let start = reader.position
    node = try MLS.LeafNode(from: &reader)
    encoded = reader.bytes(since: start)
  }

  var byteCount: Int { encoded.count }

  func encode(into writer: inout Writer) throws(CygnetError) {
    if encoded.isEmpty { return try node.encode(into: &writer) }
    writer.write(fixed: encoded)
  }
}

extension LeafIndex {
  /// Which child of the ancestor at `level` leads to this leaf.
  func side(below level: Int) -> Int { Int(rawValue >> UInt32(level - 1) & 1) }
}

// MARK: - Changes

extension Subtree {
  /// Replaces everything from the root to a leaf: `parents` holds the new nodes from level 1 on,
  /// nil for blank.
  mutating func replacePath(
    to index: LeafIndex, level: Int, leaf: TreeLeaf?, parents: [ParentNode?],
    _ keys: inout TreeIndex
  ) {
    let node = index.ancestor(at: level)
    keys.remove(content, at: node)
    if level == 0 {
      content = leaf.map { .leaf($0) } ?? .blank
    } else {
      makeChildren()
      children[index.side(below: level)].replacePath(
        to: index, level: level - 1, leaf: leaf, parents: parents, &keys)
      content = parents[level - 1].map { .parent($0) } ?? .blank
    }
    keys.insert(content, at: node)
    refresh()
  }

  /// Puts `leaves` into the blank leaves from the left, as far as there is room, and lists them as
  /// unmerged at every parent above that is not blank. One pass, however many there are.
  mutating func fill(
    with leaves: inout ArraySlice<TreeLeaf>, at node: NodeIndex, _ keys: inout TreeIndex,
    _ added: inout [LeafIndex]
  ) {
    let level = node.level
    if leaves.isEmpty || memberCount == 1 << UInt32(level) { return }
    guard let left = node.left, let right = node.right else {
      content = .leaf(leaves.removeFirst())
      keys.insert(content, at: node)
      added.append(LeafIndex(node.firstLeaf))
      return refresh()
    }
    let before = added.count
    makeChildren()
    children[0].fill(with: &leaves, at: left, &keys, &added)
    children[1].fill(with: &leaves, at: right, &keys, &added)
    if case .parent(let parent) = content {
      content = .parent(parent.addingUnmerged(added[before...]))
    }
    refresh()
  }

  /// Doubles the width: this subtree becomes the left half.
  mutating func extend() { self = Subtree(.blank, left: self, right: .vacant) }

  /// Halves the width, dropping the root and the right half.
  mutating func truncate() { self = child(0) }
}

extension ParentNode {
  /// The node with more unmerged leaves; `leaves` is ascending and new to the list.
  fileprivate func addingUnmerged(_ leaves: ArraySlice<LeafIndex>) -> ParentNode {
    var merged: [LeafIndex] = []
    merged.reserveCapacity(unmergedLeaves.count + leaves.count)
    var rest = leaves
    for leaf in unmergedLeaves {
      while let first = rest.first, first < leaf { merged.append(rest.removeFirst()) }
      merged.append(leaf)
    }
    merged.append(contentsOf: rest)
    return ParentNode(
      encryptionKey: encryptionKey, parentHash: parentHash, unmergedLeaves: merged)
  }
}
