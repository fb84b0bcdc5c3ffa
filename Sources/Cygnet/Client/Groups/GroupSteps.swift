internal import CygnetMLS
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// Changing groups: what is made goes to the outgoing messages, and the group moves on, in one
/// transaction.
extension RecordTransaction {
  func createGroup(_ name: String, now: Timestamp) throws(CygnetError) -> HeldGroup {
    try ContactName.check(name)
    try demandFreeName(name)
    let profile = try profile()
    let witness = MemberWitness()
    let group = try MLS.Group.create(
      as: MemberIdentity.credential(profile.address), signingWith: profile.groupSigner(),
      extensions: GroupTitle(name).replacing(in: .none), configuration: .client(witness), now: now)
    try admit(witness.takeClaims(), profile, Admission(), now: now)
    var held = try HeldGroup(group, witness: witness, name: name, now: now)
    try put(&held)
    return held
  }

  // MARK: Commits

  func commit(
    _ edits: [GroupEdit], to name: String, mode: CommitMode, now: Timestamp
  ) throws(CygnetError) -> GroupStep {
    let profile = try profile()
    var held = try heldGroup(named: name)
    let changes = try changes(edits, in: held.group, profile, now: now)
    var options = MLS.CommitOptions()
    options.leaf = try leafChange(held.group, profile)
    let (before, base) = (held.group.members, held.record)
    let bundle = try held.group.commit(changes, options: options, now: now)
    try admit(held.witness.takeClaims(), profile, Admission(members: before), now: now)
    let change = try GroupChangeRecord(
      bundle.summary, members: before, title: base.title, own: profile.memberIdentity())
    // With nobody else in it, nobody can be of another mind.
    if mode == .immediate || before.count == 1 {
      try held.group.mergePendingCommit(now: now)
      held.record.isLeaving = false
    } else {
      held.record.pending = GroupRecord.PendingChange(
        commit: MessageID(of: try bundle.commit.encoded()).bytes, change: change)
    }
    for package in changes {
      if case .add(let verified) = package { try consume(verified.keyPackage) }
    }
    let commit: OutgoingGroupMessage? =
      before.count > 1
      ? try put(GroupOutgoingRecord(.commit, bundle.commit, of: base, now: now)) : nil
    let welcome = try bundle.welcome.map { (welcome) throws(CygnetError) in
      try put(
        GroupOutgoingRecord(
          .welcome, welcome, of: base, invited: change.added.map(\.address), now: now))
    }
    held.record.note(handled: MessageID(of: try bundle.commit.encoded()))
    try put(&held)
    return GroupStep(change: try shown(change, profile), commit: commit, welcome: welcome)
  }

  /// Under a former identity key until the first commit after it was replaced.
  private func leafChange(
    _ group: MLS.Group, _ profile: ProfileRecord
  ) throws(CygnetError) -> MLS.LeafChange {
    let signer = try profile.groupSigner()
    return MLS.LeafChange(
      signatureKeyPair: group.ownMember.signatureKey == signer.publicKey ? nil : signer)
  }

  /// The own commit that waits takes effect.
  func mergePending(
    _ held: inout HeldGroup, now: Timestamp
  ) throws(CygnetError) -> GroupChangeRecord {
    guard let pending = held.record.pending else {
      throw CygnetError(.wrongState, "no change of one's own waits in this group")
    }
    try held.group.mergePendingCommit(now: now)
    held.record.pending = nil
    held.record.isLeaving = false
    try put(&held)
    return pending.change
  }

  func withdrawPending(_ held: inout HeldGroup) throws(CygnetError) {
    guard held.record.pending != nil else {
      throw CygnetError(.wrongState, "no change of one's own waits in this group")
    }
    held.group.clearPendingCommit()
    held.record.pending = nil
    try deleteOutgoing(of: held.record.id) { $0.kind == .commit || $0.kind == .welcome }
    try put(&held)
  }

  // MARK: Proposals

  func propose(
    _ edit: GroupEdit, to name: String, now: Timestamp
  ) throws(CygnetError) -> OutgoingGroupMessage {
    let profile = try profile()
    var held = try heldGroup(named: name)
    let changes = try changes([edit], in: held.group, profile, now: now)
    let members = held.group.members
    let message = try held.group.propose(changes[0], now: now)
    try admit(held.witness.takeClaims(), profile, Admission(members: members), now: now)
    if case .add(let verified) = changes[0] { try consume(verified.keyPackage) }
    let outgoing = try put(GroupOutgoingRecord(.proposal, message, of: held.record, now: now))
    try put(&held)
    return outgoing
  }

  /// - Returns: nil when nobody else is in the group, which is forgotten at once.
  func leave(_ name: String, now: Timestamp) throws(CygnetError) -> OutgoingGroupMessage? {
    var held = try heldGroup(named: name)
    guard held.group.members.count > 1 else {
      try deleteGroup(held.record)
      return nil
    }
    guard !held.record.isLeaving else {
      throw CygnetError(.wrongState, "a request to leave this group waits already")
    }
    let message = try held.group.proposeLeaving(now: now)
    let outgoing = try put(GroupOutgoingRecord(.proposal, message, of: held.record, now: now))
    held.record.isLeaving = true
    try put(&held)
    return outgoing
  }

  // MARK: What edits mean

  private func changes(
    _ edits: [GroupEdit], in group: MLS.Group, _ own: ProfileRecord, now: Timestamp
  ) throws(CygnetError) -> [MLS.Change] {
    var changes: [MLS.Change] = []
    for edit in edits {
      switch edit {
      case .add(let bytes):
        guard let package = try MLS.Message(decoding: bytes).keyPackage else {
          throw CygnetError(.malformed, "not a key package")
        }
        changes.append(
          .add(try package.verified(at: now, configuration: group.configuration)))
      case .addContact(let name):
        changes.append(.add(try keyPackage(of: contact(named: name), group.configuration, now)))
      case .remove(let name):
        changes.append(.remove(try leaf(named: name, in: group, own)))
      case .rename(let title):
        changes.append(
          .extensions(try GroupTitle(title).replacing(in: group.context.extensions)))
      }
    }
    for change in changes {
      guard case .add(let verified) = change else { continue }
      try demandAddable(MemberIdentity(verified.keyPackage.leafNode), own)
    }
    return changes
  }

  private func keyPackage(
    of contact: ContactRecord, _ configuration: MLS.Configuration, _ now: Timestamp
  ) throws(CygnetError) -> MLS.VerifiedKeyPackage {
    guard
      let package = try keyPackages(of: contact.address).first(at: now, configuration)
    else {
      throw CygnetError(
        .notFound, "there is no key package of this contact that can be used: ask for one")
    }
    return package
  }

  private func demandAddable(
    _ identity: MemberIdentity, _ own: ProfileRecord
  ) throws(CygnetError) {
    guard identity.address != own.address else {
      throw CygnetError(.wrongState, "this key package is one's own")
    }
    guard try contact(at: identity.address)?.isBlocked != true else {
      throw CygnetError(.wrongState, "this contact is blocked")
    }
  }

  /// The place of the member who is called so here, or whose user is.
  private func leaf(
    named name: String, in group: MLS.Group, _ own: ProfileRecord
  ) throws(CygnetError) -> LeafIndex {
    var wanted: DeviceAddress?
    if try hasContact(named: name) { wanted = try contact(named: name).address }
    var found: [LeafIndex] = []
    for member in group.members.all {
      let address = try MemberIdentity(member).address
      let isMeant = wanted.map { $0 == address } ?? (address.user == Array(name.utf8))
      if isMeant { found.append(member.index) }
    }
    guard let index = found.first else {
      throw CygnetError(.notFound, "nobody of this name is in the group")
    }
    guard found.count == 1 else {
      throw CygnetError(.wrongState, "several devices of this user are in the group")
    }
    guard index != group.ownIndex else {
      throw CygnetError(.wrongState, "nobody removes himself: leave instead")
    }
    return index
  }
}
