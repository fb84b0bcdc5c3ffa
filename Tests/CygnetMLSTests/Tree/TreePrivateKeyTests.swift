import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

@Suite("Private keys of a tree")
struct TreePrivateKeyTests {
  @Test("T14: keys of blanked nodes are dropped")
  func blanked() throws {
    var fixture = try TreeFixture.filled(8)
    var keys = fixture.members[LeafIndex(0)]!.keys
    #expect(Set(keys.nodes.keys) == [NodeIndex(1), NodeIndex(3), NodeIndex(7)])
    fixture.remove(LeafIndex(3))
    keys.retain(in: fixture.tree)
    #expect(Set(keys.nodes.keys) == [NodeIndex(1)])
  }

  @Test("T14: keys of nodes that truncation removed are dropped")
  func truncated() throws {
    var fixture = try TreeFixture.filled(5)
    var keys = fixture.members[LeafIndex(0)]!.keys
    #expect(keys.nodes[NodeIndex(7)] != nil)
    fixture.remove(LeafIndex(4))
    #expect(fixture.tree.leafCount.rawValue == 4)
    keys.retain(in: fixture.tree)
    #expect(keys.nodes[NodeIndex(7)] == nil)
    #expect(Set(keys.nodes.keys) == [NodeIndex(1), NodeIndex(3)])
  }

  @Test("T14: a key of a node that has another key by now is neither kept nor used")
  func stale() throws {
    var fixture = try TreeFixture.filled(4)
    let stale = fixture.members[LeafIndex(1)]!.keys
    try fixture.commit(by: LeafIndex(0))
    var keys = stale
    keys.retain(in: fixture.tree)
    #expect(keys.nodes.isEmpty)
    // With keys from before, the next path cannot be opened: it is encrypted to the new ones.
    let commit = try fixture.makeCommit(by: LeafIndex(2))
    fixture.members[LeafIndex(1)]!.keys = stale
    expectRefusal("T3") { try fixture.receive(commit, as: LeafIndex(1)) }
  }

  // MARK: - Joining

  /// A group in which `sender` adds one member with a path; what that member is given.
  private static func joining() throws -> (
    fixture: TreeFixture, commit: TreeFixture.Commit, index: LeafIndex, key: HPKE.PrivateKey
  ) {
    var fixture = try TreeFixture.filled(6)
    let index = try fixture.add()
    let commit = try fixture.makeCommit(by: LeafIndex(1), added: [index])
    return (fixture, commit, index, fixture.members[index]!.keys.leafKey)
  }

  @Test("T15: a joiner gets the keys from the common ancestor with the committer to the root")
  func joiner() throws {
    let (fixture, commit, index, key) = try Self.joining()
    let keys = try TreePrivateKeys(
      joining: index, leafKey: key, pathSecret: commit.own.pathSecret(for: index),
      signer: LeafIndex(1), tree: commit.treeAfter, suite: fixture.suite)
    #expect(Set(keys.nodes.keys) == [NodeIndex(7)])
    #expect(
      keys.nodes[NodeIndex(7)]?.mlsPublicKey == commit.own.steps.last?.privateKey.mlsPublicKey)
  }

  @Test("T15: blank ancestors above the common one are passed over, and use up no secret")
  func blankAncestors() throws {
    // Leaves 0 and 8: nobody in 2 to 7, so nodes 3 and 7 have no part in leaf 0's path.
    var fixture = try TreeFixture(9)
    for index in 1..<8 { fixture.remove(LeafIndex(UInt32(index))) }
    let index = try fixture.add()
    #expect(index == LeafIndex(1))
    let commit = try fixture.makeCommit(by: LeafIndex(0), added: [index])
    #expect(commit.own.steps.map(\.node) == [NodeIndex(1), NodeIndex(15)])
    let keys = try TreePrivateKeys(
      joining: index, leafKey: fixture.members[index]!.keys.leafKey,
      pathSecret: commit.own.pathSecret(for: index), signer: LeafIndex(0),
      tree: commit.treeAfter, suite: fixture.suite)
    #expect(Set(keys.nodes.keys) == [NodeIndex(1), NodeIndex(15)])
  }

  @Test("T15: without a path secret, a joiner has its leaf's key alone")
  func noPath() throws {
    let (fixture, _, index, key) = try Self.joining()
    let keys = try TreePrivateKeys(
      joining: index, leafKey: key, pathSecret: nil, signer: LeafIndex(1), tree: fixture.tree,
      suite: fixture.suite)
    #expect(keys.nodes.isEmpty)
  }

  @Test("T15: another path secret, signer, leaf key or tree than the commit's is refused")
  func wrong() throws {
    var (fixture, commit, index, key) = try Self.joining()
    let secret = try #require(commit.own.pathSecret(for: index))
    func join(
      _ key: HPKE.PrivateKey, _ secret: SecretBytes, _ signer: UInt32, _ tree: RatchetTree
    ) throws -> TreePrivateKeys {
      try TreePrivateKeys(
        joining: index, leafKey: key, pathSecret: secret, signer: LeafIndex(signer), tree: tree,
        suite: TreeFixture.suite)
    }
    _ = try join(key, secret, 1, commit.treeAfter)
    expectRefusal("T15") { try join(key, fixture.random.secret(32), 1, commit.treeAfter) }
    expectRefusal("T15") { try join(key, secret, 4, commit.treeAfter) }
    expectRefusal("T15") { try join(key, secret, 7, commit.treeAfter) }
    expectRefusal("T15") { try join(key, secret, 99, commit.treeAfter) }
    expectRefusal("T15") { try join(key, secret, index.rawValue, commit.treeAfter) }
    let other = try fixture.suite.deriveKeyPair(fixture.random.secret(32))
    expectRefusal("T15") { try join(other, secret, 1, commit.treeAfter) }
    var blanked = commit.treeAfter
    blanked.update(LeafIndex(2), try #require(blanked.leaf(LeafIndex(2))))
    expectRefusal("T15") { try join(key, secret, 1, blanked) }
  }

  @Test("T15: a key on the way to the root that the secret does not give is refused")
  func wrongAbove() throws {
    var fixture = try TreeFixture.filled(4)
    fixture.remove(LeafIndex(1))
    let index = try fixture.add()
    let commit = try fixture.makeCommit(by: LeafIndex(0), added: [index])
    var naive = try NaiveTree(commit.treeAfter)
    let root = try #require(naive.parentNode(3))
    naive.nodes[3] = .parent(
      root.with(key: MLS.HPKEPublicKey([UInt8](repeating: 9, count: 32))))
    let key = fixture.members[index]!.keys.leafKey
    expectRefusal("T15") {
      try TreePrivateKeys(
        joining: index, leafKey: key, pathSecret: commit.own.pathSecret(for: index),
        signer: LeafIndex(0), tree: naive.tree(), suite: fixture.suite)
    }
  }

  // MARK: - Stored form

  @Test(
    "stored keys come back the same, and every truncation is refused",
    arguments: MLS.CipherSuite.all)
  func storage(number: MLS.CipherSuite) throws {
    let filled = try TreeFixture.filled(6, suite: Algorithms(number))
    let keys = filled.members[LeafIndex(3)]!.keys
    let stored = try keys.wireEncodedSecret()
    let restored = try TreePrivateKeys(wire: stored)
    #expect(restored.leafIndex == keys.leafIndex)
    #expect(restored.leafKey.secret == keys.leafKey.secret)
    #expect(Set(restored.nodes.keys) == Set(keys.nodes.keys))
    for (node, key) in keys.nodes {
      #expect(restored.nodes[node]?.secret == key.secret)
      #expect(restored.nodes[node]?.mlsPublicKey == key.mlsPublicKey)
    }
    #expect(try restored.wireEncodedSecret() == stored)
    for count in 0..<stored.count {
      #expect(throws: CygnetError.self) { try TreePrivateKeys(wire: stored.slice(0..<count)) }
    }
  }
}
