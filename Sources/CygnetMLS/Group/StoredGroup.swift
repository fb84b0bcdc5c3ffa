internal import CygnetHPKE
public import CygnetPrimitives
internal import CygnetWire

extension MLS {
  /// A group as it is stored: one block for the current epoch, and one for each epoch that is over
  /// and whose late messages still open. Only the block of an epoch from which a message was opened
  /// changes, so a step writes what it changed and no more.
  public struct StoredGroup: Sendable, Equatable {
    /// The current epoch. Keep it as secret as a private key.
    public var current: SecretBytes
    /// The epochs that are over, the oldest first; in any order when a group is restored.
    public var past: [(epoch: Epoch, state: SecretBytes)]

    /// From the blocks of a store.
    public init(current: SecretBytes, past: [(epoch: Epoch, state: SecretBytes)]) {
      self.current = current
      self.past = past
    }

    /// In constant time for blocks of the same size.
    public static func == (one: Self, other: Self) -> Bool {
      one.current == other.current
        && one.past.elementsEqual(other.past) { $0.epoch == $1.epoch && $0.state == $1.state }
    }
  }
}

extension MLS.Group {
  /// The stored form.
  public func state() throws(CygnetError) -> MLS.StoredGroup {
    var past: [(epoch: MLS.Epoch, state: SecretBytes)] = []
    for epoch in live.past { past.append((epoch.context.epoch, try epoch.wireEncodedSecret())) }
    return MLS.StoredGroup(current: try live.wireEncodedSecret(), past: past)
  }

  /// The block of the current epoch alone.
  public func currentState() throws(CygnetError) -> SecretBytes { try live.wireEncodedSecret() }

  /// From the stored form.
  /// - Parameters:
  ///   - stored: What ``state()`` gave; of the past epochs any may be left out.
  ///   - configuration: The same as before.
  /// - Throws: `malformed`; `unsupported`.
  public init(
    restoring stored: MLS.StoredGroup, configuration: MLS.Configuration
  ) throws(CygnetError) {
    var state = try Reader.read(stored.current) { (reader) throws(CygnetError) in
      try GroupState.read(from: &reader, configuration)
    }
    for item in stored.past {
      let epoch = try PastEpoch(wire: item.state)
      try state.add(epoch, as: item.epoch)
    }
    state.past.sort { $0.context.epoch < $1.context.epoch }
    for (epoch, next) in zip(state.past, state.past.dropFirst())
    where epoch.context.epoch == next.context.epoch {
      throw CygnetError(.malformed, "a stored epoch twice")
    }
    self.init(state, configuration: configuration)
  }
}

extension GroupState {
  /// Takes up a stored epoch that is over.
  mutating func add(_ epoch: PastEpoch, as number: MLS.Epoch) throws(CygnetError) {
    let current = shared.context.epoch
    // After our removal the epoch that ended with it is one of the past.
    guard epoch.context.groupID == shared.context.groupID, epoch.context.epoch == number,
      number < current || (number == current && status == .removed)
    else { throw CygnetError(.malformed, "a stored epoch of another group") }
    past.append(epoch)
  }
}

///     struct {
///       WireHeader header;                   // type 19
///       GroupContext context;
///       opaque confirmation_tag<V>;
///       optional<Node> ratchet_tree<V>;
///       TreePrivateKeys keys;
///       opaque signature_seed[32];
///       EpochSecrets secrets;
///       SecretTree secret_tree;
///       ResumptionSecret resumption<V>;
///       uint8 status;                        // 0 active, 1 closed, 2 removed
///       select (GroupState.status) { case 1: ReInit re_init; };
///       HeldProposal proposals<V>;
///       optional<PendingCommit> pending;
///     } GroupState;
///
///     struct {
///       MLSMessage message;
///       GroupState next;                     // without a pending commit of its own
///     } PendingCommit;
extension GroupState: WireEncodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.mlsGroupState.encodeHeader(into: &writer)
    try shared.encode(into: &writer)
    try keys.encode(into: &writer)
    writer.write(fixed: signer.seed)
    try secrets.encode(into: &writer)
    try secretTree.encode(into: &writer)
    try resumption.encode(into: &writer)
    try status.encode(into: &writer)
    try proposals.encode(into: &writer)
    try writer.write(optional: pending)
  }

  static func read(
    from reader: inout Reader, _ configuration: MLS.Configuration, mayWait: Bool = true
  ) throws(CygnetError) -> GroupState {
    try WireType.mlsGroupState.decodeHeader(from: &reader)
    let shared = try PublicGroup.read(from: &reader, configuration)
    var state = GroupState(
      shared: shared, keys: try TreePrivateKeys(from: &reader),
      signer: try MLS.SignatureKeyPair(seed: reader.readSecret(32)),
      secrets: try EpochSecrets(from: &reader), secretTree: try SecretTree(from: &reader))
    state.resumption = try ResumptionSecrets(from: &reader)
    state.status = try Status(from: &reader)
    state.proposals = try ProposalCache(from: &reader, suite: shared.suite)
    switch try reader.readUInt8() {
    case 0: break
    case 1 where mayWait: state.pending = try .read(from: &reader, after: state, configuration)
    default: throw CygnetError(.malformed, "a presence byte is 0 or 1 (RFC 9420 §2.1.1)")
    }
    try state.checkOwnLeaf()
    return state
  }

  /// Whether the keys are those of a leaf in the tree, which everything else takes for granted. Who
  /// was removed has another leaf key.
  func checkOwnLeaf() throws(CygnetError) {
    guard let leaf = shared.tree.leaf(ownIndex), leaf.signatureKey == signer.publicKey,
      status == .removed || leaf.encryptionKey.bytes == keys.leafKey.publicKey.bytes,
      secretTree.leafCount == shared.tree.leafCount
    else { throw CygnetError(.malformed, "a stored group with keys of another member") }
  }
}

extension GroupState.Status: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    switch self {
    case .active: writer.write(UInt8(0))
    case .reInitialized(let reInit):
      writer.write(UInt8(1))
      try reInit.encode(into: &writer)
    case .removed: writer.write(UInt8(2))
    }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    switch try reader.readUInt8() {
    case 0: self = .active
    case 1: self = .reInitialized(try MLS.ReInit(from: &reader))
    case 2: self = .removed
    default: throw CygnetError(.malformed, "an unknown status of a stored group")
    }
  }
}

extension PendingCommitState: WireEncodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try message.encode(into: &writer)
    try next.state.encode(into: &writer)
  }

  static func read(
    from reader: inout Reader, after state: GroupState, _ configuration: MLS.Configuration
  ) throws(CygnetError) -> PendingCommitState {
    let message = try MLS.Message(from: &reader)
    let next = try GroupState.read(from: &reader, configuration, mayWait: false)
    guard next.shared.context.groupID == state.shared.context.groupID,
      try next.shared.context.epoch == state.shared.context.epoch.next(),
      next.ownIndex == state.ownIndex
    else { throw CygnetError(.malformed, "a stored commit of another group") }
    return PendingCommitState(message: message, next: .init(next))
  }
}

///     struct {
///       WireHeader header;                   // type 20
///       GroupContext context;
///       opaque sender_data_secret<V>;
///       SecretTree secret_tree;
///       uint32 own_index;
///       uint64 ended_at;
///       PastMember members<V>;
///     } PastEpochState;
///
extension PastEpoch: WireEncodable, WireDecodable {
  func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.mlsPastEpochState.encodeHeader(into: &writer)
    try context.encode(into: &writer)
    try writer.write(opaque: senderDataSecret)
    try secretTree.encode(into: &writer)
    try ownIndex.encode(into: &writer)
    writer.write(endedAt.seconds)
    try roster.encode(into: &writer)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try WireType.mlsPastEpochState.decodeHeader(from: &reader)
    try self.init(
      context: MLS.GroupContext(from: &reader),
      senderDataSecret: reader.readOpaqueSecret(1...255), secretTree: SecretTree(from: &reader),
      ownIndex: LeafIndex(from: &reader), endedAt: Timestamp(seconds: reader.readUInt64()),
      roster: PastRoster(from: &reader))
  }
}
