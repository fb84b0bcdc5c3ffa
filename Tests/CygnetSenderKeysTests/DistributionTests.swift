import CygnetPrimitives
import CygnetSenderKeys
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("Sharing a chain")
struct DistributionTests {
  /// The distribution messages of chains 1 to `count`, and a message of each.
  private static func chains(
    _ count: Int
  ) throws -> [(shared: SenderKeyDistributionMessage, message: SenderKeyMessage)] {
    var fixture = try Fixture()
    var list: [(SenderKeyDistributionMessage, SenderKeyMessage)] = []
    for number in 1...count {
      let shared = fixture.alice.distributionMessage()
      list.append((shared, try fixture.send("\(number)")))
      try fixture.alice.rotate(now: Fixture.now, using: &fixture.random)
    }
    return list
  }

  @Test("the same distribution message again changes nothing and brings no used key back")
  func again() throws {
    var fixture = try Fixture()
    let shared = fixture.alice.distributionMessage()
    let message = try fixture.send("one")
    #expect(try fixture.read(message) == "one")
    let before = try fixture.members[0].state()
    #expect(try fixture.members[0].process(shared) == .known)
    #expect(try fixture.members[0].state() == before)
    #expect(try fixture.refusal(message) == .duplicate)
  }

  @Test("an earlier iteration of a chain that is held never rewinds it")
  func earlier() throws {
    var fixture = try Fixture(members: 0)
    let early = fixture.alice.distributionMessage()
    let beforeJoining = try fixture.send("zero")
    try fixture.join()
    let used = try fixture.send("one")
    #expect(try fixture.read(used) == "one")
    let before = try fixture.members[0].state()
    #expect(try fixture.members[0].process(early) == .known)
    #expect(try fixture.members[0].state() == before)
    #expect(try fixture.refusal(used) == .duplicate)
    #expect(try fixture.refusal(beforeJoining) == .notFound)
  }

  @Test("a later iteration of a chain that is held skips no key that may be needed")
  func later() throws {
    var fixture = try Fixture()
    let late = try fixture.send("on its way")
    let before = try fixture.members[0].state()
    #expect(try fixture.members[0].process(fixture.alice.distributionMessage()) == .known)
    #expect(try fixture.members[0].state() == before)
    #expect(try fixture.read(late) == "on its way")
  }

  @Test("another signature key for a chain that is held is refused")
  func otherSignatureKey() throws {
    var fixture = try Fixture()
    let other = try SendingSenderKey.generate(
      for: fixture.distributionID, sender: Fixture.sender, now: Fixture.now)
    let before = try fixture.members[0].state()
    #expect(
      failureCode { try fixture.members[0].process(other.distributionMessage()) }
        == .ruleViolation)
    #expect(try fixture.members[0].state() == before)
  }

  @Test("a chain of another distribution is refused")
  func otherDistribution() throws {
    var fixture = try Fixture()
    let other = try Fixture(seed: 2)
    let before = try fixture.members[0].state()
    #expect(
      failureCode { try fixture.members[0].process(other.alice.distributionMessage()) }
        == .ruleViolation)
    #expect(try fixture.members[0].state() == before)
  }

  @Test("chains are taken in whatever order they are shared", arguments: 0..<6)
  func anyOrder(which: Int) throws {
    let orders = [[1, 2, 3], [1, 3, 2], [2, 1, 3], [2, 3, 1], [3, 1, 2], [3, 2, 1]]
    let chains = try Self.chains(3)
    let order = orders[which].map { chains[$0 - 1] }
    var member = try ReceivingSenderKey(order[0].shared, from: Fixture.sender)
    for (shared, _) in order[1...] { #expect(try member.process(shared) == .added) }
    #expect(member.chainIDs.map(\.rawValue) == [1, 2, 3])
    for (index, chain) in chains.enumerated() {
      #expect(try member.decrypt(chain.message) == Array("\(index + 1)".utf8))
    }
  }

  @Test("the five newest chains are kept, and one that was given up never comes back")
  func retired() throws {
    let chains = try Self.chains(7)
    var member = try ReceivingSenderKey(chains[0].shared, from: Fixture.sender)
    #expect(try member.decrypt(chains[0].message) == [UInt8(ascii: "1")])
    for chain in chains[1...] { #expect(try member.process(chain.shared) == .added) }
    #expect(member.chainIDs.map(\.rawValue) == [3, 4, 5, 6, 7])
    member = try ReceivingSenderKey(restoring: member.state())
    let before = try member.state()
    for chain in chains[..<2] {
      #expect(try member.process(chain.shared) == .retired)
      #expect(try member.state() == before)
      #expect(failureCode { try member.decrypt(chain.message) } == .notFound)
    }
  }

  @Test("a chain older than five that are held is given up at once")
  func lateAndOld() throws {
    let chains = try Self.chains(7)
    var member = try ReceivingSenderKey(chains[2].shared, from: Fixture.sender)
    for chain in chains[3...] { #expect(try member.process(chain.shared) == .added) }
    #expect(try member.process(chains[1].shared) == .retired)
    #expect(member.chainIDs.map(\.rawValue) == [3, 4, 5, 6, 7])
    // It was never held, but is behind what is kept now.
    #expect(try member.process(chains[0].shared) == .retired)
    #expect(failureCode { try member.decrypt(chains[1].message) } == .notFound)
  }

  @Test("a member's name of the sender has 1 to 1024 bytes")
  func senderBound() throws {
    let shared = try Fixture().alice.distributionMessage()
    for count in [0, 1025] {
      let sender = [UInt8](repeating: 1, count: count)
      #expect(failureCode { try ReceivingSenderKey(shared, from: sender) } == .malformed)
      #expect(
        failureCode {
          try SendingSenderKey.generate(for: .generate(), sender: sender, now: Fixture.now)
        } == .malformed)
    }
  }
}
