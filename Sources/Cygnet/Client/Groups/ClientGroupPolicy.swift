internal import CygnetMLS
internal import CygnetPrimitives

/// Who may do what in a client's groups: every member may add, remove and rename. Outsiders propose
/// nothing. A commit from outside takes the place of the same client's leaf, so that nobody enters
/// who was not added; and a group is not closed, replaced or keyed from elsewhere, which no client
/// could follow.
struct ClientGroupPolicy: MLS.GroupPolicy {
  func allows(
    _ proposal: MLS.Proposal, from sender: MLS.Sender, members: MLS.Roster,
    extensions: MLS.Extensions
  ) -> Bool {
    switch sender {
    case .external, .newMemberProposal: return false
    case .member, .newMemberCommit: break
    }
    return switch proposal {
    case .add, .update, .remove, .externalInit: true
    case .groupContextExtensions(let new): (try? GroupTitle(new)) != nil
    case .preSharedKey, .reInit, .custom: false
    }
  }

  func allowsExternalJoin(
    _ leaf: MLS.LeafNode, replacing: MLS.Member?, members: MLS.Roster, extensions: MLS.Extensions
  ) -> Bool {
    replacing?.credential == leaf.credential
  }
}
