import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

@Suite("Tree hashes")
struct TreeHashTests {
  @Test("T8: a blank leaf's hash depends on its place; a node type and presence byte come first")
  func blankLeaves() throws {
    var fixture = try TreeFixture(3)
    _ = try fixture.tree.treeHash(fixture.suite)
    let blank = SHA256.hash([1, 0, 0, 0, 3, 0])
    #expect(try fixture.tree.treeHash(of: NodeIndex(6), fixture.suite) == blank)
    let leaf = try #require(fixture.tree.leaf(LeafIndex(2))).wireEncoded()
    let left = SHA256.hash([1, 0, 0, 0, 2, 1] + leaf)
    #expect(try fixture.tree.treeHash(of: NodeIndex(4), fixture.suite) == left)
    #expect(
      try fixture.tree.treeHash(of: NodeIndex(5), fixture.suite)
        == SHA256.hash([2, 0, 32] + left + [32] + blank))
  }

  @Test("T8: a parent is hashed with its unmerged leaves")
  func parents() throws {
    var fixture = try TreeFixture.filled(3)
    let before = try fixture.tree.treeHash(fixture.suite)
    try fixture.add()
    let after = try fixture.tree.treeHash(fixture.suite)
    #expect(before != after)
    let root = try #require(fixture.tree.parent(NodeIndex(3)))
    #expect(root.unmergedLeaves == [LeafIndex(3)])
    let left = try #require(try fixture.tree.treeHash(of: NodeIndex(1), fixture.suite))
    let right = try #require(try fixture.tree.treeHash(of: NodeIndex(5), fixture.suite))
    let bytes = try [2, 1] + root.wireEncoded() + [32] + left + [32] + right
    #expect(SHA256.hash(bytes) == after)
  }

  @Test("T9: a parent hash keeps to the sibling's hash from before later members came")
  func originalSibling() throws {
    // Leaf 0's path covers root and node 1; leaf 3 comes later, under the root's right child.
    var fixture = try TreeFixture.filled(3)
    try fixture.commit(by: LeafIndex(0))
    let root = try #require(fixture.tree.parent(NodeIndex(3)))
    _ = try fixture.tree.treeHash(fixture.suite)
    let original = try #require(try fixture.tree.treeHash(of: NodeIndex(5), fixture.suite))
    try fixture.add()
    let naive = try fixture.naive()
    #expect(try naive.treeHash(5) != original)
    #expect(try naive.treeHash(5, without: [3]) == original)
    let stated = try #require(fixture.tree.parent(NodeIndex(1))).parentHash
    #expect(try naive.parentHash(root.with(unmergedLeaves: [LeafIndex(3)]), sibling: 5) == stated)
    try fixture.tree.verify(groupID: TreeFixture.groupID, suite: fixture.suite)
  }

  @Test("T9: only the parent's own unmerged leaves are dropped from the sibling, not all below it")
  func otherUnmergedLeaves() throws {
    // Leaf 5 is unmerged at node 11 when leaf 0 sets the root; leaf 7 comes after that.
    var fixture = try TreeFixture.filled(7)
    fixture.remove(LeafIndex(5))
    try fixture.commit(by: LeafIndex(4))
    try fixture.add()
    try fixture.commit(by: LeafIndex(0))
    try fixture.add()
    #expect(fixture.tree.parent(NodeIndex(7))?.unmergedLeaves == [LeafIndex(7)])
    #expect(
      fixture.tree.parent(NodeIndex(11))?.unmergedLeaves == [LeafIndex(5), LeafIndex(7)])
    try fixture.tree.verify(groupID: TreeFixture.groupID, suite: fixture.suite)
  }
}
