import CygnetMLS
import CygnetPrimitives
import Testing

/// Each test breaks one rule in a tree that is valid otherwise.
@Suite("Validating a tree on joining")
struct TreeValidationTests {
  /// Eight leaves; leaf 6 is blank, 7 unmerged at its ancestors.
  private static func valid() throws -> NaiveTree {
    var fixture = try TreeFixture.filled(7)
    fixture.remove(LeafIndex(6))
    try fixture.commit(by: LeafIndex(4))
    try fixture.commit(by: LeafIndex(1))
    try fixture.add()
    try fixture.add()
    fixture.remove(LeafIndex(6))
    try fixture.commit(by: LeafIndex(7))
    try fixture.commit(by: LeafIndex(0))
    try fixture.add()
    var naive = try fixture.naive()
    try verify(naive)
    // Leaf 6 came last: everything above it lists it.
    #expect(naive.parentNode(7)?.unmergedLeaves == [LeafIndex(6)])
    #expect(naive.parentNode(11)?.unmergedLeaves == [LeafIndex(6)])
    naive.nodes.reserveCapacity(15)
    return naive
  }

  private static func verify(_ naive: NaiveTree) throws {
    var tree = try naive.tree()
    try tree.verify(groupID: TreeFixture.groupID, suite: TreeFixture.suite)
  }

  private static func alter(
    _ naive: inout NaiveTree, _ node: Int, _ change: (ParentNode) -> ParentNode
  ) throws {
    naive.nodes[node] = .parent(change(try #require(naive.parentNode(node))))
  }

  // MARK: - T10

  @Test("T10: a parent with another key than the committer's is refused")
  func foreignKey() throws {
    var naive = try Self.valid()
    try Self.alter(&naive, 3) { $0.with(key: MLS.HPKEPublicKey([UInt8](repeating: 9, count: 32))) }
    expectRefusal("T10") { try Self.verify(naive) }
  }

  @Test("T10: a parent whose parent hash belongs to no parent above is refused")
  func brokenChain() throws {
    var naive = try Self.valid()
    try Self.alter(&naive, 1) { $0.with(parentHash: [UInt8](repeating: 9, count: 32)) }
    expectRefusal("T10") { try Self.verify(naive) }
    naive = try Self.valid()
    try Self.alter(&naive, 1) { $0.with(parentHash: []) }
    expectRefusal("T10") { try Self.verify(naive) }
  }

  @Test("T10: a root with a parent hash is another root than the committer's")
  func rootWithHash() throws {
    var naive = try Self.valid()
    try Self.alter(&naive, 7) { $0.with(parentHash: [UInt8](repeating: 9, count: 32)) }
    expectRefusal("T10") { try Self.verify(naive) }
  }

  @Test("T10: a parent without any member below is refused")
  func emptySubtree() throws {
    let fixture = try TreeFixture.filled(4)
    var naive = try fixture.naive()
    naive.nodes += [Node?](repeating: nil, count: 8)
    naive.nodes[14] = .leaf(try TreeFixture(1, seed: 2).naive().leaf(0)!)
    try Self.verify(naive)
    let parent = ParentNode(
      encryptionKey: MLS.HPKEPublicKey([UInt8](repeating: 9, count: 32)), parentHash: [])
    naive.nodes[9] = .parent(parent)
    expectRefusal("T10") { try Self.verify(naive) }
  }

  private typealias Node = NaiveTree.Node

  @Test("T10: a member below a parent, neither unmerged nor on the committer's path, is refused")
  func hiddenMember() throws {
    // Leaf 1 is blank when leaf 0 sets the root, and comes later. A root that does not list it has
    // the right hash all the same: only the resolution below tells.
    var fixture = try TreeFixture(4)
    fixture.remove(LeafIndex(1))
    try fixture.commit(by: LeafIndex(0))
    try fixture.add()
    var naive = try fixture.naive()
    try Self.verify(naive)
    #expect(naive.parentNode(3)?.unmergedLeaves == [LeafIndex(1)])
    try Self.alter(&naive, 3) { $0.with(unmergedLeaves: []) }
    expectRefusal("T10") { try Self.verify(naive) }
  }

  @Test("T10: a chain that hangs on an unmerged leaf is refused")
  func chainFromUnmergedLeaf() throws {
    // Leaf 0 sets the root over leaves 0, 2 and 3. The forged tree has leaf 1 instead, claiming
    // leaf 0's parent hash, with leaf 0 as the unmerged one beside it: allowed by the definition,
    // since exactly one of the two is unmerged. With both, or none, unmerged, it is not.
    var fixture = try TreeFixture(4)
    fixture.remove(LeafIndex(1))
    try fixture.commit(by: LeafIndex(0))
    try fixture.add()
    var naive = try fixture.naive()
    try Self.alter(&naive, 3) { $0.with(unmergedLeaves: [LeafIndex(0), LeafIndex(1)]) }
    expectRefusal("T10") { try Self.verify(naive) }
  }

  @Test("T10: a parent that both of its children claim is refused")
  func twoChains() throws {
    // Two leaves and their parent, whose hash each leaf states for the other as sibling: the
    // sibling's hash is over the leaf, which states the hash, so no honest tree and no forger gets
    // there. One chain must not be counted twice either.
    let naive = try TreeFixture.filled(2).naive()
    try Self.verify(naive)
    #expect(try naive.parentHashesAreValid())
    var blanked = naive
    blanked.nodes[2] = .leaf(try TreeFixture(2).naive().leaf(1)!)
    // Without the committer's leaf there is no chain.
    expectRefusal("T10") { try Self.verify(blanked) }
  }

  // MARK: - T11

  @Test("T11: unmerged leaves out of order, or listed twice, are refused")
  func order() throws {
    var fixture = try TreeFixture.filled(5)
    for _ in 0..<3 { try fixture.add() }
    var naive = try fixture.naive()
    try Self.verify(naive)
    let listed = try #require(naive.parentNode(7)?.unmergedLeaves)
    #expect(listed == [LeafIndex(5), LeafIndex(6), LeafIndex(7)])
    let valid = naive
    try Self.alter(&naive, 7) { $0.with(unmergedLeaves: [listed[1], listed[0], listed[2]]) }
    expectRefusal("T11") { try Self.verify(naive) }
    naive = valid
    try Self.alter(&naive, 7) { $0.with(unmergedLeaves: listed + [listed[2]]) }
    expectRefusal("T11") { try Self.verify(naive) }
  }

  @Test("T11: a blank leaf that is listed as unmerged is refused")
  func blankLeaf() throws {
    var fixture = try TreeFixture.filled(3)
    try fixture.commit(by: LeafIndex(0))
    var naive = try fixture.naive()
    try Self.verify(naive)
    #expect(naive.leaf(3) == nil)
    try Self.alter(&naive, 3) { $0.with(unmergedLeaves: [LeafIndex(3)]) }
    expectRefusal("T11") { try Self.verify(naive) }
  }

  @Test("T11: an unmerged leaf outside of the parent's subtree, or of the tree, is refused")
  func outside() throws {
    for leaf in [UInt32(2), 7, 8, .max, 1 << 31] {
      var naive = try Self.valid()
      try Self.alter(&naive, 1) { $0.with(unmergedLeaves: [LeafIndex(leaf)]) }
      expectRefusal("T11") { try Self.verify(naive) }
    }
  }

  @Test("T11: a parent between, that is not blank, must list the leaf too")
  func between() throws {
    var naive = try Self.valid()
    try Self.alter(&naive, 11) { $0.with(unmergedLeaves: []) }
    expectRefusal("T11") { try Self.verify(naive) }
  }

  // MARK: - T12

  @Test("T12: an encryption key in two places is refused, whichever they are")
  func encryptionKeys() throws {
    let valid = try Self.valid()
    let key = try #require(valid.leaf(0)).encryptionKey
    var naive = valid
    naive.nodes[4] = .leaf(try #require(valid.leaf(2)).with(encryptionKey: key))
    expectRefusal("T12") { try Self.verify(naive) }
    naive = valid
    try Self.alter(&naive, 11) { $0.with(key: key) }
    expectRefusal("T12") { try Self.verify(naive) }
    naive = valid
    let parentKey = try #require(valid.parentNode(1)).encryptionKey
    try Self.alter(&naive, 3) { $0.with(key: parentKey) }
    expectRefusal("T12") { try Self.verify(naive) }
  }

  @Test("T12: a signature key of two members is refused")
  func signatureKeys() throws {
    var naive = try Self.valid()
    let key = try #require(naive.leaf(0)).signatureKey
    naive.nodes[4] = .leaf(try #require(naive.leaf(2)).with(signatureKey: key))
    expectRefusal("T12") { try Self.verify(naive) }
  }

  @Test("an encryption key of another length is refused, in a leaf and in a parent")
  func keyLengths() throws {
    for count in [0, 31, 33] {
      let key = MLS.HPKEPublicKey([UInt8](repeating: 9, count: count))
      var naive = try Self.valid()
      naive.nodes[4] = .leaf(try #require(naive.leaf(2)).with(encryptionKey: key))
      #expect(throws: CygnetError(.malformed, "")) { try Self.verify(naive) }
      naive = try Self.valid()
      try Self.alter(&naive, 3) { $0.with(key: key) }
      #expect(throws: CygnetError(.malformed, "")) { try Self.verify(naive) }
    }
  }

  // MARK: - Signatures

  @Test("L2: one bad leaf signature among many is refused, in every position")
  func signatures() throws {
    let valid = try TreeFixture(40).naive()
    try Self.verify(valid)
    for index in [0, 1, 19, 38, 39] {
      var naive = valid
      let leaf = try #require(valid.leaf(index))
      var signature = leaf.signature
      signature[40] ^= 1
      naive.nodes[2 * index] = .leaf(leaf.signed(signature))
      #expect(throws: CygnetError(.authenticationFailed, "")) { try Self.verify(naive) }
    }
  }

  @Test("L2: leaves of updates and commits are bound to group and place, those of packages are not")
  func binding() throws {
    var fixture = try TreeFixture(2)
    let package = try TreeFixture.newMember(&fixture.random).0
    _ = try fixture.tree.add(package)
    var tree = fixture.tree
    try tree.verify(groupID: MLS.GroupID([1]), suite: fixture.suite)
    try fixture.update(LeafIndex(1))
    try fixture.tree.verify(groupID: TreeFixture.groupID, suite: fixture.suite)
    tree = fixture.tree
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try tree.verify(groupID: MLS.GroupID([1]), suite: fixture.suite)
    }
    let leaf = try #require(fixture.tree.leaf(LeafIndex(1)))
    tree = fixture.tree
    tree.remove(LeafIndex(1))
    tree.update(LeafIndex(0), leaf)
    #expect(throws: CygnetError(.authenticationFailed, "")) {
      try tree.verify(groupID: TreeFixture.groupID, suite: fixture.suite)
    }
  }

  @Test("J5: a tree that breaks a structural rule is refused before any signature is looked at")
  func structureFirst() throws {
    var naive = try Self.valid()
    for index in naive.members {
      naive.nodes[2 * index] = .leaf(try #require(naive.leaf(index)).signed([]))
    }
    // Unsigned, and a key twice: the key is what is told.
    let key = try #require(naive.leaf(0)).encryptionKey
    naive.nodes[4] = .leaf(try #require(naive.leaf(2)).with(encryptionKey: key))
    expectRefusal("T12") { try Self.verify(naive) }
  }
}
