internal import CygnetHPKE
public import CygnetPrimitives

extension MLS {
  /// What a commit is sent as. Nothing of it changes the group before the delivery service accepted
  /// the commit.
  public struct CommitBundle: Sendable {
    /// To all members.
    public let commit: Message
    /// To those who are added, after the commit was accepted.
    public let welcome: Message?
    /// The tree after the commit, for newcomers whose Welcome does not carry it.
    public let ratchetTree: [UInt8]?
    /// What the commit does.
    public let summary: CommitSummary
  }

  /// How a commit is made.
  public struct CommitOptions: Sendable {
    /// New things about the own leaf.
    public var leaf = LeafChange()
    /// Whether the proposals that wait go in, those that are invalid left out.
    public var includesPending = true
    /// Whether a path is made even where none is needed. It heals the committer, so it is the
    /// default.
    public var forcesPath = true
    /// Data that the signature covers and that travels in the clear.
    public var authenticatedData: [UInt8] = []

    /// The defaults.
    public init() {}
  }
}

/// A commit of our own that waits for its acceptance (RFC 9420 §14, rule M6).
struct PendingCommitState: Sendable {
  let message: MLS.Message
  let next: Box

  /// A state within a state.
  final class Box: Sendable {
    let state: GroupState
    init(_ state: GroupState) { self.state = state }
  }
}

extension MLS.Group {
  /// Makes a commit. The group stays in its epoch until ``mergePendingCommit(now:)``; but for the
  /// commit that now waits, and the key that encrypting it used up, nothing changes.
  /// - Parameters:
  ///   - changes: What the commit carries besides the proposals that wait.
  ///   - options: How it is made.
  ///   - now: The time.
  /// - Throws: `wrongState` when another commit waits or the group is closed; `ruleViolation`.
  public mutating func commit(
    _ changes: [MLS.Change] = [], options: MLS.CommitOptions = MLS.CommitOptions(), now: Timestamp
  ) throws(CygnetError) -> MLS.CommitBundle {
    var random = SystemRandomSource()
    return try commit(changes, options: options, now: now, using: &random)
  }

  package mutating func commit(
    _ changes: [MLS.Change] = [], options: MLS.CommitOptions = MLS.CommitOptions(), now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.CommitBundle {
    var own: [MLS.Proposal] = []
    for change in changes {
      own.append(try change.proposal(suite: live.shared.suite, using: &random))
    }
    return try commit(
      proposals: own, options: options, occasion: .ordinary, parent: nil, now: now, using: &random)
  }

  package mutating func commit(
    proposals own: [MLS.Proposal], options: MLS.CommitOptions, occasion: ProposalPlan.Occasion,
    parent: (group: MLS.GroupID, epoch: MLS.Epoch, secret: SecretBytes)?, now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.CommitBundle {
    try checkActive()
    guard live.pending == nil else {
      throw CygnetError(.wrongState, "M6: another commit waits; merge or clear it first")
    }
    let adds = (own + live.proposals.list.map(\.proposal)).contains { $0.type == .add }
    live.shared.prepareClients(configuration, rules, isNeeded: adds)
    var commit = CommitMaker(
      state: live, configuration: configuration, options: options, occasion: occasion,
      parent: parent, now: now)
    let made = try commit.run(own, using: &random)
    // What the next line leaves behind if it throws is nothing.
    let message = try protect(made.content, using: &random)
    let bundle = MLS.CommitBundle(
      commit: message, welcome: made.welcome.map { MLS.Message($0) }, ratchetTree: made.ratchetTree,
      summary: made.summary)
    live.pending = PendingCommitState(
      message: message, next: PendingCommitState.Box(made.next))
    return bundle
  }

  /// Enters the epoch of the commit that waits, once the delivery service accepted it.
  /// - Throws: `wrongState` when none waits.
  public mutating func mergePendingCommit(now: Timestamp) throws(CygnetError) {
    guard let pending = live.pending else {
      throw CygnetError(.wrongState, "no commit waits")
    }
    enter(pending.next.state, now: now)
  }

  /// Gives up the commit that waits, as when the delivery service preferred another one.
  public mutating func clearPendingCommit() { live.pending = nil }

  /// Encodes a signed handshake message as its wire format says. A private one uses up a key, which
  /// stays used whatever becomes of the message (M7).
  mutating func protect(
    _ content: AuthenticatedContent, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Message {
    let shared = live.shared
    switch content.wireFormat {
    case .privateMessage:
      var tree = live.secretTree
      let message = try PrivateMessage.protect(
        content, senderDataSecret: live.secrets.senderDataSecret, secretTree: &tree,
        padding: configuration.padding, suite: shared.suite, using: &random)
      live.secretTree = tree
      return MLS.Message(.privateMessage(message))
    default:
      return MLS.Message(
        .publicMessage(
          try PublicMessage.protect(
            content, membershipKey: live.secrets.membershipKey, context: shared.encodedContext,
            suite: shared.suite)))
    }
  }
}

extension MLS.HandshakeFormat {
  var wireFormat: MLS.WireFormat {
    switch self {
    case .privateMessage: .privateMessage
    case .publicMessage: .publicMessage
    }
  }
}
