internal import CygnetHPKE
internal import CygnetPrimitives
internal import CygnetWire

/// Makes a member's commit, step by step as RFC 9420 §12.4.1 has it, on copies.
struct CommitMaker {
  let state: GroupState
  let configuration: MLS.Configuration
  let options: MLS.CommitOptions
  let occasion: ProposalPlan.Occasion
  let parent: (group: MLS.GroupID, epoch: MLS.Epoch, secret: SecretBytes)?
  let now: Timestamp

  struct Made {
    let content: AuthenticatedContent
    let welcome: MLS.Welcome?
    let ratchetTree: [UInt8]?
    let next: GroupState
    let summary: MLS.CommitSummary
  }

  private var suite: Algorithms { state.shared.suite }
  private var committer: MLS.Sender { .member(state.ownIndex) }
  private var signer: MLS.SignatureKeyPair { options.leaf.signatureKeyPair ?? state.signer }

  mutating func run(
    _ own: [MLS.Proposal], using random: inout some RandomSource
  ) throws(CygnetError) -> Made {
    var (listed, provisional) = try chooseProposals(own)
    let plan = provisional.plan
    let preSharedKeys = try PSKResolver(configuration: configuration, own: state, parent: parent)
      .secrets(for: plan.preSharedKeys)
    let hasPath = plan.needsPath || options.forcesPath || !options.leaf.isEmpty
    let path = hasPath ? try makePath(&provisional, using: &random) : nil
    try provisional.checkRules()
    var updatePath: MLS.UpdatePath?
    if let path { updatePath = try encrypt(path, &provisional, using: &random) }
    let content = try sign(listed, updatePath)
    let change = try EpochChange(
      &provisional, commit: content, initSecret: state.secrets.initSecret,
      commitSecret: path?.commitSecret, preSharedKeys: preSharedKeys)
    let shared = try change.shared(provisional)
    let next = try nextState(shared, change, path, plan)
    let welcome = try WelcomeMaker(
      shared: shared, change: change, path: path, plan: plan, newLeaves: provisional.newLeaves,
      signer: signer, ownIndex: state.ownIndex, configuration: configuration
    ).run(using: &random)
    let summary = try MLS.CommitSummary(
      provisional, committer: committer, committerIndex: state.ownIndex, content: content.content,
      hasPath: hasPath)
    return Made(
      content: content.confirmed(by: change.confirmationTag), welcome: welcome,
      ratchetTree: welcome == nil ? nil : try shared.tree.wireEncoded(), next: next,
      summary: summary)
  }

  // MARK: - Proposals (§12.2)

  /// The list and its plan. Own changes must be sound; what waits and is not is left out, or one bad
  /// proposal would block the group for ever (V14).
  private func chooseProposals(
    _ own: [MLS.Proposal]
  ) throws(CygnetError) -> ([ListedProposal], ProvisionalGroup) {
    let list = ProposalList(
      group: state.shared, committer: committer, configuration: configuration, now: now,
      occasion: occasion)
    let carried = own.map { ListedProposal($0, from: committer, reference: nil, isVerified: true) }
    let waiting =
      options.includesPending
      ? ProposalChoice(state: state, configuration: configuration)
        .preferred(state.proposals.list, over: carried) : []
    do throws(CygnetError) {
      let all = waiting + carried
      return (all, try judge(all, list))
    } catch {
      if waiting.isEmpty { throw error }
      _ = try judge(carried, list)
      var kept: [ListedProposal] = []
      var judgements = 0
      keepSound(waiting[...], &kept, carried, list, &judgements)
      let all = kept + carried
      return (all, try judge(all, list))
    }
  }

  /// Attempts to find what is unsound before the rest is left for another commit: members could make
  /// the search as long as they like otherwise.
  private static let maxJudgements = 64

  /// Adds to `kept` what is sound beside it: all of it, or else of either half what is.
  private func keepSound(
    _ waiting: ArraySlice<ListedProposal>, _ kept: inout [ListedProposal],
    _ carried: [ListedProposal], _ list: ProposalList, _ judgements: inout Int
  ) {
    guard !waiting.isEmpty, judgements < Self.maxJudgements else { return }
    judgements += 1
    if (try? judge(kept + waiting + carried, list)) != nil {
      kept += waiting
      return
    }
    guard waiting.count > 1 else { return }
    let middle = waiting.startIndex + waiting.count / 2
    keepSound(waiting[..<middle], &kept, carried, list, &judgements)
    keepSound(waiting[middle...], &kept, carried, list, &judgements)
  }

  private func judge(
    _ list: [ListedProposal], _ rules: ProposalList
  ) throws(CygnetError) -> ProvisionalGroup {
    let plan = try rules.plan(list)
    // A proposal whose key is not here cannot be committed from here.
    _ = try PSKResolver(configuration: configuration, own: state, parent: parent)
      .secrets(for: plan.preSharedKeys)
    let provisional = try ProvisionalGroup(state.shared, applying: plan)
    try provisional.checkRules()
    return provisional
  }

  // MARK: - Path (§7.5)

  private func makePath(
    _ provisional: inout ProvisionalGroup, using random: inout some RandomSource
  ) throws(CygnetError) -> OwnPath {
    guard let old = state.shared.tree.leaf(state.ownIndex) else {
      throw CygnetError(.internalFault, "a member without a leaf")
    }
    let kept = try old.extensions.withoutGREASE()
    let extensions = options.leaf.extensions ?? kept
    var leafRandom = ForkedRandomSource(from: &random)
    let path = try provisional.tree.replacePath(
      of: state.ownIndex, suite: suite, using: &random
    ) { (encryptionKey, parentHash) throws(CygnetError) in
      try MLS.LeafNode.signed(
        encryptionKey: encryptionKey, credential: options.leaf.credential ?? old.credential,
        source: .commit(parentHash: parentHash), extensions: extensions, by: signer,
        group: (state.shared.context.groupID, state.ownIndex), suite: suite,
        configuration: configuration, using: &leafRandom)
    }
    provisional.pathLeaf = state.ownIndex
    if let leaf = provisional.tree.leaf(state.ownIndex) {
      try LeafRules(suite: suite, configuration: configuration, now: now)
        .check(leaf, .path(of: old))
    }
    return path
  }

  private func encrypt(
    _ path: OwnPath, _ provisional: inout ProvisionalGroup, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.UpdatePath {
    let context = try provisional.pathContext()
    let nodes = try provisional.tree.encrypt(
      path, excluding: Set(provisional.newLeaves), context: context, suite: suite, using: &random)
    guard let leaf = provisional.tree.leaf(state.ownIndex) else {
      throw CygnetError(.internalFault, "a member without a leaf")
    }
    return MLS.UpdatePath(leafNode: leaf, nodes: nodes)
  }

  // MARK: - The commit

  private func sign(
    _ listed: [ListedProposal], _ path: MLS.UpdatePath?
  ) throws(CygnetError) -> AuthenticatedContent {
    let proposals = listed.map { item in
      item.reference.map { MLS.ProposalOrRef.reference($0) } ?? .proposal(item.proposal)
    }
    let content = FramedContent(
      groupID: state.shared.context.groupID, epoch: state.shared.context.epoch, sender: committer,
      authenticatedData: options.authenticatedData,
      content: .commit(MLS.Commit(proposals: proposals, path: path)))
    // By the key that the members know, even where the path brings another one (M12).
    return try AuthenticatedContent.sign(
      content, as: configuration.handshakeFormat.wireFormat, context: state.shared.encodedContext,
      by: state.signer, suite: suite)
  }

  private func nextState(
    _ shared: PublicGroup, _ change: EpochChange, _ path: OwnPath?, _ plan: ProposalPlan
  ) throws(CygnetError) -> GroupState {
    var keys = state.keys
    if let path {
      keys.adopt(path, in: shared.tree)
    } else {
      keys.retain(in: shared.tree)
    }
    var next = try GroupState(
      shared: shared, keys: keys, signer: signer, secrets: change.secrets)
    if let reInit = plan.reInit { next.status = .reInitialized(reInit) }
    return next
  }
}

extension MLS.Extensions {
  /// Without what was random in them: the next leaf draws anew.
  func withoutGREASE() throws(CygnetError) -> MLS.Extensions {
    try MLS.Extensions(list.filter { !$0.type.isGREASE })
  }
}
