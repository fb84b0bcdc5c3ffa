public import CygnetPrimitives
internal import CygnetWire

extension MLS {
  /// A member's view of a group (RFC 9420): a value. What is refused leaves it as it was, byte for
  /// byte; what is made changes no more than it says.
  ///
  /// Store ``state()`` after each call that changes the group and before anything leaves the device:
  /// a key that was used and is forgotten would be used again.
  public struct Group: Sendable {
    /// What the group follows beyond the protocol.
    public var configuration: Configuration { didSet { rules = Mark() } }
    /// Stands for the configuration.
    private(set) var rules = Mark()
    /// The current epoch.
    var live: GroupState

    init(_ state: GroupState, configuration: Configuration) {
      live = state
      self.configuration = configuration
    }

    /// A member's view out of its parts, for who holds the secrets of a whole epoch.
    package init(
      shared: PublicGroup, keys: TreePrivateKeys, signer: SignatureKeyPair, secrets: EpochSecrets,
      configuration: Configuration
    ) throws(CygnetError) {
      self.init(
        try GroupState(shared: shared, keys: keys, signer: signer, secrets: secrets),
        configuration: configuration)
    }

    /// What the members of this epoch agree on.
    public var context: GroupContext { live.shared.context }
    /// The group's name.
    public var id: GroupID { context.groupID }
    /// The epoch's number.
    public var epoch: Epoch { context.epoch }
    /// The suite.
    public var cipherSuite: CipherSuite { context.cipherSuite }
    /// The members.
    public var members: Roster { live.shared.roster }
    /// The own place.
    public var ownIndex: LeafIndex { live.ownIndex }
    /// The own leaf.
    public var ownMember: Member {
      // A member's own leaf is never blank: a commit that removes it ends the membership.
      members[ownIndex]!
    }

    /// Whether the group was closed by a ReInit, and what shall replace it.
    public var reInit: ReInit? {
      if case .reInitialized(let reInit) = live.status { reInit } else { nil }
    }

    /// Whether proposals wait that must be committed before anything else is sent
    /// (RFC 9420 §12.4).
    public var isCommitRequired: Bool { !live.proposals.list.isEmpty }

    /// The proposals that wait, in the order of their arrival.
    public var pendingProposals: [PendingProposal] {
      live.proposals.list.map { PendingProposal(proposal: $0.proposal, sender: $0.sender) }
    }

    /// Whether a commit of our own waits for its acceptance.
    public var hasPendingCommit: Bool { live.pending != nil }

    /// A secret that all members of the epoch share, for comparison by other means
    /// (RFC 9420 §8.7). Of no use once a commit removed us.
    public var epochAuthenticator: SecretBytes { live.secrets.epochAuthenticator }

    /// A secret of the epoch for use in another group (RFC 9420 §8.6). Of no use once a commit removed
    /// us.
    public var resumptionKey: SecretBytes { live.secrets.resumptionPSK }

    /// A secret for the application's own use (RFC 9420 §8.5).
    /// - Parameters:
    ///   - label: What the secret is for.
    ///   - context: What it depends on besides.
    ///   - count: Its bytes, at most 255 times the hash's.
    /// - Throws: `limitExceeded`; `wrongState` once a commit removed us.
    public func export(
      label: String, context: [UInt8], count: Int
    ) throws(CygnetError) -> SecretBytes {
      try checkMember()
      return try live.secrets.export(
        label: label, context: context, count: count, suite: live.shared.suite)
    }

    /// The tree as a newcomer needs it when no Welcome carries it.
    public func ratchetTree() throws(CygnetError) -> [UInt8] {
      try live.shared.tree.wireEncoded()
    }

    /// Whether a commit ended the own membership. Nothing can be sent any more.
    public var isRemoved: Bool { live.status == .removed }

    /// - Throws: `wrongState` (M8): there is no epoch that we share with anybody.
    func checkMember() throws(CygnetError) {
      guard !isRemoved else {
        throw CygnetError(.wrongState, "M8: this member was removed from the group")
      }
    }

    func checkActive() throws(CygnetError) {
      try checkMember()
      guard live.status == .active else {
        throw CygnetError(
          .wrongState, "M10: the group is closed and awaits its successor (RFC 9420 §11.2)")
      }
    }
  }

  /// A proposal that waits for a commit.
  public struct PendingProposal: Hashable, Sendable {
    /// The change.
    public let proposal: Proposal
    /// Who wants it.
    public let sender: Sender
  }
}
