import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

/// Each refusing test breaks one rule in a commit that is accepted otherwise.
@Suite("Paths")
struct TreeKEMTests {
  private static func merge(
    _ path: MLS.UpdatePath, _ commit: TreeFixture.Commit, _ fixture: TreeFixture
  ) throws {
    var tree = fixture.tree
    try tree.merge(path, from: commit.sender, excluding: commit.added, suite: fixture.suite)
  }

  @Test(
    "everyone derives the committer's secrets, at every size and from every place",
    arguments: MLS.CipherSuite.all)
  func everyone(number: MLS.CipherSuite) throws {
    let suite = try Algorithms(number)
    for count in [2, 3, 5, 8, 9] {
      var fixture = try TreeFixture(count, seed: UInt64(count), suite: suite)
      for sender in 0..<count {
        let secrets = try fixture.commit(by: LeafIndex(UInt32(sender)))
        #expect(secrets.count == count)
        for secret in secrets { #expect(secret == secrets[0]) }
      }
      try fixture.tree.verify(groupID: TreeFixture.groupID, suite: fixture.suite)
    }
  }

  @Test("a member holds exactly the keys of its ancestors that are not blank and not unmerged")
  func heldKeys() throws {
    var fixture = try TreeFixture.filled(7)
    try fixture.commit(by: LeafIndex(2), adding: 3)
    try fixture.add()
    try fixture.commit(by: LeafIndex(8))
    for (index, member) in fixture.members {
      var expected: Set<NodeIndex> = []
      var node = index.node
      while let parent = node.parent(in: fixture.tree.leafCount) {
        node = parent
        guard let content = fixture.tree.parent(node), !content.unmergedLeaves.contains(index)
        else { continue }
        expected.insert(node)
        #expect(member.keys.nodes[node]?.mlsPublicKey == content.encryptionKey)
      }
      #expect(Set(member.keys.nodes.keys) == expected)
    }
  }

  // MARK: - Resolutions and paths

  @Test("T1: a resolution is the nearest keys from the left, each with its unmerged leaves")
  func resolution() throws {
    // RFC 9420 §4.1.1's example: X[B] above A to D, Y above E and F, H alone; C and G are blank.
    var fixture = try TreeFixture.filled(8)
    fixture.remove(LeafIndex(1))
    fixture.remove(LeafIndex(2))
    try fixture.commit(by: LeafIndex(0))
    try fixture.commit(by: LeafIndex(4))
    fixture.remove(LeafIndex(6))
    #expect(try fixture.add() == LeafIndex(1))
    let (x, b, y, h) = (NodeIndex(3), NodeIndex(2), NodeIndex(9), NodeIndex(14))
    #expect(fixture.tree.resolution(of: x) == [x, b])
    #expect(fixture.tree.resolution(of: NodeIndex(4)) == [])
    #expect(fixture.tree.resolution(of: NodeIndex(12)) == [])
    #expect(fixture.tree.resolution(of: NodeIndex(7)) == [x, b, y, h])
    let naive = try fixture.naive()
    for node in naive.nodes.indices {
      let computed = fixture.tree.resolution(of: NodeIndex(UInt32(node)))
      #expect(computed.map { Int($0.rawValue) } == naive.resolution(node))
    }
  }

  @Test("T2: nodes with nobody on the other side have no part in a path")
  func filteredPath() throws {
    // RFC 9420 §4.1.2's example: A, B, E, F and G.
    var fixture = try TreeFixture(8)
    for index in [UInt32(2), 3, 7] { fixture.remove(LeafIndex(index)) }
    func path(_ leaf: UInt32) -> [UInt32] {
      fixture.tree.filteredDirectPath(of: LeafIndex(leaf)).map(\.node.rawValue)
    }
    #expect(path(0) == [1, 7] && path(1) == [1, 7])
    #expect(path(4) == [9, 11, 7] && path(5) == [9, 11, 7])
    #expect(path(6) == [11, 7])
  }

  @Test("T2: a path with a node more or fewer than the filtered one is refused")
  func length() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    try Self.merge(commit.path, commit, fixture)
    let nodes = commit.path.nodes
    expectRefusal("T2") {
      try Self.merge(commit.path.with(nodes: Array(nodes.dropLast())), commit, fixture)
    }
    expectRefusal("T2") {
      try Self.merge(commit.path.with(nodes: nodes + [nodes[1]]), commit, fixture)
    }
  }

  @Test("T3: an unmerged leaf opens its own ciphertext, not the one for the ancestor above it")
  func unmergedReceiver() throws {
    var fixture = try TreeFixture.filled(4)
    fixture.remove(LeafIndex(3))
    try fixture.commit(by: LeafIndex(2))
    // Leaf 3 comes without a path: unmerged at the root; then leaf 0 commits, past node 5.
    try fixture.commit(by: LeafIndex(1))
    fixture.members[LeafIndex(2)]!.keys.retain(in: fixture.tree)
    var forked = try TreeFixture.filled(7, seed: 3)
    let late = try forked.add()
    #expect(forked.tree.parent(NodeIndex(11))?.unmergedLeaves == [late])
    #expect(forked.members[late]?.keys.nodes.isEmpty == true)
    let commit = try forked.makeCommit(by: LeafIndex(0))
    #expect(commit.path.nodes.last?.encryptedPathSecret.count == 2)
    for index in forked.members.keys where index != LeafIndex(0) {
      let received = try forked.receive(commit, as: index)
      #expect(received.commitSecret == commit.own.commitSecret)
    }
  }

  @Test("T3: a member whose keys fit no ciphertext is told so")
  func noKey() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    let stranger = try fixture.suite.deriveKeyPair(fixture.random.secret(32))
    fixture.members[LeafIndex(1)]!.keys = TreePrivateKeys(
      leafIndex: LeafIndex(1), leafKey: stranger)
    expectRefusal("T3") { try fixture.receive(commit, as: LeafIndex(1)) }
  }

  @Test("T4: members added by the commit get no ciphertext; they learn the secret by Welcome")
  func added() throws {
    var fixture = try TreeFixture.filled(5)
    let added: Set<LeafIndex> = [try fixture.add(), try fixture.add()]
    let commit = try fixture.makeCommit(by: LeafIndex(0), added: added)
    #expect(commit.path.nodes.map(\.encryptedPathSecret.count) == [1, 1, 1])
    for index in fixture.members.keys where index != LeafIndex(0) && !added.contains(index) {
      let received = try fixture.receive(commit, as: index)
      #expect(received.commitSecret == commit.own.commitSecret)
    }
    // The same path, for a receiver who takes nobody for new, lacks ciphertexts.
    var tree = fixture.tree
    expectRefusal("T4") {
      try tree.merge(commit.path, from: LeafIndex(0), excluding: [], suite: fixture.suite)
    }
  }

  @Test("T4: a ciphertext more or fewer than the resolution is refused, by both halves")
  func ciphertextCount() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    for position in commit.path.nodes.indices {
      let node = commit.path.nodes[position]
      for ciphertexts in [[], node.encryptedPathSecret + node.encryptedPathSecret] {
        var nodes = commit.path.nodes
        nodes[position] = node.with(ciphertexts: ciphertexts)
        let path = commit.path.with(nodes: nodes)
        expectRefusal("T4") { try Self.merge(path, commit, fixture) }
        let member = LeafIndex(position == 0 ? 1 : 2)
        expectRefusal("T4") {
          try commit.treeAfter.decrypt(
            path, from: LeafIndex(0), keys: fixture.members[member]!.keys, excluding: [],
            context: TreeFixture.context, suite: fixture.suite)
        }
      }
    }
  }

  @Test("T5: a stated key that the path secret does not give is refused")
  func derivedKeys() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    let keys = fixture.members[LeafIndex(1)]!.keys
    for position in commit.path.nodes.indices {
      var nodes = commit.path.nodes
      nodes[position] = nodes[position].with(
        key: MLS.HPKEPublicKey([UInt8](repeating: 9, count: 32)))
      let path = commit.path.with(nodes: nodes)
      expectRefusal("T5") {
        try commit.treeAfter.decrypt(
          path, from: LeafIndex(0), keys: keys, excluding: [], context: TreeFixture.context,
          suite: fixture.suite)
      }
    }
  }

  @Test("T6: a leaf whose parent hash is not that of its path is refused")
  func parentHash() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    for hash in [[], [UInt8](repeating: 9, count: 32)] {
      let leaf = commit.path.leafNode.with(source: .commit(parentHash: hash))
      expectRefusal("T6") {
        try Self.merge(commit.path.with(leafNode: leaf), commit, fixture)
      }
    }
    // A path with another key somewhere has another parent hash, too.
    var nodes = commit.path.nodes
    nodes[1] = nodes[1].with(key: MLS.HPKEPublicKey([UInt8](repeating: 9, count: 32)))
    expectRefusal("T6") { try Self.merge(commit.path.with(nodes: nodes), commit, fixture) }
  }

  @Test("T6: the path is blanked first, lists are emptied, and the root has no parent hash")
  func newPath() throws {
    var fixture = try TreeFixture.filled(8)
    try fixture.commit(by: LeafIndex(0), adding: 1)
    fixture.remove(LeafIndex(2))
    fixture.remove(LeafIndex(3))
    let after = try fixture.makeCommit(by: LeafIndex(1)).treeAfter
    // Node 3 has nobody on the other side: it stays blank.
    #expect(after.isBlank(NodeIndex(3)))
    #expect(after.parent(NodeIndex(1))?.unmergedLeaves == [])
    #expect(after.parent(NodeIndex(7))?.unmergedLeaves == [])
    #expect(after.parent(NodeIndex(15))?.parentHash == [])
    #expect(after.parent(NodeIndex(7))?.parentHash.count == 32)
  }

  @Test("T7: the commit secret follows the last path secret; a member alone has one as well")
  func commitSecret() throws {
    var fixture = try TreeFixture.filled(3)
    let own = try fixture.makeCommit(by: LeafIndex(0)).own
    #expect(own.steps.count == 2)
    for (step, next) in zip(own.steps, own.steps.dropFirst()) {
      #expect(try PathSecret.next(after: step.pathSecret, fixture.suite) == next.pathSecret)
    }
    let last = try #require(own.steps.last).pathSecret
    #expect(try PathSecret.next(after: last, fixture.suite) == own.commitSecret)

    var alone = try TreeFixture(1)
    let first = try alone.makeCommit(by: LeafIndex(0))
    let second = try alone.makeCommit(by: LeafIndex(0))
    #expect(first.path.nodes.isEmpty && first.own.steps.isEmpty)
    #expect(first.own.commitSecret.count == 32)
    #expect(first.own.commitSecret != second.own.commitSecret)
    #expect(first.path.leafNode.source == .commit(parentHash: []))
    try Self.merge(first.path, first, alone)
  }

  // MARK: - Keys

  @Test("M4: a path key that stands in the tree already, or twice in the path, is refused")
  func freshness() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    let used = [
      fixture.tree.encryptionKey(at: NodeIndex(0)), fixture.tree.encryptionKey(at: NodeIndex(6)),
      fixture.tree.encryptionKey(at: NodeIndex(1)), fixture.tree.encryptionKey(at: NodeIndex(5)),
      commit.path.leafNode.encryptionKey,
    ]
    for key in used {
      let key = try #require(key)
      var nodes = commit.path.nodes
      nodes[1] = nodes[1].with(key: key)
      expectRefusal("M4") { try Self.merge(commit.path.with(nodes: nodes), commit, fixture) }
    }
    var nodes = commit.path.nodes
    nodes[1] = nodes[1].with(key: nodes[0].encryptionKey)
    expectRefusal("M4") { try Self.merge(commit.path.with(nodes: nodes), commit, fixture) }
    for key in used.dropLast() {
      let leaf = commit.path.leafNode.with(encryptionKey: key)
      expectRefusal("M4") { try Self.merge(commit.path.with(leafNode: leaf), commit, fixture) }
    }
  }

  @Test("a path with an encryption key of another length is refused")
  func keyLength() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    let key = MLS.HPKEPublicKey([UInt8](repeating: 9, count: 31))
    var nodes = commit.path.nodes
    nodes[1] = nodes[1].with(key: key)
    #expect(throws: CygnetError(.malformed, "")) {
      try Self.merge(commit.path.with(nodes: nodes), commit, fixture)
    }
    let leaf = commit.path.leafNode.with(encryptionKey: key)
    #expect(throws: CygnetError(.malformed, "")) {
      try Self.merge(commit.path.with(leafNode: leaf), commit, fixture)
    }
  }

  @Test("T12: a path whose leaf takes another member's signature key is refused")
  func signatureKey() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    let other = try #require(fixture.tree.leaf(LeafIndex(2))).signatureKey
    let leaf = commit.path.leafNode.with(signatureKey: other)
    expectRefusal("T12") { try Self.merge(commit.path.with(leafNode: leaf), commit, fixture) }
  }

  @Test("L7: a path's leaf that is of a key package or an update is refused")
  func leafSource() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    let lifetime = MLS.Lifetime(
      notBefore: Timestamp(seconds: 1), notAfter: Timestamp(seconds: 2))
    for source in [MLS.LeafNode.Source.update, .keyPackage(lifetime)] {
      let leaf = commit.path.leafNode.with(source: source)
      expectRefusal("L7") { try Self.merge(commit.path.with(leafNode: leaf), commit, fixture) }
    }
  }

  @Test("M3: a path of a sender outside the tree is refused")
  func foreignSender() throws {
    var fixture = try TreeFixture.filled(4)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    for sender in [UInt32(4), 1 << 30, .max] {
      var tree = fixture.tree
      expectRefusal("M3") {
        try tree.merge(
          commit.path, from: LeafIndex(sender), excluding: [], suite: fixture.suite)
      }
    }
  }

  @Test("a ciphertext that was altered, or made for another context, does not open")
  func ciphertexts() throws {
    var fixture = try TreeFixture.filled(2)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    let keys = fixture.members[LeafIndex(1)]!.keys
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try commit.treeAfter.decrypt(
        commit.path, from: LeafIndex(0), keys: keys, excluding: [], context: [1],
        suite: fixture.suite)
    }
    let node = commit.path.nodes[0]
    var ciphertext = node.encryptedPathSecret[0].ciphertext
    ciphertext[3] ^= 1
    let altered = MLS.HPKECiphertext(
      kemOutput: node.encryptedPathSecret[0].kemOutput, ciphertext: ciphertext)
    let path = commit.path.with(nodes: [node.with(ciphertexts: [altered])])
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try commit.treeAfter.decrypt(
        path, from: LeafIndex(0), keys: keys, excluding: [], context: TreeFixture.context,
        suite: fixture.suite)
    }
  }

  @Test("a committer does not decrypt its own path")
  func ownPath() throws {
    var fixture = try TreeFixture.filled(2)
    let commit = try fixture.makeCommit(by: LeafIndex(0))
    #expect(throws: CygnetError(.wrongState, "")) {
      try fixture.receive(commit, as: LeafIndex(0))
    }
  }

  @Test("an external committer's path fills the reserved leaf, and everyone follows")
  func externalCommit() throws {
    for removed in [nil, LeafIndex(2)] {
      var fixture = try TreeFixture.filled(4)
      if let removed { fixture.remove(removed) }
      let index = try fixture.tree.reserveLeaf()
      #expect(index == removed ?? LeafIndex(4))
      let (_, key, signer) = try TreeFixture.newMember(&fixture.random)
      fixture.members[index] = TreeFixture.Member(
        signatureKey: signer, keys: TreePrivateKeys(leafIndex: index, leafKey: key))
      let secrets = try fixture.commit(by: index)
      #expect(secrets.count == fixture.members.count)
      for secret in secrets { #expect(secret == secrets[0]) }
      try fixture.tree.verify(groupID: TreeFixture.groupID, suite: fixture.suite)
    }
  }

  @Test("seals on several threads are those of one thread, in the same order")
  func parallelSeals() throws {
    var fixture = try TreeFixture(40)
    let commit = try fixture.makeCommit(by: LeafIndex(7))
    let sequential = try TreeFixture(40)
    var other = sequential
    let again = try other.makeCommit(by: LeafIndex(7))
    #expect(commit.path == again.path)
    for index in fixture.members.keys where index != LeafIndex(7) {
      let received = try fixture.receive(commit, as: index)
      #expect(received.commitSecret == commit.own.commitSecret)
    }
  }
}
