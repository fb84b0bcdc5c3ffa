public import CygnetPairwise
public import CygnetPrimitives
public import CygnetSenderKeys

/// Contacts that are written to at once: one encryption for all, and everybody reads it as a message
/// from this client. They do not learn of each other by it.
public struct BroadcastList: Sendable {
  /// Names the list to its members' devices.
  public let distributionID: DistributionID
  /// What the list is called here. It is not sent.
  public let name: String
  /// In the order of their names; those that are no contacts any more come last.
  public let members: [BroadcastMember]
  /// When the list was made.
  public let createdAt: Timestamp
  /// When the chain was begun that the next message goes on.
  public let chainStartedAt: Timestamp
  /// Messages sent in that chain.
  public let chainMessageCount: UInt32
}

/// A member of a broadcast list.
public struct BroadcastMember: Sendable {
  /// The contact, as it is called now; nil if it was removed meanwhile, and then it leaves the list
  /// with the next message.
  public let contact: Contact?
  /// The member's address.
  public let address: DeviceAddress
  /// Whether the current chain was shared with the member. That it arrived is not known.
  public let wasGivenChain: Bool
}

/// What writing to a broadcast list brought about.
public struct BroadcastResult: Sendable {
  /// What to carry, in this order: first what shares the chain with members that lack it, then the
  /// message to each.
  public let messages: [OutgoingMessage]
  /// Members that could not be given the chain, since there is no session and no fit card to start
  /// one from. They were not written to.
  public let unreached: [Contact]
}
