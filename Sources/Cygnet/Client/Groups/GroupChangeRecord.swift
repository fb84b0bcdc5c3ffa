internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

///     struct {
///       MemberIdentity committer;
///       uint64 epoch;                      // the one that begins
///       MemberIdentity added<V>;
///       MemberIdentity removed<V>;
///       MemberIdentity updated<V>;         // others than the committer
///       uint8 returns;                     // the committer came back by itself
///       optional<GroupTitle> title;
///       uint8 removes_self;
///     } GroupChangeRecord;
///
/// What a commit changed, as far as people care.
struct GroupChangeRecord: WireEncodable, WireDecodable, Sendable {
  private static let listByteCount = 0...(1 << 26)

  let committer: MemberIdentity
  let epoch: MLS.Epoch
  private(set) var added: [MemberIdentity]
  private(set) var removed: [MemberIdentity]
  let updated: [MemberIdentity]
  let returns: Bool
  let title: GroupTitle?
  let removesSelf: Bool

  /// - Parameters:
  ///   - summary: what the library says of the commit.
  ///   - members: those before it.
  ///   - old: the title before it.
  ///   - own: the own address.
  init(
    _ summary: MLS.CommitSummary, members: MLS.Roster, title old: GroupTitle, own: MemberIdentity
  ) throws(CygnetError) {
    epoch = summary.epoch
    added = try summary.added.identities()
    removed = try summary.removed.identities()
    let renewed = try summary.updated.map(\.new).identities()
    switch summary.committer {
    case .member(let index):
      guard let member = members[index] else {
        throw CygnetError(.internalFault, "a commit of nobody")
      }
      let committer = try MemberIdentity(member)
      // Under its new key, if it took one.
      self.committer = renewed.first { $0.address == committer.address } ?? committer
      returns = false
    default:
      // The one who joins by its own commit takes its own place, and comes last.
      guard let joiner = added.popLast() else {
        throw CygnetError(.internalFault, "a join of nobody")
      }
      committer = joiner
      removed.removeAll { $0.address == joiner.address }
      returns = true
    }
    let committer = committer
    updated = renewed.filter { $0.address != committer.address }
    let new = try summary.extensions.map { (extensions) throws(CygnetError) in
      try GroupTitle(extensions)
    }
    title = new == old ? nil : new
    removesSelf = removed.contains { $0.address == own.address }
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    try committer.encode(into: &writer)
    writer.write(epoch.rawValue)
    try writer.write(vector: added)
    try writer.write(vector: removed)
    try writer.write(vector: updated)
    writer.write(flag: returns)
    writer.write(flag: title != nil)
    if let title { try title.encode(into: &writer) }
    writer.write(flag: removesSelf)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    committer = try MemberIdentity(from: &reader)
    epoch = try MLS.Epoch(from: &reader)
    let limit = MLS.Limits.leafCount
    added = try reader.readVector(Self.listByteCount, maxCount: limit)
    removed = try reader.readVector(Self.listByteCount, maxCount: limit)
    updated = try reader.readVector(Self.listByteCount, maxCount: limit)
    returns = try reader.readFlag()
    title = try reader.readFlag() ? GroupTitle(from: &reader) : nil
    removesSelf = try reader.readFlag()
  }
}

extension [MLS.Member] {
  func identities() throws(CygnetError) -> [MemberIdentity] {
    var identities: [MemberIdentity] = []
    identities.reserveCapacity(count)
    for member in self { identities.append(try MemberIdentity(member)) }
    return identities
  }
}
