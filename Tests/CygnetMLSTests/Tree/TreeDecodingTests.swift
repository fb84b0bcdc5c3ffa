import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

@Suite("Decoding ratchet trees")
struct TreeDecodingTests {
  private static func vector(_ content: [UInt8]) throws -> [UInt8] {
    try Opaque(bytes: content).wireEncoded()
  }

  private struct Opaque: WireEncodable {
    let bytes: [UInt8]
    func encode(into writer: inout Writer) throws(CygnetError) { try writer.write(opaque: bytes) }
  }

  @Test("a tree decodes to what encodes to the same bytes")
  func roundTrip() throws {
    var fixture = try TreeFixture.filled(5)
    try fixture.add()
    fixture.remove(LeafIndex(1))
    let bytes = try fixture.tree.wireEncoded()
    var decoded = try RatchetTree(wire: bytes)
    #expect(try decoded.wireEncoded() == bytes)
    #expect(try decoded.treeHash(fixture.suite) == fixture.tree.treeHash(fixture.suite))
    #expect(decoded.leafCount == fixture.tree.leafCount)
    #expect(decoded.memberCount == 5)
  }

  @Test("every truncation and extension of an encoded tree is refused")
  func truncation() throws {
    let bytes = try TreeFixture(3).tree.wireEncoded()
    for count in 0..<bytes.count {
      #expect(throws: CygnetError.self) { try RatchetTree(wire: Array(bytes[..<count])) }
    }
    #expect(throws: CygnetError.self) { try RatchetTree(wire: bytes + [0]) }
  }

  @Test("S10: an empty tree is refused")
  func empty() {
    #expect(throws: CygnetError(.malformed, "")) { try RatchetTree(wire: [0]) }
  }

  @Test("S10: a tree that ends with a blank node is refused")
  func trailingBlank() throws {
    let leaf = try TreeFixture(1).naive().leaf(0)!.wireEncoded()
    _ = try RatchetTree(wire: Self.vector([1, 1] + leaf))
    expectRefusal("S10") { try RatchetTree(wire: Self.vector([1, 1] + leaf + [0])) }
    expectRefusal("S10") { try RatchetTree(wire: Self.vector([1, 1] + leaf + [0, 0])) }
    expectRefusal("S10") { try RatchetTree(wire: Self.vector([0])) }
  }

  @Test("S10: a leaf in an odd place and a parent in an even place are refused")
  func places() throws {
    let fixture = try TreeFixture.filled(2)
    let naive = try fixture.naive()
    let leaf = try naive.leaf(0)!.wireEncoded()
    let parent = try naive.parentNode(1)!.wireEncoded()
    _ = try RatchetTree(wire: Self.vector([1, 1] + leaf + [1, 2] + parent + [1, 1] + leaf))
    expectRefusal("S10") {
      try RatchetTree(wire: Self.vector([1, 1] + leaf + [1, 1] + leaf + [1, 1] + leaf))
    }
    expectRefusal("S10") { try RatchetTree(wire: Self.vector([1, 2] + parent)) }
  }

  @Test("S1: a presence byte other than 0 and 1 is refused")
  func presence() throws {
    let leaf = try TreeFixture(1).naive().leaf(0)!.wireEncoded()
    expectRefusal("S1") { try RatchetTree(wire: Self.vector([2, 1] + leaf)) }
  }

  @Test("S11: node types 0 and 3 are refused")
  func nodeType() throws {
    let leaf = try TreeFixture(1).naive().leaf(0)!.wireEncoded()
    expectRefusal("S11") { try RatchetTree(wire: Self.vector([1, 0] + leaf)) }
    expectRefusal("S11") { try RatchetTree(wire: Self.vector([1, 3] + leaf)) }
  }

  @Test("S10: the widest tree decodes, one node more does not")
  func bound() throws {
    let leaf = try TreeFixture(1).naive().leaf(0)!.wireEncoded()
    let blanks = [UInt8](repeating: 0, count: 2 * MLS.Limits.leafCount - 2)
    let widest = try RatchetTree(wire: Self.vector(blanks + [1, 1] + leaf))
    #expect(widest.leafCount.rawValue == UInt32(MLS.Limits.leafCount))
    #expect(widest.memberCount == 1)
    expectRefusal("S10") { try RatchetTree(wire: Self.vector(blanks + [0, 0, 1, 1] + leaf)) }
  }

  @Test("T12: one leaf in very many places is refused at once", .timeLimit(.minutes(1)))
  func manyEqualLeaves() throws {
    let node = try [1, 1] + TreeFixture(1).naive().leaf(0)!.wireEncoded()
    var nodes = node
    for _ in 1..<30_000 { nodes += [0] + node }
    var tree = try RatchetTree(wire: Self.vector(nodes))
    expectRefusal("T12") { try tree.verify(groupID: TreeFixture.groupID, suite: TreeFixture.suite) }
  }

  @Test(
    "T11: long lists of unmerged leaves at every level cost no more than their bytes",
    .timeLimit(.minutes(1)))
  func longLists() throws {
    // Every parent lists every leaf below it: sorted, and never a parent hash that fits.
    let leaf = try TreeFixture(1).naive().leaf(0)!
    var naive = NaiveTree(creator: leaf)
    let width = 2048
    naive.nodes = (0..<(2 * width - 1)).map { (node: Int) -> NaiveTree.Node? in
      let key = MLS.HPKEPublicKey(SHA256.hash([UInt8(node >> 8), UInt8(node & 255)]))
      if node.isMultiple(of: 2) {
        return .leaf(
          leaf.with(encryptionKey: key, signatureKey: MLS.SignaturePublicKey(key.bytes)))
      }
      let reach = (1 << (~node).trailingZeroBitCount) - 1
      let leaves = stride(from: (node - reach) / 2, through: (node + reach) / 2, by: 1)
      return .parent(
        ParentNode(
          encryptionKey: key, parentHash: SHA256.hash([UInt8(node & 255)]),
          unmergedLeaves: leaves.map { LeafIndex(UInt32($0)) }))
    }
    var tree = try naive.tree()
    expectRefusal("T10") { try tree.verify(groupID: TreeFixture.groupID, suite: TreeFixture.suite) }
  }
}
