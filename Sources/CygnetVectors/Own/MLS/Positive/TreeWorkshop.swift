internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A ratchet tree with every private key of its members. The nodes stand in an array and are changed
/// as the text of RFC 9420 §7.5, §7.7 and §12.1 says, without the tree that is tested.
struct TreeWorkshop {
  struct Member {
    var signer: MLS.SignatureKeyPair
    var leafKey: HPKE.PrivateKey
    /// The path secrets that it learned, of nodes that still have the key.
    var secrets: [NodeIndex: SecretBytes] = [:]
  }

  let groupID: MLS.GroupID
  /// All places, blank ones at the end included.
  private(set) var nodes: TreeNodes
  private(set) var members: [UInt32: Member] = [:]
  private var count = 0
  var random: SeededRandomSource

  let suite: Algorithms
  var width: LeafCount { nodes.width }
  /// The places that are taken, ascending.
  var places: [UInt32] { members.keys.sorted() }

  /// A group of so many, added one after another and without any path.
  init(_ count: Int, _ suite: Algorithms, random: SeededRandomSource) throws(CygnetError) {
    self.suite = suite
    self.random = random
    groupID = MLS.GroupID(self.random.bytes(32))
    nodes = TreeNodes(nodes: [nil])
    for _ in 0..<count { try add() }
  }

  // MARK: - Changes

  /// A client that nobody has added yet.
  mutating func client() throws(CygnetError) -> ForgedClient {
    count += 1
    return try ForgedClient.lasting("member\(count)", suite, using: &random)
  }

  /// Puts a client into the leftmost blank leaf, or doubles the tree; above it, it is unmerged.
  @discardableResult
  mutating func add(_ client: ForgedClient? = nil) throws(CygnetError) -> UInt32 {
    let client = if let client { client } else { try self.client() }
    if (0..<width.rawValue).allSatisfy({ nodes[leaf: $0] != nil }) {
      nodes.extend(to: LeafCount(2 * width.rawValue))
    }
    guard let place = (0..<width.rawValue).first(where: { nodes[leaf: $0] == nil }) else {
      throw CygnetError(.internalFault, "a tree that was doubled has room")
    }
    nodes[leaf: place] = try client.keyPackage(suite).leafNode
    for node in ancestors(of: place) {
      guard let parent = nodes[parent: node.rawValue] else { continue }
      let unmerged = (parent.unmergedLeaves.map(\.rawValue) + [place]).sorted()
      nodes[parent: node.rawValue] = parent.with(unmergedLeaves: unmerged)
    }
    members[place] = Member(signer: client.signer, leafKey: client.encryptionKey)
    return place
  }

  /// The leaf of an Update, and its key.
  mutating func updatedLeaf(
    of place: UInt32
  ) throws(CygnetError) -> (leaf: MLS.LeafNode, key: HPKE.PrivateKey) {
    let key = try suite.generateKeyPair(using: &random)
    var leaf = ForgedLeaf(try self.leaf(place))
    leaf.encryptionKey = MLS.HPKEPublicKey(key.publicKey.bytes)
    leaf.source = .update
    let signed = try leaf.signed(
      by: member(place).signer, in: (groupID, LeafIndex(place)), suite)
    return (signed, key)
  }

  /// Replaces a leaf and blanks what is above it.
  mutating func update(_ place: UInt32) throws(CygnetError) {
    let (leaf, key) = try updatedLeaf(of: place)
    replace(place, by: leaf, key)
  }

  mutating func replace(_ place: UInt32, by leaf: MLS.LeafNode, _ key: HPKE.PrivateKey) {
    nodes[leaf: place] = leaf
    members[place]?.leafKey = key
    blankPath(of: place)
  }

  /// Blanks a leaf and what is above it, and drops the right half while nobody is in it.
  mutating func remove(_ place: UInt32) {
    nodes[leaf: place] = nil
    members[place] = nil
    blankPath(of: place)
    while width.rawValue > 1,
      (width.rawValue / 2..<width.rawValue).allSatisfy({ nodes[leaf: $0] == nil })
    { nodes.nodes.removeLast(Int(width.rawValue)) }
  }

  private mutating func blankPath(of place: UInt32) {
    for node in ancestors(of: place) {
      nodes[parent: node.rawValue] = nil
      for member in members.keys { members[member]?.secrets[node] = nil }
    }
  }

  // MARK: - Paths

  /// Puts a path into the tree.
  @discardableResult
  mutating func commit(by place: UInt32) throws(CygnetError) -> ForgedPath {
    let made = try ForgedPath(of: LeafIndex(place), in: tree(), suite, using: &random)
    blankPath(of: place)
    var leaf = ForgedLeaf(try self.leaf(place))
    leaf.encryptionKey = MLS.HPKEPublicKey(made.leafKey.publicKey.bytes)
    leaf.source = .commit(parentHash: try made.install(in: &nodes, suite))
    nodes[leaf: place] = try leaf.signed(
      by: member(place).signer, in: (groupID, LeafIndex(place)), suite)
    learn(made, from: place)
    return made
  }

  /// What the committer sends of a path that is in the tree.
  /// - Parameters:
  ///   - path: The path.
  ///   - context: What it is sealed with, but for the tree's hash.
  mutating func sealed(
    _ path: ForgedPath, for context: MLS.GroupContext
  ) throws(CygnetError) -> MLS.UpdatePath {
    let context = try context.with(treeHash: treeHash()).wireEncoded()
    let nodes = try path.sealed(
      in: tree(), excluding: [], context: context, suite, using: &random)
    return MLS.UpdatePath(leafNode: try leaf(path.index.rawValue), nodes: nodes)
  }

  /// Everybody learns the secrets from the lowest node up that it has in common with the committer.
  private mutating func learn(_ path: ForgedPath, from place: UInt32) {
    members[place]?.leafKey = path.leafKey
    for member in places {
      let first = NodeIndex.commonAncestor(LeafIndex(place), LeafIndex(member))
      var isAbove = member == place
      for step in path.steps {
        isAbove = isAbove || step.node == first
        if isAbove { members[member]?.secrets[step.node] = step.secret }
      }
    }
  }

  // MARK: - What the tree is

  func member(_ place: UInt32) throws(CygnetError) -> Member {
    guard let member = members[place] else {
      throw CygnetError(.internalFault, "no such member in a vector's tree")
    }
    return member
  }

  func leaf(_ place: UInt32) throws(CygnetError) -> MLS.LeafNode {
    guard let leaf = nodes[leaf: place] else {
      throw CygnetError(.internalFault, "no such leaf in a vector's tree")
    }
    return leaf
  }

  /// As it stands on the wire.
  func encoded() throws(CygnetError) -> [UInt8] {
    var trimmed = nodes
    trimmed.trim()
    return try trimmed.wireEncoded()
  }

  /// The tree that is tested.
  private func tree() throws(CygnetError) -> RatchetTree { try RatchetTree(wire: encoded()) }

  func treeHash(of node: NodeIndex? = nil) throws(CygnetError) -> [UInt8] {
    try SubtreeHash(nodes, suite).hash(of: node ?? NodeIndex(width.rawValue - 1))
  }

  /// RFC 9420 §4.1.1.
  func resolution(of node: NodeIndex) -> [NodeIndex] {
    guard let left = node.left, let right = node.right else {
      return nodes[leaf: node.rawValue / 2] == nil ? [] : [node]
    }
    guard let parent = nodes[parent: node.rawValue] else {
      return resolution(of: left) + resolution(of: right)
    }
    return [node] + parent.unmergedLeaves.map(\.node)
  }

  private func ancestors(of place: UInt32) -> [NodeIndex] {
    var nodes: [NodeIndex] = []
    var next = LeafIndex(place).node.parent(in: width)
    while let node = next {
      nodes.append(node)
      next = node.parent(in: width)
    }
    return nodes
  }
}

extension ForgedClient {
  /// A client whose leaf is for all times. Draws as `init` does.
  static func lasting(
    _ name: String, signer: MLS.SignatureKeyPair? = nil, _ suite: Algorithms,
    using random: inout some RandomSource
  ) throws(CygnetError) -> ForgedClient {
    var client = try ForgedClient(name, signer: signer, suite, using: &random)
    client.leaf.source = .keyPackage(
      MLS.Lifetime(notBefore: Timestamp(seconds: 0), notAfter: Timestamp(seconds: .max)))
    return client
  }
}
