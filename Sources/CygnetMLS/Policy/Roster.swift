extension MLS {
  /// A member of a group.
  public struct Member: Hashable, Sendable {
    /// The member's place.
    public let index: LeafIndex
    /// What it says of itself.
    public let leaf: LeafNode

    package init(index: LeafIndex, leaf: LeafNode) {
      self.index = index
      self.leaf = leaf
    }

    /// Who it claims to be.
    public var credential: Credential { leaf.credential }
    /// The key that verifies its messages.
    public var signatureKey: SignaturePublicKey { leaf.signatureKey }
  }

  /// The members of a group at one time.
  public struct Roster: Sendable {
    let tree: RatchetTree

    package init(_ tree: RatchetTree) { self.tree = tree }

    /// How many there are.
    public var count: Int { tree.memberCount }

    /// The member at a place, nil when it is empty.
    public subscript(index: LeafIndex) -> Member? {
      tree.leaf(index).map { Member(index: index, leaf: $0) }
    }

    /// The member with this signature key.
    public func member(signatureKey: SignaturePublicKey) -> Member? {
      tree.leaf(forSignatureKey: signatureKey).flatMap { self[$0] }
    }

    /// All of them, from the left.
    public var all: [Member] {
      var members: [Member] = []
      members.reserveCapacity(count)
      for (index, leaf) in tree.members { members.append(Member(index: index, leaf: leaf)) }
      return members
    }
  }
}
