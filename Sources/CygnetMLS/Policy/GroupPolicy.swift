extension MLS {
  /// What the application allows beyond the protocol's own rules: who may add, remove, or change
  /// what the group agreed on. Every member must come to the same answer, or the group falls apart;
  /// so decide by the arguments alone.
  public protocol GroupPolicy: Sendable {
    /// Whether this sender may make this change.
    /// - Parameters:
    ///   - proposal: The change.
    ///   - sender: Who proposes it; of a change within a commit, the committer.
    ///   - members: The members before the change.
    ///   - extensions: The group's extensions before the change.
    func allows(
      _ proposal: Proposal, from sender: Sender, members: Roster, extensions: Extensions
    ) -> Bool

    /// Whether this client may join by its own commit, in place of the member it replaces, if any.
    func allowsExternalJoin(
      _ leaf: LeafNode, replacing: Member?, members: Roster, extensions: Extensions
    ) -> Bool
  }

  /// The default: members may do what the protocol allows, and so may the external senders on whom
  /// they agreed. Strangers may neither ask to be added nor join by a commit of their own, unless it
  /// replaces a leaf of theirs.
  public struct MemberPolicy: GroupPolicy {
    /// The one policy of its kind.
    public init() {}

    public func allows(
      _ proposal: Proposal, from sender: Sender, members: Roster, extensions: Extensions
    ) -> Bool { sender != .newMemberProposal }

    public func allowsExternalJoin(
      _ leaf: LeafNode, replacing: Member?, members: Roster, extensions: Extensions
    ) -> Bool { replacing != nil }
  }

  /// Allows whatever the protocol allows: also that anybody whose credential is valid joins.
  public struct OpenPolicy: GroupPolicy {
    /// The one policy of its kind.
    public init() {}

    public func allows(
      _ proposal: Proposal, from sender: Sender, members: Roster, extensions: Extensions
    ) -> Bool { true }

    public func allowsExternalJoin(
      _ leaf: LeafNode, replacing: Member?, members: Roster, extensions: Extensions
    ) -> Bool { true }
  }
}
