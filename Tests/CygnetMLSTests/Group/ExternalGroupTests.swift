import CygnetMLS
import CygnetPrimitives
import Testing

@Suite("Servers and strangers")
struct ExternalGroupTests {
  private static var inTheClear: MLS.Configuration {
    var configuration = MLS.Configuration.testing
    configuration.handshakeFormat = .publicMessage
    return configuration
  }

  private func server(_ scene: Scene) throws -> MLS.ExternalGroup {
    try MLS.ExternalGroup(
      scene.groups[0].groupInfo(allowsExternalJoin: false),
      configuration: scene.parties[0].configuration, now: now)
  }

  private func follow(_ message: MLS.Message, _ server: inout MLS.ExternalGroup) throws {
    if case .commit(let staged) = try server.receive(message, now: now) {
      try server.merge(staged)
    }
  }

  @Test(
    "a server follows proposals and commits and agrees with the members",
    arguments: MLS.CipherSuite.all)
  func follow(suite: MLS.CipherSuite) throws {
    var configuration = Self.inTheClear
    try configuration.offer([suite])
    var scene = try Scene(["alice", "bob", "carol"], configuration: configuration)
    var server = try server(scene)
    let update = try scene.groups[1].proposeUpdate(now: now)
    try follow(update, &server)
    try scene.deliver(update, from: 1)
    #expect(server.pendingProposals.count == 1)
    server = try MLS.ExternalGroup(restoring: server.state(), configuration: configuration)
    for index in [0, 1, 2] {
      let bundle = try scene.groups[index].commit(now: now)
      try follow(bundle.commit, &server)
      try scene.deliver(bundle.commit, from: index)
      #expect(server.context == scene.groups[0].context)
    }
    #expect(try server.ratchetTree() == scene.groups[0].ratchetTree())
    let message = try scene.groups[0].encrypt([1])
    guard case .encrypted(.application) = try server.receive(message, now: now) else {
      Issue.record("not encrypted")
      return
    }
  }

  @Test("the first of two commits wins")
  func first() throws {
    var scene = try Scene(["alice", "bob"], configuration: Self.inTheClear)
    var server = try server(scene)
    let one = try scene.groups[0].commit(now: now).commit
    let two = try scene.groups[1].commit(now: now).commit
    guard case .commit(let first) = try server.receive(one, now: now),
      case .commit(let second) = try server.receive(two, now: now)
    else {
      Issue.record("not commits")
      return
    }
    try server.merge(first)
    #expect(throws: CygnetError(.wrongEpoch, "")) { try server.merge(second) }
    #expect(throws: CygnetError(.wrongEpoch, "")) { try server.receive(two, now: now) }
  }

  @Test("P8: an external sender on the group's list adds and removes")
  func externalSender() throws {
    let key = try MLS.SignatureKeyPair.generate()
    let bot = MLS.ExternalSender(
      signatureKey: key.publicKey, credential: .basic(identity: Array("bot".utf8)))
    var scene = try Scene(["alice", "bob", "carol"], configuration: Self.inTheClear)
    try scene.commit(0, [.extensions(try MLS.Extensions(externalSenders: [bot]))])
    #expect(scene.agree)
    var server = try server(scene)
    let remove = try server.propose(
      .remove(scene.groups[2].ownIndex), as: 0, signingWith: key, now: now)
    try follow(remove, &server)
    for index in scene.groups.indices {
      guard
        case .proposal(let proposal, _) = try scene.groups[index].receive(remove, now: now)
      else {
        Issue.record("not a proposal")
        return
      }
      #expect(proposal.sender == .external(0))
    }
    let stranger = try MLS.SignatureKeyPair.generate()
    #expect(throws: CygnetError(.wrongState, "")) {
      try server.propose(.remove(LeafIndex(1)), as: 0, signingWith: stranger, now: now)
    }
    #expect(throws: CygnetError(.wrongState, "")) {
      try server.propose(.remove(LeafIndex(1)), as: 1, signingWith: key, now: now)
    }
    // P3: what the members would refuse is not proposed.
    #expect(throws: CygnetError(.ruleViolation, "")) {
      try server.propose(.remove(LeafIndex(7)), as: 0, signingWith: key, now: now)
    }
    let bundle = try scene.groups[0].commit(now: now)
    try follow(bundle.commit, &server)
    #expect(bundle.summary.removed.count == 1)
    #expect(server.members.count == 2)
  }

  @Test("a client asks to be added; the default policy lets nobody ask")
  func newMemberProposal() throws {
    var scene = try Scene(["alice", "bob"], configuration: Self.inTheClear)
    let dave = try Party("dave")
    let own = try dave.keyPackage()
    let request = try MLS.ExternalProposal.requestToJoin(
      own, group: scene.groups[0].id, epoch: scene.groups[0].epoch,
      configuration: dave.configuration)
    var strict = scene.groups[1]
    strict.configuration.policy = MLS.MemberPolicy()
    #expect(throws: CygnetError(.ruleViolation, "")) { try strict.receive(request, now: now) }
    try scene.deliver(request, from: nil)
    let bundle = try scene.groups[0].commit(now: now)
    try scene.deliver(bundle.commit, from: 0)
    let invitation = try MLS.Invitation.open(
      try #require(bundle.welcome?.welcome), using: own, configuration: dave.configuration,
      now: now)
    #expect(invitation.inviter.credential == scene.parties[0].credential)
    scene.groups.append(invitation.accept())
    #expect(scene.agree)
  }

  @Test("X8: the default policy lets a member come back, and nobody else in")
  func externalJoin() throws {
    var scene = try Scene(["alice", "bob"], configuration: Self.inTheClear)
    for index in scene.groups.indices {
      scene.groups[index].configuration.policy = MLS.MemberPolicy()
    }
    let info = try scene.groups[0].groupInfo(allowsExternalJoin: true)
    let dave = try Party("dave")
    let join = try MLS.Group.joinExternally(
      info, as: dave.credential, signingWith: dave.signer, configuration: dave.configuration,
      now: now)
    #expect(throws: CygnetError(.ruleViolation, "")) {
      try scene.groups[0].receive(join.commit, now: now)
    }
    let bob = scene.parties[1]
    let back = try MLS.Group.joinExternally(
      info, as: bob.credential, signingWith: bob.signer, replacing: scene.groups[1].ownIndex,
      configuration: bob.configuration, now: now)
    scene.groups.removeLast()
    try scene.deliver(back.commit, from: nil)
    scene.groups.append(back.merge())
    #expect(scene.agree)
  }

  @Test("X8: who is in the group already cannot join it anew, which shows before anything is sent")
  func joinTwice() throws {
    let scene = try Scene(["alice", "bob"], configuration: Self.inTheClear)
    let info = try scene.groups[0].groupInfo(allowsExternalJoin: true)
    let bob = try Party("bob")
    do {
      _ = try MLS.Group.joinExternally(
        info, as: bob.credential, signingWith: bob.signer, configuration: bob.configuration,
        now: now)
      Issue.record("joined")
    } catch {
      #expect(error.code == .ruleViolation && error.rule == "X8")
    }
    _ = try MLS.Group.joinExternally(
      info, as: bob.credential, signingWith: bob.signer, replacing: scene.groups[1].ownIndex,
      configuration: bob.configuration, now: now)
  }

  @Test("P8: an external sender proposes a custom type only where the type says so")
  func customByExternalSender() throws {
    let type = MLS.ProposalType(0xf0d1)
    var configuration = Self.inTheClear
    configuration.proposalTypes[type] = .optional
    let key = try MLS.SignatureKeyPair.generate()
    let bot = MLS.ExternalSender(
      signatureKey: key.publicKey, credential: .basic(identity: Array("bot".utf8)))
    var scene = try Scene(["alice", "bob"], configuration: configuration)
    try scene.commit(0, [.extensions(try MLS.Extensions(externalSenders: [bot]))])
    var server = try MLS.ExternalGroup(
      scene.groups[0].groupInfo(allowsExternalJoin: false), configuration: configuration, now: now)
    do {
      _ = try server.propose(.custom(type, data: [7]), as: 0, signingWith: key, now: now)
      Issue.record("proposed")
    } catch {
      #expect(error.rule == "P8")
    }
    server.configuration.externalProposalTypes = [type]
    let message = try server.propose(.custom(type, data: [7]), as: 0, signingWith: key, now: now)
    #expect(throws: CygnetError(.malformed, "")) { try scene.groups[1].receive(message, now: now) }
    for index in scene.groups.indices {
      scene.groups[index].configuration.externalProposalTypes = [type]
    }
    try scene.deliver(message, from: nil)
    let bundle = try scene.groups[0].commit(now: now)
    #expect(bundle.summary.custom.count == 1)
    try scene.deliver(bundle.commit, from: 0)
    #expect(scene.agree)
  }

  @Test("P9: strangers who ask to be added leave room for the members' proposals")
  func newcomersFlood() throws {
    let scene = try Scene(["alice", "bob"], configuration: Self.inTheClear)
    var cache = ProposalCache()
    let own = try Party("dave").keyPackage().keyPackage
    func add(_ number: Int, from sender: MLS.Sender) throws {
      let reference = MLS.ProposalRef([UInt8(number & 0xff), UInt8(number >> 8)])
      try cache.add(
        ListedProposal(.add(own), from: sender, reference: reference, isVerified: true),
        reference: reference)
    }
    for number in 0..<MLS.Limits.newcomerProposalCount {
      try add(number, from: .newMemberProposal)
    }
    #expect(throws: CygnetError(.limitExceeded, "")) { try add(9_000, from: .newMemberProposal) }
    try add(9_001, from: .member(scene.groups[1].ownIndex))
    #expect(cache.list.count == MLS.Limits.newcomerProposalCount + 1)
  }

  @Test("a server need not know what the group's extensions mean; who joins has to")
  func unknownExtension() throws {
    let type = MLS.ExtensionType(0xf0d2)
    var knowing = Self.inTheClear
    knowing.extensionTypes = [type]
    var scene = try Scene(["alice", "bob"], configuration: knowing)
    let extensions = try MLS.Extensions([MLS.Extension(type: type, data: [1])])
    try scene.commit(0, [.extensions(extensions)])
    let info = try scene.groups[0].groupInfo(allowsExternalJoin: true)
    var server = try MLS.ExternalGroup(info, configuration: Self.inTheClear, now: now)
    let bundle = try scene.groups[1].commit(now: now)
    try follow(bundle.commit, &server)
    try scene.deliver(bundle.commit, from: 1)
    #expect(server.context == scene.groups[0].context)
    let dave = try Party("dave", configuration: Self.inTheClear)
    #expect(throws: CygnetError(.unsupported, "")) {
      try MLS.Group.joinExternally(
        info, as: dave.credential, signingWith: dave.signer, configuration: dave.configuration,
        now: now)
    }
  }
}
