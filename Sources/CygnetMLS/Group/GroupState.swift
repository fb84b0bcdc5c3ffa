internal import CygnetHPKE
package import CygnetPrimitives
internal import CygnetWire

/// One member's state of a group in one epoch. A step makes the next one and puts it in the place of
/// this one as a whole.
struct GroupState: Sendable {
  /// Of a state's own it never changes, but for what is remembered of it.
  var shared: PublicGroup
  var keys: TreePrivateKeys { didSet { mark = Mark() } }
  var signer: MLS.SignatureKeyPair { didSet { mark = Mark() } }
  var secrets: EpochSecrets { didSet { mark = Mark() } }
  var secretTree: SecretTree
  var resumption = ResumptionSecrets() { didSet { mark = Mark() } }
  var past: [PastEpoch] = []
  var status = Status.active { didSet { mark = Mark() } }
  /// Proposals of this epoch, in the order of their arrival.
  var proposals = ProposalCache() { didSet { proposalsMark = Mark() } }
  var pending: PendingCommitState? { didSet { pendingMark = Mark() } }
  /// Of all that stays for the length of an epoch.
  private(set) var mark = Mark()
  private(set) var proposalsMark = Mark()
  private(set) var pendingMark = Mark()

  /// Whether the group goes on.
  enum Status: Sendable, Equatable {
    case active
    /// Closed by a commit; to be replaced by a group with these parameters (RFC 9420 §11.2).
    case reInitialized(MLS.ReInit)
    /// Left by a commit that removed us: nothing is sent any more, and of the epoch that stands here
    /// only what everybody knows is left. What late messages need is among the past epochs.
    case removed
  }

  var ownIndex: LeafIndex { keys.leafIndex }

  /// The state of a new epoch.
  init(
    shared: PublicGroup, keys: TreePrivateKeys, signer: MLS.SignatureKeyPair,
    secrets: EpochSecrets
  ) throws(CygnetError) {
    self.shared = shared
    self.keys = keys
    self.signer = signer
    self.secrets = secrets
    // From here on the tree alone holds what derives from the encryption secret (§9.2).
    secretTree = try self.secrets.takeSecretTree(leafCount: shared.tree.leafCount)
  }

  /// A stored one.
  init(
    shared: PublicGroup, keys: TreePrivateKeys, signer: MLS.SignatureKeyPair,
    secrets: EpochSecrets, secretTree: SecretTree
  ) {
    self.shared = shared
    self.keys = keys
    self.signer = signer
    self.secrets = secrets
    self.secretTree = secretTree
  }
}

/// The proposals of an epoch that commits may refer to (RFC 9420 §12.4, rule P9).
package struct ProposalCache: Sendable {
  /// The private half of an Update of our own, needed once somebody commits it.
  package struct OwnUpdate: Sendable {
    let encryptionKey: HPKE.PrivateKey
    let signer: MLS.SignatureKeyPair
  }

  package private(set) var list: [ListedProposal] = []
  private var byteCount = 0
  private var newcomers = (count: 0, byteCount: 0)
  private var places: [MLS.ProposalRef: Int] = [:]
  private(set) var ownUpdates: [MLS.ProposalRef: OwnUpdate] = [:]

  package init() {}

  subscript(reference: MLS.ProposalRef) -> ListedProposal? {
    places[reference].map { list[$0] }
  }

  /// Whether there is room for a proposal. Asked before ``add(_:reference:ownUpdate:)`` is called on
  /// a group's state, whose store would otherwise be written for what was refused.
  /// - Returns: its bytes.
  /// - Throws: `duplicate` when it is held already; `limitExceeded`.
  @discardableResult
  func check(
    _ proposal: ListedProposal, reference: MLS.ProposalRef
  ) throws(CygnetError) -> Int {
    guard places[reference] == nil else {
      throw CygnetError(.duplicate, "P9: this proposal is held already")
    }
    let size = try proposal.proposal.wireCount()
    guard list.count < MLS.Limits.pendingProposalCount,
      size <= MLS.Limits.pendingProposalByteCount - byteCount
    else { throw CygnetError(.limitExceeded, "P9: too many proposals in one epoch") }
    if proposal.sender == .newMemberProposal {
      guard newcomers.count < MLS.Limits.newcomerProposalCount,
        size <= MLS.Limits.newcomerProposalByteCount - newcomers.byteCount
      else { throw CygnetError(.limitExceeded, "P9: too many newcomers in one epoch") }
    }
    return size
  }

  /// - Throws: `duplicate` when it is held already; `limitExceeded`.
  package mutating func add(
    _ proposal: ListedProposal, reference: MLS.ProposalRef, ownUpdate: OwnUpdate? = nil
  ) throws(CygnetError) {
    let size = try check(proposal, reference: reference)
    if proposal.sender == .newMemberProposal {
      newcomers.count += 1
      newcomers.byteCount += size
    }
    byteCount += size
    places[reference] = list.count
    list.append(proposal)
    ownUpdates[reference] = ownUpdate
  }

  /// The commit's proposals, those referred to looked up.
  /// - Throws: `notFound` for a reference to what is not held; `ruleViolation` for two to one, and
  ///   for any in an external commit.
  func resolve(
    _ proposals: [MLS.ProposalOrRef], committer: MLS.Sender
  ) throws(CygnetError) -> [ListedProposal] {
    var resolved: [ListedProposal] = []
    resolved.reserveCapacity(proposals.count)
    var seen: Set<MLS.ProposalRef> = []
    for item in proposals {
      switch item {
      case .proposal(let proposal):
        resolved.append(
          ListedProposal(proposal, from: committer, reference: nil, isVerified: false))
      case .reference(let reference):
        guard committer != .newMemberCommit else {
          throw CygnetError(
            .ruleViolation, "X2: an external commit refers to a proposal (RFC 9420 §12.4.3.2)")
        }
        guard let held = self[reference] else {
          throw CygnetError(
            .notFound, "P9: a commit refers to a proposal that is not held (RFC 9420 §12.4)")
        }
        guard seen.insert(reference).inserted else {
          throw CygnetError(
            .ruleViolation, "P9: a commit refers to a proposal twice (RFC 9420 §12.4)")
        }
        resolved.append(held)
      }
    }
    return resolved
  }
}

/// What is kept of an epoch that is over, for application messages that come late (RFC 9420 §15.3,
/// rule A8): no key of the tree, and nothing that leads to the next epoch.
struct PastEpoch: Sendable {
  let context: MLS.GroupContext
  let encodedContext: [UInt8]
  let senderDataSecret: SecretBytes
  var secretTree: SecretTree
  let roster: PastRoster
  let ownIndex: LeafIndex
  let endedAt: Timestamp
  /// Of all but the secret tree.
  let mark = Mark()

  init(_ state: GroupState, endedAt: Timestamp) {
    context = state.shared.context
    encodedContext = state.shared.encodedContext
    senderDataSecret = state.secrets.senderDataSecret
    secretTree = state.secretTree.withoutHandshakes()
    roster = .tree(state.shared.tree)
    ownIndex = state.ownIndex
    self.endedAt = endedAt
  }

  init(
    context: MLS.GroupContext, senderDataSecret: SecretBytes, secretTree: SecretTree,
    ownIndex: LeafIndex, endedAt: Timestamp, roster: PastRoster
  ) throws(CygnetError) {
    self.context = context
    encodedContext = try context.wireEncoded()
    self.senderDataSecret = senderDataSecret
    self.secretTree = secretTree.withoutHandshakes()
    self.roster = roster
    self.ownIndex = ownIndex
    self.endedAt = endedAt
  }
}
