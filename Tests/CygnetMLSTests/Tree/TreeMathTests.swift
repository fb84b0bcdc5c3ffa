import CygnetMLS
import Testing

@Suite("Tree arithmetic")
struct TreeMathTests {
  @Test("children, parents, siblings and cover agree with one another at every width")
  func relations() {
    for depth in 0...8 {
      let width = LeafCount(1 << UInt32(depth))
      #expect(width.root.level == depth)
      #expect(width.root.parent(in: width) == nil)
      #expect(width.root.sibling(in: width) == nil)
      for raw in 0..<width.nodeCount {
        let node = NodeIndex(raw)
        #expect((node.left == nil) == node.isLeaf)
        guard let left = node.left, let right = node.right else { continue }
        #expect(left.parent(in: width) == node && right.parent(in: width) == node)
        #expect(left.sibling(in: width) == right && right.sibling(in: width) == left)
        for leaf in 0..<width.rawValue {
          let leaf = LeafIndex(leaf)
          #expect(node.covers(leaf) == (left.covers(leaf) || right.covers(leaf)))
        }
      }
    }
  }

  @Test("the common ancestor is the lowest node above both leaves")
  func commonAncestor() {
    let width = LeafCount(32)
    for first in 0..<width.rawValue {
      for second in 0..<width.rawValue {
        let (first, second) = (LeafIndex(first), LeafIndex(second))
        var node = first.node
        while !node.covers(second), let parent = node.parent(in: width) { node = parent }
        #expect(NodeIndex.commonAncestor(first, second) == node)
      }
    }
  }

  @Test("indices at the end of the number range, which no tree has, do not trap")
  func extremes() {
    let last = LeafIndex(.max)
    #expect(!LeafCount(1 << 17).contains(last))
    #expect(!LeafCount(1 << 17).root.covers(last))
    #expect(NodeIndex(.max - 1).parent(in: LeafCount(1 << 17)) == nil)
    _ = NodeIndex.commonAncestor(last, LeafIndex(0))
    _ = last.node.sibling(in: LeafCount(1 << 17))
  }
}
