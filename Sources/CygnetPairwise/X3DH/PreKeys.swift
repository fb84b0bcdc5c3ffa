public import CygnetPrimitives
public import CygnetWire

/// The private halves of a device's prekeys, and the memory of handshakes answered with them.
///
/// A value without I/O: store `state()` in the same transaction as the session that
/// `PairwiseSession.accept` returns, and no handshake can ever serve twice. One with a one-time
/// prekey leaves no trace but the key's absence; one without is remembered by name for as long as
/// its signed prekey is held.
public struct PreKeys: Sendable {
  /// A signed prekey with its private half.
  struct Signed: Sendable {
    let published: SignedPreKey
    let privateKey: X25519.PrivateKey
    /// Handshakes answered under it without a one-time prekey.
    var answered: Set<HandshakeID> = []
  }

  let suite = Suite.x3dh
  var signed: [Signed]  // oldest first
  var oneTime: [OneTimePreKeyID: X25519.KeyPair] = [:]
  private(set) var nextOneTimeID: UInt32 = 1
  /// What the ids of signed prekeys begin after; of use until the first one is made.
  private var firstSignedID: UInt32 = 0
  /// One-time prekeys below this were handed out by `takeBundle`.
  private(set) var nextUnusedID: UInt32 = 1

  /// A first signed prekey and `oneTimeCount` one-time prekeys.
  /// - Throws: `limitExceeded` beyond `Limits.maxOneTimePreKeys`.
  public static func generate(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp,
    oneTimeCount: Int = 100
  ) throws(CygnetError) -> PreKeys {
    var random = SystemRandomSource()
    return try generate(
      for: identity, at: address, now: now, oneTimeCount: oneTimeCount, using: &random)
  }

  /// The ids that were used last, so that a device that starts anew never gives one twice.
  package struct LastIDs: Sendable, Equatable {
    package let signed: UInt32
    package let oneTime: UInt32

    package init(signed: UInt32, oneTime: UInt32) {
      self.signed = signed
      self.oneTime = oneTime
    }

    package static let none = LastIDs(signed: 0, oneTime: 0)
  }

  package var lastIDs: LastIDs { LastIDs(signed: lastSignedID, oneTime: nextOneTimeID - 1) }

  /// Draws the signed prekey, then the one-time prekeys in the order of their ids.
  package static func generate(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp, oneTimeCount: Int,
    after last: LastIDs = .none, using random: inout some RandomSource
  ) throws(CygnetError) -> PreKeys {
    guard last.oneTime < UInt32.max - 1 else {
      throw CygnetError(.limitExceeded, "one-time prekey ids are used up")
    }
    var preKeys = PreKeys(signed: [])
    preKeys.firstSignedID = last.signed
    preKeys.nextOneTimeID = last.oneTime + 1
    preKeys.nextUnusedID = last.oneTime + 1
    try preKeys.rotateSignedPreKey(for: identity, at: address, now: now, using: &random)
    try preKeys.addOneTimePreKeys(oneTimeCount, using: &random)
    return preKeys
  }

  private init(signed: [Signed]) { self.signed = signed }

  /// The last id given to a signed prekey. There is always one but while the first is being made.
  private var lastSignedID: UInt32 { signed.last?.published.id.rawValue ?? firstSignedID }

  /// Makes a new signed prekey the current one. The replaced ones are kept, up to
  /// `Limits.maxSignedPreKeys`, for messages on their way.
  public mutating func rotateSignedPreKey(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp
  ) throws(CygnetError) {
    var random = SystemRandomSource()
    try rotateSignedPreKey(for: identity, at: address, now: now, using: &random)
  }

  package mutating func rotateSignedPreKey(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    let (id, overflow) = lastSignedID.addingReportingOverflow(1)
    if overflow { throw CygnetError(.limitExceeded, "signed prekey ids are used up") }
    let pair = try X25519.KeyPair.generate(using: &random)
    let content = SignedPreKeyContent(
      suite: suite, address: address, id: SignedPreKeyID(id), createdAt: now, key: pair.publicKey)
    let signature = try identity.signature(of: content, label: .signedPreKey)
    let published = SignedPreKey(
      id: SignedPreKeyID(id), createdAt: now, key: pair.publicKey, signature: signature)
    signed.append(Signed(published: published, privateKey: pair.privateKey))
    if signed.count > Limits.maxSignedPreKeys { signed.removeFirst() }
  }

  /// Adds one-time prekeys. Their ids go on counting and are never reused.
  /// - Throws: `limitExceeded` beyond `Limits.maxOneTimePreKeys`; then nothing is added.
  public mutating func addOneTimePreKeys(_ count: Int) throws(CygnetError) {
    var random = SystemRandomSource()
    try addOneTimePreKeys(count, using: &random)
  }

  package mutating func addOneTimePreKeys(
    _ count: Int, using random: inout some RandomSource
  ) throws(CygnetError) {
    guard count >= 0, count <= Limits.maxOneTimePreKeys - oneTime.count,
      UInt64(nextOneTimeID) + UInt64(count) <= UInt64(UInt32.max)
    else { throw CygnetError(.limitExceeded, "too many one-time prekeys") }
    var changed = self
    for _ in 0..<count {
      changed.oneTime[OneTimePreKeyID(changed.nextOneTimeID)] =
        try X25519.KeyPair.generate(using: &random)
      changed.nextOneTimeID += 1
    }
    self = changed
  }

  /// One-time prekeys that were neither handed out nor used.
  public var unusedOneTimePreKeyCount: Int {
    var count = 0
    for id in oneTime.keys where id.rawValue >= nextUnusedID { count += 1 }
    return count
  }

  /// A bundle with the next one-time prekey that was not handed out, or without one when none is
  /// left. What a server does for a device, for where there is no server.
  public mutating func takeBundle(
    for identity: IdentityKey, at address: DeviceAddress
  ) throws(CygnetError) -> PreKeyBundle {
    var oneTimePreKey: OneTimePreKey?
    // The keys are searched and not the ids, of which a stored state may claim billions.
    var next: OneTimePreKeyID?
    for id in oneTime.keys where id.rawValue >= nextUnusedID && next.map({ id < $0 }) != false {
      next = id
    }
    if let next, let pair = oneTime[next] {
      oneTimePreKey = OneTimePreKey(id: next, key: pair.publicKey)
      nextUnusedID = next.rawValue + 1  // ids stay below nextOneTimeID
    } else {
      nextUnusedID = nextOneTimeID
    }
    return try bundle(for: identity, at: address, oneTimePreKey: oneTimePreKey)
  }

  /// A bundle without a one-time prekey, which may be handed out any number of times.
  public func bundleWithoutOneTimePreKey(
    for identity: IdentityKey, at address: DeviceAddress
  ) throws(CygnetError) -> PreKeyBundle {
    try bundle(for: identity, at: address, oneTimePreKey: nil)
  }

  private func bundle(
    for identity: IdentityKey, at address: DeviceAddress, oneTimePreKey: OneTimePreKey?
  ) throws(CygnetError) -> PreKeyBundle {
    guard let current = signed.last else {
      throw CygnetError(.wrongState, "no signed prekey was made")
    }
    return PreKeyBundle(
      suite: suite, identity: identity.ed25519, address: address, signedPreKey: current.published,
      oneTimePreKey: oneTimePreKey)
  }

  // MARK: - Answering

  /// The private keys that a handshake names.
  struct Answer {
    let signedPreKey: X25519.KeyPair
    let oneTimePreKey: X25519.PrivateKey?
  }

  /// - Throws: `duplicate` for a handshake answered before or a one-time prekey that was used;
  ///   `notFound` for keys that are not held; `limitExceeded` when the memory is full.
  func answer(to handshake: Handshake) throws(CygnetError) -> Answer {
    guard let index = index(of: handshake.signedPreKeyID) else {
      throw CygnetError(.notFound, "the signed prekey is not held here")
    }
    let found = signed[index]
    let oneTimePreKey: X25519.PrivateKey?
    if let id = handshake.oneTimePreKeyID {
      oneTimePreKey = try privateKey(of: id)
    } else {
      try checkUnanswered(handshake, under: found)
      oneTimePreKey = nil
    }
    return Answer(
      signedPreKey: X25519.KeyPair(
        privateKey: found.privateKey, publicKey: found.published.key),
      oneTimePreKey: oneTimePreKey)
  }

  private func index(of id: SignedPreKeyID) -> Int? {
    signed.firstIndex { $0.published.id == id }
  }

  private func privateKey(of id: OneTimePreKeyID) throws(CygnetError) -> X25519.PrivateKey {
    if let pair = oneTime[id] { return pair.privateKey }
    if id.rawValue < nextOneTimeID && id.rawValue > 0 {
      throw CygnetError(.duplicate, "the one-time prekey was used already")
    }
    throw CygnetError(.notFound, "the one-time prekey is not held here")
  }

  /// Nothing is ever forgotten to make room, or a flood of strangers could clear the way for a
  /// replay. When the room is used up, a new signed prekey makes some.
  private func checkUnanswered(
    _ handshake: Handshake, under key: Signed
  ) throws(CygnetError) {
    if key.answered.contains(try handshake.id()) {
      throw CygnetError(.duplicate, "this handshake was answered already")
    }
    guard key.answered.count < Limits.maxRememberedHandshakes else {
      throw CygnetError(
        .limitExceeded, "too many handshakes under one signed prekey: rotate it")
    }
  }

  /// After the first message of `handshake` was opened: its one-time prekey goes, or else its name
  /// stays.
  package mutating func consume(_ handshake: Handshake) throws(CygnetError) {
    if let used = handshake.oneTimePreKeyID {
      oneTime[used] = nil
    } else if let index = index(of: handshake.signedPreKeyID) {
      signed[index].answered.insert(try handshake.id())
    }
  }

  // MARK: - Stored form

  /// From what `state()` gave.
  /// - Throws: `malformed`, or `unsupported` for a later version.
  public init(restoring state: SecretBytes) throws(CygnetError) { try self.init(wire: state) }

  /// The stored form. It holds private keys: seal it before it reaches a disk.
  public func state() throws(CygnetError) -> SecretBytes { try wireEncodedSecret() }
}

extension PreKeys: WireEncodable, WireDecodable {
  ///     struct {
  ///       SignedPreKey published;
  ///       opaque private_key[32];
  ///       HandshakeID answered<V>;                  // ascending; those without a one-time prekey
  ///     } StoredSignedPreKey;
  ///
  ///     struct {
  ///       uint32 id;
  ///       opaque private_key[32];
  ///       CurveKey public_key;
  ///     } StoredOneTimePreKey;
  ///
  ///     struct {
  ///       WireHeader header;                        // pre_keys_state
  ///       Suite suite;
  ///       StoredSignedPreKey signed<V>;             // ids ascending
  ///       uint32 next_one_time_id;
  ///       uint32 next_unused_id;
  ///       StoredOneTimePreKey one_time<V>;          // ids ascending, below next_one_time_id
  ///       opaque suite_data<V>;                     // empty in suite 1
  ///     } PreKeysState;
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.preKeysState.encodeHeader(into: &writer)
    try suite.encode(into: &writer)
    try writer.vector { (writer) throws(CygnetError) in
      for key in signed {
        try key.published.encode(into: &writer)
        writer.write(fixed: key.privateKey.secret)
        try writer.write(vector: key.answered.sorted())
      }
    }
    writer.write(nextOneTimeID)
    writer.write(nextUnusedID)
    let ids = oneTime.keys.sorted()
    try writer.vector { (writer) throws(CygnetError) in
      for id in ids {
        guard let pair = oneTime[id] else { continue }
        try id.encode(into: &writer)
        writer.write(fixed: pair.privateKey.secret)
        try pair.publicKey.encode(into: &writer)
      }
    }
    try Suite.encodeNoData(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.preKeysState.decodeHeader(from: &reader)
    let suite = try Suite(from: &reader)
    signed = try Self.readSigned(from: &reader)
    nextOneTimeID = try reader.readUInt32()
    nextUnusedID = try reader.readUInt32()
    oneTime = try Self.readOneTime(below: nextOneTimeID, from: &reader)
    guard nextOneTimeID > 0, nextUnusedID > 0, nextUnusedID <= nextOneTimeID else {
      throw CygnetError(.malformed, "one-time prekey counters disagree")
    }
    try suite.decodeData(from: &reader)
  }

  private static func readSigned(from reader: inout Reader) throws(CygnetError) -> [Signed] {
    let answeredByteCount = Limits.maxRememberedHandshakes * HandshakeID.byteCount
    let entryByteCount = 4 + 8 + 33 + 64 + 32 + 4 + answeredByteCount
    return try reader.vector(0...(Limits.maxSignedPreKeys * entryByteCount)) {
      (reader) throws(CygnetError) in
      var keys: [Signed] = []
      while reader.remaining > 0 {
        let published = try SignedPreKey(from: &reader)
        if let last = keys.last, last.published.id >= published.id {
          throw CygnetError(.malformed, "signed prekeys are stored in ascending order")
        }
        let secret = try reader.readSecret(X25519.byteCount)
        let answered: [HandshakeID] = try reader.readVector(
          0...answeredByteCount, maxCount: Limits.maxRememberedHandshakes)
        for index in answered.indices.dropFirst() where answered[index - 1] >= answered[index] {
          throw CygnetError(.malformed, "handshakes are stored in ascending order")
        }
        keys.append(
          Signed(
            published: published, privateKey: try X25519.PrivateKey(secret),
            answered: Set(answered)))
      }
      guard keys.count <= Limits.maxSignedPreKeys else {
        throw CygnetError(.malformed, "too many signed prekeys")
      }
      return keys
    }
  }

  private static func readOneTime(
    below limit: UInt32, from reader: inout Reader
  ) throws(CygnetError) -> [OneTimePreKeyID: X25519.KeyPair] {
    let entryByteCount = 4 + 32 + 33
    return try reader.vector(0...(Limits.maxOneTimePreKeys * entryByteCount)) {
      (reader) throws(CygnetError) in
      var keys: [OneTimePreKeyID: X25519.KeyPair] = [:]
      keys.reserveCapacity(reader.remaining / entryByteCount)
      var last: UInt32 = 0
      while reader.remaining > 0 {
        let id = try OneTimePreKeyID(from: &reader)
        guard id.rawValue > last, id.rawValue < limit else {
          throw CygnetError(.malformed, "one-time prekeys are stored in ascending order")
        }
        last = id.rawValue
        let secret = try X25519.PrivateKey(reader.readSecret(X25519.byteCount))
        keys[id] = X25519.KeyPair(
          privateKey: secret, publicKey: try X25519.PublicKey(from: &reader))
      }
      return keys
    }
  }
}
