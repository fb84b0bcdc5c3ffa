public import CygnetPairwise
public import CygnetPrimitives
internal import CygnetWire

/// What may be said of the sessions with a contact.
public struct SessionInfo: Sendable {
  /// The contact's name.
  public let name: String
  /// The contact's address.
  public let address: DeviceAddress
  /// The suite of the current session, which it keeps to its end. `suite.isPostQuantum` tells whether
  /// what is sent stays secret from somebody who records it now and has a quantum computer later.
  public let suite: Suite
  /// Whether the peer has answered, so that messages carry no handshake any more.
  public let isEstablished: Bool
  /// When the current session was started or accepted.
  public let startedAt: Timestamp
  /// When a message was last sent or received in it.
  public let usedAt: Timestamp
  /// Older sessions that are kept for messages on their way.
  public let previousCount: Int
  /// Messages sent in the current sending chain.
  public let sentCount: UInt32
  /// Keys kept for messages that have not arrived.
  public let skippedKeyCount: Int
}

///     struct {
///       uint16 version = 1;
///       DeviceAddress peer;
///       uint64 started_at;
///       uint64 used_at;
///       opaque current<V>;                 // SessionState
///       StoredSession previous<V>;         // at most 4, the newest first
///     } SessionRecord;
///
///     opaque StoredSession<V>;             // SessionState
///
/// All sessions with one device. Two may exist at once when both sides started one, or when one side
/// lost its own; the one that opened a message last is the current one. But a classical session never
/// takes the place of a post-quantum one: somebody who holds back an old message could bring it back.
struct SessionRecord: WireEncodable, WireDecodable, Sendable {
  static let maxPrevious = 4
  /// A session with every skipped key it may hold, with room.
  private static let stateByteCount = 1...maxStateByteCount
  private static let maxStateByteCount = 1 << 19

  let peer: DeviceAddress
  private(set) var startedAt: Timestamp
  private(set) var usedAt: Timestamp
  /// States are taken apart only when they are needed.
  private var current: SecretBytes
  private(set) var previous: [SecretBytes]

  /// The first session with a device.
  init(peer: DeviceAddress, session: PairwiseSession, now: Timestamp) throws(CygnetError) {
    self.peer = peer
    current = try session.state()
    previous = []
    startedAt = now
    usedAt = now
  }

  func currentSession() throws(CygnetError) -> PairwiseSession {
    try PairwiseSession(restoring: current)
  }

  /// Every session, the current one first.
  func session(_ index: Int) throws(CygnetError) -> PairwiseSession {
    try PairwiseSession(restoring: index == 0 ? current : previous[index - 1])
  }

  var count: Int { 1 + previous.count }

  /// Whether the session becomes the current one when it opens a message or begins.
  private func leads(_ session: PairwiseSession) throws(CygnetError) -> Bool {
    if session.suite.isPostQuantum { return true }
    return try !currentSession().suite.isPostQuantum
  }

  /// Takes the changed session number `index`, which thereby becomes the current one if it may.
  mutating func use(
    _ session: PairwiseSession, index: Int, now: Timestamp
  ) throws(CygnetError) {
    let state = try session.state()
    if index == 0 {
      current = state
    } else if try leads(session) {
      previous.remove(at: index - 1)
      previous.insert(current, at: 0)
      current = state
    } else {
      previous[index - 1] = state
    }
    usedAt = now
  }

  /// Takes a new session, as the current one if it may be.
  mutating func begin(_ session: PairwiseSession, now: Timestamp) throws(CygnetError) {
    let state = try session.state()
    let isLeading = try leads(session)
    previous.insert(isLeading ? current : state, at: 0)
    if previous.count > Self.maxPrevious { previous.removeLast() }
    usedAt = now
    guard isLeading else { return }
    current = state
    startedAt = now
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try peer.encode(into: &writer)
    writer.write(startedAt.seconds)
    writer.write(usedAt.seconds)
    try writer.write(opaqueSecret: current)
    try writer.vector { (writer) throws(CygnetError) in
      for state in previous { try writer.write(opaqueSecret: state) }
    }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    peer = try DeviceAddress(from: &reader)
    startedAt = try reader.readTimestamp()
    usedAt = try reader.readTimestamp()
    current = try reader.readOpaqueSecret(Self.stateByteCount)
    previous = try reader.vector(0...(Self.maxPrevious * (Self.maxStateByteCount + 4))) {
      (reader) throws(CygnetError) in
      var states: [SecretBytes] = []
      while reader.remaining > 0 {
        states.append(try reader.readOpaqueSecret(Self.stateByteCount))
      }
      return states
    }
    guard previous.count <= Self.maxPrevious else {
      throw CygnetError(.malformed, "too many sessions with one device")
    }
  }
}
