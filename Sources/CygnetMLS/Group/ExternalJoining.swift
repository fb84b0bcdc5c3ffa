internal import CygnetHPKE
public import CygnetPrimitives

extension MLS {
  /// A join by the own commit, before the delivery service accepted it (RFC 9420 §12.4.3.2).
  public struct ExternalJoin: Sendable {
    /// To the members, in the clear: they cannot have keys of ours yet.
    public let commit: Message
    let group: Group

    /// The group, once the commit was accepted.
    public consuming func merge() -> Group { group }
  }
}

extension MLS.Group {
  /// Joins a group by an external commit, or comes back into it after the own state was lost.
  /// - Parameters:
  ///   - groupInfo: As it was published; its signature, its tree and every leaf are verified.
  ///   - ratchetTree: The encoded tree, when the GroupInfo does not carry it.
  ///   - credential: Who the newcomer claims to be.
  ///   - signatureKeyPair: The newcomer's signing key.
  ///   - replacing: The own former leaf, to be removed with the same commit.
  ///   - preSharedKeys: Keys to be mixed in.
  ///   - leafExtensions: What the newcomer says of itself.
  ///   - authenticatedData: What the signature covers besides, in the clear.
  ///   - configuration: What is accepted.
  ///   - now: The time.
  /// - Throws: `notFound` when the GroupInfo has no key for this; `authenticationFailed`;
  ///   `ruleViolation` with the rule's id.
  public static func joinExternally(
    _ groupInfo: MLS.GroupInfo, ratchetTree: [UInt8]? = nil, as credential: MLS.Credential,
    signingWith signatureKeyPair: MLS.SignatureKeyPair, replacing: LeafIndex? = nil,
    preSharedKeys: [MLS.PreSharedKeyID.Kind] = [], leafExtensions: MLS.Extensions = .none,
    authenticating authenticatedData: [UInt8] = [], configuration: MLS.Configuration,
    now: Timestamp
  ) throws(CygnetError) -> MLS.ExternalJoin {
    var random = SystemRandomSource()
    return try joinExternally(
      groupInfo, ratchetTree: ratchetTree, as: credential, signingWith: signatureKeyPair,
      replacing: replacing, preSharedKeys: preSharedKeys, leafExtensions: leafExtensions,
      authenticating: authenticatedData, configuration: configuration, now: now, using: &random)
  }

  package static func joinExternally(
    _ groupInfo: MLS.GroupInfo, ratchetTree: [UInt8]? = nil, as credential: MLS.Credential,
    signingWith signatureKeyPair: MLS.SignatureKeyPair, replacing: LeafIndex? = nil,
    preSharedKeys: [MLS.PreSharedKeyID.Kind] = [], leafExtensions: MLS.Extensions = .none,
    authenticating authenticatedData: [UInt8] = [], configuration: MLS.Configuration,
    now: Timestamp, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.ExternalJoin {
    let verified = try VerifiedGroupInfo(
      groupInfo, separateTree: ratchetTree, configuration: configuration, now: now, isMember: true)
    guard
      let externalKey = try groupInfo.extensions.decoded(
        .externalPub, as: MLS.HPKEPublicKey.self)
    else {
      throw CygnetError(
        .notFound, "X9: the GroupInfo has no key for external commits (RFC 9420 §12.4.3.2)")
    }
    try verified.shared.suite.checkEncryptionKey(externalKey)
    return try ExternalCommitMaker(
      shared: verified.shared, externalKey: externalKey, credential: credential,
      signer: signatureKeyPair, replacing: replacing, preSharedKeys: preSharedKeys,
      leafExtensions: leafExtensions, authenticatedData: authenticatedData,
      configuration: configuration, now: now
    ).run(using: &random)
  }
}

/// Makes an external commit, on copies.
private struct ExternalCommitMaker {
  let shared: PublicGroup
  let externalKey: MLS.HPKEPublicKey
  let credential: MLS.Credential
  let signer: MLS.SignatureKeyPair
  let replacing: LeafIndex?
  let preSharedKeys: [MLS.PreSharedKeyID.Kind]
  let leafExtensions: MLS.Extensions
  let authenticatedData: [UInt8]
  let configuration: MLS.Configuration
  let now: Timestamp

  func run(using random: inout some RandomSource) throws(CygnetError) -> MLS.ExternalJoin {
    let suite = shared.suite
    let (kemOutput, initSecret) = try ExternalInit.seal(
      to: externalKey, suite: suite, using: &random)
    var proposals: [MLS.Proposal] = [.externalInit(kemOutput: kemOutput)]
    if let replacing { proposals.append(.remove(replacing)) }
    for kind in preSharedKeys {
      proposals.append(
        .preSharedKey(MLS.PreSharedKeyID(kind: kind, nonce: random.bytes(suite.hashByteCount))))
    }
    let listed = proposals.map {
      ListedProposal($0, from: .newMemberCommit, reference: nil, isVerified: true)
    }
    let plan = try ProposalList(
      group: shared, committer: .newMemberCommit, configuration: configuration, now: now
    ).plan(listed)
    let keys = try PSKResolver(configuration: configuration, own: nil)
      .secrets(for: plan.preSharedKeys)
    var provisional = try ProvisionalGroup(shared, applying: plan)
    let index = try provisional.placeJoiner()
    let path = try makePath(&provisional, index, using: &random)
    try provisional.checkRules()
    let context = try provisional.pathContext()
    let nodes = try provisional.tree.encrypt(
      path, excluding: [], context: context, suite: suite, using: &random)
    guard let leaf = provisional.tree.leaf(index) else {
      throw CygnetError(.internalFault, "a joiner without a leaf")
    }
    let commit = MLS.Commit(
      proposals: proposals.map { .proposal($0) },
      path: MLS.UpdatePath(leafNode: leaf, nodes: nodes))
    return try finish(
      commit, &provisional, index, path, initSecret: initSecret, preSharedKeys: keys)
  }

  private func makePath(
    _ provisional: inout ProvisionalGroup, _ index: LeafIndex,
    using random: inout some RandomSource
  ) throws(CygnetError) -> OwnPath {
    var leafRandom = ForkedRandomSource(from: &random)
    return try provisional.tree.replacePath(
      of: index, suite: shared.suite, using: &random
    ) { (encryptionKey, parentHash) throws(CygnetError) in
      let leaf = try MLS.LeafNode.signed(
        encryptionKey: encryptionKey, credential: credential,
        source: .commit(parentHash: parentHash), extensions: leafExtensions, by: signer,
        group: (shared.context.groupID, index), suite: shared.suite, configuration: configuration,
        using: &leafRandom)
      try LeafRules(suite: shared.suite, configuration: configuration, now: now)
        .check(leaf, .path(of: replacing.flatMap { shared.tree.leaf($0) }))
      try shared.checkJoiner(leaf, replacing: replacing, configuration)
      return leaf
    }
  }

  private func finish(
    _ commit: MLS.Commit, _ provisional: inout ProvisionalGroup, _ index: LeafIndex,
    _ path: OwnPath, initSecret: SecretBytes,
    preSharedKeys: [(id: MLS.PreSharedKeyID, secret: SecretBytes)]
  ) throws(CygnetError) -> MLS.ExternalJoin {
    let content = FramedContent(
      groupID: shared.context.groupID, epoch: shared.context.epoch, sender: .newMemberCommit,
      authenticatedData: authenticatedData, content: .commit(commit))
    let signed = try AuthenticatedContent.sign(
      content, as: .publicMessage, context: shared.encodedContext, by: signer,
      suite: shared.suite)
    let change = try EpochChange(
      &provisional, commit: signed, initSecret: initSecret, commitSecret: path.commitSecret,
      preSharedKeys: preSharedKeys)
    let message = try PublicMessage.protect(
      signed.confirmed(by: change.confirmationTag), membershipKey: nil,
      context: shared.encodedContext, suite: shared.suite)
    var keys = TreePrivateKeys(leafIndex: index, leafKey: path.leafPrivateKey)
    keys.adopt(path, in: provisional.tree)
    let state = try GroupState(
      shared: change.shared(provisional), keys: keys, signer: signer, secrets: change.secrets)
    return MLS.ExternalJoin(
      commit: MLS.Message(.publicMessage(message)),
      group: MLS.Group(state, configuration: configuration))
  }
}
