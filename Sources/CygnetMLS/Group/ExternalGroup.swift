public import CygnetPrimitives
internal import CygnetWire

extension MLS {
  /// A group as somebody without any key follows it, such as a delivery service: from a GroupInfo
  /// through proposals and commits in the clear (RFC 9420 §6.2). Everything is checked that takes no
  /// secret; what takes one is the membership tag and the confirmation tag, so a member could send a
  /// commit that passes here and that members refuse.
  ///
  /// The configuration's policy decides who may add, remove and change what.
  public struct ExternalGroup: Sendable {
    /// What the group follows.
    public var configuration: Configuration { didSet { rules = Mark() } }
    private var rules = Mark()
    var shared: PublicGroup
    var proposals = ProposalCache()
    /// What shall replace the group, once a ReInit closed it.
    public private(set) var reInit: ReInit?

    /// Begins with the group's signed state.
    /// - Parameters:
    ///   - groupInfo: As a member published it; its signature, tree and every leaf are verified.
    ///   - ratchetTree: The encoded tree, when the GroupInfo does not carry it.
    ///   - configuration: What is accepted.
    ///   - now: The time.
    /// - Throws: `authenticationFailed`; `ruleViolation` with the rule's id; `notFound` without a
    ///   tree.
    public init(
      _ groupInfo: GroupInfo, ratchetTree: [UInt8]? = nil, configuration: Configuration,
      now: Timestamp
    ) throws(CygnetError) {
      shared = try VerifiedGroupInfo(
        groupInfo, separateTree: ratchetTree, configuration: configuration, now: now,
        isMember: false
      ).shared
      self.configuration = configuration
    }

    /// What the members agree on.
    public var context: GroupContext { shared.context }
    /// The group's name.
    public var id: GroupID { context.groupID }
    /// The epoch's number.
    public var epoch: Epoch { context.epoch }
    /// The members.
    public var members: Roster { shared.roster }
    /// The proposals that a commit may refer to.
    public var pendingProposals: [PendingProposal] {
      proposals.list.map { PendingProposal(proposal: $0.proposal, sender: $0.sender) }
    }

    /// The encoded tree, for newcomers whose Welcome does not carry it.
    public func ratchetTree() throws(CygnetError) -> [UInt8] { try shared.tree.wireEncoded() }

    /// What a message turned out to be.
    public enum Received: Sendable {
      /// A proposal, now held for commits.
      case proposal(PendingProposal, reference: ProposalRef)
      /// A commit that would begin the next epoch, not merged yet.
      case commit(StagedCommit)
      /// An encrypted message, which tells its group, epoch and kind and nothing else.
      case encrypted(ContentType)
    }

    /// A commit that was checked and not merged yet.
    public struct StagedCommit: Sendable {
      /// What it does.
      public let summary: CommitSummary
      let next: PublicGroup
      let base: (epoch: Epoch, tag: [UInt8])
    }

    /// Checks a message of the group. Nothing but a proposal that is held changes the group.
    /// - Throws: `wrongEpoch`: for a commit, another one was merged first; `wrongState` for a handshake
    ///   of a closed group; `authenticationFailed`;
    ///   `ruleViolation` with the rule's id; `notFound` for a message of another group or a commit
    ///   that refers to a proposal not seen here.
    public mutating func receive(
      _ message: Message, now: Timestamp
    ) throws(CygnetError) -> Received {
      guard let group = message.unverifiedGroupID, let epoch = message.unverifiedEpoch,
        let type = message.unverifiedContentType
      else { throw CygnetError(.wrongState, "not a message within a group") }
      guard group == id else {
        throw CygnetError(.notFound, "M1: a message of another group (RFC 9420 §12.4.2)")
      }
      let isEncrypted = message.wireFormat == .privateMessage
      if isEncrypted, type == .application, epoch <= self.epoch { return .encrypted(type) }
      guard epoch == self.epoch else {
        throw CygnetError(
          .wrongEpoch, "M1: a message of an epoch that is not the current one (RFC 9420 §12.4.2)")
      }
      guard case .publicMessage(let message) = message.body else { return .encrypted(type) }
      try checkActive()
      let unverified = try message.withoutMembershipTag()
      let key = try shared.signatureKey(for: message.content)
      let verified = try unverified.verified(
        by: key, context: shared.encodedContext, suite: shared.suite)
      switch verified.content.content {
      case .application:
        throw CygnetError(
          .ruleViolation, "S7: application data travels encrypted only (RFC 9420 §6)")
      case .proposal(let proposal):
        return try hold(proposal, verified, now: now)
      case .commit(let commit):
        shared.prepareClients(
          configuration, rules,
          isNeeded: commit.addsMember(by: verified.content.sender, proposals))
        return .commit(try stage(commit, verified, now: now))
      }
    }

    private func checkActive() throws(CygnetError) {
      guard reInit == nil else {
        throw CygnetError(
          .wrongState, "M10: the group is closed and awaits its successor (RFC 9420 §11.2)")
      }
    }

    private mutating func hold(
      _ proposal: Proposal, _ message: AuthenticatedContent, now: Timestamp
    ) throws(CygnetError) -> Received {
      let sender = message.content.sender
      try shared.check(proposal, from: sender, configuration: configuration, now: now)
      let reference = try shared.suite.proposalRef(message)
      try proposals.add(
        ListedProposal(proposal, from: sender, reference: reference, isVerified: true),
        reference: reference)
      return .proposal(
        PendingProposal(proposal: proposal, sender: sender), reference: reference)
    }

    private func stage(
      _ commit: Commit, _ message: AuthenticatedContent, now: Timestamp
    ) throws(CygnetError) -> StagedCommit {
      guard let tag = message.auth.confirmationTag else {
        throw CygnetError(.malformed, "S7: a commit without confirmation tag (RFC 9420 §6.1)")
      }
      var staging = try PublicCommit(
        shared, proposals: proposals.resolve(commit.proposals, committer: message.content.sender),
        commit: commit, message: message, configuration: configuration, now: now)
      let transcript = try TranscriptHash.confirmed(
        interimBefore: shared.interimTranscriptHash, content: message, suite: shared.suite)
      let context = try staging.provisional.context(transcriptHash: transcript)
      var next = try PublicGroup(
        suite: shared.suite, context: context, tree: staging.provisional.tree,
        confirmationTag: tag)
      next.clients = staging.provisional.clients
      return StagedCommit(
        summary: try staging.summary(), next: next, base: (epoch, shared.confirmationTag))
    }

    /// Makes a commit the one of its epoch: the first that is merged wins, and every other of the
    /// epoch is `wrongEpoch` from then on.
    /// - Throws: `wrongEpoch` when another one was merged since.
    public mutating func merge(_ staged: StagedCommit) throws(CygnetError) {
      guard staged.base.epoch == epoch, staged.base.tag == shared.confirmationTag else {
        throw CygnetError(.wrongEpoch, "another commit of this epoch was merged already")
      }
      shared = staged.next
      reInit = staged.summary.reInit
      proposals = ProposalCache()
    }

    /// Proposes a change as one of the group's external senders (RFC 9420 §12.1.8).
    /// - Parameters:
    ///   - change: An Add, a Remove, a pre-shared key, new extensions or a ReInit.
    ///   - senderIndex: The own place in the group's list of external senders.
    ///   - signatureKeyPair: The key that stands there.
    ///   - authenticatedData: What the signature covers besides.
    ///   - now: The time.
    /// - Throws: `ruleViolation`; `wrongState` when the key is not the one in the list.
    public func propose(
      _ change: Change, as senderIndex: UInt32, signingWith signatureKeyPair: SignatureKeyPair,
      authenticating authenticatedData: [UInt8] = [], now: Timestamp
    ) throws(CygnetError) -> Message {
      var random = SystemRandomSource()
      return try propose(
        change, as: senderIndex, signingWith: signatureKeyPair, authenticating: authenticatedData,
        now: now, using: &random)
    }

    package func propose(
      _ change: Change, as senderIndex: UInt32, signingWith signatureKeyPair: SignatureKeyPair,
      authenticating authenticatedData: [UInt8] = [], now: Timestamp,
      using random: inout some RandomSource
    ) throws(CygnetError) -> Message {
      let proposal = try change.proposal(suite: shared.suite, using: &random)
      let sender = Sender.external(senderIndex)
      guard senderIndex < shared.externalSenders.count,
        shared.externalSenders[Int(senderIndex)].signatureKey == signatureKeyPair.publicKey
      else { throw CygnetError(.wrongState, "not the key of this external sender") }
      try shared.check(proposal, from: sender, configuration: configuration, now: now)
      return try ExternalProposal.make(
        proposal, from: sender, group: id, epoch: epoch, authenticatedData: authenticatedData,
        signer: signatureKeyPair, suite: shared.suite)
    }

    // MARK: - Stored form

    ///     struct {
    ///       WireHeader header;                   // type 22
    ///       GroupContext context;
    ///       opaque confirmation_tag<V>;
    ///       optional<Node> ratchet_tree<V>;
    ///       HeldProposal proposals<V>;
    ///       optional<ReInit> re_init;            // once it is closed
    ///     } ExternalGroupState;
    ///
    /// What a server stores of the group. It holds no secret.
    public func state() throws(CygnetError) -> [UInt8] {
      try ExternalGroupState(shared: shared, proposals: proposals, reInit: reInit).wireEncoded()
    }

    /// From the stored form.
    public init(
      restoring state: [UInt8], configuration: Configuration
    ) throws(CygnetError) {
      (shared, proposals, reInit) = try Reader.read(state) { (reader) throws(CygnetError) in
        try ExternalGroupState.read(from: &reader, configuration)
      }
      self.configuration = configuration
    }
  }

  /// Proposals by those who are no members (RFC 9420 §12.1.8).
  public enum ExternalProposal {
    /// Asks to be added, with the own key package.
    /// - Parameters:
    ///   - keyPackage: The own key package.
    ///   - group: The group.
    ///   - epoch: Its current epoch.
    ///   - configuration: Which suites there are.
    public static func requestToJoin(
      _ keyPackage: OwnKeyPackage, group: GroupID, epoch: Epoch, configuration: Configuration
    ) throws(CygnetError) -> Message {
      try make(
        .add(keyPackage.keyPackage), from: .newMemberProposal, group: group, epoch: epoch,
        authenticatedData: [], signer: keyPackage.signatureKeyPair,
        suite: configuration.algorithms(of: keyPackage.keyPackage.cipherSuite))
    }

    package static func make(
      _ proposal: Proposal, from sender: Sender, group: GroupID, epoch: Epoch,
      authenticatedData: [UInt8], signer: SignatureKeyPair, suite: Algorithms
    ) throws(CygnetError) -> Message {
      let signed = try AuthenticatedContent.sign(
        FramedContent(
          groupID: group, epoch: epoch, sender: sender, authenticatedData: authenticatedData,
          content: .proposal(proposal)),
        as: .publicMessage, context: nil, by: signer, suite: suite)
      return Message(
        .publicMessage(
          try PublicMessage.protect(signed, membershipKey: nil, context: nil, suite: suite)))
    }
  }
}
