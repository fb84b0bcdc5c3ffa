internal import CygnetHPKE
internal import CygnetPrimitives

/// Takes in another member's commit, step by step as RFC 9420 §12.4.2 has it, on copies. The
/// message's epoch, encryption or tag, and signature are verified already.
struct CommitReader {
  let state: GroupState
  let configuration: MLS.Configuration
  let now: Timestamp

  private var suite: Algorithms { state.shared.suite }

  func stage(
    _ commit: MLS.Commit, _ message: AuthenticatedContent
  ) throws(CygnetError) -> MLS.StagedCommit {
    let committer = message.content.sender
    if case .member(state.ownIndex) = committer, commit.path != nil {
      throw CygnetError(
        .wrongState, "M11: an own commit with a path whose secrets are lost (RFC 9420 §12.4.2)")
    }
    guard let tag = message.auth.confirmationTag else {
      throw CygnetError(.malformed, "S7: a commit without confirmation tag (RFC 9420 §6.1)")
    }
    var staging = try PublicCommit(
      state.shared, proposals: state.proposals.resolve(commit.proposals, committer: committer),
      commit: commit, message: message, configuration: configuration, now: now)
    if staging.provisional.plan.removes.contains(state.ownIndex) {
      return MLS.StagedCommit(
        summary: try staging.summary(), next: nil,
        base: base)
    }
    let preSharedKeys = try PSKResolver(configuration: configuration, own: state)
      .secrets(for: staging.provisional.plan.preSharedKeys)
    var (keys, signer) = try ownKeys(staging.provisional.plan)
    var commitSecret: SecretBytes?
    if let path = commit.path {
      let context = try staging.provisional.pathContext()
      (keys, commitSecret) = try staging.provisional.tree.decrypt(
        path, from: staging.committerIndex, keys: keys,
        excluding: Set(staging.provisional.newLeaves), context: context, suite: suite)
    } else {
      keys.retain(in: staging.provisional.tree)
    }
    let change = try EpochChange(
      &staging.provisional, commit: message, initSecret: initSecret(staging.provisional.plan),
      commitSecret: commitSecret, preSharedKeys: preSharedKeys)
    guard ConstantTime.areEqual(change.confirmationTag, tag) else {
      throw CygnetError(
        .authenticationFailed, "M5: a confirmation tag does not verify (RFC 9420 §12.4.2)")
    }
    var next = try GroupState(
      shared: change.shared(staging.provisional), keys: keys, signer: signer,
      secrets: change.secrets)
    if let reInit = staging.provisional.plan.reInit { next.status = .reInitialized(reInit) }
    return MLS.StagedCommit(
      summary: try staging.summary(), next: next,
      base: base)
  }

  private var base: (epoch: MLS.Epoch, tag: [UInt8], ownIndex: LeafIndex) {
    (state.shared.context.epoch, state.shared.confirmationTag, state.ownIndex)
  }

  /// Our keys, with those of an Update of ours that the commit puts into force.
  private func ownKeys(
    _ plan: ProposalPlan
  ) throws(CygnetError) -> (TreePrivateKeys, MLS.SignatureKeyPair) {
    var keys = state.keys
    for update in plan.updates where update.index == state.ownIndex {
      guard let reference = update.listed.reference,
        let own = state.proposals.ownUpdates[reference]
      else { throw CygnetError(.wrongState, "P9: the keys of an own Update are lost") }
      keys.replaceLeafKey(own.encryptionKey)
      return (keys, own.signer)
    }
    return (keys, state.signer)
  }

  private func initSecret(_ plan: ProposalPlan) throws(CygnetError) -> SecretBytes {
    guard let kemOutput = plan.externalInit else { return state.secrets.initSecret }
    return try ExternalInit.open(
      kemOutput: kemOutput, with: state.secrets.externalKeyPair(suite: suite), suite: suite)
  }
}

/// What can be checked of a commit, and done, without any secret: all but the confirmation tag.
struct PublicCommit {
  var provisional: ProvisionalGroup
  let committer: MLS.Sender
  let committerIndex: LeafIndex
  let content: FramedContent
  let hasPath: Bool

  init(
    _ group: PublicGroup, proposals: [ListedProposal], commit: MLS.Commit,
    message: AuthenticatedContent, configuration: MLS.Configuration, now: Timestamp
  ) throws(CygnetError) {
    content = message.content
    committer = message.content.sender
    hasPath = commit.path != nil
    let plan = try ProposalList(
      group: group, committer: committer, configuration: configuration, now: now,
      checksLifetimes: configuration.checksLifetimesOnReceipt
    ).plan(proposals)
    guard commit.path != nil || !plan.needsPath else {
      throw CygnetError(.ruleViolation, "M4: a commit without the path it needs (RFC 9420 §12.4)")
    }
    var provisional = try ProvisionalGroup(group, applying: plan)
    switch committer {
    case .member(let index): committerIndex = index
    case .newMemberCommit: committerIndex = try provisional.placeJoiner()
    default:
      throw CygnetError(.ruleViolation, "X4: a commit of a stranger (RFC 9420 §6.1)")
    }
    if let path = commit.path {
      try Self.check(
        path, committer, committerIndex, group, plan, configuration: configuration, now: now)
      try provisional.tree.merge(
        path, from: committerIndex, excluding: Set(provisional.newLeaves), suite: group.suite)
      provisional.pathLeaf = committerIndex
    }
    try provisional.checkRules()
    self.provisional = provisional
  }

  /// The path's leaf (RFC 9420 §12.4.2, and §12.2 for external commits).
  private static func check(
    _ path: MLS.UpdatePath, _ committer: MLS.Sender, _ index: LeafIndex, _ group: PublicGroup,
    _ plan: ProposalPlan, configuration: MLS.Configuration, now: Timestamp
  ) throws(CygnetError) {
    let rules = LeafRules(suite: group.suite, configuration: configuration, now: now)
    let leaf = path.leafNode
    try leaf.verifySignature(
      groupID: group.context.groupID, leafIndex: index, suite: group.suite)
    if case .member = committer {
      try rules.check(leaf, .path(of: group.tree.leaf(index)))
      return
    }
    let replaced = plan.removes.first.flatMap { group.roster[$0] }
    try rules.check(leaf, .path(of: replaced?.leaf))
    guard
      configuration.policy.allowsExternalJoin(
        leaf, replacing: replaced, members: group.roster, extensions: group.context.extensions)
    else {
      throw CygnetError(.ruleViolation, "X8: the application's policy refuses an external join")
    }
    try group.checkJoiner(leaf, replacing: replaced?.index, configuration)
  }

  func summary() throws(CygnetError) -> MLS.CommitSummary {
    try MLS.CommitSummary(
      provisional, committer: committer, committerIndex: committerIndex, content: content,
      hasPath: hasPath)
  }
}

extension PublicGroup {
  /// A client joins once: what the application calls one client may be in the group only as the
  /// member that the commit removes (rule X8).
  func checkJoiner(
    _ leaf: MLS.LeafNode, replacing: LeafIndex?, _ configuration: MLS.Configuration
  ) throws(CygnetError) {
    let validator = configuration.credentialValidator
    let id = validator.clientID(of: leaf.credential, signatureKey: leaf.signatureKey)
    for index in members(clients: [id], configuration) where index != replacing {
      throw CygnetError(
        .ruleViolation, "X8: a client joins that is in the group already (RFC 9420 §12.2)")
    }
  }
}
