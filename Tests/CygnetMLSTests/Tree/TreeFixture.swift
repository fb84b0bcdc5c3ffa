import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire

/// Members of a test group and its tree, with every member's private keys.
struct TreeFixture {
  /// The suite where nothing else is said.
  static let suite = try! Algorithms(.x25519ChaCha20SHA256Ed25519)
  static let groupID = MLS.GroupID(Array("a group".utf8))
  static let context = Array("a context".utf8)

  struct Member {
    let signatureKey: MLS.SignatureKeyPair
    var keys: TreePrivateKeys
  }

  var random: SeededRandomSource
  var tree: RatchetTree
  var members: [LeafIndex: Member] = [:]

  let suite: Algorithms

  /// A group of this many, in which nobody has committed yet.
  init(_ count: Int, seed: UInt64 = 1, suite: Algorithms = Self.suite) throws {
    random = SeededRandomSource(seed)
    self.suite = suite
    let (leaf, key, signer) = try Self.newMember(&random, suite)
    tree = RatchetTree(creator: leaf)
    members[LeafIndex(0)] = Member(
      signatureKey: signer, keys: TreePrivateKeys(leafIndex: LeafIndex(0), leafKey: key))
    for _ in 1..<count { try add() }
  }

  /// A leaf from a key package, with its private keys.
  static func newMember(
    _ random: inout SeededRandomSource, _ suite: Algorithms = Self.suite
  ) throws -> (MLS.LeafNode, HPKE.PrivateKey, MLS.SignatureKeyPair) {
    let key = try suite.deriveKeyPair(random.secret(32))
    let signer = try MLS.SignatureKeyPair.generate(using: &random)
    let lifetime = MLS.Lifetime(
      notBefore: Timestamp(seconds: 1), notAfter: Timestamp(seconds: 2))
    let leaf = try leaf(
      key.mlsPublicKey, .keyPackage(lifetime), signer: signer, index: LeafIndex(0))
    return (leaf, key, signer)
  }

  static func leaf(
    _ key: MLS.HPKEPublicKey, _ source: MLS.LeafNode.Source, signer: MLS.SignatureKeyPair,
    index: LeafIndex, capabilities: MLS.Capabilities = MLS.Capabilities()
  ) throws(CygnetError) -> MLS.LeafNode {
    let leaf = MLS.LeafNode(
      encryptionKey: key, signatureKey: signer.publicKey, credential: .basic(identity: [1, 2, 3]),
      capabilities: capabilities, source: source, extensions: .none, signature: [])
    let content = try LeafNodeTBS(leaf, groupID: groupID, index: index).wireEncoded()
    return leaf.signed(try suite.signature(of: content, label: LeafNodeTBS.label, by: signer))
  }

  // MARK: - Changes

  @discardableResult
  mutating func add() throws -> LeafIndex {
    let (leaf, key, signer) = try Self.newMember(&random, suite)
    let index = try tree.add(leaf)
    members[index] = Member(
      signatureKey: signer, keys: TreePrivateKeys(leafIndex: index, leafKey: key))
    return index
  }

  mutating func remove(_ index: LeafIndex) {
    tree.remove(index)
    members[index] = nil
  }

  mutating func update(_ index: LeafIndex) throws {
    guard var member = members[index] else { return }
    let key = try suite.deriveKeyPair(random.secret(32))
    tree.update(
      index,
      try Self.leaf(key.mlsPublicKey, .update, signer: member.signatureKey, index: index))
    member.keys.replaceLeafKey(key)
    members[index] = member
  }

  /// What a committer makes, and the tree afterwards.
  struct Commit {
    let sender: LeafIndex
    let own: OwnPath
    var path: MLS.UpdatePath
    let added: Set<LeafIndex>
    let treeAfter: RatchetTree
  }

  /// A path of `sender`, as yet in nobody's tree.
  mutating func makeCommit(
    by sender: LeafIndex, added: Set<LeafIndex> = []
  ) throws -> Commit {
    let signer = members[sender]!.signatureKey
    var after = tree
    let own = try after.replacePath(of: sender, suite: suite, using: &random) {
      (key, parentHash) throws(CygnetError) in
      try Self.leaf(key, .commit(parentHash: parentHash), signer: signer, index: sender)
    }
    let nodes = try after.encrypt(
      own, excluding: added, context: Self.context, suite: suite, using: &random)
    return Commit(
      sender: sender, own: own,
      path: MLS.UpdatePath(leafNode: after.leaf(sender)!, nodes: nodes), added: added,
      treeAfter: after)
  }

  /// A receiver's whole processing.
  func receive(
    _ commit: Commit, as index: LeafIndex
  ) throws -> (tree: RatchetTree, keys: TreePrivateKeys, commitSecret: SecretBytes) {
    var tree = tree
    try tree.merge(commit.path, from: commit.sender, excluding: commit.added, suite: suite)
    let (keys, secret) = try tree.decrypt(
      commit.path, from: commit.sender, keys: members[index]!.keys, excluding: commit.added,
      context: Self.context, suite: suite)
    return (tree, keys, secret)
  }

  /// Adds members, commits with a path, and brings everyone to the new tree. Gives each member's
  /// commit secret, the committer's first.
  @discardableResult
  mutating func commit(by sender: LeafIndex, adding count: Int = 0) throws -> [SecretBytes] {
    var added: Set<LeafIndex> = []
    for _ in 0..<count { added.insert(try add()) }
    let commit = try makeCommit(by: sender, added: added)
    var secrets = [commit.own.commitSecret]
    for index in members.keys.sorted() where index != sender {
      if added.contains(index) {
        members[index]!.keys = try TreePrivateKeys(
          joining: index, leafKey: members[index]!.keys.leafKey,
          pathSecret: commit.own.pathSecret(for: index), signer: sender, tree: commit.treeAfter,
          suite: suite)
      } else {
        let (tree, keys, secret) = try receive(commit, as: index)
        guard try tree.wireEncoded() == commit.treeAfter.wireEncoded() else {
          throw CygnetError(.internalFault, "the trees after a commit differ")
        }
        members[index]!.keys = keys
        secrets.append(secret)
      }
    }
    tree = commit.treeAfter
    members[sender]!.keys.adopt(commit.own, in: tree)
    return secrets
  }

  /// A group in which all have committed.
  static func filled(
    _ count: Int, seed: UInt64 = 1, suite: Algorithms = Self.suite
  ) throws -> TreeFixture {
    var fixture = try TreeFixture(count, seed: seed, suite: suite)
    for index in 0..<count { try fixture.commit(by: LeafIndex(UInt32(index))) }
    return fixture
  }

  /// A tree as nodes that can be altered.
  func naive() throws -> NaiveTree { try NaiveTree(tree) }
}

extension HPKE.PrivateKey {
  var mlsPublicKey: MLS.HPKEPublicKey { MLS.HPKEPublicKey(publicKey.bytes) }
}

extension MLS.UpdatePath {
  func with(leafNode: MLS.LeafNode? = nil, nodes: [MLS.UpdatePathNode]? = nil) -> MLS.UpdatePath {
    MLS.UpdatePath(leafNode: leafNode ?? self.leafNode, nodes: nodes ?? self.nodes)
  }
}

extension MLS.UpdatePathNode {
  func with(
    key: MLS.HPKEPublicKey? = nil, ciphertexts: [MLS.HPKECiphertext]? = nil
  ) -> MLS.UpdatePathNode {
    MLS.UpdatePathNode(
      encryptionKey: key ?? encryptionKey,
      encryptedPathSecret: ciphertexts ?? encryptedPathSecret)
  }
}

extension MLS.LeafNode {
  func with(
    encryptionKey: MLS.HPKEPublicKey? = nil, signatureKey: MLS.SignaturePublicKey? = nil,
    capabilities: MLS.Capabilities? = nil, credential: MLS.Credential? = nil,
    source: Source? = nil
  ) -> MLS.LeafNode {
    MLS.LeafNode(
      encryptionKey: encryptionKey ?? self.encryptionKey,
      signatureKey: signatureKey ?? self.signatureKey, credential: credential ?? self.credential,
      capabilities: capabilities ?? self.capabilities, source: source ?? self.source,
      extensions: extensions, signature: signature)
  }
}
