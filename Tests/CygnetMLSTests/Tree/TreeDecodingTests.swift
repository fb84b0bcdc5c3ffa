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
}
