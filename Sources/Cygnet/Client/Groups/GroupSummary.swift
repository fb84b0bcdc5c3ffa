internal import CygnetMLS
internal import CygnetPairwise
public import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// A group, as a list shows it.
public struct GroupSummary: Sendable {
  /// The group's own name, unique and meaningless.
  public let id: [UInt8]
  /// What this client calls it.
  public let name: String
  /// What the members call it; a claim, like any text from others. May be empty.
  public let title: [UInt8]
  /// How often it changed.
  public let epoch: UInt64
  /// How many are in it, oneself included.
  public let memberCount: Int
  /// When this client came in.
  public let joinedAt: Timestamp
  /// Whether an own request to leave waits for somebody to commit it.
  public let isLeaving: Bool
  /// The own change that waits for its acceptance, if there is one.
  public let pendingChange: GroupChange?
}

/// A group with its members and what waits in it.
public struct GroupDetails: Sendable {
  /// What a list shows of it.
  public let summary: GroupSummary
  /// Everybody in it, oneself included.
  public let members: [GroupMember]
  /// Requests that wait for a member to commit them.
  public let proposals: [GroupProposal]
  /// 16 bytes that are the same for every member who is in the same state of the group: the first
  /// half of the SHA-256 of MLS's epoch authenticator. Compare them over another channel.
  public let authenticator: [UInt8]
}

extension RecordTransaction {
  func summary(
    _ record: GroupRecord, _ own: ProfileRecord
  ) throws(CygnetError) -> GroupSummary {
    GroupSummary(
      id: record.id.bytes, name: record.name, title: record.title.bytes,
      epoch: record.epoch.rawValue, memberCount: record.memberCount, joinedAt: record.joinedAt,
      isLeaving: record.isLeaving,
      pendingChange: try record.pending.map { (pending) throws(CygnetError) in
        try shown(pending.change, own)
      })
  }

  func details(_ held: HeldGroup) throws(CygnetError) -> GroupDetails {
    let own = try profile()
    var proposals: [GroupProposal] = []
    for pending in held.group.pendingProposals {
      proposals.append(
        try shown(GroupProposalRecord(pending, members: held.group.members), own))
    }
    let authenticator = held.group.epochAuthenticator.withExposedCopy { SHA256.hash($0) }
    return GroupDetails(
      summary: try summary(held.record, own),
      members: try members(held.group.members.all.identities(), own), proposals: proposals,
      authenticator: Array(authenticator.prefix(16)))
  }
}
