internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetSenderKeys
internal import CygnetWire

///     struct {
///       IdentityKey identity;              // of the member when it was given the chain
///       optional<HandshakeID> session;     // that carried it; nothing: it is shared again
///     } ChainHolding;
///
///     struct {
///       DeviceAddress address;
///       optional<ChainHolding> holding;    // nothing: the current chain was not shared
///     } BroadcastMember;
///
///     struct {
///       uint16 version = 1;
///       opaque name<1..255>;
///       uint64 created_at;
///       IdentityKey identity;              // our own, that the chain is bound to
///       BroadcastMember members<V>;        // addresses ascending, at most 256
///       opaque sending<V>;                 // SendingSenderKeyState
///     } BroadcastRecord;
///
/// The record's key is the distribution id; a second record leads from the name to it.
struct BroadcastRecord: WireEncodable, WireDecodable, Sendable {
  static let maxMembers = 256
  private static let membersByteCount = 0...(maxMembers * 320)

  struct Holding: WireEncodable, WireDecodable, Equatable, Sendable {
    let identity: Ed25519.PublicKey
    /// nil where the chain is to be shared again.
    let handshakeID: HandshakeID?
  }

  struct Member: WireEncodable, WireDecodable, Sendable {
    let address: DeviceAddress
    var holding: Holding?
  }

  var name: String
  let createdAt: Timestamp
  var identity: Ed25519.PublicKey
  private(set) var members: [Member] = []
  var sending: SendingSenderKey

  init(name: String, identity: IdentityKey, sending: SendingSenderKey, now: Timestamp) {
    self.name = name
    createdAt = now
    self.identity = identity.ed25519
    self.sending = sending
  }

  var distributionID: DistributionID { sending.distributionID }

  // MARK: - Members

  func index(of address: DeviceAddress) -> Int? {
    members.firstIndex { $0.address == address }
  }

  /// - Throws: `limitExceeded` beyond 256 members.
  mutating func add(_ address: DeviceAddress) throws(CygnetError) {
    guard members.count < Self.maxMembers else {
      throw CygnetError(.limitExceeded, "a broadcast list has at most 256 members")
    }
    var place = members.count
    let key = try address.wireEncoded()
    while place > 0,
      try key.lexicographicallyPrecedes(members[place - 1].address.wireEncoded())
    { place -= 1 }
    members.insert(Member(address: address, holding: nil), at: place)
  }

  mutating func remove(_ address: DeviceAddress) {
    members.removeAll { $0.address == address }
  }

  /// Makes the next message share the chain with a member again, who still counts as having it.
  mutating func forgetSession(of address: DeviceAddress) {
    guard let index = index(of: address), let holding = members[index].holding else { return }
    members[index].holding = Holding(identity: holding.identity, handshakeID: nil)
  }

  mutating func setHolding(_ holding: Holding?, of address: DeviceAddress) {
    if let index = index(of: address) { members[index].holding = holding }
  }

  // MARK: - Chains

  /// Begins a new chain, which nobody was given yet.
  mutating func rotate(now: Timestamp) throws(CygnetError) {
    try sending.rotate(now: now)
    for index in members.indices { members[index].holding = nil }
  }

  /// Begins anew under another identity of our own, to which members' devices bind new chains.
  mutating func beginAnew(
    as identity: IdentityKey, at address: DeviceAddress, now: Timestamp
  ) throws(CygnetError) {
    sending = try SendingSenderKey.generate(
      for: distributionID, sender: BroadcastSender.name(identity.ed25519, address),
      policy: sending.policy, now: now)
    self.identity = identity.ed25519
    for index in members.indices { members[index].holding = nil }
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try writer.write(opaque: Array(name.utf8))
    writer.write(createdAt.seconds)
    try identity.encode(into: &writer)
    try writer.write(vector: members)
    try writer.vector { (writer) throws(CygnetError) in try sending.encode(into: &writer) }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    let bytes = try reader.readOpaque(1...255)
    name = String(decoding: bytes, as: UTF8.self)
    guard Array(name.utf8) == bytes, ContactName.isValid(name) else {
      throw CygnetError(.malformed, "not a list's name")
    }
    createdAt = try reader.readTimestamp()
    identity = try Ed25519.PublicKey(from: &reader)
    members = try reader.readVector(Self.membersByteCount, maxCount: Self.maxMembers)
    sending = try reader.vector(1...1024) { (reader) throws(CygnetError) in
      try SendingSenderKey(from: &reader)
    }
  }
}

extension BroadcastRecord.Holding {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try identity.encode(into: &writer)
    try writer.write(optional: handshakeID)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    identity = try Ed25519.PublicKey(from: &reader)
    handshakeID = try reader.readOptional()
  }
}

extension BroadcastRecord.Member {
  func encode(into writer: inout Writer) throws(CygnetError) {
    try address.encode(into: &writer)
    try writer.write(optional: holding)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    address = try DeviceAddress(from: &reader)
    holding = try reader.readOptional()
  }
}

/// By what a sender's messages are bound to it.
enum BroadcastSender {
  /// The encoded identity key, then the address.
  static func name(
    _ identity: Ed25519.PublicKey, _ address: DeviceAddress
  ) throws(CygnetError) -> [UInt8] {
    try identity.wireEncoded() + address.wireEncoded()
  }
}

///     struct {
///       uint16 version = 1;
///       IdentityKey identity;              // of the sender
///       opaque receiving<V>;               // ReceivingSenderKeyState
///     } ReceivedChainsRecord;
///
/// The chains of one sender in one of its lists. The record's key is the sender's address and then
/// the distribution id.
struct ReceivedChainsRecord: WireEncodable, WireDecodable, Sendable {
  let identity: Ed25519.PublicKey
  var receiving: ReceivingSenderKey

  init(identity: Ed25519.PublicKey, receiving: ReceivingSenderKey) {
    self.identity = identity
    self.receiving = receiving
  }

  static func key(
    _ sender: DeviceAddress, _ id: DistributionID
  ) throws(CygnetError) -> [UInt8] {
    try sender.wireEncoded() + id.bytes
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try identity.encode(into: &writer)
    try writer.vector { (writer) throws(CygnetError) in try receiving.encode(into: &writer) }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    identity = try Ed25519.PublicKey(from: &reader)
    receiving = try reader.vector(1...(1 << 18)) { (reader) throws(CygnetError) in
      try ReceivingSenderKey(from: &reader)
    }
  }
}

///     struct {
///       uint16 version = 1;
///       DeviceAddress sender;
///       DistributionID ids<V>;             // at most 32, the one shared last first
///     } SenderListsRecord;
///
/// The lists of a sender that are read here. Its own record, so that a sender can fill only so much
/// of the store.
struct SenderListsRecord: WireEncodable, WireDecodable, Sendable {
  static let maxCount = 32

  let sender: DeviceAddress
  private(set) var ids: [DistributionID] = []

  init(sender: DeviceAddress) { self.sender = sender }

  /// Puts a list first.
  /// - Returns: the list that has to go for it.
  mutating func use(_ id: DistributionID) -> DistributionID? {
    ids.removeAll { $0 == id }
    ids.insert(id, at: 0)
    return ids.count > Self.maxCount ? ids.removeLast() : nil
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try sender.encode(into: &writer)
    try writer.write(vector: ids)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    sender = try DeviceAddress(from: &reader)
    ids = try reader.readVector(
      0...(Self.maxCount * DistributionID.byteCount), maxCount: Self.maxCount)
  }
}
