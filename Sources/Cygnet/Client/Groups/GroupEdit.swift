/// A change of a group that a member makes or requests.
public enum GroupEdit: Sendable {
  /// Invite the owner of a key package: an encoded message of MLS.
  case add(keyPackage: [UInt8])
  /// Invite a contact whose key package came in before.
  case addContact(String)
  /// Remove a member, by its contact's name or, for who is no contact, by the user's name.
  case remove(String)
  /// Another title.
  case rename(String)
}

/// When a change takes effect here.
public enum CommitMode: Sendable {
  /// At once: for who decides alone when the commit reaches the others.
  case immediate
  /// When `confirmCommit` says that the commit was accepted, or the commit comes back: for groups
  /// with a server that takes one commit of several made at the same time.
  case pending
}

/// A change that was made, with what has to be carried to whom.
public struct GroupStep: Sendable {
  /// What changed, or will.
  public let change: GroupChange
  /// To all who were members before; nil when there was nobody else.
  public let commit: OutgoingGroupMessage?
  /// To those who are added, once the commit took effect.
  public let welcome: OutgoingGroupMessage?
}
