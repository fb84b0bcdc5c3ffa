public import CygnetPrimitives
public import CygnetSenderKeys

/// Something that came in for a group. The store keeps it until `confirmDelivered`.
public struct GroupEvent: Sendable {
  /// What came in.
  public enum Content: Sendable {
    /// A message of a member's.
    case message(from: GroupMember, MessageContent)
    /// A change that took effect.
    case change(GroupChange)
    /// A member's request, which takes effect when a member commits it.
    case proposal(GroupProposal)
  }

  /// 16 bytes that name it here.
  public let id: [UInt8]
  /// The group's own name, unique and meaningless.
  public let groupID: [UInt8]
  /// What this client called the group then.
  public let groupName: String
  /// The epoch in which it was sent; of a change, the one that it begins.
  public let epoch: UInt64
  /// What came in.
  public let content: Content
  /// When it came in.
  public let receivedAt: Timestamp
}

/// What a commit changed.
public struct GroupChange: Sendable {
  /// Who made it.
  public let committer: GroupMember
  /// The epoch that it begins.
  public let epoch: UInt64
  /// Who was added. They were invited, and may not have accepted yet.
  public let added: [GroupMember]
  /// Who was removed, or left.
  public let removed: [GroupMember]
  /// Whose request for fresh keys was granted.
  public let updated: [GroupMember]
  /// Whether the committer came back by itself, after its state was lost.
  public let isReturn: Bool
  /// The new title, if it changed; a claim, like any text from others.
  public let title: [UInt8]?
  /// Whether the own membership ended: the group is forgotten.
  public let removesSelf: Bool
}

/// A request of a member's.
public struct GroupProposal: Sendable {
  /// What is requested.
  public enum Kind: Sendable {
    /// That somebody be added.
    case add(GroupMember)
    /// That somebody be removed.
    case remove(GroupMember)
    /// To leave.
    case leave
    /// Fresh keys for the one who asks.
    case update
    /// Another title; a claim, like any text from others.
    case rename([UInt8])
  }

  /// Who requests it.
  public let proposer: GroupMember
  /// What.
  public let kind: Kind
}

/// Whatever may come in, opened.
public enum Received: Sendable {
  /// A message of a contact's, or of a stranger's.
  case message(IncomingMessage)
  /// A message, a change or a request in a group.
  case group(GroupEvent)
  /// An invitation into a group; nothing is joined.
  case invitation(GroupInvitation)
  /// A key package: its owner can be invited into groups now.
  case keyPackage(of: Contact)
  /// A contact shared the chain of a broadcast list, so that what it sends to the list can be read
  /// from now on. There is nothing to confirm.
  case broadcastShared(by: Contact, distributionID: DistributionID)
  /// A message of one's own that came back.
  case own(groupName: String)
}
