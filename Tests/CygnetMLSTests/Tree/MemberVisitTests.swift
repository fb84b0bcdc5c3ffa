import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

@Suite("Visiting all members")
struct MemberVisitTests {
  private func visited(_ tree: RatchetTree) throws -> [LeafIndex: MLS.LeafNode] {
    var found: [LeafIndex: MLS.LeafNode] = [:]
    var last: LeafIndex?
    try tree.visitMembers { (index, leaf) throws(CygnetError) in
      #expect(last.map { $0 < index } ?? true, "from the left, each once")
      last = index
      found[index] = leaf
    }
    return found
  }

  private func expectSame(_ tree: RatchetTree) throws {
    let found = try visited(tree)
    let listed = Array(tree.members)
    #expect(found.count == tree.memberCount && listed.count == tree.memberCount)
    for (index, leaf) in listed { #expect(found[index] == leaf && tree.leaf(index) == leaf) }
  }

  @Test("every member is visited once, from the left, in trees of every width", arguments: 1...20)
  func widths(count: Int) throws {
    let tree = try TreeFixture(count).tree
    try expectSame(tree)
    #expect(try visited(tree).keys.sorted() == (0..<count).map { LeafIndex(UInt32($0)) })
  }

  @Test("blank leaves are passed over, after random changes and after decoding")
  func blanks() throws {
    var random = SeededChoice(7)
    var fixture = try TreeFixture.filled(24)
    for _ in 0..<60 {
      let places = fixture.members.keys.sorted()
      switch random.next(4) {
      case 0: try fixture.add()
      case 1: try fixture.commit(by: places[random.next(places.count)])
      case 2: try fixture.update(places[random.next(places.count)])
      default: if places.count > 1 { fixture.remove(places[random.next(places.count)]) }
      }
      try expectSame(fixture.tree)
      #expect(try visited(fixture.tree).keys.sorted() == fixture.members.keys.sorted())
      let decoded = try RatchetTree(wire: fixture.tree.wireEncoded())
      #expect(try visited(decoded) == visited(fixture.tree))
    }
  }

  @Test("a reserved leaf is blank, and the right half of a doubled tree is empty")
  func reserved() throws {
    var tree = try TreeFixture(8).tree
    let place = try tree.reserveLeaf()
    #expect(place == LeafIndex(8) && tree.leafCount.rawValue == 16)
    #expect(try visited(tree).count == 8)
  }

  @Test("the first error ends the visit and comes back")
  func stop() throws {
    let tree = try TreeFixture(9).tree
    var count = 0
    #expect(throws: CygnetError(.limitExceeded, "")) {
      try tree.visitMembers { (index, _) throws(CygnetError) in
        count += 1
        if index == LeafIndex(4) { throw CygnetError(.limitExceeded, "enough") }
      }
    }
    #expect(count == 5)
  }

  @Test("a visit sees the tree as it was when it began, whatever becomes of the variable")
  func values() throws {
    var fixture = try TreeFixture(6)
    let before = fixture.tree
    var seen: [LeafIndex] = []
    try before.visitMembers { (index, _) throws(CygnetError) in
      fixture.tree.remove(index)
      seen.append(index)
    }
    #expect(seen.count == 6 && before.memberCount == 6 && fixture.tree.memberCount == 0)
    try expectSame(before)
  }
}

/// Choices that a seed repeats.
private struct SeededChoice {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }
}
