import CygnetMLS
import CygnetPrimitives
import Testing

/// Rules about what a client does, which no object that it is sent can break.
@Suite("Rules of one's own conduct")
struct RuleTests {
  @Test("K5: every key package has an init key of its own")
  func initKeys() throws {
    let alice = try Party("alice")
    var keys: Set<MLS.HPKEPublicKey> = []
    for number in 1...20 {
      let own = try alice.keyPackage(isLastResort: number % 2 == 0)
      #expect(keys.insert(own.keyPackage.initKey).inserted)
      #expect(keys.insert(own.keyPackage.leafNode.encryptionKey).inserted)
    }
  }

  @Test("V1: what the application's policy forbids is refused as a proposal and in a commit")
  func policy() throws {
    var configuration = MLS.Configuration.testing
    configuration.handshakeFormat = .publicMessage
    var scene = try Scene(["alice", "bob", "carol"], configuration: configuration)
    scene.groups[1].configuration.policy = NoRemoves()
    let before = try scene.groups[1].state().current
    let proposal = try scene.groups[0].propose(.remove(scene.groups[2].ownIndex), now: now)
    #expect(rule { try scene.groups[1].receive(proposal, now: now) } == "V1")
    let commit = try scene.groups[2].commit([.remove(scene.groups[0].ownIndex)], now: now).commit
    #expect(rule { try scene.groups[1].receive(commit, now: now) } == "V1")
    #expect(try scene.groups[1].state().current == before)
  }

  @Test("V14: of what waits, a committer leaves out what is unsound by now")
  func unsoundProposals() throws {
    var scene = try Scene(["alice", "bob", "carol", "dave"])
    // Both sound by themselves, and not together.
    let dave = scene.groups[3].ownIndex
    try scene.deliver(scene.groups[1].propose(.remove(dave), now: now), from: 1)
    try scene.deliver(scene.groups[2].propose(.remove(dave), now: now), from: 2)
    try scene.deliver(
      scene.groups[1].propose(.remove(scene.groups[0].ownIndex), now: now), from: 1)
    let bundle = try scene.groups[0].commit(now: now)
    var bob = scene.groups[1]
    guard case .commit(let staged) = try bob.receive(bundle.commit, now: now) else {
      Issue.record("not a commit")
      return
    }
    #expect(staged.summary.removed.map(\.index) == [dave])
    scene.groups.removeLast()
    try scene.deliver(bundle.commit, from: 0)
    #expect(scene.agree)
    #expect(scene.groups[0].members.count == 3)
  }

  @Test("M9: while proposals wait for a commit, nothing else is sent")
  func commitFirst() throws {
    var scene = try Scene(["alice", "bob"])
    let proposal = try scene.groups[0].propose(.extensions(.none), now: now)
    try scene.deliver(proposal, from: 0)
    for index in 0...1 {
      #expect(scene.groups[index].isCommitRequired)
      #expect(rule { try scene.groups[index].encrypt([1]) } == "M9")
    }
    try scene.commit(1)
    for index in 0...1 {
      #expect(!scene.groups[index].isCommitRequired)
      _ = try scene.groups[index].encrypt([1])
    }
  }

  @Test("A9: an own message that comes back is known as such", arguments: [false, true])
  func ownMessages(isRestored: Bool) throws {
    var scene = try Scene(["alice", "bob"])
    let message = try scene.groups[0].encrypt([1, 2, 3])
    if isRestored {
      scene.groups[0] = try MLS.Group(
        restoring: scene.groups[0].state(), configuration: .testing)
    }
    let before = try scene.groups[0].state()
    for _ in 1...2 {
      guard case .ownMessage = try scene.groups[0].receive(message, now: now) else {
        Issue.record("not an own message")
        return
      }
    }
    #expect(try scene.groups[0].state().current == before.current)
    try scene.commit(1)
    guard case .ownMessage = try scene.groups[0].receive(message, now: now) else {
      Issue.record("not an own message once it comes late")
      return
    }
  }

  @Test("I1: nobody is believed whom the application does not vouch for")
  func validators() throws {
    let (mallory, alice) = (try Party("mallory"), try Party("alice"))
    #expect(rule { try mallory.create() } == "L1")
    let keyPackage = try mallory.keyPackage().keyPackage
    #expect(rule { try keyPackage.verified(at: now, configuration: .testing) } == "L1")
    var group = try alice.create()
    let sender = MLS.ExternalSender(
      signatureKey: mallory.signer.publicKey, credential: mallory.credential)
    let extensions = try MLS.Extensions(externalSenders: [sender])
    #expect(rule { try group.commit([.extensions(extensions)], now: now) } == "L1")
    var options = MLS.CommitOptions()
    options.leaf.credential = mallory.credential
    #expect(rule { try group.commit(options: options, now: now) } == "L1")
    #expect(!group.hasPendingCommit)
  }

  @Test("I2: a last resort is marked, and lets its client into one group after another")
  func lastResort() throws {
    let bob = try Party("bob")
    let (once, always) = (try bob.keyPackage(), try bob.keyPackage(isLastResort: true))
    #expect(!once.isLastResort && always.isLastResort)
    let verified = try always.keyPackage.verified(at: now, configuration: .testing)
    #expect(verified.isLastResort)
    #expect(try !once.keyPackage.verified(at: now, configuration: .testing).isLastResort)
    for _ in 1...2 {
      var group = try Party("alice").create()
      let bundle = try group.commit([.add(verified)], now: now)
      let welcome = try #require(bundle.welcome?.welcome)
      let joined = try MLS.Invitation.open(
        welcome, using: always, ratchetTree: bundle.ratchetTree, configuration: .testing, now: now
      ).accept()
      try group.mergePendingCommit(now: now)
      #expect(joined.epochAuthenticator == group.epochAuthenticator)
    }
  }

  @Test("I4: two members may claim one application_id")
  func applicationIDs() throws {
    var scene = try Scene(["alice", "bob"])
    let claim = try MLS.Extensions([MLS.Extension(type: .applicationID, data: [7])])
    for index in 0...1 {
      var options = MLS.CommitOptions()
      options.leaf.extensions = claim
      try scene.commit(index, options: options)
    }
    #expect(scene.agree)
    #expect(scene.groups[0].members.all.allSatisfy { $0.leaf.extensions[.applicationID] == [7] })
  }

  /// The rule by which something is refused.
  private func rule<Value>(_ body: () throws -> Value) -> String? {
    do {
      _ = try body()
      return nil
    } catch let error as CygnetError {
      return error.rule
    } catch { return "\(error)" }
  }
}

/// Lets nobody remove anybody.
private struct NoRemoves: MLS.GroupPolicy {
  func allows(
    _ proposal: MLS.Proposal, from sender: MLS.Sender, members: MLS.Roster,
    extensions: MLS.Extensions
  ) -> Bool {
    if case .remove = proposal { return false }
    return true
  }

  func allowsExternalJoin(
    _ leaf: MLS.LeafNode, replacing: MLS.Member?, members: MLS.Roster, extensions: MLS.Extensions
  ) -> Bool { true }
}
