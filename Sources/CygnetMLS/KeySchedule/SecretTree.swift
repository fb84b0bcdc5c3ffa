package import CygnetPrimitives

/// The message keys of one epoch (RFC 9420 §9): a tree of secrets over the members, and two ratchets
/// for each.
///
/// Nodes are derived when a leaf below them is first used; their secret is deleted then, that of the
/// sibling kept (rule A7). A copy of the tree shares all nodes, and a change touches those from the
/// root to one leaf; but a copy that is kept keeps keys that the other has deleted.
package struct SecretTree: Sendable {
  /// Which of a sender's ratchets (rule A6).
  package enum Kind: Int, Sendable, CaseIterable {
    /// Of proposals and commits.
    case handshake = 0
    /// Of application messages.
    case application = 1

    package init(of type: MLS.ContentType) {
      self = type == .application ? .application : .handshake
    }
  }

  /// The key of one received message; still in the tree until it is consumed.
  package struct ReceivingKey: Sendable {
    package let leaf: LeafIndex
    package let kind: Kind
    package let generation: Generation
    package let key: SecretBytes
    package let nonce: SecretBytes
    fileprivate let advance: HashRatchet.Advance?
    fileprivate let expansion: Expansion
  }

  package let leafCount: LeafCount
  /// Keys of skipped messages that are held, over all senders.
  package private(set) var skippedKeyCount = 0
  private(set) var root: SecretTreeNode
  /// Whether only late application messages are still to come (rule A8).
  private var isOver = false
  /// What tells one state of the tree, and of its parts, from the next.
  private(set) var marks = Marks()

  /// A stored one.
  /// - Throws: `malformed` for more skipped keys than are ever kept.
  init(root: SecretTreeNode, leafCount: LeafCount) throws(CygnetError) {
    self.leafCount = leafCount
    self.root = root
    skippedKeyCount = root.skippedKeyCount
    guard skippedKeyCount <= MLS.Limits.epochSkippedKeyCount else {
      throw CygnetError(.malformed, "too many skipped keys")
    }
    marks = Marks(segments: root.segments(below: height, at: segmentLevel))
  }

  /// The tree over `leafCount` leaves; the secret should be held nowhere else from here on.
  package init(encryptionSecret: SecretBytes, leafCount: LeafCount) {
    self.leafCount = leafCount
    root = SecretTreeNode(secret: encryptionSecret)
  }

  /// The next key of an own ratchet, which moves on: the key exists nowhere else afterwards.
  /// - Throws: `limitExceeded` at the end of the ratchet; `notFound` for a leaf outside the tree.
  package mutating func nextSendingKey(
    leaf: LeafIndex, kind: Kind, suite: Algorithms
  ) throws(CygnetError) -> (generation: Generation, key: SecretBytes, nonce: SecretBytes) {
    let (ratchet, expansion) = try ratchet(of: leaf, kind, suite)
    let step = try ratchet.nextStep(suite)
    let generation = ratchet.generation
    try withRatchet(of: leaf, kind, expansion) { ratchet in ratchet.advance(step) }
    return (generation, step.key, step.nonce)
  }

  /// The key of a message from `leaf`, derived without a change: see ``consume(_:)``.
  /// - Throws: `duplicate` where the key is gone; `tooFarAhead` beyond
  ///   ``MLS/Limits/forwardDistance`` or the end of the ratchet; `notFound` for a leaf outside the
  ///   tree.
  package func receivingKey(
    leaf: LeafIndex, kind: Kind, generation: Generation, suite: Algorithms
  ) throws(CygnetError) -> ReceivingKey {
    let (ratchet, expansion) = try ratchet(of: leaf, kind, suite)
    let (key, nonce, advance) = try ratchet.key(of: generation, suite)
    return ReceivingKey(
      leaf: leaf, kind: kind, generation: generation, key: key, nonce: nonce, advance: advance,
      expansion: expansion)
  }

  /// Deletes a key that opened a message, and every secret that led to it (RFC 9420 §9.2). Keys of
  /// messages skipped before it are kept, within ``MLS/Limits``.
  /// - Throws: `internalFault` for a key of another tree.
  package mutating func consume(_ key: ReceivingKey) throws(CygnetError) {
    let room = MLS.Limits.epochSkippedKeyCount - skippedKeyCount
    var change = 0
    try withRatchet(of: key.leaf, key.kind, key.expansion) { ratchet in
      let before = ratchet.skipped.count
      ratchet.consume(key.generation, key.advance, room: room)
      change = ratchet.skipped.count - before
    }
    skippedKeyCount += change
  }
}

/// The way from the root to a leaf.
extension SecretTree {
  struct Children: Sendable {
    let left: SecretBytes
    let right: SecretBytes
  }

  struct LeafSecrets: Sendable {
    /// nil in an epoch that is over.
    let handshake: SecretBytes?
    let application: SecretBytes
  }

  /// What is missing on the way to a leaf: the children of the deepest node that still has its
  /// secret, of the one below it, and so on, and the leaf's ratchets.
  struct Expansion: Sendable {
    /// The level of the first children's parent.
    var level = 0
    var children: [Children] = []
    var leaf: LeafSecrets?

    func children(at level: Int) -> Children? {
      let index = self.level - level
      return children.indices.contains(index) ? children[index] : nil
    }
  }

  var height: Int { leafCount.rawValue.trailingZeroBitCount }

  /// Whether the way to `leaf` goes right below a node of this level; leaves are level 0.
  private static func goesRight(_ leaf: LeafIndex, at level: Int) -> Bool {
    leaf.rawValue >> UInt32(level - 1) & 1 == 1
  }

  /// A leaf's ratchet as it is or would be, and what has to be put into the tree for it.
  private func ratchet(
    of leaf: LeafIndex, _ kind: Kind, _ suite: Algorithms
  ) throws(CygnetError) -> (HashRatchet, Expansion) {
    guard leaf.rawValue < leafCount.rawValue else {
      throw CygnetError(.notFound, "A4: a sender outside the tree (RFC 9420 §6.3.2)")
    }
    var node = root
    var level = height
    while level > 0, node.secret == nil,
      let child = node.child(right: Self.goesRight(leaf, at: level))
    {
      node = child
      level -= 1
    }
    guard let secret = node.secret else {
      guard let ratchets = node.ratchets else {
        throw CygnetError(.internalFault, "the ratchets of a leaf are missing")
      }
      guard let ratchet = ratchets[kind] else { throw Self.noHandshakes }
      return (ratchet, Expansion())
    }
    let expansion = try expansion(from: secret, level: level, to: leaf, suite)
    guard let secrets = expansion.leaf else {
      throw CygnetError(.internalFault, "an expansion ends at a leaf")
    }
    guard let first = kind == .handshake ? secrets.handshake : secrets.application else {
      throw Self.noHandshakes
    }
    return (HashRatchet(secret: first), expansion)
  }

  private static var noHandshakes: CygnetError {
    CygnetError(.wrongEpoch, "A8: the keys of handshakes go with their epoch (RFC 9420 §9.2)")
  }

  private func expansion(
    from secret: SecretBytes, level: Int, to leaf: LeafIndex, _ suite: Algorithms
  ) throws(CygnetError) -> Expansion {
    let count = suite.hashByteCount
    var expansion = Expansion(level: level)
    var secret = secret
    for level in stride(from: level, to: 0, by: -1) {
      let children = try suite.withExpander(secret) { (expander) throws(CygnetError) in
        Children(
          left: try expander.expand("tree", context: Array("left".utf8), count: count),
          right: try expander.expand("tree", context: Array("right".utf8), count: count))
      }
      expansion.children.append(children)
      secret = Self.goesRight(leaf, at: level) ? children.right : children.left
    }
    let isOver = isOver
    expansion.leaf = try suite.withExpander(secret) { (expander) throws(CygnetError) in
      LeafSecrets(
        handshake: isOver ? nil : try expander.expand("handshake", count: count),
        application: try expander.expand("application", count: count))
    }
    return expansion
  }

  /// Runs `body` on a leaf's ratchet in place, after what is missing above it was put in.
  private mutating func withRatchet(
    of leaf: LeafIndex, _ kind: Kind, _ expansion: Expansion, _ body: (inout HashRatchet) -> Void
  ) throws(CygnetError) {
    if !isKnownUniquelyReferenced(&root) { root = root.copy() }
    var node = root
    for level in stride(from: height, to: 0, by: -1) {
      if node.secret != nil, let children = expansion.children(at: level) { node.split(children) }
      guard let child = node.ownChild(right: Self.goesRight(leaf, at: level)) else {
        throw CygnetError(.internalFault, "the way to a leaf is missing")
      }
      node = child
    }
    if node.secret != nil, let secrets = expansion.leaf { node.begin(secrets) }
    guard node.ratchets?[kind] != nil else {
      throw CygnetError(.internalFault, "the ratchets of a leaf are missing")
    }
    node.ratchets?.change(kind, body)
    let isBegun = expansion.leaf != nil && expansion.level >= segmentLevel
    marks.change(segment: leaf.rawValue >> UInt32(segmentLevel), changesCrown: isBegun)
  }
}

extension SecretTree {
  /// A8: the tree of an epoch that is over. Of those who have sent, the keys of handshakes go; of the
  /// others they are never derived.
  package func withoutHandshakes() -> SecretTree {
    var tree = self
    tree.root = root.withoutHandshakes()
    tree.isOver = true
    tree.skippedKeyCount = tree.root.skippedKeyCount
    tree.marks = Marks(segments: marks.segments.keys)
    return tree
  }
}
