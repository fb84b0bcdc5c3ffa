import CygnetMLS
import CygnetPrimitives
import Testing

@Suite("What groups do")
struct GroupFlowTests {
  @Test("M6: a commit that waits changes nothing, and a competitor clears it")
  func competition() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    let before = scene.groups[1].epochAuthenticator
    _ = try scene.groups[1].commit(now: now)
    #expect(scene.groups[1].hasPendingCommit)
    #expect(scene.groups[1].epochAuthenticator == before)
    #expect(throws: CygnetError(.wrongState, "")) { try scene.groups[1].commit(now: now) }
    let winner = try scene.groups[0].commit(now: now)
    guard case .commit(let staged) = try scene.groups[1].receive(winner.commit, now: now) else {
      Issue.record("not a commit")
      return
    }
    #expect(scene.groups[1].hasPendingCommit)
    try scene.groups[1].merge(staged, now: now)
    #expect(!scene.groups[1].hasPendingCommit)
  }

  @Test("M7: a commit that was given up has used up its key all the same")
  func usedGeneration() throws {
    var scene = try Scene(["alice", "bob"])
    let first = try scene.groups[0].commit(now: now).commit
    scene.groups[0].clearPendingCommit()
    scene.groups[0] = try MLS.Group(
      restoring: scene.groups[0].state(), configuration: .testing)
    let second = try scene.groups[0].commit(now: now).commit
    for message in [first, second] {
      guard case .commit = try scene.groups[1].receive(message, now: now) else {
        Issue.record("not a commit")
        return
      }
    }
    #expect(throws: CygnetError(.duplicate, "")) { try scene.groups[1].receive(first, now: now) }
  }

  @Test("M6: the own commit that comes back is known as such", arguments: [false, true])
  func echo(inTheClear: Bool) throws {
    var configuration = MLS.Configuration.testing
    configuration.handshakeFormat = inTheClear ? .publicMessage : .privateMessage
    var scene = try Scene(["alice", "bob"], configuration: configuration)
    let bundle = try scene.groups[0].commit(now: now)
    guard case .ownCommit = try scene.groups[0].receive(bundle.commit, now: now) else {
      Issue.record("not the own commit")
      return
    }
    try scene.deliver(bundle.commit, from: 0)
    #expect(scene.agree)
  }

  @Test("a staged commit says what it does")
  func summary() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    let dave = try Party("dave").keyPackage().keyPackage.verified(at: now, configuration: .testing)
    var options = MLS.CommitOptions()
    options.leaf.credential = .basic(identity: Array("alice2".utf8))
    options.authenticatedData = [1, 2]
    let bundle = try scene.groups[0].commit(
      [.add(dave), .remove(scene.groups[2].ownIndex)], options: options, now: now)
    guard case .commit(let staged) = try scene.groups[1].receive(bundle.commit, now: now) else {
      Issue.record("not a commit")
      return
    }
    let summary = staged.summary
    #expect(summary.committer == .member(scene.groups[0].ownIndex))
    #expect(summary.added.map(\.credential) == [.basic(identity: Array("dave".utf8))])
    #expect(summary.removed.map(\.credential) == [.basic(identity: Array("carol".utf8))])
    #expect(summary.updated.count == 1 && summary.updated[0].changesCredential)
    #expect(summary.authenticatedData == [1, 2])
    #expect(summary.hasPath && !staged.removesSelf)
  }

  @Test("M8: who was removed can read what comes late and send nothing")
  func removed() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    let late = try scene.groups[0].encrypt([5])
    let bundle = try scene.groups[0].commit([.remove(scene.groups[2].ownIndex)], now: now)
    guard case .commit(let staged) = try scene.groups[2].receive(bundle.commit, now: now) else {
      Issue.record("not a commit")
      return
    }
    let before = scene.groups[2].epochAuthenticator
    try scene.groups[2].merge(staged, now: now)
    var carol = try MLS.Group(restoring: scene.groups[2].state(), configuration: .testing)
    #expect(carol.isRemoved)
    #expect(carol.epochAuthenticator != before)
    #expect(throws: CygnetError(.wrongState, "")) { try carol.encrypt([1]) }
    #expect(throws: CygnetError(.wrongState, "")) { try carol.commit(now: now) }
    guard case .application(let message) = try carol.receive(late, now: now) else {
      Issue.record("not an application message")
      return
    }
    #expect(message.data == [5])
    try scene.groups[0].mergePendingCommit(now: now)
    let later = try scene.groups[0].encrypt([6])
    #expect(throws: CygnetError(.wrongEpoch, "")) { try carol.receive(later, now: now) }
  }

  @Test("a commit ahead of the proposal it needs can be received again", arguments: [false, true])
  func early(inTheClear: Bool) throws {
    var configuration = MLS.Configuration.testing
    configuration.handshakeFormat = inTheClear ? .publicMessage : .privateMessage
    var scene = try Scene(["alice", "bob", "carol"], configuration: configuration)
    let proposal = try scene.groups[1].proposeUpdate(now: now)
    _ = try scene.groups[0].receive(proposal, now: now)
    let bundle = try scene.groups[0].commit(now: now)
    #expect(throws: CygnetError(.notFound, "")) {
      try scene.groups[2].receive(bundle.commit, now: now)
    }
    _ = try scene.groups[2].receive(proposal, now: now)
    try scene.deliver(bundle.commit, from: 0)
    #expect(scene.agree)
  }

  @Test("M12: a new signing key, by a path and by an Update, signs from the next epoch on")
  func rotation() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    for index in [0, 1] {
      let fresh = try MLS.SignatureKeyPair.generate()
      var options = MLS.CommitOptions()
      if index == 0 {
        options.leaf.signatureKeyPair = fresh
        try scene.commit(0, options: options)
      } else {
        let update = try scene.groups[1].proposeUpdate(
          MLS.LeafChange(signatureKeyPair: fresh), now: now)
        try scene.deliver(update, from: 1)
        try scene.commit(2)
      }
      #expect(scene.agree)
      #expect(scene.groups[index].ownMember.signatureKey == fresh.publicKey)
      let message = try scene.groups[index].encrypt([1])
      for other in scene.groups.indices where other != index {
        guard case .application = try scene.groups[other].receive(message, now: now) else {
          Issue.record("not an application message")
          return
        }
      }
      try scene.add([Party("dave\(index == 0 ? "" : "x")")])
      #expect(scene.agree)
    }
  }

  @Test(
    "pre-shared keys, external and of past epochs, enter the epoch's secrets",
    arguments: MLS.CipherSuite.all)
  func preSharedKeys(suite: MLS.CipherSuite) throws {
    var keys = MLS.PreSharedKeys()
    keys.set(SecretBytes(copying: [1, 2, 3]), externalID: [9])
    var configuration = try MLS.Configuration.testing(suite)
    configuration.preSharedKeys = keys
    var scene = try Scene(["alice", "bob"], configuration: configuration)
    let old = scene.groups[0].epoch
    try scene.commit(1)
    try scene.commit(
      0, [.externalKey(id: [9]), .resumptionKey(group: scene.groups[0].id, epoch: old)])
    #expect(scene.agree)
    #expect(throws: CygnetError(.notFound, "")) {
      try scene.groups[0].commit([.externalKey(id: [8])], now: now)
    }
    keys.set(SecretBytes(copying: [4]), externalID: [7])
    scene.groups[0].configuration.preSharedKeys = keys
    let bundle = try scene.groups[0].commit([.externalKey(id: [7])], now: now)
    #expect(throws: CygnetError(.notFound, "")) {
      try scene.groups[1].receive(bundle.commit, now: now)
    }
  }

  @Test(
    "M10: a group is closed and opened anew with all its members, in this suite or in the other",
    arguments: MLS.CipherSuite.all, MLS.CipherSuite.all)
  func reInit(old: MLS.CipherSuite, new: MLS.CipherSuite) throws {
    var configuration = MLS.Configuration.testing
    try configuration.offer(MLS.CipherSuite.all)
    var scene = try Scene(
      ["alice", "bob", "carol"], suite: old, configuration: configuration)
    let newID = MLS.GroupID([1, 2, 3])
    try scene.commit(0, [.reInit(group: newID, suite: new, extensions: .none)])
    #expect(scene.agree)
    #expect(throws: CygnetError(.wrongState, "")) { try scene.groups[1].encrypt([1]) }
    #expect(throws: CygnetError(.wrongState, "")) { try scene.groups[1].commit(now: now) }
    let packages = try [0, 2].map { try scene.parties[$0].keyPackage(suite: new) }
    let verified = try packages.map {
      try $0.keyPackage.verified(at: now, configuration: configuration)
    }
    #expect(throws: CygnetError(.ruleViolation, "")) {
      try scene.groups[1].reInitialize(
        with: [verified[0]], signingWith: scene.parties[1].signer, now: now)
    }
    let founding = try scene.groups[1].reInitialize(
      with: verified, signingWith: scene.parties[1].signer, now: now)
    var groups = [founding.group]
    for (index, package) in zip([0, 2], packages) {
      let welcome = try #require(founding.welcome?.welcome)
      #expect(throws: CygnetError(.notFound, "")) {
        try MLS.Invitation.open(welcome, using: package, configuration: configuration, now: now)
      }
      let invitation = try MLS.Invitation.open(
        welcome, using: package, origin: scene.groups[index], configuration: configuration,
        now: now)
      #expect(invitation.origin == .reInit(of: scene.groups[index].id))
      groups.append(invitation.accept())
    }
    #expect(groups.allSatisfy { $0.id == newID && $0.epoch == MLS.Epoch(1) })
    #expect(groups.allSatisfy { $0.cipherSuite == new })
    #expect(groups.allSatisfy { $0.epochAuthenticator == groups[0].epochAuthenticator })
  }

  @Test(
    "J6: members branch off a group of their own, and nobody else comes along",
    arguments: MLS.CipherSuite.all)
  func branch(suite: MLS.CipherSuite) throws {
    let configuration = try MLS.Configuration.testing(suite)
    let scene = try Scene(["alice", "bob", "carol"], configuration: configuration)
    let bob = try scene.parties[1].keyPackage()
    let eve = try Party("eve", configuration: configuration).keyPackage().keyPackage
      .verified(at: now, configuration: configuration)
    let verified = try bob.keyPackage.verified(at: now, configuration: configuration)
    #expect(throws: CygnetError(.ruleViolation, "")) {
      try scene.groups[0].branch(
        with: [verified, eve], signingWith: scene.parties[0].signer, now: now)
    }
    let founding = try scene.groups[0].branch(
      with: [verified], signingWith: scene.parties[0].signer, now: now)
    let welcome = try #require(founding.welcome?.welcome)
    let another = try Scene(["bob", "dave"], configuration: configuration).groups[0]
    for origin in [nil, another] {
      #expect(throws: CygnetError(.notFound, "")) {
        try MLS.Invitation.open(
          welcome, using: bob, origin: origin, configuration: configuration, now: now)
      }
    }
    let invitation = try MLS.Invitation.open(
      welcome, using: bob, origin: scene.groups[1], configuration: configuration, now: now)
    #expect(invitation.origin == .branch(of: scene.groups[0].id))
    #expect(invitation.members.count == 2)
    #expect(invitation.accept().epochAuthenticator == founding.group.epochAuthenticator)
  }
}
