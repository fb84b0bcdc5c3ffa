import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetWire
import Testing

@Suite("What members and strangers cannot do")
struct AdversaryTests {
  private static let suite = MLS.CipherSuite.x25519ChaCha20SHA256Ed25519

  private static var inTheClear: MLS.Configuration {
    var configuration = MLS.Configuration.testing
    configuration.handshakeFormat = .publicMessage
    return configuration
  }

  /// Whether `body` throws an error of this rule.
  private func refuses(_ rule: String, _ body: () throws -> Void) {
    do {
      try body()
      Issue.record("nothing is thrown where \(rule) is broken")
    } catch let error as CygnetError {
      #expect(error.rule == rule, "\(error)")
    } catch {
      Issue.record("\(error)")
    }
  }

  // MARK: - Keys nobody can seal to

  /// Eve's key package with another init key, correctly signed.
  private func keyPackage(
    initKey: [UInt8], _ suite: MLS.CipherSuite
  ) throws -> (MLS.KeyPackage, MLS.SignatureKeyPair) {
    let eve = try Party("eve", configuration: .testing(suite))
    let good = try eve.keyPackage().keyPackage
    let unsigned = MLS.KeyPackage(
      cipherSuite: suite, initKey: MLS.HPKEPublicKey(initKey), leafNode: good.leafNode,
      extensions: good.extensions, signature: [])
    let signature = try Algorithms(suite).signature(
      of: KeyPackageTBS(unsigned).wireEncoded(), label: KeyPackageTBS.label, by: eve.signer)
    return (unsigned.signed(signature), eve.signer)
  }

  /// Keys of which an agreement is zero, of X-Wing one that is not reduced and others' lengths.
  private func uselessKeys(_ suite: MLS.CipherSuite) throws -> [[UInt8]] {
    let zeros = [UInt8](repeating: 0, count: 32)
    guard suite == .xWingChaCha20SHA256Ed25519 else { return [zeros, zeros.dropLast()] }
    let good = try Algorithms(suite).deriveKeyPair(SecretBytes(copying: zeros)).publicKey.bytes
    return [
      zeros, good[..<1184] + zeros, [0xff, 0xff] + good.dropFirst(2), good.dropLast(), good + [0],
    ]
  }

  @Test(
    "C3, V14: an Add of a key nobody can seal to is not held, and blocks no commit",
    arguments: MLS.CipherSuite.all)
  func uselessInitKey(suite: MLS.CipherSuite) throws {
    var scene = try Scene(["alice", "bob"], configuration: .testing(suite))
    for key in try uselessKeys(suite) {
      let (bad, signer) = try keyPackage(initKey: key, suite)
      let message = try MLS.ExternalProposal.make(
        .add(bad), from: .newMemberProposal, group: scene.groups[0].id,
        epoch: scene.groups[0].epoch, authenticatedData: [], signer: signer,
        suite: Algorithms(suite))
      refuses("C3") { _ = try scene.groups[0].receive(message, now: now) }
      #expect(!scene.groups[0].isCommitRequired)
      try scene.commit(0)
      #expect(scene.agree)
    }
  }

  // MARK: - The last member

  @Test("T13: the last member, at the right of its tree, comes back by an external commit")
  func lastMemberComesBack() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    try scene.commit(2)
    let bundle = try scene.groups[2].commit(
      [.remove(scene.groups[0].ownIndex), .remove(scene.groups[1].ownIndex)], now: now)
    try scene.groups[2].mergePendingCommit(now: now)
    #expect(bundle.summary.removed.count == 2)
    #expect(scene.groups[2].ownIndex == LeafIndex(2))
    let info = try scene.groups[2].groupInfo(allowsExternalJoin: true)
    let carol = scene.parties[2]
    let join = try MLS.Group.joinExternally(
      info, as: carol.credential, signingWith: carol.signer, replacing: LeafIndex(2),
      configuration: carol.configuration, now: now)
    let group = join.merge()
    #expect(group.ownIndex == LeafIndex(0) && group.members.count == 1)
  }

  // MARK: - After a removal

  @Test("M8: who was removed shares no secret with anybody, and comes back by no other commit")
  func removed() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    let late = try scene.groups[0].encrypt([5])
    let other = try scene.groups[1].commit(now: now)
    let removal = try scene.groups[0].commit([.remove(scene.groups[2].ownIndex)], now: now)
    var carol = scene.groups[2]
    guard case .commit(let harmless) = try carol.receive(other.commit, now: now),
      case .commit(let staged) = try carol.receive(removal.commit, now: now)
    else {
      Issue.record("not commits")
      return
    }
    try carol.merge(staged, now: now)
    refuses("M8") { try carol.merge(harmless, now: now) }
    refuses("M8") { _ = try carol.export(label: "x", context: [], count: 32) }
    refuses("M8") { _ = try carol.groupInfo(allowsExternalJoin: true) }
    var twin = scene.groups[2]
    guard case .commit(let again) = try twin.receive(removal.commit, now: now) else {
      Issue.record("not a commit")
      return
    }
    try twin.merge(again, now: now)
    #expect(carol.resumptionKey != twin.resumptionKey)
    carol = try MLS.Group(restoring: carol.state(), configuration: .testing)
    #expect(carol.isRemoved)
    let end = now.adding(carol.configuration.pastEpochSeconds)
    #expect(throws: CygnetError(.wrongEpoch, "")) {
      try carol.receive(late, now: end.adding(1))
    }
    guard case .application = try carol.receive(late, now: end) else {
      Issue.record("not an application message")
      return
    }
    #expect(throws: CygnetError(.duplicate, "")) { try carol.receive(late, now: end) }
    carol.dropPastEpochs(now: end.adding(1))
    #expect(try carol.state().past.isEmpty)
  }

  @Test("M6: a commit that another member received is not merged")
  func foreignStaging() throws {
    var scene = try Scene(["alice", "bob", "carol"])
    let bundle = try scene.groups[0].commit(now: now)
    guard case .commit(let staged) = try scene.groups[1].receive(bundle.commit, now: now) else {
      Issue.record("not a commit")
      return
    }
    #expect(throws: CygnetError(.wrongEpoch, "")) { try scene.groups[2].merge(staged, now: now) }
  }

  // MARK: - Successors

  @Test("M10: a group that is to go on in another version gets no successor of this one")
  func otherVersion() throws {
    var scene = try Scene(["alice"])
    var random = SystemRandomSource()
    let reInit = MLS.ReInit(
      groupID: MLS.GroupID([1]), version: MLS.ProtocolVersion(2), cipherSuite: Self.suite,
      extensions: .none)
    _ = try scene.groups[0].commit(
      proposals: [.reInit(reInit)], options: MLS.CommitOptions(), occasion: .ordinary,
      parent: nil, now: now, using: &random)
    try scene.groups[0].mergePendingCommit(now: now)
    refuses("M10") {
      _ = try scene.groups[0].reInitialize(
        with: [], signingWith: scene.parties[0].signer, now: now)
    }
  }

  @Test("M10: a server takes no handshake of a closed group, stored or not")
  func closed() throws {
    var scene = try Scene(["alice", "bob"], configuration: Self.inTheClear)
    var server = try MLS.ExternalGroup(
      scene.groups[0].groupInfo(allowsExternalJoin: true), configuration: Self.inTheClear,
      now: now)
    let closing = try scene.groups[0].commit(
      [.reInit(group: nil, suite: Self.suite, extensions: .none)], now: now)
    guard case .commit(let staged) = try server.receive(closing.commit, now: now) else {
      Issue.record("not a commit")
      return
    }
    try scene.groups[0].mergePendingCommit(now: now)
    try server.merge(staged)
    server = try MLS.ExternalGroup(restoring: server.state(), configuration: Self.inTheClear)
    #expect(server.reInit == scene.groups[0].reInit && server.reInit != nil)
    let join = try MLS.Group.joinExternally(
      scene.groups[0].groupInfo(allowsExternalJoin: true),
      as: Party("dave").credential, signingWith: MLS.SignatureKeyPair.generate(),
      configuration: Self.inTheClear, now: now)
    refuses("M10") { _ = try server.receive(join.commit, now: now) }
    refuses("M10") { _ = try scene.groups[0].receive(join.commit, now: now) }
  }

  // MARK: - External commits

  /// An external commit by Dave with other proposals than he would make.
  private func forged(
    _ scene: Scene, _ change: ([MLS.ProposalOrRef]) -> [MLS.ProposalOrRef]
  ) throws -> MLS.Message {
    let dave = try Party("dave", configuration: scene.parties[0].configuration)
    let join = try MLS.Group.joinExternally(
      scene.groups[0].groupInfo(allowsExternalJoin: true), as: dave.credential,
      signingWith: dave.signer, configuration: dave.configuration, now: now)
    guard case .publicMessage(let message) = join.commit.body,
      case .commit(let commit) = message.content.content,
      let tag = message.auth.confirmationTag
    else { throw CygnetError(.internalFault, "not an external commit") }
    let content = FramedContent(
      groupID: message.content.groupID, epoch: message.content.epoch, sender: .newMemberCommit,
      authenticatedData: [],
      content: .commit(MLS.Commit(proposals: change(commit.proposals), path: commit.path)))
    let suite = try Algorithms(scene.groups[0].cipherSuite)
    let signed = try AuthenticatedContent.sign(
      content, as: .publicMessage, context: scene.groups[0].context.wireEncoded(),
      by: dave.signer, suite: suite)
    return MLS.Message(
      .publicMessage(
        try PublicMessage.protect(
          signed.confirmed(by: tag), membershipKey: nil, context: nil, suite: suite)))
  }

  @Test(
    "P6: members and servers alike refuse a KEM output of another length, such as a public key's",
    arguments: [3, 33, 1216], MLS.CipherSuite.all)
  func kemOutput(count: Int, suite: MLS.CipherSuite) throws {
    var configuration = Self.inTheClear
    try configuration.offer([suite])
    var scene = try Scene(["alice", "bob"], configuration: configuration)
    var server = try MLS.ExternalGroup(
      scene.groups[0].groupInfo(allowsExternalJoin: true), configuration: configuration, now: now)
    let output = [UInt8](repeating: 9, count: count)
    let message = try forged(scene) { _ in [.proposal(.externalInit(kemOutput: output))] }
    refuses("P6") { _ = try scene.groups[0].receive(message, now: now) }
    refuses("P6") { _ = try server.receive(message, now: now) }
  }

  @Test("X2: a reference in an external commit is refused, held or not")
  func references() throws {
    var scene = try Scene(["alice", "bob"])
    let message = try forged(scene) { $0 + [.reference(MLS.ProposalRef([1]))] }
    refuses("X2") { _ = try scene.groups[0].receive(message, now: now) }
  }

  // MARK: - Servers

  @Test("S7: application data in the clear does not pass a server as encrypted")
  func clearApplicationData() throws {
    let scene = try Scene(["alice", "bob"], configuration: Self.inTheClear)
    var server = try MLS.ExternalGroup(
      scene.groups[0].groupInfo(allowsExternalJoin: false), configuration: Self.inTheClear,
      now: now)
    let content = FramedContent(
      groupID: server.id, epoch: server.epoch, sender: .member(LeafIndex(0)),
      authenticatedData: [], content: .application([1]))
    let signed = try AuthenticatedContent.sign(
      content, as: .publicMessage, context: server.context.wireEncoded(),
      by: scene.parties[0].signer, suite: Algorithms(Self.suite))
    let message = MLS.Message(
      .publicMessage(PublicMessage(content: content, auth: signed.auth, membershipTag: [])))
    refuses("S7") { _ = try server.receive(message, now: now) }
  }

  // MARK: - Work that others can force

  /// Counts how often somebody is asked who is who.
  private struct CountingValidator: MLS.CredentialValidator {
    let count = Monitor(0)
    let names = NameValidator()

    func isValid(
      _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
    ) -> Bool { true }

    func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool { true }

    func clientID(
      of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
    ) -> [UInt8] {
      count.withLock { $0 += 1 }
      return names.clientID(of: credential, signatureKey: signatureKey)
    }

    func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { true }
  }

  @Test("V6: a newcomer's Add costs no walk over the members before it is committed")
  func cheapRequests() throws {
    var scene = try Scene(["alice", "bob", "carol", "dave", "eve", "frank"])
    let validator = CountingValidator()
    scene.groups[0].configuration.credentialValidator = validator
    let request = try MLS.ExternalProposal.requestToJoin(
      Party("gina").keyPackage(), group: scene.groups[0].id, epoch: scene.groups[0].epoch,
      configuration: .testing)
    _ = try scene.groups[0].receive(request, now: now)
    #expect(validator.count.withLock { $0 } <= 1)
    let again = try MLS.ExternalProposal.requestToJoin(
      Party("bob").keyPackage(), group: scene.groups[0].id, epoch: scene.groups[0].epoch,
      configuration: .testing)
    _ = try scene.groups[0].receive(again, now: now)
    let bundle = try scene.groups[0].commit(now: now)
    #expect(bundle.summary.added.count == 1, "bob is in the group already")
  }

  @Test("P9: what waits has a bound in bytes")
  func heavyProposals() throws {
    let type = MLS.ProposalType(0xf001)
    var configuration = Self.inTheClear
    configuration.proposalTypes[type] = .optional
    let alice = try Party("alice", configuration: configuration)
    var group = try alice.create()
    let data = [UInt8](repeating: 7, count: MLS.Limits.pendingProposalByteCount / 3)
    _ = try group.propose(.custom(type, data: data), authenticating: [1], now: now)
    _ = try group.propose(.custom(type, data: data), authenticating: [2], now: now)
    refuses("P9") {
      _ = try group.propose(.custom(type, data: data), authenticating: [3], now: now)
    }
    #expect(group.pendingProposals.count == 2)
  }

  // MARK: - Joining

  @Test("L5: a tree with a leaf that lives too long is not joined")
  func longLives() throws {
    let scene = try Scene(["alice", "bob"])
    var strict = MLS.Configuration.testing
    strict.maxLifetimeSeconds = 3_600
    let dave = try Party("dave", configuration: strict)
    let info = try scene.groups[0].groupInfo(allowsExternalJoin: true)
    refuses("L5") {
      _ = try MLS.Group.joinExternally(
        info, as: dave.credential, signingWith: dave.signer, configuration: strict, now: now)
    }
    strict.maxLifetimeSeconds = 86_460
    _ = try MLS.Group.joinExternally(
      info, as: dave.credential, signingWith: dave.signer, configuration: strict,
      now: now.adding(1_000_000))
  }

  // MARK: - Stored forms

  @Test("a stored group with keys of another member is refused, and not used")
  func foreignKeys() throws {
    let scene = try Scene(["alice", "bob"])
    var stored = try scene.groups[1].state()
    // The KEM's number, the own leaf, the length of its key.
    let place: [UInt8] = [0x00, 0x20, 0, 0, 0, 1, 32]
    var bytes = stored.current.withExposedCopy { $0 }
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: place) })
    for leaf in [0, 7] as [UInt8] {
      bytes[start + 5] = leaf
      stored.current = SecretBytes(copying: bytes)
      #expect(throws: CygnetError(.malformed, "")) {
        try MLS.Group(restoring: stored, configuration: .testing)
      }
    }
    bytes[start + 5] = 1
    stored.current = SecretBytes(copying: bytes)
    _ = try MLS.Group(restoring: stored, configuration: .testing)
  }

  @Test("a stored key package with another client's signing key is refused")
  func foreignSigner() throws {
    let own = try Party("alice").keyPackage()
    var bytes = try own.state().withExposedCopy { $0 }
    _ = try MLS.OwnKeyPackage(restoring: SecretBytes(copying: bytes))
    bytes[bytes.count - 1] ^= 1
    #expect(throws: CygnetError(.malformed, "")) {
      try MLS.OwnKeyPackage(restoring: SecretBytes(copying: bytes))
    }
  }
}
