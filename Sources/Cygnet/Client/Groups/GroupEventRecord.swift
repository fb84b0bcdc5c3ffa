internal import CygnetMLS
internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

///     struct {
///       MemberIdentity proposer;
///       uint8 kind;                        // 1 add, 2 remove, 3 leave, 4 update, 5 rename
///       select (kind) {
///         case 1, 2: MemberIdentity subject;
///         case 5:    GroupTitle title;
///       };
///     } GroupProposalRecord;
struct GroupProposalRecord: WireEncodable, WireDecodable, Sendable {
  enum Kind: Sendable {
    case add(MemberIdentity)
    case remove(MemberIdentity)
    case leave
    case update
    case rename(GroupTitle)
  }

  let proposer: MemberIdentity
  let kind: Kind

  /// - Throws: `ruleViolation` for what no client of ours proposes.
  init(_ pending: MLS.PendingProposal, members: MLS.Roster) throws(CygnetError) {
    guard case .member(let index) = pending.sender, let proposer = members[index] else {
      throw CygnetError(.ruleViolation, "a proposal of nobody in the group")
    }
    self.proposer = try MemberIdentity(proposer)
    switch pending.proposal {
    case .add(let keyPackage): kind = .add(try MemberIdentity(keyPackage.leafNode))
    case .update: kind = .update
    case .remove(index): kind = .leave
    case .remove(let other):
      guard let member = members[other] else {
        throw CygnetError(.ruleViolation, "a proposal to remove nobody")
      }
      kind = .remove(try MemberIdentity(member))
    case .groupContextExtensions(let extensions): kind = .rename(try GroupTitle(extensions))
    case .preSharedKey, .reInit, .externalInit, .custom:
      throw CygnetError(.ruleViolation, "a proposal that clients do not follow")
    }
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    try proposer.encode(into: &writer)
    switch kind {
    case .add(let subject):
      writer.write(UInt8(1))
      try subject.encode(into: &writer)
    case .remove(let subject):
      writer.write(UInt8(2))
      try subject.encode(into: &writer)
    case .leave: writer.write(UInt8(3))
    case .update: writer.write(UInt8(4))
    case .rename(let title):
      writer.write(UInt8(5))
      try title.encode(into: &writer)
    }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    proposer = try MemberIdentity(from: &reader)
    switch try reader.readUInt8() {
    case 1: kind = .add(try MemberIdentity(from: &reader))
    case 2: kind = .remove(try MemberIdentity(from: &reader))
    case 3: kind = .leave
    case 4: kind = .update
    case 5: kind = .rename(try GroupTitle(from: &reader))
    default: throw CygnetError(.malformed, "an unknown kind of proposal")
    }
  }
}

///     struct {
///       uint16 version = 1;
///       opaque id[16];
///       opaque group_id<V>;
///       opaque group_name<1..255>;
///       uint64 epoch;
///       uint64 received_at;
///       uint8 kind;                        // 1 message, 2 change, 3 proposal
///       select (kind) {
///         case 1: MemberIdentity sender;
///                 opaque content<V>;       // MessageContent
///         case 2: GroupChangeRecord change;
///         case 3: GroupProposalRecord proposal;
///       };
///     } GroupEventRecord;
struct GroupEventRecord: WireEncodable, WireDecodable, Sendable {
  enum Content: Sendable {
    case message(from: MemberIdentity, MessageContent)
    case change(GroupChangeRecord)
    case proposal(GroupProposalRecord)
  }

  let id: [UInt8]
  let groupID: MLS.GroupID
  let groupName: String
  let epoch: MLS.Epoch
  let receivedAt: Timestamp
  let content: Content

  init(
    _ content: Content, id: MessageID, in group: GroupRecord, epoch: MLS.Epoch, now: Timestamp
  ) {
    self.id = id.bytes
    self.content = content
    self.epoch = epoch
    groupID = group.id
    groupName = group.name
    receivedAt = now
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    writer.write(fixed: id)
    try writer.write(opaque: groupID.bytes)
    try writer.write(opaque: Array(groupName.utf8))
    writer.write(epoch.rawValue)
    writer.write(receivedAt.seconds)
    switch content {
    case .message(let sender, let content):
      writer.write(UInt8(1))
      try sender.encode(into: &writer)
      try writer.vector { (writer) throws(CygnetError) in try content.encode(into: &writer) }
    case .change(let change):
      writer.write(UInt8(2))
      try change.encode(into: &writer)
    case .proposal(let proposal):
      writer.write(UInt8(3))
      try proposal.encode(into: &writer)
    }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    id = try reader.readFixed(MessageID.byteCount)
    groupID = MLS.GroupID(try reader.readOpaque(0...255))
    groupName = try ContactName.read(from: &reader)
    epoch = try MLS.Epoch(from: &reader)
    receivedAt = try reader.readTimestamp()
    switch try reader.readUInt8() {
    case 1:
      let sender = try MemberIdentity(from: &reader)
      content = .message(
        from: sender,
        try reader.vector(0...(1 << 20)) { (reader) throws(CygnetError) in
          try MessageContent(from: &reader)
        })
    case 2: content = .change(try GroupChangeRecord(from: &reader))
    case 3: content = .proposal(try GroupProposalRecord(from: &reader))
    default: throw CygnetError(.malformed, "an unknown kind of event")
    }
  }
}

extension RecordTransaction {
  func put(_ event: GroupEventRecord) throws(CygnetError) {
    try put(.groupEvent, event.id, event.wireEncodedSecret())
  }

  func groupEvent(_ id: MessageID) throws(CygnetError) -> GroupEventRecord? {
    guard let value = try value(.groupEvent, id.bytes) else { return nil }
    return try GroupEventRecord(wire: value)
  }

  /// In the order in which they came in, as far as their times tell, and then of their epochs.
  func groupEvents() throws(CygnetError) -> [GroupEventRecord] {
    var events: [GroupEventRecord] = []
    for value in try values(.groupEvent) { events.append(try GroupEventRecord(wire: value)) }
    return events.sorted { ($0.receivedAt, $0.epoch) < ($1.receivedAt, $1.epoch) }
  }

  // MARK: As people see them

  func shown(
    _ event: GroupEventRecord, _ own: ProfileRecord
  ) throws(CygnetError) -> GroupEvent {
    let content: GroupEvent.Content =
      switch event.content {
      case .message(let sender, let content):
        .message(from: try member(sender, own), content)
      case .change(let change): .change(try shown(change, own))
      case .proposal(let proposal): .proposal(try shown(proposal, own))
      }
    return GroupEvent(
      id: event.id, groupID: event.groupID.bytes, groupName: event.groupName,
      epoch: event.epoch.rawValue, content: content, receivedAt: event.receivedAt)
  }

  func shown(
    _ change: GroupChangeRecord, _ own: ProfileRecord
  ) throws(CygnetError) -> GroupChange {
    GroupChange(
      committer: try member(change.committer, own), epoch: change.epoch.rawValue,
      added: try members(change.added, own), removed: try members(change.removed, own),
      updated: try members(change.updated, own), isReturn: change.returns,
      title: change.title?.bytes, removesSelf: change.removesSelf)
  }

  func shown(
    _ proposal: GroupProposalRecord, _ own: ProfileRecord
  ) throws(CygnetError) -> GroupProposal {
    let kind: GroupProposal.Kind =
      switch proposal.kind {
      case .add(let subject): .add(try member(subject, own))
      case .remove(let subject): .remove(try member(subject, own))
      case .leave: .leave
      case .update: .update
      case .rename(let title): .rename(title.bytes)
      }
    return GroupProposal(proposer: try member(proposal.proposer, own), kind: kind)
  }
}
