internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

///     struct {
///       uint16 version = 2;
///       opaque group_id<V>;
///       opaque name<1..255>;               // what this client calls it
///       GroupTitle title;                  // what the members call it
///       uint64 joined_at;
///       uint64 epoch;                      // of the stored state
///       uint32 member_count;
///       uint8 is_leaving;
///       BlockName blocks<V>;               // each has a record of its own, ascending
///       opaque handled<V>;                 // 16 bytes each, at most 64
///       optional<PendingChange> pending;
///     } GroupRecord;
///
///     struct {
///       opaque commit[16];                 // the commit's message id
///       GroupChangeRecord change;
///     } PendingChange;
///
/// What is known of a group without taking its state apart. The state is in records beside it.
///
/// Version 1 had `uint64 past_epochs<V>` in the place of `blocks`, and the state in one record for the
/// current epoch and one for each of those.
struct GroupRecord: WireEncodable, WireDecodable, Sendable {
  private static let version: UInt16 = 2
  private static let maxHandled = 64

  /// Which records hold the state.
  enum State: Sendable {
    case blocks([MLS.BlockName])
    /// As version 1 had it; the next change of the group puts blocks in its place.
    case whole(past: [MLS.Epoch])
  }

  let id: MLS.GroupID
  var name: String
  var title: GroupTitle
  let joinedAt: Timestamp
  var epoch: MLS.Epoch
  var memberCount: Int
  /// Whether an own request to leave waits.
  var isLeaving = false
  var state = State.blocks([])
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
    writer.write(Self.version)
    try writer.write(opaque: id.bytes)
    try writer.write(opaque: Array(name.utf8))
    try title.encode(into: &writer)
    writer.write(joinedAt.seconds)
    writer.write(epoch.rawValue)
    writer.write(UInt32(clamping: memberCount))
    writer.write(flag: isLeaving)
    guard case .blocks(let names) = state else {
      throw CygnetError(.internalFault, "a group's record is written with its blocks")
    }
    try writer.write(vector: names)
    try writer.vector { (writer) throws(CygnetError) in
      for id in handled { writer.write(fixed: id) }
    }
    writer.write(flag: pending != nil)
    guard let pending else { return }
    writer.write(fixed: pending.commit)
    try pending.change.encode(into: &writer)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    let version = try reader.readUInt16()
    guard 1...Self.version ~= version else {
      throw CygnetError(.unsupported, "a record was written by a later version")
    }
    id = MLS.GroupID(try reader.readOpaque(0...255))
    name = try ContactName.read(from: &reader)
    title = try GroupTitle(from: &reader)
    joinedAt = try reader.readTimestamp()
    epoch = try MLS.Epoch(from: &reader)
    memberCount = Int(try reader.readUInt32())
    isLeaving = try reader.readFlag()
    state =
      version == 1
      ? .whole(past: try reader.readVector(0...(1 << 16), maxCount: 1 << 13))
      : .blocks(try Self.readNames(&reader))
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

  private static func readNames(
    _ reader: inout Reader
  ) throws(CygnetError) -> [MLS.BlockName] {
    let names: [MLS.BlockName] = try reader.readVector(0...(1 << 24), maxCount: 1 << 20)
    for (name, next) in zip(names, names.dropFirst()) where name >= next {
      throw CygnetError(.malformed, "names of a group's blocks out of order")
    }
    return names
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
