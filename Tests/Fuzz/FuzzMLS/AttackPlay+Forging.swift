import CygnetHPKE
import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport

/// What somebody with keys makes up.
extension AttackPlay {
  // MARK: - Members

  /// The content of a genuine message, changed and signed again.
  mutating func forgeContent() throws {
    let who = script.draw(groups.count)
    var sender = groups[who]
    var forger = try GroupForger(sender)
    if script.draw(4) == 0 {
      let type = script.pick([MLS.ContentType.application, .proposal, .commit])
      return try give(
        forger.sealed(script.take(script.draw(80)), as: type, using: &random))
    }
    sender.configuration.handshakeFormat = .publicMessage
    let message =
      script.draw(3) == 0
      ? try sender.proposeUpdate(now: now, using: &random)
      : try sender.commit(now: now, using: &random).commit
    guard case .publicMessage(let genuine) = message.body else { return }
    switch genuine.content.content {
    case .application: break
    case .proposal(let proposal):
      let bytes = script.mutate(try proposal.wireEncoded())
      guard let changed = try? MLS.Proposal(wire: bytes) else { return }
      try send(.proposal(signedAgain(changed, forger)), &forger)
    case .commit(let commit):
      guard let changed = try changed(commit, forger) else { return }
      try send(.commit(changed), &forger)
    }
  }

  mutating func send(
    _ content: FramedContent.Content, _ forger: inout GroupForger
  ) throws {
    var tag: [UInt8]?
    if case .commit = content { tag = script.take(32) }
    let bytes =
      scene.server != nil
      ? try forger.tagged(content, confirmationTag: tag)
      : try forger.encrypted(content, confirmationTag: tag, using: &random)
    try give(bytes)
  }

  /// Changed in its structure or in its bytes, its leaf signed again.
  private mutating func changed(
    _ commit: MLS.Commit, _ forger: GroupForger
  ) throws -> MLS.Commit? {
    guard let path = commit.path, script.draw(4) != 0 else {
      return try? MLS.Commit(wire: script.mutate(commit.wireEncoded()))
    }
    var nodes = path.nodes
    var leaf = path.leafNode
    switch script.draw(7) {
    case 0: nodes.removeLast(min(nodes.count, 1 + script.draw(3)))
    case 1: nodes += nodes.prefix(1 + script.draw(20))
    case 2 where !nodes.isEmpty:
      let place = script.draw(nodes.count)
      var sealed = nodes[place].encryptedPathSecret
      if script.draw(2) == 0 { sealed = Array(sealed.dropFirst()) } else { sealed += sealed }
      nodes[place] = MLS.UpdatePathNode(
        encryptionKey: nodes[place].encryptionKey, encryptedPathSecret: sealed)
    case 3 where !nodes.isEmpty:
      let place = script.draw(nodes.count)
      let key = script.draw(2) == 0 ? leaf.encryptionKey : drawKey()
      nodes[place] = MLS.UpdatePathNode(
        encryptionKey: key, encryptedPathSecret: nodes[place].encryptedPathSecret)
    case 4:
      guard let changed = try? MLS.LeafNode(wire: script.mutate(leaf.wireEncoded())) else {
        return nil
      }
      leaf = changed
    case 5: nodes.reverse()
    default: break
    }
    var proposals = commit.proposals
    for _ in 0..<script.draw(4) { proposals.append(.proposal(try drawProposal())) }
    return MLS.Commit(
      proposals: proposals,
      path: MLS.UpdatePath(leafNode: try signedAgain(leaf, forger), nodes: nodes))
  }

  private func signedAgain(_ leaf: MLS.LeafNode, _ forger: GroupForger) throws -> MLS.LeafNode {
    leaf.signed(
      try forger.suite.signature(
        of: LeafNodeTBS(leaf, groupID: forger.view.context.groupID, index: forger.ownIndex)
          .wireEncoded(), label: LeafNodeTBS.label, by: forger.view.signer))
  }

  private func signedAgain(
    _ proposal: MLS.Proposal, _ forger: GroupForger
  ) throws -> MLS.Proposal {
    if case .update(let leaf) = proposal {
      .update(try signedAgain(leaf, forger))
    } else {
      proposal
    }
  }

  /// Any list of proposals, in a commit with another one's path or none.
  mutating func forgeProposals() throws {
    let who = script.draw(groups.count)
    var forger = try GroupForger(groups[who])
    var proposals: [MLS.ProposalOrRef] = []
    for _ in 0..<script.draw(6) {
      proposals.append(
        script.draw(6) == 0
          ? .reference(MLS.ProposalRef(script.take(32))) : .proposal(try drawProposal()))
    }
    if script.draw(3) == 0, case .proposal(let single)? = proposals.first {
      return try send(.proposal(single), &forger)
    }
    var path: MLS.UpdatePath?
    if script.draw(2) == 0 {
      var sender = groups[who]
      sender.configuration.handshakeFormat = .publicMessage
      if case .publicMessage(let message) =
        try sender.commit(now: now, using: &random).commit.body,
        case .commit(let commit) = message.content.content
      {
        path = commit.path
      }
    }
    try send(.commit(MLS.Commit(proposals: proposals, path: path)), &forger)
  }

  /// A proposal of any kind, sound or not.
  mutating func drawProposal(isHonest: Bool = false) throws -> MLS.Proposal {
    switch script.draw(9) {
    case 0, 1: return .add(script.pick(scene.newcomers).keyPackage)
    case 2: return .remove(LeafIndex(UInt32(script.draw(10))))
    case 3:
      let kind: MLS.PreSharedKeyID.Kind
      switch script.draw(4) {
      case 0: kind = .external(id: [9])
      case 1:
        kind = .resumption(
          script.pick([.application, .reInit, .branch]), group: groups[0].id,
          // Who has just joined knows no other epoch.
          epoch: isHonest ? groups[0].epoch : MLS.Epoch(UInt64(script.draw(12))))
      default: kind = .external(id: [7])
      }
      let nonce = [UInt8](repeating: UInt8(script.draw(3)), count: script.draw(8) == 0 ? 31 : 32)
      return .preSharedKey(MLS.PreSharedKeyID(kind: kind, nonce: nonce))
    case 4:
      return .groupContextExtensions(try drawExtensions())
    case 5:
      return .reInit(
        MLS.ReInit(
          groupID: MLS.GroupID(script.take(2)),
          version: MLS.ProtocolVersion(UInt16(script.draw(3))),
          cipherSuite: MLS.CipherSuite(3), extensions: try drawExtensions()))
    case 6:
      let suite = try Algorithms(groups[0].cipherSuite)
      let missing = suite.hpke.kem.encapsulatedKeyByteCount - 32
      let part = script.take(script.draw(2) * 32)
      return .externalInit(kemOutput: [UInt8](repeating: 1, count: missing) + part)
    case 7: return .update(groups[script.draw(groups.count)].ownMember.leaf)
    default:
      return .custom(script.pick([.playNote, .playRule, MLS.ProposalType(0xf123)]), data: [])
    }
  }

  private mutating func drawExtensions() throws -> MLS.Extensions {
    var list: [MLS.Extension] = []
    for _ in 0..<script.draw(3) {
      let type = script.pick([
        MLS.ExtensionType.playGroup, .requiredCapabilities, .externalSenders, .applicationID,
        MLS.ExtensionType(0x0a0a), MLS.ExtensionType(0xf444),
      ])
      if list.contains(where: { $0.type == type }) { continue }
      var data = script.take(script.draw(6))
      if type == .requiredCapabilities, script.draw(2) == 0 {
        let required = MLS.RequiredCapabilities(extensions: [script.pick([.playGroup, .playNew])])
        data = try required.wireEncoded()
      }
      list.append(MLS.Extension(type: type, data: data))
    }
    return try MLS.Extensions(list)
  }

  // MARK: - Others

  /// External senders, newcomers who ask, and clients that join by a commit.
  mutating func forgeFromOutside() throws {
    let forger = try GroupForger(groups[0])
    let context = groups[0].context
    let joiner = script.pick(scene.newcomers)
    switch script.draw(4) {
    case 0:
      let message = try MLS.ExternalProposal.make(
        drawProposal(), from: .external(UInt32(script.draw(3))), group: context.groupID,
        epoch: context.epoch, authenticatedData: [], signer: scene.outsider, suite: forger.suite)
      try give(message.encoded())
    case 1:
      let message = try MLS.ExternalProposal.make(
        drawProposal(), from: .newMemberProposal, group: context.groupID, epoch: context.epoch,
        authenticatedData: [], signer: joiner.signatureKeyPair, suite: forger.suite)
      try give(message.encoded())
    default: try forgeJoin(joiner, forger)
    }
  }

  private mutating func forgeJoin(_ joiner: MLS.OwnKeyPackage, _ forger: GroupForger) throws {
    let info = try groups[0].groupInfo(allowsExternalJoin: true, using: &random)
    let signer = try MLS.SignatureKeyPair.generate(using: &random)
    let replacing = script.draw(3) == 0 ? LeafIndex(UInt32(script.draw(4))) : nil
    let join: MLS.ExternalJoin
    do throws(CygnetError) {
      join = try MLS.Group.joinExternally(
        info, as: joiner.keyPackage.leafNode.credential, signingWith: signer,
        replacing: replacing, configuration: scene.configuration, now: now, using: &random)
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "joining: \(error)") }
      return
    }
    guard case .publicMessage(let genuine) = join.commit.body,
      case .commit(let commit) = genuine.content.content
    else { return }
    var proposals = commit.proposals
    switch script.draw(4) {
    case 0: proposals.append(.proposal(try drawProposal()))
    case 1: proposals.removeFirst()
    case 2: proposals.append(.reference(MLS.ProposalRef(script.take(32))))
    default: break
    }
    let bytes = script.mutate(
      try MLS.Commit(proposals: proposals, path: commit.path).wireEncoded())
    guard
      let changed = script.draw(2) == 0
        ? MLS.Commit(proposals: proposals, path: commit.path) : try? MLS.Commit(wire: bytes)
    else { return }
    let content = FramedContent(
      groupID: genuine.content.groupID, epoch: genuine.content.epoch, sender: .newMemberCommit,
      authenticatedData: [], content: .commit(changed))
    let signed = try AuthenticatedContent.sign(
      content, as: .publicMessage, context: groups[0].context.wireEncoded(), by: signer,
      suite: forger.suite
    ).confirmed(by: script.take(32))
    try give(
      MLS.Message(
        .publicMessage(
          .protect(signed, membershipKey: nil, context: nil, suite: forger.suite))
      ).encoded())
  }

  /// A GroupInfo and a Welcome into a group that somebody made up, with keys that fit.
  mutating func forgeInvitation() throws {
    let forger = try GroupForger(groups[script.draw(groups.count)])
    var tree = try forger.view.tree.wireEncoded()
    let newcomer = script.pick(scene.newcomers)
    if script.draw(2) == 0 {
      var grown = forger.view.tree
      _ = try grown.add(newcomer.keyPackage.leafNode)
      tree = try grown.wireEncoded()
    }
    if script.draw(2) == 0 { tree = script.mutate(tree) }
    guard var decoded = try? RatchetTree(wire: tree) else { return }
    let context = MLS.GroupContext(
      cipherSuite: MLS.CipherSuite(3), groupID: forger.view.context.groupID,
      epoch: forger.view.context.epoch, treeHash: try decoded.treeHash(forger.suite),
      confirmedTranscriptHash: script.draw(4) == 0
        ? script.take(3) : forger.view.context.confirmedTranscriptHash,
      extensions: script.draw(2) == 0 ? forger.view.context.extensions : try drawExtensions())
    let secret = script.draw(2) == 0 ? nil : random.secret(script.draw(8) == 0 ? 5 : 32)
    let welcome = try forger.welcome(
      into: context, tree: tree, for: newcomer.keyPackage, pathSecret: secret, using: &random)
    let info = try forger.groupInfo(
      context: context,
      extensions: MLS.Extensions([
        MLS.Extension(type: .ratchetTree, data: tree),
        MLS.Extension(
          type: .externalPub,
          script.draw(2) == 0 ? drawKey() : MLS.HPKEPublicKey(script.take(5))),
      ]))
    try open(welcome, newcomer)
    try look(at: info)
  }

  /// A public key as long as it should be, of which the script says the end.
  private mutating func drawKey() -> MLS.HPKEPublicKey {
    let sound = groups[0].ownMember.leaf.encryptionKey.bytes
    return MLS.HPKEPublicKey(sound.dropLast(32) + script.take(32))
  }

  func open(_ welcome: MLS.Welcome, _ newcomer: MLS.OwnKeyPackage) throws {
    do throws(CygnetError) {
      var group = try MLS.Invitation.open(
        welcome, using: newcomer, configuration: scene.configuration, now: now
      ).accept()
      var random = random
      _ = try group.commit(now: now, using: &random)
      try group.mergePendingCommit(now: now)
      _ = try group.encrypt([1], using: &random)
      _ = try MLS.Group(restoring: group.state(), configuration: scene.configuration)
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "Welcome: \(error)") }
    }
  }

  func look(at info: MLS.GroupInfo) throws {
    do throws(CygnetError) {
      let server = try MLS.ExternalGroup(info, configuration: scene.configuration, now: now)
      _ = try MLS.ExternalGroup(restoring: server.state(), configuration: scene.configuration)
      var random = random
      _ = try MLS.Group.joinExternally(
        info, as: GroupScene.name(99), signingWith: .generate(using: &random),
        configuration: scene.configuration, now: now, using: &random)
    } catch {
      guard error.code != .internalFault else { throw Defect(what: "GroupInfo: \(error)") }
    }
  }
}
