internal import CygnetHPKE
internal import CygnetPrimitives

/// A proposal of a commit with where it came from.
package struct ListedProposal: Hashable, Sendable {
  package let proposal: MLS.Proposal
  package let sender: MLS.Sender
  /// nil when the commit carries the proposal itself.
  package let reference: MLS.ProposalRef?
  /// Whether the signatures within it were verified already: of what is held, on arrival; of what
  /// we propose ourselves, before.
  let isVerified: Bool

  package init(
    _ proposal: MLS.Proposal, from sender: MLS.Sender, reference: MLS.ProposalRef?,
    isVerified: Bool
  ) {
    self.proposal = proposal
    self.sender = sender
    self.reference = reference
    self.isVerified = isVerified
  }
}

/// The proposals of one commit, sorted by what they do, each rule of the list checked
/// (RFC 9420 §12.2). It takes nothing but public knowledge to make one.
package struct ProposalPlan: Sendable {
  package fileprivate(set) var updates:
    [(index: LeafIndex, leaf: MLS.LeafNode, listed: ListedProposal)] = []
  package fileprivate(set) var removes: [LeafIndex] = []
  package fileprivate(set) var adds: [MLS.KeyPackage] = []
  package fileprivate(set) var preSharedKeys: [MLS.PreSharedKeyID] = []
  package fileprivate(set) var externalInit: [UInt8]?
  package fileprivate(set) var reInit: MLS.ReInit?
  package fileprivate(set) var extensions: MLS.Extensions?
  package fileprivate(set) var custom:
    [(type: MLS.ProposalType, data: [UInt8], sender: MLS.Sender)] = []
  /// Whether the commit must have a path (RFC 9420 §12.4, rule E2 of ambiguities).
  package fileprivate(set) var needsPath: Bool

  /// Why a commit is made: two uses of pre-shared keys belong to one occasion each.
  package enum Occasion: Sendable {
    case ordinary
    /// The first commit of a group that replaces or branches off another one.
    case founding(MLS.ResumptionUsage)
  }
}

/// Judges a list of proposals.
struct ProposalList {
  let group: PublicGroup
  let committer: MLS.Sender
  let configuration: MLS.Configuration
  let now: Timestamp
  var occasion = ProposalPlan.Occasion.ordinary
  /// Whether lifetimes must hold now: always for what we send ourselves (L5).
  var checksLifetimes = true
  /// Whether it is one proposal by itself, before the list to which it will belong is known.
  var isSingle = false

  /// - Throws: the first rule that the list breaks.
  func plan(_ list: [ListedProposal]) throws(CygnetError) -> ProposalPlan {
    var plan = ProposalPlan(needsPath: list.isEmpty)
    for item in list { try sort(item, into: &plan) }
    if plan.reInit != nil, list.count > 1 {
      throw CygnetError(
        .ruleViolation, "V9: a ReInit stands with other proposals (RFC 9420 §12.2)")
    }
    try checkLeaves(plan)
    try checkPreSharedKeys(plan)
    if committer == .newMemberCommit { try checkExternal(plan, list) }
    try checkAdds(plan, list)
    try checkUpdates(plan)
    try checkPolicy(list)
    return plan
  }

  private var leafRules: LeafRules {
    LeafRules(
      suite: group.suite, configuration: configuration, now: now, checksLifetime: checksLifetimes)
  }

  // MARK: - Each by itself

  private func sort(
    _ item: ListedProposal, into plan: inout ProposalPlan
  ) throws(CygnetError) {
    try Self.checkSender(item.proposal, item.sender, configuration)
    switch item.proposal {
    case .add(let keyPackage):
      plan.adds.append(keyPackage)
    case .update(let leaf):
      guard case .member(let index) = item.sender, item.sender != committer else {
        throw CygnetError(.ruleViolation, "V2: the committer updates itself (RFC 9420 §12.2)")
      }
      plan.updates.append((index, leaf, item))
      plan.needsPath = true
    case .remove(let index):
      try checkRemove(index)
      plan.removes.append(index)
      plan.needsPath = true
    case .preSharedKey(let id):
      try checkPreSharedKey(id)
      plan.preSharedKeys.append(id)
    case .reInit(let reInit):
      guard reInit.version >= .mls10 else {
        throw CygnetError(.ruleViolation, "P5: a ReInit to an older version (RFC 9420 §12.1.5)")
      }
      plan.reInit = reInit
    case .externalInit(let kemOutput):
      guard committer == .newMemberCommit else {
        throw CygnetError(
          .ruleViolation, "V10: an ExternalInit in a member's commit (RFC 9420 §12.2)")
      }
      guard plan.externalInit == nil else {
        throw CygnetError(.ruleViolation, "X1: more than one ExternalInit (RFC 9420 §12.2)")
      }
      guard kemOutput.count == group.suite.hpke.kem.encapsulatedKeyByteCount else {
        throw CygnetError(
          .malformed, "P6: the KEM output of an ExternalInit has another length (RFC 9420 §8.3)")
      }
      plan.externalInit = kemOutput
      plan.needsPath = true
    case .groupContextExtensions(let extensions):
      guard plan.extensions == nil else {
        throw CygnetError(
          .ruleViolation, "V8: the group's extensions are replaced twice (RFC 9420 §12.2)")
      }
      try checkExtensions(extensions)
      plan.extensions = extensions
      plan.needsPath = true
    case .custom(let type, let data):
      guard let rule = configuration.proposalTypes[type] else {
        throw CygnetError(.unsupported, "S11: a proposal of an unknown type (RFC 9420 §13.2)")
      }
      if rule == .required { plan.needsPath = true }
      plan.custom.append((type, data, item.sender))
    }
  }

  /// P8 and P2: who may send what (RFC 9420 §12.1.8).
  static func checkSender(
    _ proposal: MLS.Proposal, _ sender: MLS.Sender, _ configuration: MLS.Configuration
  ) throws(CygnetError) {
    switch sender {
    case .member, .newMemberCommit: return
    case .external:
      switch proposal.type {
      case .add, .remove, .preSharedKey, .reInit, .groupContextExtensions: return
      case let type where configuration.externalProposalTypes.contains(type): return
      default:
        throw CygnetError(
          .malformed, "P8: an external sender may not propose this (RFC 9420 §12.1.8)")
      }
    case .newMemberProposal:
      guard proposal.type == .add else {
        throw CygnetError(
          .malformed, "P8: a newcomer proposes its own Add only (RFC 9420 §12.1.8)")
      }
    }
  }

  private func checkRemove(_ index: LeafIndex) throws(CygnetError) {
    guard group.tree.leaf(index) != nil else {
      throw CygnetError(.ruleViolation, "P3: a Remove of nobody (RFC 9420 §12.1.3)")
    }
    guard committer != .member(index) else {
      throw CygnetError(.ruleViolation, "V3: the committer removes itself (RFC 9420 §12.2)")
    }
  }

  private func checkPreSharedKey(_ id: MLS.PreSharedKeyID) throws(CygnetError) {
    guard id.nonce.count == group.suite.hashByteCount else {
      throw CygnetError(
        .ruleViolation, "P4: the nonce of a pre-shared key has another length (RFC 9420 §12.1.4)")
    }
    guard case .resumption(let usage, _, _) = id.kind, usage != .application else { return }
    if case .founding(usage) = occasion { return }
    throw CygnetError(
      .ruleViolation, "P4: a pre-shared key outside its only use (RFC 9420 §12.1.4)")
  }

  private func checkExtensions(_ extensions: MLS.Extensions) throws(CygnetError) {
    try extensions.checkPlace(.groupContext)
    _ = try extensions.requiredCapabilities
    for sender in try extensions.externalSenders
    where !group.externalSenders.contains(sender) {
      guard
        configuration.credentialValidator.isValid(externalSender: sender, at: now)
      else {
        throw CygnetError(
          .ruleViolation, "L1: the application refuses an external sender (RFC 9420 §5.3.1)")
      }
    }
  }

  // MARK: - All together

  private func checkLeaves(_ plan: ProposalPlan) throws(CygnetError) {
    var touched: Set<LeafIndex> = []
    for index in plan.updates.map(\.index) + plan.removes where !touched.insert(index).inserted {
      throw CygnetError(.ruleViolation, "V4: two changes of one leaf (RFC 9420 §12.2)")
    }
  }

  private func checkPreSharedKeys(_ plan: ProposalPlan) throws(CygnetError) {
    guard plan.preSharedKeys.count <= MLS.Limits.preSharedKeyCount else {
      throw CygnetError(.limitExceeded, "P4: too many pre-shared keys")
    }
    var ids: Set<MLS.PreSharedKeyID> = []
    for id in plan.preSharedKeys where !ids.insert(id).inserted {
      throw CygnetError(.ruleViolation, "V7: a pre-shared key twice (RFC 9420 §12.2)")
    }
  }

  private func checkExternal(
    _ plan: ProposalPlan, _ list: [ListedProposal]
  ) throws(CygnetError) {
    for item in list {
      switch item.proposal.type {
      case .externalInit, .remove, .preSharedKey: break
      default:
        throw CygnetError(
          .ruleViolation, "X1: an external commit with another proposal (RFC 9420 §12.2)")
      }
    }
    guard plan.externalInit != nil else {
      throw CygnetError(
        .ruleViolation, "X1: an external commit without ExternalInit (RFC 9420 §12.2)")
    }
    guard plan.removes.count <= 1 else {
      throw CygnetError(.ruleViolation, "X1: an external commit removes two (RFC 9420 §12.2)")
    }
  }

  /// K1 to K4, V5 and V6.
  private func checkAdds(
    _ plan: ProposalPlan, _ list: [ListedProposal]
  ) throws(CygnetError) {
    guard !plan.adds.isEmpty else { return }
    let rules = leafRules
    let validator = configuration.credentialValidator
    func clientID(_ leaf: MLS.LeafNode) -> [UInt8] {
      validator.clientID(of: leaf.credential, signatureKey: leaf.signatureKey)
    }
    var added: Set<[UInt8]> = []
    for keyPackage in plan.adds {
      try keyPackage.check(rules)
      let id = clientID(keyPackage.leafNode)
      guard added.insert(id).inserted else {
        throw CygnetError(.ruleViolation, "V5: two Adds of one client (RFC 9420 §12.2)")
      }
    }
    if !isSingle {
      let leaving = Set(plan.removes)
      for index in group.members(clients: added, configuration) where !leaving.contains(index) {
        throw CygnetError(.ruleViolation, "V6: an Add of a client in the group (RFC 9420 §12.2)")
      }
    }
    var unverified: [MLS.KeyPackage] = []
    for item in list where !item.isVerified {
      if case .add(let keyPackage) = item.proposal { unverified.append(keyPackage) }
    }
    _ = try Parallel.map(unverified, threshold: 6) { (keyPackage) throws(CygnetError) in
      try keyPackage.verifySignatures(rules)
    }
  }

  private func checkUpdates(_ plan: ProposalPlan) throws(CygnetError) {
    let rules = leafRules
    for (index, leaf, listed) in plan.updates {
      guard let old = group.tree.leaf(index) else {
        throw CygnetError(.ruleViolation, "P2: an Update of nobody (RFC 9420 §12.1.2)")
      }
      try group.suite.checkEncryptionKey(leaf.encryptionKey)
      try rules.check(leaf, .update(of: old))
      if listed.isVerified { continue }
      try leaf.verifySignature(
        groupID: group.context.groupID, leafIndex: index, suite: group.suite)
    }
  }

  private func checkPolicy(_ list: [ListedProposal]) throws(CygnetError) {
    for item in list {
      guard
        configuration.policy.allows(
          item.proposal, from: item.sender, members: group.roster,
          extensions: group.context.extensions)
      else {
        throw CygnetError(.ruleViolation, "V1: the application's policy refuses a proposal")
      }
    }
  }
}
