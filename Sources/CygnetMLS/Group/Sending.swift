internal import CygnetHPKE
public import CygnetPrimitives

extension MLS.Group {
  /// Encrypts data of the application's for all members (RFC 9420 §6.3, §15).
  /// - Parameters:
  ///   - data: What to send.
  ///   - authenticatedData: What the signature covers besides, and what travels in the clear.
  /// - Throws: `wrongState` when proposals wait, which must be committed first (§12.4), or the group
  ///   is closed; `limitExceeded`.
  public mutating func encrypt(
    _ data: [UInt8], authenticating authenticatedData: [UInt8] = []
  ) throws(CygnetError) -> MLS.Message {
    var random = SystemRandomSource()
    return try encrypt(data, authenticating: authenticatedData, using: &random)
  }

  package mutating func encrypt(
    _ data: [UInt8], authenticating authenticatedData: [UInt8] = [],
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Message {
    try checkActive()
    guard !isCommitRequired else {
      throw CygnetError(
        .wrongState, "M9: proposals wait for a commit, which goes first (RFC 9420 §12.4)")
    }
    let shared = live.shared
    let content = FramedContent(
      groupID: id, epoch: epoch, sender: .member(ownIndex), authenticatedData: authenticatedData,
      content: .application(data))
    let signed = try AuthenticatedContent.sign(
      content, as: .privateMessage, context: shared.encodedContext, by: live.signer,
      suite: shared.suite)
    return MLS.Message(
      .privateMessage(
        try PrivateMessage.protect(
          signed, senderDataSecret: live.secrets.senderDataSecret,
          secretTree: &live.secretTree, padding: configuration.padding, suite: shared.suite,
          using: &random)))
  }

  /// Proposes a change for somebody to commit (RFC 9420 §12.1).
  /// - Throws: `ruleViolation`; `wrongState` when the group is closed.
  public mutating func propose(
    _ change: MLS.Change, authenticating authenticatedData: [UInt8] = [], now: Timestamp
  ) throws(CygnetError) -> MLS.Message {
    var random = SystemRandomSource()
    return try propose(change, authenticating: authenticatedData, now: now, using: &random)
  }

  package mutating func propose(
    _ change: MLS.Change, authenticating authenticatedData: [UInt8] = [], now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Message {
    try propose(
      change.proposal(suite: live.shared.suite, using: &random),
      authenticating: authenticatedData, now: now, using: &random)
  }

  /// Proposes fresh keys for the own leaf (RFC 9420 §12.1.2). A commit heals more: prefer it where
  /// members may commit.
  public mutating func proposeUpdate(
    _ leaf: MLS.LeafChange = MLS.LeafChange(), authenticating authenticatedData: [UInt8] = [],
    now: Timestamp
  ) throws(CygnetError) -> MLS.Message {
    var random = SystemRandomSource()
    return try proposeUpdate(leaf, authenticating: authenticatedData, now: now, using: &random)
  }

  package mutating func proposeUpdate(
    _ change: MLS.LeafChange = MLS.LeafChange(), authenticating authenticatedData: [UInt8] = [],
    now: Timestamp, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Message {
    let suite = live.shared.suite
    let old = ownMember.leaf
    let signer = change.signatureKeyPair ?? live.signer
    let kept = try old.extensions.withoutGREASE()
    let key = try suite.deriveKeyPair(random.secret(suite.hashByteCount))
    let leaf = try MLS.LeafNode.signed(
      encryptionKey: MLS.HPKEPublicKey(key.publicKey.bytes),
      credential: change.credential ?? old.credential, source: .update,
      extensions: change.extensions ?? kept, by: signer,
      group: (id, ownIndex), suite: suite, configuration: configuration, using: &random)
    return try propose(
      .update(leaf), ownUpdate: ProposalCache.OwnUpdate(encryptionKey: key, signer: signer),
      authenticating: authenticatedData, now: now, using: &random)
  }

  /// Proposes to leave: somebody else must commit it (RFC 9420 §12.2).
  public mutating func proposeLeaving(
    authenticating authenticatedData: [UInt8] = [], now: Timestamp
  ) throws(CygnetError) -> MLS.Message {
    var random = SystemRandomSource()
    return try proposeLeaving(authenticating: authenticatedData, now: now, using: &random)
  }

  package mutating func proposeLeaving(
    authenticating authenticatedData: [UInt8] = [], now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Message {
    try propose(
      .remove(ownIndex), authenticating: authenticatedData, now: now, using: &random)
  }

  private mutating func propose(
    _ proposal: MLS.Proposal, ownUpdate: ProposalCache.OwnUpdate? = nil,
    authenticating authenticatedData: [UInt8], now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Message {
    try checkActive()
    let sender = MLS.Sender.member(ownIndex)
    try live.shared.check(proposal, from: sender, configuration: configuration, now: now)
    let signed = try AuthenticatedContent.sign(
      FramedContent(
        groupID: id, epoch: epoch, sender: sender, authenticatedData: authenticatedData,
        content: .proposal(proposal)),
      as: configuration.handshakeFormat.wireFormat, context: live.shared.encodedContext,
      by: live.signer, suite: live.shared.suite)
    let reference = try live.shared.suite.proposalRef(signed)
    var proposals = live.proposals
    try proposals.add(
      ListedProposal(proposal, from: sender, reference: reference, isVerified: true),
      reference: reference,
      ownUpdate: ownUpdate)
    let message = try protect(signed, using: &random)
    live.proposals = proposals
    return message
  }

  /// Drops a proposal that waits, as when the person in charge refuses it.
  public mutating func discardProposals() { live.proposals = ProposalCache() }

  /// The signed state of the group, to be published or handed to a newcomer (RFC 9420 §12.4.3).
  /// - Parameters:
  ///   - allowsExternalJoin: Whether it carries the key for joining by an external commit.
  ///   - includesTree: Whether it carries the tree.
  /// - Throws: `wrongState` once a commit removed us.
  public func groupInfo(
    allowsExternalJoin: Bool, includesTree: Bool = true
  ) throws(CygnetError) -> MLS.GroupInfo {
    var random = SystemRandomSource()
    return try groupInfo(
      allowsExternalJoin: allowsExternalJoin, includesTree: includesTree, using: &random)
  }

  package func groupInfo(
    allowsExternalJoin: Bool, includesTree: Bool = true, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.GroupInfo {
    try checkMember()
    var key: MLS.HPKEPublicKey?
    if allowsExternalJoin {
      key = MLS.HPKEPublicKey(
        try live.secrets.externalKeyPair(suite: live.shared.suite).publicKey.bytes)
    }
    return try live.shared.groupInfo(
      externalKey: key, includesTree: includesTree, signer: live.signer, signerIndex: ownIndex,
      configuration: configuration, using: &random)
  }
}
