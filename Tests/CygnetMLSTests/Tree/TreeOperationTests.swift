import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

@Suite("Adding, updating and removing leaves")
struct TreeOperationTests {
  @Test("T13: a new member gets the leftmost blank leaf")
  func leftmost() throws {
    var fixture = try TreeFixture(8)
    fixture.remove(LeafIndex(5))
    fixture.remove(LeafIndex(2))
    #expect(try fixture.add() == LeafIndex(2))
    #expect(try fixture.add() == LeafIndex(5))
    #expect(try fixture.add() == LeafIndex(8))
  }

  @Test("T13: a full tree doubles")
  func doubling() throws {
    var fixture = try TreeFixture(1)
    var widths: [UInt32] = []
    for _ in 0..<8 {
      widths.append(fixture.tree.leafCount.rawValue)
      try fixture.add()
    }
    #expect(widths == [1, 2, 4, 4, 8, 8, 8, 8])
    #expect(fixture.tree.leafCount.rawValue == 16)
  }

  @Test("T13: a new leaf is unmerged at every ancestor that is not blank, in order")
  func unmerged() throws {
    var fixture = try TreeFixture.filled(8)
    for index in [UInt32(6), 2, 3] { fixture.remove(LeafIndex(index)) }
    try fixture.commit(by: LeafIndex(0))
    #expect(fixture.tree.parent(NodeIndex(3))?.unmergedLeaves == nil)
    for _ in 0..<3 { try fixture.add() }
    let root = fixture.tree.parent(NodeIndex(7))
    #expect(root?.unmergedLeaves == [LeafIndex(2), LeafIndex(3), LeafIndex(6)])
    #expect(fixture.tree.isBlank(NodeIndex(5)))
    #expect(fixture.tree.parent(NodeIndex(1))?.unmergedLeaves == [])
  }

  @Test("T13: adding several at once is adding them one by one")
  func batch() throws {
    var fixture = try TreeFixture.filled(9)
    for index in [UInt32(1), 4, 8] { fixture.remove(LeafIndex(index)) }
    var leaves: [MLS.LeafNode] = []
    for _ in 0..<11 { leaves.append(try TreeFixture.newMember(&fixture.random).0) }
    var (one, all) = (fixture.tree, fixture.tree)
    var indices: [LeafIndex] = []
    for leaf in leaves { indices.append(try one.add(leaf)) }
    #expect(try all.add(leaves) == indices)
    #expect(try all.wireEncoded() == one.wireEncoded())
    #expect(try all.treeHash(fixture.suite) == one.treeHash(fixture.suite))
  }

  @Test("T13: an update replaces the leaf and blanks the path above it, nothing else")
  func update() throws {
    var fixture = try TreeFixture.filled(4)
    var expected = try fixture.naive()
    try fixture.update(LeafIndex(2))
    expected.update(2, try #require(fixture.tree.leaf(LeafIndex(2))))
    #expect(try fixture.naive() == expected)
    #expect(fixture.tree.isBlank(NodeIndex(5)) && fixture.tree.isBlank(NodeIndex(3)))
    #expect(!fixture.tree.isBlank(NodeIndex(1)))
  }

  @Test("T13: a removal blanks leaf and path, and halves the tree while its right half is empty")
  func removal() throws {
    var fixture = try TreeFixture.filled(9)
    for index in [UInt32(6), 5, 7, 4] { fixture.remove(LeafIndex(index)) }
    #expect(fixture.tree.leafCount.rawValue == 16)
    fixture.remove(LeafIndex(8))
    #expect(fixture.tree.leafCount.rawValue == 4)
    #expect(fixture.tree.memberCount == 4)
    #expect(fixture.tree.leaf(LeafIndex(8)) == nil)
    let naive = try fixture.naive()
    #expect(naive.nodes.count == 7)
    #expect(naive.parentNode(1) != nil && naive.parentNode(3) != nil)
  }

  @Test("an external committer's leaf is the leftmost blank one, and stays blank until its path")
  func reservation() throws {
    var fixture = try TreeFixture(5)
    fixture.remove(LeafIndex(3))
    #expect(try fixture.tree.reserveLeaf() == LeafIndex(3))
    try fixture.add()
    let before = try fixture.tree.wireEncoded()
    #expect(try fixture.tree.reserveLeaf() == LeafIndex(5))
    #expect(try fixture.tree.wireEncoded() == before)
    for _ in 0..<3 { try fixture.add() }
    #expect(try fixture.tree.reserveLeaf() == LeafIndex(8))
    #expect(fixture.tree.leafCount.rawValue == 16)
  }

  @Test("S10: a tree at its bound takes no further member, and stays as it was")
  func bound() throws {
    var fixture = try TreeFixture(1)
    let leaf = try TreeFixture.newMember(&fixture.random).0
    var tree = fixture.tree
    _ = try tree.add([MLS.LeafNode](repeating: leaf, count: MLS.Limits.leafCount - 3))
    let full = tree
    #expect(throws: CygnetError(.limitExceeded, "")) { try tree.add([leaf, leaf, leaf]) }
    #expect(tree.memberCount == full.memberCount && tree.leafCount == full.leafCount)
    _ = try tree.add([leaf, leaf])
    #expect(throws: CygnetError(.limitExceeded, "")) { try tree.add(leaf) }
    #expect(throws: CygnetError(.limitExceeded, "")) { try tree.reserveLeaf() }
  }

  @Test("a copy stays as it was when the original changes")
  func values() throws {
    var fixture = try TreeFixture.filled(6)
    let copy = fixture.tree
    let bytes = try copy.wireEncoded()
    try fixture.update(LeafIndex(1))
    fixture.remove(LeafIndex(0))
    try fixture.add()
    try fixture.commit(by: LeafIndex(3))
    #expect(try copy.wireEncoded() == bytes)
    #expect(try fixture.tree.wireEncoded() != bytes)
  }

  @Test("members come in order, without the blank leaves")
  func members() throws {
    var fixture = try TreeFixture(11)
    for index in [UInt32(0), 4, 9] { fixture.remove(LeafIndex(index)) }
    var indices: [UInt32] = []
    for (index, leaf) in fixture.tree.members {
      indices.append(index.rawValue)
      #expect(fixture.tree.leaf(index) == leaf)
    }
    #expect(indices == [1, 2, 3, 5, 6, 7, 8, 10])
  }

  @Test("T16: the own leaf is found by all of its content, not by its signature key")
  func ownLeaf() throws {
    var fixture = try TreeFixture(3)
    let own = try #require(fixture.tree.leaf(LeafIndex(1)))
    #expect(fixture.tree.leaf(identicalTo: own) == LeafIndex(1))
    let other = try TreeFixture.newMember(&fixture.random).0
    #expect(fixture.tree.leaf(identicalTo: other) == nil)
    // Same signature key, or same encryption key, and yet another leaf.
    #expect(
      fixture.tree.leaf(identicalTo: own.with(encryptionKey: other.encryptionKey)) == nil)
    #expect(fixture.tree.leaf(identicalTo: own.with(signatureKey: other.signatureKey)) == nil)
    #expect(fixture.tree.leaf(identicalTo: own.signed([1])) == nil)
  }

  @Test("L4: what every member lists follows the members; a type named twice counts once")
  func counters() throws {
    var fixture = try TreeFixture(2)
    let (odd, mute) = (MLS.ExtensionType(0xf001), MLS.ExtensionType(0xf002))
    let proposal = MLS.ProposalType(0xf003)
    let special = MLS.CredentialType(0xf004)
    let plain = try TreeFixture.newMember(&fixture.random).0
    let rich = plain.with(
      capabilities: MLS.Capabilities(
        extensions: [odd, odd], proposals: [proposal], credentials: [.basic, special]),
      credential: .other(special, data: []))
    let (zero, one) = (LeafIndex(0), LeafIndex(1))
    fixture.tree.update(zero, rich)
    #expect(!fixture.tree.everyMemberLists(odd))
    #expect(fixture.tree.credentialTypesInUse == [.basic, special])
    fixture.tree.update(one, rich)
    #expect(fixture.tree.everyMemberLists(odd) && fixture.tree.everyMemberLists(proposal))
    #expect(fixture.tree.everyMemberSupports(special) && fixture.tree.everyMemberSupports(.basic))
    #expect(!fixture.tree.everyMemberLists(mute))
    #expect(fixture.tree.credentialTypesInUse == [special])
    let two = try fixture.tree.add(plain)
    #expect(!fixture.tree.everyMemberLists(odd) && !fixture.tree.everyMemberSupports(special))
    fixture.tree.remove(two)
    #expect(fixture.tree.everyMemberLists(odd) && fixture.tree.everyMemberSupports(special))
    #expect(fixture.tree.credentialTypesInUse == [special])
  }
}
