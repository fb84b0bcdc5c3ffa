public import CygnetPrimitives
public import CygnetWire

/// The private halves of a device's prekeys, and the memory of handshakes answered with them.
///
/// A value without I/O: store `state()` in the same transaction as the session that
/// `PairwiseSession.accept` returns, and a one-time prekey can never serve twice.
public struct PreKeys: Sendable {
  /// A signed prekey with its private half.
  struct Signed: Sendable {
    let published: SignedPreKey
    let privateKey: X25519.PrivateKey
  }

  let suite = Suite.x3dh
  private(set) var signed: [Signed]  // oldest first
  private(set) var oneTime: [OneTimePreKeyID: X25519.KeyPair] = [:]
  private(set) var nextOneTimeID: UInt32 = 1
  /// One-time prekeys below this were handed out by `takeBundle`.
  private(set) var nextUnusedID: UInt32 = 1
  private(set) var answered: [HandshakeID] = []  // oldest first
  private var answeredNames: Set<HandshakeID> = []

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

  /// Draws the signed prekey, then the one-time prekeys in the order of their ids.
  package static func generate(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp, oneTimeCount: Int,
    using random: inout some RandomSource
  ) throws(CygnetError) -> PreKeys {
    var preKeys = PreKeys(signed: [])
    try preKeys.rotateSignedPreKey(for: identity, at: address, now: now, using: &random)
    try preKeys.addOneTimePreKeys(oneTimeCount, using: &random)
    return preKeys
  }

  private init(signed: [Signed]) { self.signed = signed }

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
    let (id, overflow) = (signed.last?.published.id.rawValue ?? 0).addingReportingOverflow(1)
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
  ///   `notFound` for keys that are not held.
  func answer(to handshake: Handshake) throws(CygnetError) -> Answer {
    if answeredNames.contains(try handshake.id()) {
      throw CygnetError(.duplicate, "this handshake was answered already")
    }
    var found: Signed?
    for candidate in signed where candidate.published.id == handshake.signedPreKeyID {
      found = candidate
    }
    guard let found else { throw CygnetError(.notFound, "the signed prekey is not held here") }
    var oneTimePreKey: X25519.PrivateKey?
    if let id = handshake.oneTimePreKeyID {
      guard let pair = oneTime[id] else {
        if id.rawValue < nextOneTimeID && id.rawValue > 0 {
          throw CygnetError(.duplicate, "the one-time prekey was used already")
        }
        throw CygnetError(.notFound, "the one-time prekey is not held here")
      }
      oneTimePreKey = pair.privateKey
    }
    return Answer(
      signedPreKey: X25519.KeyPair(
        privateKey: found.privateKey, publicKey: found.published.key),
      oneTimePreKey: oneTimePreKey)
  }

  /// After the first message of `handshake` was opened: its one-time prekey goes, its name stays.
  mutating func consume(_ handshake: Handshake) throws(CygnetError) {
    let id = try handshake.id()
    if let used = handshake.oneTimePreKeyID { oneTime[used] = nil }
    answered.append(id)
    answeredNames.insert(id)
    if answered.count > Limits.maxRememberedHandshakes {
      answeredNames.remove(answered.removeFirst())
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
  ///       opaque answered<V>;                       // handshake ids, 16 bytes each, oldest first
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
    try writer.write(vector: answered)
    try Suite.encodeNoData(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.preKeysState.decodeHeader(from: &reader)
    let suite = try Suite(from: &reader)
    signed = try reader.vector(0...1024) { (reader) throws(CygnetError) in
      var keys: [Signed] = []
      while reader.remaining > 0 {
        let published = try SignedPreKey(from: &reader)
        if let last = keys.last, last.published.id >= published.id {
          throw CygnetError(.malformed, "signed prekeys are stored in ascending order")
        }
        let secret = try reader.readSecret(X25519.byteCount)
        keys.append(Signed(published: published, privateKey: try X25519.PrivateKey(secret)))
      }
      return keys
    }
    guard signed.count <= Limits.maxSignedPreKeys else {
      throw CygnetError(.malformed, "too many signed prekeys")
    }
    nextOneTimeID = try reader.readUInt32()
    nextUnusedID = try reader.readUInt32()
    oneTime = try Self.readOneTime(below: nextOneTimeID, from: &reader)
    guard nextOneTimeID > 0, nextUnusedID > 0, nextUnusedID <= nextOneTimeID else {
      throw CygnetError(.malformed, "one-time prekey counters disagree")
    }
    answered = try reader.readVector(
      0...(Limits.maxRememberedHandshakes * HandshakeID.byteCount),
      maxCount: Limits.maxRememberedHandshakes)
    answeredNames = Set(answered)
    guard answeredNames.count == answered.count else {
      throw CygnetError(.malformed, "a handshake is remembered twice")
    }
    try suite.decodeData(from: &reader)
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
