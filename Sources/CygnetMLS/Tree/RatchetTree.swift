package import CygnetPrimitives

/// The public state of a group: members' leaves and the keys above them (RFC 9420 §4, §7).
///
/// A value: a copy costs nothing, and changing the copy leaves the original as it was. So a commit is
/// staged on a copy. It judges no rules of proposals; the group does.
package struct RatchetTree: Sendable {
  private(set) var root: Subtree
  private(set) var index: TreeIndex
  package private(set) var leafCount: LeafCount

  /// The tree of a new group: one leaf.
  package init(creator: MLS.LeafNode) {
    root = Subtree(leaf: creator)
    leafCount = LeafCount(1)
    index = TreeIndex()
    index.insert(root.content, at: NodeIndex(0))
  }

  /// From decoded nodes, whose keys `index` holds.
  init(root: Subtree, leafCount: LeafCount, index: TreeIndex) {
    self.root = root
    self.leafCount = leafCount
    self.index = index
  }

  /// Leaves that are not blank.
  package var memberCount: Int { Int(root.memberCount) }

  /// The leaf at `index`; nil for a blank one, and outside the tree.
  package func leaf(_ index: LeafIndex) -> MLS.LeafNode? {
    guard leafCount.contains(index) else { return nil }
    return root.leaf(index, level: leafCount.depth)?.node
  }

  /// The parent at `node`; nil for a blank one, for a leaf, and outside the tree.
  package func parent(_ node: NodeIndex) -> ParentNode? { subtree(node)?.parent }

  /// Whether there is no key at `node`.
  package func isBlank(_ node: NodeIndex) -> Bool { encryptionKey(at: node) == nil }

  package func encryptionKey(at node: NodeIndex) -> MLS.HPKEPublicKey? {
    subtree(node)?.encryptionKey
  }

  /// The members from the left.
  package var members: some Sequence<(LeafIndex, MLS.LeafNode)> {
    MemberSequence(root: root, node: leafCount.root)
  }

  /// Calls `body` for each member from the left, at a third of the cost of ``members``.
  package func visitMembers(
    _ body: (LeafIndex, MLS.LeafNode) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    try visitLeaves { (index, leaf) throws(CygnetError) in try body(index, leaf.node) }
  }

  /// The same where a rule looks at few fields of each leaf: what is not touched is not retained.
  func visitLeaves(
    _ body: (LeafIndex, TreeLeaf) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    try root.visitLeaves(at: leafCount.root, body)
  }

  func subtree(_ node: NodeIndex) -> Subtree? {
    guard node.rawValue < leafCount.nodeCount else { return nil }
    return root.descendant(node, from: leafCount.root)
  }

  /// Lends the nodes to be changed where neither keys nor counts do.
  mutating func withRoot<R>(
    _ body: (inout Subtree) throws(CygnetError) -> R
  ) throws(CygnetError) -> R {
    try body(&root)
  }
}

// MARK: - Changes (§12.1)

extension RatchetTree {
  /// Puts a new member's leaf into the leftmost blank one, doubling the tree where there is none
  /// (T13).
  /// - Throws: `limitExceeded` when the tree is at its bound.
  /// - Returns: the member's place.
  package mutating func add(_ leaf: MLS.LeafNode) throws(CygnetError) -> LeafIndex {
    // One leaf in, one index out.
    try add([leaf])[0]
  }

  /// Adds members in order, in one pass however many there are.
  /// - Throws: `limitExceeded` when there is no room for all; then nothing has changed.
  /// - Returns: the members' places, ascending.
  package mutating func add(_ leaves: [MLS.LeafNode]) throws(CygnetError) -> [LeafIndex] {
    try makeRoom(for: leaves.count)
    var rest: ArraySlice<TreeLeaf> = []
    rest.reserveCapacity(leaves.count)
    for leaf in leaves { rest.append(TreeLeaf(leaf)) }
    var added: [LeafIndex] = []
    added.reserveCapacity(leaves.count)
    root.fill(with: &rest, at: leafCount.root, &index, &added)
    return added
  }

  /// The leaf that the next member gets, which stays blank: an external committer's path fills it
  /// (§12.4.2). Doubles the tree where none is blank.
  /// - Throws: `limitExceeded` when the tree is at its bound.
  package mutating func reserveLeaf() throws(CygnetError) -> LeafIndex {
    try makeRoom(for: 1)
    var (subtree, node) = (root, leafCount.root)
    while let left = node.left, let right = node.right {
      let isFull = subtree.child(0).memberCount == 1 << UInt32(left.level)
      subtree = subtree.child(isFull ? 1 : 0)
      node = isFull ? right : left
    }
    return LeafIndex(node.firstLeaf)
  }

  /// Replaces a member's leaf and blanks the path above it.
  /// - Precondition: `index` lies in the tree; the group looks the member up first.
  package mutating func update(_ index: LeafIndex, _ leaf: MLS.LeafNode) {
    setPath(of: index, leaf: leaf, parents: blankPath)
  }

  /// Blanks a member's leaf and the path above it, and halves the tree while its right half has no
  /// member.
  /// - Precondition: `index` lies in the tree; the group looks the member up first.
  package mutating func remove(_ index: LeafIndex) {
    setPath(of: index, leaf: nil, parents: blankPath)
    while leafCount.rawValue > 1, root.child(1).memberCount == 0 {
      // Keys of a right half without members: only a tree that nobody verified has any.
      dropKeys(of: root.child(1), at: leafCount.root.right)
      self.index.remove(root.content, at: leafCount.root)
      root.truncate()
      leafCount = LeafCount(leafCount.rawValue >> 1)
    }
  }

  /// Replaces a leaf and everything above it: `parents` from level 1 to the root, nil for blank.
  mutating func setPath(of index: LeafIndex, leaf: MLS.LeafNode?, parents: [ParentNode?]) {
    precondition(leafCount.contains(index), "callers look the leaf up first")
    root.replacePath(
      to: index, level: leafCount.depth, leaf: leaf.map(TreeLeaf.init), parents: parents,
      &self.index)
  }

  private var blankPath: [ParentNode?] { [ParentNode?](repeating: nil, count: leafCount.depth) }

  private mutating func makeRoom(for count: Int) throws(CygnetError) {
    guard count <= MLS.Limits.leafCount - memberCount else {
      throw CygnetError(.limitExceeded, "the group has no room for so many members")
    }
    while memberCount + count > Int(leafCount.rawValue) {
      root.extend()
      leafCount = LeafCount(leafCount.rawValue << 1)
    }
  }

  private mutating func dropKeys(of subtree: Subtree, at node: NodeIndex?) {
    guard let node, !subtree.isVacant else { return }
    index.remove(subtree.content, at: node)
    dropKeys(of: subtree.child(0), at: node.left)
    dropKeys(of: subtree.child(1), at: node.right)
  }
}

// MARK: - Questions about all members

extension RatchetTree {
  /// The node with this key; nil when there is none (or, before the rules were checked, several).
  package func node(forEncryptionKey key: MLS.HPKEPublicKey) -> NodeIndex? {
    index.encryptionKeys.place(of: key.bytes).map { NodeIndex($0) }
  }

  /// The member with this key; nil when there is none (or, before the rules were checked, several).
  package func leaf(forSignatureKey key: MLS.SignaturePublicKey) -> LeafIndex? {
    index.signatureKeys.place(of: key.bytes).map { LeafIndex($0) }
  }

  /// T16: the place of exactly this leaf, signature and all; a member who shares only its signature
  /// key is another.
  package func leaf(identicalTo leaf: MLS.LeafNode) -> LeafIndex? {
    guard let index = node(forEncryptionKey: leaf.encryptionKey)?.leaf else { return nil }
    return self.leaf(index) == leaf ? index : nil
  }

  /// Whether any node has this key.
  package func contains(encryptionKey key: MLS.HPKEPublicKey) -> Bool {
    index.encryptionKeys.contains(key.bytes)
  }

  /// Whether any member has this key.
  package func contains(signatureKey key: MLS.SignaturePublicKey) -> Bool {
    index.signatureKeys.contains(key.bytes)
  }

  /// Whether every member lists the type in its capabilities, which none does for a default type.
  package func everyMemberLists(_ type: MLS.ExtensionType) -> Bool { index.everyMemberLists(type) }

  /// Whether every member lists the type in its capabilities, which none does for a default type.
  package func everyMemberLists(_ type: MLS.ProposalType) -> Bool { index.everyMemberLists(type) }

  /// L4: whether every member can handle credentials of this type.
  package func everyMemberSupports(_ type: MLS.CredentialType) -> Bool {
    index.everyMemberLists(type)
  }

  /// L4: the types of the members' credentials.
  package var credentialTypesInUse: Set<MLS.CredentialType> {
    Set(index.credentialTypesInUse.keys)
  }
}

/// The leaves that are not blank, with the places of those to come on a stack of at most the depth.
private struct MemberSequence: Sequence, IteratorProtocol {
  private var pending: [(subtree: Subtree, node: NodeIndex)]

  init(root: Subtree, node: NodeIndex) { pending = [(root, node)] }

  mutating func next() -> (LeafIndex, MLS.LeafNode)? {
    while let (subtree, node) = pending.popLast() {
      if subtree.memberCount == 0 { continue }
      if let leaf = subtree.leaf { return (LeafIndex(node.firstLeaf), leaf) }
      guard let left = node.left, let right = node.right else { continue }
      pending.append((subtree.child(1), right))
      pending.append((subtree.child(0), left))
    }
    return nil
  }
}
