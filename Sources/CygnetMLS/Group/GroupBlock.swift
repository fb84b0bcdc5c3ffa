public import CygnetPrimitives
internal import CygnetWire

///     struct {
///       WireHeader header;                   // wire_type 23
///       opaque group_id<V>;
///       uint64 epoch;
///       BlockName name;
///     } GroupBlockHeader;
struct GroupBlockHeader: WireEncodable {
  let group: MLS.GroupID
  let epoch: MLS.Epoch
  let name: MLS.BlockName

  func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.mlsGroupBlock.encodeHeader(into: &writer)
    try group.encode(into: &writer)
    try epoch.encode(into: &writer)
    try name.encode(into: &writer)
  }
}

/// A block: its header, and what its kind says.
struct GroupBlock: WireEncodable {
  let header: GroupBlockHeader
  let body: (inout Writer) throws(CygnetError) -> Void

  func encode(into writer: inout Writer) throws(CygnetError) {
    try header.encode(into: &writer)
    try body(&writer)
  }
}

/// The blocks of a store, each taken once.
private struct BlockReader {
  private var blocks: [MLS.BlockName: SecretBytes]
  private let group: MLS.GroupID
  private let epoch: MLS.Epoch

  init(_ blocks: [MLS.BlockName: SecretBytes], of context: MLS.GroupContext) {
    self.blocks = blocks
    group = context.groupID
    epoch = context.epoch
  }

  /// The past epochs of which there are blocks, the oldest first.
  var pastEpochs: [MLS.Epoch] {
    blocks.keys.filter { $0.kind == .pastEpoch }.compactMap(\.pastEpoch).sorted()
  }

  mutating func drop(_ name: MLS.BlockName) { blocks[name] = nil }

  /// - Throws: `malformed` for blocks that belong to none of the others.
  func demandNoneLeft() throws(CygnetError) {
    guard blocks.isEmpty else {
      throw CygnetError(.malformed, "a stored group with a block too many")
    }
  }

  mutating func readIfThere<Value>(
    _ name: MLS.BlockName, _ body: (inout Reader) throws(CygnetError) -> Value
  ) throws(CygnetError) -> Value? {
    guard let block = blocks.removeValue(forKey: name) else { return nil }
    return try Reader.read(block) { (reader) throws(CygnetError) in
      try WireType.mlsGroupBlock.decodeHeader(from: &reader)
      guard try MLS.GroupID(from: &reader) == group,
        try MLS.Epoch(from: &reader) == name.pastEpoch ?? epoch,
        try MLS.BlockName(from: &reader) == name
      else { throw CygnetError(.malformed, "a block of another group, epoch or name") }
      return try body(&reader)
    }
  }

  mutating func read<Value>(
    _ name: MLS.BlockName, _ body: (inout Reader) throws(CygnetError) -> Value
  ) throws(CygnetError) -> Value {
    guard let value = try readIfThere(name, body) else {
      throw CygnetError(.malformed, "a stored group without one of its blocks")
    }
    return value
  }

  /// The message keys of an epoch.
  mutating func secretTree(_ past: MLS.Epoch?) throws(CygnetError) -> SecretTree {
    // Only one reader at a time, so segments are read in a copy and then dropped here.
    var segments = self
    let tree = try read(.crown(past)) { (reader) throws(CygnetError) in
      try SecretTree(crown: &reader) { (number, read) throws(CygnetError) in
        try segments.read(.segment(number, past)) { (reader) throws(CygnetError) in
          try read(&reader)
        }
      }
    }
    for number in tree.marks.segments.keys { drop(.segment(number, past)) }
    return tree
  }
}

extension MLS.Group {
  /// From the blocks of a store.
  /// - Parameters:
  ///   - blocks: What ``changes(since:)`` gave, each block as it was written last. Those of a past
  ///     epoch may be left out, all together.
  ///   - configuration: The same as before.
  /// - Throws: `malformed`; `unsupported`.
  public init(
    restoring blocks: [MLS.BlockName: SecretBytes], configuration: MLS.Configuration
  ) throws(CygnetError) {
    guard let first = blocks[.epoch] else {
      throw CygnetError(.malformed, "a stored group without its epoch")
    }
    let epoch = try EpochBlock(first, configuration)
    var reader = BlockReader(blocks, of: epoch.shared.context)
    reader.drop(.epoch)
    var state = GroupState(
      shared: epoch.shared, keys: epoch.keys, signer: epoch.signer, secrets: epoch.secrets,
      secretTree: try reader.secretTree(nil))
    state.resumption = epoch.resumption
    state.status = epoch.status
    let suite = state.shared.suite
    if let proposals = try reader.readIfThere(
      .proposals, { (reader) throws(CygnetError) in try ProposalCache(from: &reader, suite: suite) }
    ) {
      state.proposals = proposals
    }
    state.pending = try reader.readIfThere(.pendingCommit) { (reader) throws(CygnetError) in
      try PendingCommitState.read(from: &reader, after: state, configuration)
    }
    try state.checkOwnLeaf()
    for number in reader.pastEpochs {
      let tree = try reader.secretTree(number)
      let past = try reader.read(.pastEpoch(number)) { (reader) throws(CygnetError) in
        try PastEpoch(rest: &reader, secretTree: tree)
      }
      try state.add(past, as: number)
    }
    try reader.demandNoneLeft()
    self.init(state, configuration: configuration)
  }
}

///     struct {
///       GroupContext context;
///       opaque confirmation_tag<V>;
///       optional<Node> ratchet_tree<V>;
///       TreePrivateKeys keys;
///       opaque signature_seed[32];
///       EpochSecrets secrets;
///       ResumptionSecret resumption<V>;
///       uint8 status;
///       select (EpochBlock.status) { case 1: ReInit re_init; };
///     } EpochBlock;
private struct EpochBlock {
  let shared: PublicGroup
  let keys: TreePrivateKeys
  let signer: MLS.SignatureKeyPair
  let secrets: EpochSecrets
  let resumption: ResumptionSecrets
  let status: GroupState.Status

  init(_ block: SecretBytes, _ configuration: MLS.Configuration) throws(CygnetError) {
    self = try Reader.read(block) { (reader) throws(CygnetError) in
      try WireType.mlsGroupBlock.decodeHeader(from: &reader)
      let (group, epoch) = (try MLS.GroupID(from: &reader), try MLS.Epoch(from: &reader))
      guard try MLS.BlockName(from: &reader) == .epoch else {
        throw CygnetError(.malformed, "a block of another name")
      }
      let body = try EpochBlock(from: &reader, configuration)
      guard group == body.shared.context.groupID, epoch == body.shared.context.epoch else {
        throw CygnetError(.malformed, "a block of another group or epoch")
      }
      return body
    }
  }

  private init(
    from reader: inout Reader, _ configuration: MLS.Configuration
  ) throws(CygnetError) {
    shared = try PublicGroup.read(from: &reader, configuration)
    keys = try TreePrivateKeys(from: &reader)
    signer = try MLS.SignatureKeyPair(seed: reader.readSecret(32))
    secrets = try EpochSecrets(from: &reader)
    resumption = try ResumptionSecrets(from: &reader)
    status = try GroupState.Status(from: &reader)
  }
}

extension GroupState {
  /// The body of an `EpochBlock`.
  func encodeEpoch(into writer: inout Writer) throws(CygnetError) {
    try shared.encode(into: &writer)
    try keys.encode(into: &writer)
    writer.write(fixed: signer.seed)
    try secrets.encode(into: &writer)
    try resumption.encode(into: &writer)
    try status.encode(into: &writer)
  }
}

///     struct {
///       GroupContext context;
///       opaque sender_data_secret<V>;
///       uint32 own_index;
///       uint64 ended_at;
///       PastMember members<V>;
///     } PastEpochBlock;
extension PastEpoch {
  func encodeRest(into writer: inout Writer) throws(CygnetError) {
    try context.encode(into: &writer)
    try writer.write(opaque: senderDataSecret)
    try ownIndex.encode(into: &writer)
    writer.write(endedAt.seconds)
    try roster.encode(into: &writer)
  }

  init(rest reader: inout Reader, secretTree: SecretTree) throws(CygnetError) {
    try self.init(
      context: MLS.GroupContext(from: &reader),
      senderDataSecret: reader.readOpaqueSecret(1...255), secretTree: secretTree,
      ownIndex: LeafIndex(from: &reader), endedAt: Timestamp(seconds: reader.readUInt64()),
      roster: PastRoster(from: &reader))
  }
}
