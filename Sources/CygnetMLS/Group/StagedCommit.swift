public import CygnetPrimitives

extension MLS {
  /// A member whose leaf a commit replaces.
  public struct UpdatedMember: Hashable, Sendable {
    /// The member as it was.
    public let old: Member
    /// The member as it will be.
    public let new: Member

    /// Whether it shows another credential than before.
    public var changesCredential: Bool { old.credential != new.credential }
  }

  /// What a commit does, for the application to look at before it merges.
  public struct CommitSummary: Sendable {
    /// Who committed.
    public internal(set) var committer: Sender
    /// The epoch that it begins.
    public internal(set) var epoch: Epoch
    /// Who joins.
    public internal(set) var added: [Member] = []
    /// Who leaves.
    public internal(set) var removed: [Member] = []
    /// Whose leaf is replaced, the committer's by its path included.
    public internal(set) var updated: [UpdatedMember] = []
    /// The group's new extensions, when they are replaced.
    public internal(set) var extensions: Extensions?
    /// The pre-shared keys that are mixed in.
    public internal(set) var preSharedKeys: [PreSharedKeyID] = []
    /// What shall replace the group, when it is closed.
    public internal(set) var reInit: ReInit?
    /// Proposals of types that the application registered.
    public internal(set) var custom: [PendingProposal] = []
    /// What the sender authenticated besides.
    public internal(set) var authenticatedData: [UInt8] = []
    /// Whether it has a path, and so heals the committer.
    public internal(set) var hasPath = false
  }

  /// A commit that was verified and not yet merged. It fits the state of the group in which it was
  /// received, and no other.
  public struct StagedCommit: Sendable {
    /// What it does.
    public let summary: CommitSummary
    /// nil when it removes us.
    let next: GroupState?
    /// The state that it fits: the epoch's number and confirmation tag, and whose it is.
    let base: (epoch: Epoch, tag: [UInt8], ownIndex: LeafIndex)

    /// Whether the own membership ends with it.
    public var removesSelf: Bool { next == nil }
  }
}

extension MLS.CommitSummary {
  /// From a plan, and the tree after the whole commit; nil when that is not known, as to a member
  /// that is removed by a path it cannot open, whose public part is known all the same.
  init(
    _ provisional: ProvisionalGroup, committer: MLS.Sender, committerIndex: LeafIndex,
    content: FramedContent, hasPath: Bool
  ) throws(CygnetError) {
    let before = provisional.base.roster
    let after = MLS.Roster(provisional.tree)
    self.init(committer: committer, epoch: try provisional.base.context.epoch.next())
    for index in provisional.newLeaves { if let member = after[index] { added.append(member) } }
    for index in provisional.plan.removes {
      if let member = before[index] { removed.append(member) }
    }
    var changed = provisional.plan.updates.map(\.index)
    if hasPath, committer == .member(committerIndex) { changed.append(committerIndex) }
    for index in changed {
      if let old = before[index], let new = after[index] {
        updated.append(MLS.UpdatedMember(old: old, new: new))
      }
    }
    if committer == .newMemberCommit, let joiner = after[committerIndex] { added.append(joiner) }
    extensions = provisional.plan.extensions
    preSharedKeys = provisional.plan.preSharedKeys
    reInit = provisional.plan.reInit
    for item in provisional.plan.custom {
      custom.append(
        MLS.PendingProposal(proposal: .custom(item.type, data: item.data), sender: item.sender))
    }
    authenticatedData = content.authenticatedData
    self.hasPath = hasPath
  }

  private init(committer: MLS.Sender, epoch: MLS.Epoch) {
    self.committer = committer
    self.epoch = epoch
  }
}

extension MLS.Group {
  /// Enters the epoch that a commit begins. When the commit removes us there is none to enter
  /// (``isRemoved``): late messages still open, until the application deletes the group.
  /// - Parameters:
  ///   - staged: The commit, received in this very state of the group.
  ///   - now: The time, from which on the old epoch counts as past.
  /// - Throws: `wrongEpoch` when the group has moved since; `wrongState` when a commit removed us.
  public mutating func merge(_ staged: MLS.StagedCommit, now: Timestamp) throws(CygnetError) {
    guard staged.base.epoch == epoch, staged.base.tag == live.shared.confirmationTag,
      staged.base.ownIndex == ownIndex
    else {
      throw CygnetError(.wrongEpoch, "the group has moved since the commit was received")
    }
    // The epoch of a removal is the one before it: another commit of that epoch leads nowhere now.
    try checkMember()
    guard let next = staged.next else { return try leave(now: now) }
    enter(next, now: now)
  }

  /// M8: the epoch is over and none follows. What late messages need stays like that of any past
  /// epoch, and as long; in the place of every other secret comes one that nobody knows.
  private mutating func leave(now: Timestamp) throws(CygnetError) {
    let suite = live.shared.suite
    var random = SystemRandomSource()
    var left = try GroupState(
      shared: live.shared,
      keys: TreePrivateKeys(
        leafIndex: live.ownIndex, leafKey: suite.generateKeyPair(using: &random)),
      signer: live.signer,
      secrets: KeySchedule.epochSecrets(
        epochSecret: random.secret(suite.hashByteCount), suite: suite))
    left.status = .removed
    left.past = live.past + [PastEpoch(live, endedAt: now)]
    live = left
    dropPastEpochs(now: now)
  }

  /// Puts the next epoch in place and keeps of this one what late messages need.
  mutating func enter(_ next: GroupState, now: Timestamp) {
    var next = next
    next.resumption = live.resumption
    next.resumption.append(live.secrets.resumptionPSK, of: epoch)
    // This epoch's secret tree as it is now: messages may have been opened since the commit came.
    next.past = live.past + [PastEpoch(live, endedAt: now)]
    live = next
    dropPastEpochs(now: now)
  }

  /// Forgets epochs beyond the configured number and age. Called with every merge; call it by the
  /// clock too where a group may rest for long.
  public mutating func dropPastEpochs(now: Timestamp) {
    let excess = live.past.count - max(0, configuration.pastEpochCount)
    if excess > 0 { live.past.removeFirst(excess) }
    live.past.removeAll {
      now.seconds > $0.endedAt.adding(configuration.pastEpochSeconds).seconds
    }
  }
}
