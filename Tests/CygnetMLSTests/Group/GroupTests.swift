import CygnetMLS
import CygnetPrimitives
import Testing

@Suite("Groups")
struct GroupTests {
  @Test(
    "a group of one grows, talks, heals and shrinks", arguments: [false, true],
    MLS.CipherSuite.all)
  func life(inTheClear: Bool, suite: MLS.CipherSuite) throws {
    var configuration = try MLS.Configuration.testing(suite)
    configuration.handshakeFormat = inTheClear ? .publicMessage : .privateMessage
    var scene = try Scene(["alice", "bob", "carol", "dave", "eve"], configuration: configuration)
    #expect(scene.agree)
    for index in scene.groups.indices {
      try scene.commit(index)
      #expect(scene.agree)
    }
    try talk(&scene)
    try scene.commit(2, [.remove(scene.groups[4].ownIndex)], except: 4)
    #expect(scene.agree)
    try talk(&scene)
    #expect(scene.groups[0].members.count == 4)
    #expect(scene.groups[0].cipherSuite == suite)
  }

  @Test(
    "an external commit joins, and comes back with another one", arguments: MLS.CipherSuite.all)
  func external(suite: MLS.CipherSuite) throws {
    let configuration = try MLS.Configuration.testing(suite)
    var scene = try Scene(["alice", "bob", "carol"], configuration: configuration)
    for resync in [false, true] {
      let dave = try Party("dave", configuration: configuration)
      let info = try scene.groups[1].groupInfo(allowsExternalJoin: true)
      let old = resync ? scene.groups.removeLast().ownIndex : nil
      let join = try MLS.Group.joinExternally(
        info, as: dave.credential, signingWith: dave.signer, replacing: old,
        configuration: dave.configuration, now: now)
      try scene.deliver(join.commit, from: nil)
      scene.groups.append(join.merge())
      #expect(scene.agree)
      try talk(&scene)
    }
    #expect(scene.groups[0].members.count == 4)
  }

  @Test("proposals of all kinds, by reference", arguments: MLS.CipherSuite.all)
  func proposals(suite: MLS.CipherSuite) throws {
    let configuration = try MLS.Configuration.testing(suite)
    var scene = try Scene(["alice", "bob", "carol", "dave"], configuration: configuration)
    let update = try scene.groups[1].proposeUpdate(now: now)
    try scene.deliver(update, from: 1)
    let leave = try scene.groups[3].proposeLeaving(now: now)
    try scene.deliver(leave, from: 3)
    let eve = try Party("eve", configuration: configuration).keyPackage().keyPackage
      .verified(at: now, configuration: configuration)
    let add = try scene.groups[2].propose(.add(eve), now: now)
    try scene.deliver(add, from: 2)
    #expect(throws: CygnetError(.wrongState, "")) { try scene.groups[0].encrypt([1]) }
    try scene.commit(0, except: 3)
    #expect(scene.agree)
    #expect(scene.groups[0].members.count == 4)
    try talk(&scene)
  }

  @Test("a stored group goes on as if nothing had happened", arguments: MLS.CipherSuite.all)
  func restore(suite: MLS.CipherSuite) throws {
    let configuration = try MLS.Configuration.testing(suite)
    var scene = try Scene(["alice", "bob", "carol"], configuration: configuration)
    let late = try scene.groups[0].encrypt([7])
    try scene.commit(1)
    let waiting = try scene.groups[2].commit(now: now)
    for index in scene.groups.indices {
      scene.groups[index] = try MLS.Group(
        restoring: scene.groups[index].state(), configuration: configuration)
    }
    guard case .application(let message) = try scene.groups[1].receive(late, now: now) else {
      Issue.record("not an application message")
      return
    }
    #expect(message.data == [7])
    #expect(throws: CygnetError(.duplicate, "")) { try scene.groups[1].receive(late, now: now) }
    try scene.deliver(waiting.commit, from: 2)
    #expect(scene.agree)
    try talk(&scene)
  }

  private func talk(_ scene: inout Scene) throws {
    for sender in scene.groups.indices {
      let message = try scene.groups[sender].encrypt([UInt8(sender), 42], authenticating: [9])
      for receiver in scene.groups.indices where receiver != sender {
        guard
          case .application(let received) = try scene.groups[receiver].receive(message, now: now)
        else {
          Issue.record("not an application message")
          return
        }
        #expect(received.data == [UInt8(sender), 42])
        #expect(received.authenticatedData == [9])
        #expect(received.sender == scene.groups[sender].ownIndex)
        #expect(throws: CygnetError(.duplicate, "")) {
          try scene.groups[receiver].receive(message, now: now)
        }
      }
    }
  }
}

extension Scene {
  /// Member `index` commits; the one at `leaver` sees its own removal and is gone.
  mutating func commit(_ index: Int, _ changes: [MLS.Change] = [], except leaver: Int) throws {
    let bundle = try groups[index].commit(changes, now: now)
    guard case .commit(let staged) = try groups[leaver].receive(bundle.commit, now: now) else {
      Issue.record("not a commit")
      return
    }
    #expect(staged.removesSelf)
    let sender = index > leaver ? index - 1 : index
    groups.remove(at: leaver)
    try deliver(bundle.commit, from: sender)
  }
}
