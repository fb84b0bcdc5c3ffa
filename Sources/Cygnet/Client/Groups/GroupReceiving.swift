internal import CygnetMLS
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// Receiving: the group moves on, and what came in goes to the events, in one transaction.
extension RecordTransaction {
  /// - Returns: A failure where a message was decrypted and is refused nevertheless: its key is used
  ///   up, which has to be stored (rule A5).
  /// - Throws: Whatever else is wrong; nothing is stored then.
  func receive(
    group bytes: [UInt8], acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> Result<Received, CygnetError> {
    let message = try MLS.Message(decoding: bytes)
    if let keyPackage = message.keyPackage {
      return .success(.keyPackage(of: try hold(keyPackage, acceptingChange: number, now: now)))
    }
    if let welcome = message.welcome {
      return .success(.invitation(try hold(welcome, bytes, acceptingChange: number, now: now)))
    }
    guard message.groupInfo == nil else {
      throw CygnetError(
        .wrongState, "this is the state of a group, for a member who comes back into it")
    }
    return try receive(message, id: MessageID(of: bytes), acceptingChange: number, now: now)
  }

  // MARK: Key packages

  private func hold(
    _ keyPackage: MLS.KeyPackage, acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> Contact {
    let profile = try profile()
    let witness = MemberWitness()
    _ = try keyPackage.verified(at: now, configuration: .client(witness))
    let owner = try MemberIdentity(keyPackage.leafNode)
    guard owner.address != profile.address else {
      throw CygnetError(.wrongState, "this key package is one's own")
    }
    guard try contact(at: owner.address)?.isBlocked != true else {
      throw CygnetError(.wrongState, "the owner of the key package is blocked")
    }
    try admit(witness.takeClaims(), profile, Admission(acceptedNumber: number), now: now)
    var held = try keyPackages(of: owner.address)
    held.add(keyPackage)
    try put(held)
    guard let contact = try contact(at: owner.address) else {
      throw CygnetError(.internalFault, "a key package of nobody")
    }
    return try contact.contact
  }

  // MARK: Messages of a group

  private func receive(
    _ message: MLS.Message, id: MessageID, acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> Result<Received, CygnetError> {
    let profile = try profile()
    if let event = try groupEvent(id) { return .success(.group(try shown(event, profile))) }
    guard let groupID = message.unverifiedGroupID, var held = try heldGroup(groupID) else {
      try explainUnknown(message.unverifiedGroupID)
      throw CygnetError(.notFound, "the message is of a group that is not joined here")
    }
    // Not of the commit that waits: that is how one learns that it was accepted.
    if held.record.hasHandled(id), held.record.pending?.commit != id.bytes {
      throw CygnetError(.duplicate, "this change of the group was taken in before")
    }
    let members = held.group.members
    let received: MLS.Received
    do throws(CygnetError) { received = try held.group.receive(message, now: now) } catch {
      try putUsedKeys(&held)
      return .failure(error)
    }
    try admit(
      held.witness.takeClaims(), profile,
      Admission(members: members, acceptedNumber: number), now: now)
    let content: GroupEventRecord.Content
    var epoch = held.record.epoch
    switch received {
    case .ownMessage:
      return .success(.own(groupName: held.record.name))
    case .application(let application):
      epoch = application.epoch
      let sender = try sender(of: application)
      do throws(CygnetError) {
        content = .message(from: sender, try MessageContent(decoding: application.data))
      } catch {
        try putUsedKeys(&held)
        return .failure(error)
      }
    case .proposal(let proposal, _):
      held.record.note(handled: id)
      content = .proposal(try GroupProposalRecord(proposal, members: members))
    case .ownCommit:
      let change = try mergePending(&held, now: now)
      epoch = change.epoch
      content = .change(change)
    case .commit(let staged):
      let change = try GroupChangeRecord(
        staged.summary, members: members, title: held.record.title, own: profile.memberIdentity())
      epoch = change.epoch
      content = .change(change)
      try enter(staged, &held, id, now: now)
    }
    let event = GroupEventRecord(content, id: id, in: held.record, epoch: epoch, now: now)
    try put(event)
    if case .change(let change) = content, change.removesSelf {
      try deleteOutgoing(of: held.record.id) { _ in true }
      try deleteGroup(held.record)
    } else {
      try put(&held)
    }
    return .success(.group(try shown(event, profile)))
  }

  /// - Throws: `wrongState` where an invitation into the group waits.
  private func explainUnknown(_ group: MLS.GroupID?) throws(CygnetError) {
    for invitation in try invitations() where invitation.groupID == group {
      throw CygnetError(.wrongState, "the invitation into this group was not accepted yet")
    }
  }

  private func sender(of message: MLS.ApplicationMessage) throws(CygnetError) -> MemberIdentity {
    let sender = try MemberIdentity(message.credential, message.signatureKey)
    guard try contact(at: sender.address)?.isBlocked != true else {
      throw CygnetError(.wrongState, "the sender is blocked")
    }
    return sender
  }

  /// Somebody else's commit takes effect. An own one that waited is void with it.
  private func enter(
    _ staged: MLS.StagedCommit, _ held: inout HeldGroup, _ id: MessageID, now: Timestamp
  ) throws(CygnetError) {
    guard !staged.removesSelf else { return }
    if held.record.pending != nil {
      held.record.pending = nil
      try deleteOutgoing(of: held.record.id) { $0.kind == .commit || $0.kind == .welcome }
    }
    try held.group.merge(staged, now: now)
    held.record.isLeaving = false
    held.record.note(handled: id)
  }

  // MARK: Coming back

  /// Comes back into a group by a commit of one's own, from the state that a member exported.
  func rejoin(
    _ bytes: [UInt8], as name: String?, acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> (held: HeldGroup, step: GroupStep) {
    let profile = try profile()
    guard let info = try MLS.Message(decoding: bytes).groupInfo else {
      throw CygnetError(.malformed, "not the state of a group")
    }
    let known = try heldGroup(info.groupContext.groupID)
    if let known, info.groupContext.epoch < known.group.epoch {
      throw CygnetError(.wrongEpoch, "this state of the group is older than the one held here")
    }
    let witness = MemberWitness()
    let before = try MemberIdentity.tree(of: info)
    guard let own = before.first(where: { $0.identity.address == profile.address }) else {
      throw CygnetError(.wrongState, "one is not in the group: ask to be invited")
    }
    let join = try MLS.Group.joinExternally(
      info, as: MemberIdentity.credential(profile.address), signingWith: profile.groupSigner(),
      replacing: own.index, configuration: .client(witness), now: now)
    try admit(
      witness.takeClaims(), profile,
      Admission(acceptedNumber: number, allowsOwnOldKey: true), now: now)
    let commit = join.commit
    let group = join.merge()
    var held: HeldGroup
    if let known {
      held = known
      held.replace(with: group)
      try deleteOutgoing(of: held.record.id) { _ in true }
    } else {
      held = try HeldGroup(
        group, witness: witness,
        name: groupName(name, GroupTitle(group.context.extensions)), now: now)
    }
    let base = held.record
    held.record.note(handled: MessageID(of: try commit.encoded()))
    try put(&held)
    for invitation in try invitations() where invitation.groupID == group.id {
      try delete(.invitation, invitation.id)
    }
    let outgoing = try put(GroupOutgoingRecord(.commit, commit, of: base, now: now))
    let change = GroupChange(
      committer: try member(profile.memberIdentity(), profile), epoch: group.epoch.rawValue,
      added: [], removed: [], updated: [], isReturn: true, title: nil, removesSelf: false)
    return (held, GroupStep(change: change, commit: outgoing, welcome: nil))
  }
}

extension MemberIdentity {
  /// Who is where in a tree that was not verified yet.
  fileprivate static func tree(
    of info: MLS.GroupInfo
  ) throws(CygnetError) -> [(index: LeafIndex, identity: MemberIdentity)] {
    guard let encoded = info.extensions[.ratchetTree] else {
      throw CygnetError(.notFound, "the state of the group lacks its members")
    }
    var places: [(index: LeafIndex, identity: MemberIdentity)] = []
    for (index, leaf) in try RatchetTree(wire: encoded).members {
      places.append((index, try MemberIdentity(leaf)))
    }
    return places
  }
}
