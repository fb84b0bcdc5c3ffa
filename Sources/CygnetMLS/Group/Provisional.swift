internal import CygnetPrimitives
internal import CygnetWire

/// A group with a commit's proposals applied (RFC 9420 §12.3), on the way to its next epoch. The
/// group that it came from stays as it was.
struct ProvisionalGroup {
  let base: PublicGroup
  let plan: ProposalPlan
  var tree: RatchetTree
  let extensions: MLS.Extensions
  /// Where the added clients sit, in the order of their Adds.
  let newLeaves: [LeafIndex]
  /// The leaf that a path replaces.
  var pathLeaf: LeafIndex?

  /// Applies the proposals in the order of §12.3 and checks what holds between leaves.
  init(_ base: PublicGroup, applying plan: ProposalPlan) throws(CygnetError) {
    self.base = base
    self.plan = plan
    extensions = plan.extensions ?? base.context.extensions
    var tree = base.tree
    for update in plan.updates { tree.update(update.index, update.leaf) }
    for index in plan.removes { tree.remove(index) }
    for proposal in plan.custom where !tree.everyMemberLists(proposal.type) {
      throw CygnetError(
        .ruleViolation, "V11: a member does not support a proposal's type (RFC 9420 §12.2)")
    }
    newLeaves = try tree.add(plan.adds.map(\.leafNode))
    self.tree = tree
  }

  /// Where a client that joins by its own commit goes: the leftmost blank leaf after the Remove.
  mutating func placeJoiner() throws(CygnetError) -> LeafIndex { try tree.reserveLeaf() }

  /// Who is which client afterwards, if that was known before.
  var clients: ClientIndex? {
    let changed = plan.updates.map(\.index) + newLeaves + (pathLeaf.map { [$0] } ?? [])
    return base.clients?.changed(at: changed, in: tree)
  }

  func checkRules() throws(CygnetError) { try TreeRules(extensions).check(tree) }

  /// The context of the path's secrets: the new epoch and tree, the old transcript (§12.4.1).
  mutating func pathContext() throws(CygnetError) -> [UInt8] {
    try context(transcriptHash: base.context.confirmedTranscriptHash).wireEncoded()
  }

  /// The context of the next epoch.
  mutating func context(
    transcriptHash: [UInt8]
  ) throws(CygnetError) -> MLS.GroupContext {
    MLS.GroupContext(
      cipherSuite: base.context.cipherSuite, groupID: base.context.groupID,
      epoch: try base.context.epoch.next(), treeHash: try tree.treeHash(base.suite),
      confirmedTranscriptHash: transcriptHash, extensions: extensions)
  }
}
