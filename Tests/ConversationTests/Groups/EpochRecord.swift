import CygnetMLS
import CygnetPrimitives

/// What the members of an epoch share.
struct Facts: Equatable {
  let context: MLS.GroupContext
  let authenticator: SecretBytes
  let exported: SecretBytes
  let resumption: SecretBytes

  init(_ group: MLS.Group) throws {
    context = group.context
    authenticator = group.epochAuthenticator
    exported = try group.export(label: "play", context: [1, 2], count: 40)
    resumption = group.resumptionKey
  }
}

/// An epoch of the group as it really is, and all that was sent in it.
struct EpochRecord {
  let facts: Facts
  /// Members and their places.
  let roster: [Int: LeafIndex]
  var proposals: [Posted] = []
  /// The commit that ended it.
  var commit: PostedCommit?
  /// Commits that came too late.
  var losers: [[UInt8]] = []
  var talk: [Talk] = []
  /// Who opened which application message.
  var openers: [Int: Set<Int>] = [:]

  /// A proposal as it was sent.
  struct Posted {
    let encoded: [UInt8]
    /// nil for somebody outside the group.
    let sender: Int?
    /// Whose client it adds, if it adds one.
    var added: Int?
  }

  struct PostedCommit {
    let encoded: [UInt8]
    let committer: Int
    let summary: MLS.CommitSummary
    /// The proposals that the committer held.
    let held: Set<Int>
    /// Proposals that it is known to refer to.
    let referred: Set<Int>
  }

  /// An application message.
  struct Talk {
    let id: Int
    let encoded: [UInt8]
    let sender: Int
    let data: [UInt8]
    let authenticated: [UInt8]
    /// To whom it was not delivered yet.
    var waiting: [Int]
  }
}

/// A member's seat: the group as the library has it, and what a plain model says of it.
struct Seat {
  let person: Int
  var group: MLS.Group
  /// The epoch in which it was joined.
  let joined: UInt64
  /// Epochs that are over and whose messages still open, with their ends, the oldest first.
  var kept: [(epoch: UInt64, endedAt: UInt64)] = []
  /// Proposals of the epoch that arrived, by their places in its record.
  var held: Set<Int> = []
  /// Application messages that were opened.
  var opened: Set<Int> = []
  /// Its state does not lead any further.
  var isStuck = false
  var store = BlockStore()

  init(person: Int, group: MLS.Group) {
    self.person = person
    self.group = group
    joined = group.epoch.rawValue
  }

  var epoch: UInt64 { group.epoch.rawValue }

  /// What a merge at `now` makes of the model; `old` is the epoch that it ended.
  mutating func leave(_ old: UInt64, now: Timestamp) {
    held = []
    kept.append((old, now.seconds))
    forget(now: now)
  }

  mutating func forget(now: Timestamp) {
    while kept.count > group.configuration.pastEpochCount { kept.removeFirst() }
    kept.removeAll { now.seconds - $0.endedAt > group.configuration.pastEpochSeconds }
  }

  /// Whether a message of this epoch is still read at `now`.
  func reads(_ epoch: UInt64, now: Timestamp) -> Bool {
    if epoch == self.epoch, !group.isRemoved { return true }
    guard let past = kept.first(where: { $0.epoch == epoch }) else { return false }
    return now.seconds - past.endedAt <= group.configuration.pastEpochSeconds
  }
}

/// A group besides the current one, whose resumption secret some know.
struct OtherGroup {
  let id: MLS.GroupID
  let epoch: MLS.Epoch
  let secret: SecretBytes
  var knownTo: Set<Int>
}

/// How often what happened.
struct Tally: CustomStringConvertible {
  private var counts: [String: Int] = [:]

  subscript(what: String) -> Int {
    get { counts[what, default: 0] }
    set { counts[what] = newValue }
  }

  mutating func add(_ other: Tally) { counts.merge(other.counts) { $0 + $1 } }

  var description: String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}
