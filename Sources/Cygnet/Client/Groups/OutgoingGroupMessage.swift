internal import CygnetMLS
public import CygnetPairwise
public import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// Something made for a group that waits to leave. The store keeps it until `confirmSent`, as it does
/// an `OutgoingMessage`.
public struct OutgoingGroupMessage: Sendable {
  /// What it is, and so whom it is for.
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// A message to all members.
    case message = 1
    /// A request, to all members.
    case proposal = 2
    /// A change, to all who were members before it.
    case commit = 3
    /// An invitation, to those whom a change adds.
    case welcome = 4
  }

  /// 16 bytes that name it here.
  public let id: [UInt8]
  /// The group's own name, unique and meaningless.
  public let groupID: [UInt8]
  /// What this client calls the group.
  public let groupName: String
  /// What it is.
  public let kind: Kind
  /// Whom an invitation is for; empty for what all members get.
  public let invited: [DeviceAddress]
  /// What to carry: an encoded message of MLS.
  public let bytes: [UInt8]
  /// When it was made.
  public let createdAt: Timestamp
}

///     struct {
///       uint16 version = 1;
///       opaque group_id<V>;
///       opaque group_name<1..255>;
///       uint8 kind;                        // 1 message, 2 proposal, 3 commit, 4 Welcome
///       DeviceAddress invited<V>;
///       uint64 epoch;                      // in which it was made
///       uint64 created_at;
///       opaque message<V>;                 // MLSMessage
///     } GroupOutgoingRecord;
struct GroupOutgoingRecord: WireEncodable, WireDecodable, Sendable {
  private static let maxByteCount = 1 << 26

  let groupID: MLS.GroupID
  let groupName: String
  let kind: OutgoingGroupMessage.Kind
  let invited: [DeviceAddress]
  let epoch: MLS.Epoch
  let createdAt: Timestamp
  let bytes: [UInt8]

  init(
    _ kind: OutgoingGroupMessage.Kind, _ message: MLS.Message, of group: GroupRecord,
    invited: [DeviceAddress] = [], now: Timestamp
  ) throws(CygnetError) {
    self.kind = kind
    self.invited = invited
    groupID = group.id
    groupName = group.name
    epoch = group.epoch
    createdAt = now
    bytes = try message.encoded()
    // With the other fields it must fit into one record.
    guard bytes.count <= Self.maxByteCount - (1 << 22) else {
      throw CygnetError(.limitExceeded, "a message of a group is too large")
    }
  }

  var id: MessageID { MessageID(of: bytes) }

  var message: OutgoingGroupMessage {
    OutgoingGroupMessage(
      id: id.bytes, groupID: groupID.bytes, groupName: groupName, kind: kind, invited: invited,
      bytes: bytes, createdAt: createdAt)
  }

  /// What was made first goes first: messages of an epoch before the commit that ends it.
  static func precedes(_ left: Self, _ right: Self) -> Bool {
    (left.createdAt, left.epoch, left.kind.rawValue)
      < (right.createdAt, right.epoch, right.kind.rawValue)
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try writer.write(opaque: groupID.bytes)
    try writer.write(opaque: Array(groupName.utf8))
    writer.write(kind.rawValue)
    try writer.write(vector: invited)
    writer.write(epoch.rawValue)
    writer.write(createdAt.seconds)
    try writer.write(opaque: bytes)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    groupID = MLS.GroupID(try reader.readOpaque(0...255))
    groupName = try ContactName.read(from: &reader)
    guard let kind = OutgoingGroupMessage.Kind(rawValue: try reader.readUInt8()) else {
      throw CygnetError(.malformed, "an unknown kind of message of a group")
    }
    self.kind = kind
    invited = try reader.readVector(
      0...Self.maxByteCount, maxCount: MLS.Limits.leafCount)
    epoch = try MLS.Epoch(from: &reader)
    createdAt = try reader.readTimestamp()
    bytes = try reader.readOpaque(0...Self.maxByteCount)
  }
}

extension RecordTransaction {
  func put(_ record: GroupOutgoingRecord) throws(CygnetError) -> OutgoingGroupMessage {
    try put(.groupOutgoing, record.id.bytes, record.wireEncodedSecret())
    return record.message
  }

  func groupOutgoing() throws(CygnetError) -> [GroupOutgoingRecord] {
    var records: [GroupOutgoingRecord] = []
    for value in try values(.groupOutgoing) { records.append(try GroupOutgoingRecord(wire: value)) }
    return records.sorted(by: GroupOutgoingRecord.precedes)
  }

  /// Drops what a commit that is given up would have sent, as far as it is still here.
  func deleteOutgoing(
    of group: MLS.GroupID, _ isObsolete: (GroupOutgoingRecord) -> Bool
  ) throws(CygnetError) {
    guard try count(.groupOutgoing) > 0 else { return }
    for record in try groupOutgoing() where record.groupID == group && isObsolete(record) {
      try delete(.groupOutgoing, record.id.bytes)
    }
  }
}
