internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

///     struct {
///       uint16 version = 1;
///       opaque group_id<V>;
///       opaque name<1..255>;               // what this client calls it
///       GroupTitle title;                  // what the members call it
///       uint64 joined_at;
///       uint64 epoch;                      // of the stored state
///       uint32 member_count;
///       uint8 is_leaving;
///       uint64 past_epochs<V>;             // each has a record of its own, ascending
///       opaque handled<V>;                 // 16 bytes each, at most 64
///       optional<PendingChange> pending;
///     } GroupRecord;
///
///     struct {
///       opaque commit[16];                 // the commit's message id
///       GroupChangeRecord change;
///     } PendingChange;
///
/// What is known of a group without taking its state apart. The state is a record beside it.
struct GroupRecord: WireEncodable, WireDecodable, Sendable {
  private static let maxHandled = 64

  let id: MLS.GroupID
  var name: String
  var title: GroupTitle
  let joinedAt: Timestamp
  var epoch: MLS.Epoch
  var memberCount: Int
  /// Whether an own request to leave waits.
  var isLeaving = false
  var pastEpochs: [MLS.Epoch] = []
  /// Proposals and commits that were taken in: a copy of one is told from a stranger's.
  private var handled: [[UInt8]] = []
  /// The own commit that waits for its acceptance.
  var pending: PendingChange?

  struct PendingChange: Sendable {
    let commit: [UInt8]
    let change: GroupChangeRecord
  }

  init(_ group: MLS.Group, name: String, joinedAt: Timestamp) throws(CygnetError) {
    id = group.id
    self.name = name
    self.joinedAt = joinedAt
    title = try GroupTitle(group.context.extensions)
    epoch = group.epoch
    memberCount = group.members.count
  }

  func hasHandled(_ message: MessageID) -> Bool { handled.contains(message.bytes) }

  mutating func note(handled message: MessageID) {
    handled.append(message.bytes)
    if handled.count > Self.maxHandled { handled.removeFirst() }
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try writer.write(opaque: id.bytes)
    try writer.write(opaque: Array(name.utf8))
    try title.encode(into: &writer)
    writer.write(joinedAt.seconds)
    writer.write(epoch.rawValue)
    writer.write(UInt32(clamping: memberCount))
    writer.write(flag: isLeaving)
    try writer.vector { (writer) throws(CygnetError) in
      for epoch in pastEpochs { writer.write(epoch.rawValue) }
    }
    try writer.vector { (writer) throws(CygnetError) in
      for id in handled { writer.write(fixed: id) }
    }
    writer.write(flag: pending != nil)
    guard let pending else { return }
    writer.write(fixed: pending.commit)
    try pending.change.encode(into: &writer)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    id = MLS.GroupID(try reader.readOpaque(0...255))
    name = try ContactName.read(from: &reader)
    title = try GroupTitle(from: &reader)
    joinedAt = try reader.readTimestamp()
    epoch = try MLS.Epoch(from: &reader)
    memberCount = Int(try reader.readUInt32())
    isLeaving = try reader.readFlag()
    pastEpochs = try reader.vector(0...(1 << 16)) { (reader) throws(CygnetError) in
      var epochs: [MLS.Epoch] = []
      while reader.remaining > 0 { epochs.append(try MLS.Epoch(from: &reader)) }
      return epochs
    }
    let ids = 0...(Self.maxHandled * MessageID.byteCount)
    handled = try reader.vector(ids) { (reader) throws(CygnetError) in
      var ids: [[UInt8]] = []
      while reader.remaining > 0 { ids.append(try reader.readFixed(MessageID.byteCount)) }
      return ids
    }
    pending =
      try reader.readFlag()
      ? PendingChange(
        commit: reader.readFixed(MessageID.byteCount), change: GroupChangeRecord(from: &reader))
      : nil
  }
}

extension ContactName {
  /// `opaque name<1..255>`, a fit name.
  static func read(from reader: inout Reader) throws(CygnetError) -> String {
    let bytes = try reader.readOpaque(1...255)
    let name = String(decoding: bytes, as: UTF8.self)
    guard Array(name.utf8) == bytes, isValid(name) else {
      throw CygnetError(.malformed, "not a fit name")
    }
    return name
  }

  /// A name for a group: its title, if that is a fit name.
  static func suggestion(for title: GroupTitle) -> String {
    isValid(title.text) && Array(title.text.utf8) == title.bytes ? title.text : "group"
  }
}
