public import CygnetPrimitives
public import CygnetWire

/// The private halves of a device's prekeys, and the memory of handshakes answered with them.
///
/// A value without I/O: store `state()` in the same transaction as the session that
/// `PairwiseSession.accept` returns, and no handshake can ever serve twice. One with a one-time
/// prekey leaves no trace but the key's absence; one without is remembered by name for as long as
/// its signed prekey is held, and so is one with a KEM prekey of last resort.
public struct PreKeys: Sendable {
  /// A signed prekey with its private half.
  struct Signed: Sendable {
    let published: SignedPreKey
    let privateKey: X25519.PrivateKey
    /// Handshakes answered under it without a one-time prekey; in suite 2, base keys used with the
    /// KEM prekey of last resort that belongs to it.
    var answered: Set<HandshakeID> = []
  }

  /// There in suite 2 and nowhere else.
  var kem: KEMPreKeys?
  var signed: [Signed]  // oldest first
  var oneTime: [OneTimePreKeyID: X25519.KeyPair] = [:]
  private(set) var nextOneTimeID: UInt32 = 1
  /// What the ids of signed prekeys begin after; of use until the first one is made.
  private var firstSignedID: UInt32 = 0
  /// One-time prekeys below this were handed out by `takeBundle`.
  private(set) var nextUnusedID: UInt32 = 1

  /// A first signed prekey and `oneTimeCount` one-time prekeys; in suite 2 also a first KEM prekey of
  /// last resort and as many one-time KEM prekeys.
  /// - Throws: `limitExceeded` beyond `Limits.maxOneTimePreKeys`, `unsupported` for an unknown suite.
  public static func generate(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp,
    oneTimeCount: Int = 100, suite: Suite = .pqxdh
  ) throws(CygnetError) -> PreKeys {
    var random = SystemRandomSource()
    return try generate(
      for: identity, at: address, now: now, oneTimeCount: oneTimeCount, suite: suite,
      using: &random)
  }

  /// What bundles from these prekeys offer.
  public var suite: Suite { kem == nil ? .x3dh : .pqxdh }

  /// The ids that were used last, so that a device that starts anew never gives one twice.
  package struct LastIDs: Sendable, Equatable {
    package let signed: UInt32
    package let oneTime: UInt32
    package let kem: UInt32

    package init(signed: UInt32, oneTime: UInt32, kem: UInt32 = 0) {
      self.signed = signed
      self.oneTime = oneTime
      self.kem = kem
    }

    package static let none = LastIDs(signed: 0, oneTime: 0)
  }

  package var lastIDs: LastIDs {
    LastIDs(
      signed: lastSignedID, oneTime: nextOneTimeID - 1, kem: kem.map { $0.nextID - 1 } ?? 0)
  }

  /// Draws the signed prekey, in suite 2 its KEM prekey of last resort, then the one-time prekeys in
  /// the order of their ids, then the one-time KEM prekeys.
  package static func generate(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp, oneTimeCount: Int,
    suite: Suite, after last: LastIDs = .none, using random: inout some RandomSource
  ) throws(CygnetError) -> PreKeys {
    guard suite == .x3dh || suite == .pqxdh else {
      throw CygnetError(.unsupported, "unknown suite")
    }
    guard last.oneTime < UInt32.max - 1 else {
      throw CygnetError(.limitExceeded, "one-time prekey ids are used up")
    }
    var preKeys = PreKeys(signed: [])
    if suite.isPostQuantum { preKeys.kem = try KEMPreKeys(after: last.kem) }
    preKeys.firstSignedID = last.signed
    preKeys.nextOneTimeID = last.oneTime + 1
    preKeys.nextUnusedID = last.oneTime + 1
    try preKeys.rotateSignedPreKey(for: identity, at: address, now: now, using: &random)
    try preKeys.addOneTimePreKeys(oneTimeCount, using: &random)
    if preKeys.kem != nil {
      try preKeys.addOneTimeKEMPreKeys(
        oneTimeCount, for: identity, at: address, now: now, using: &random)
    }
    return preKeys
  }

  private init(signed: [Signed]) { self.signed = signed }

  /// The last id given to a signed prekey. There is always one but while the first is being made.
  private var lastSignedID: UInt32 { signed.last?.published.id.rawValue ?? firstSignedID }

  /// Makes a new signed prekey the current one, in suite 2 with a new KEM prekey of last resort. The
  /// replaced ones are kept, up to `Limits.maxSignedPreKeys`, for messages on their way.
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
    var changedKEM = kem
    try changedKEM?.addLastResort(
      beside: published.id, for: identity, at: address, now: now, using: &random)
    signed.append(Signed(published: published, privateKey: pair.privateKey))
    if signed.count > Limits.maxSignedPreKeys { signed.removeFirst() }
    changedKEM?.keepLastResort(beside: signedPreKeyIDs)
    kem = changedKEM
  }

  /// Takes prekeys of suite 1 over to suite 2: from now on bundles are post-quantum. Signed prekeys
  /// that are out already go on answering classical handshakes for as long as they are held. Does
  /// nothing to prekeys of suite 2.
  public mutating func upgrade(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp
  ) throws(CygnetError) {
    var random = SystemRandomSource()
    try upgrade(for: identity, at: address, now: now, using: &random)
  }

  package mutating func upgrade(
    for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp,
    after lastKEMID: UInt32 = 0, using random: inout some RandomSource
  ) throws(CygnetError) {
    guard kem == nil else { return }
    var changed = self
    changed.kem = try KEMPreKeys(after: lastKEMID)
    try changed.rotateSignedPreKey(for: identity, at: address, now: now, using: &random)
    self = changed
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

  /// Adds one-time KEM prekeys, each signed. Their ids go on counting and are never reused.
  /// - Throws: `wrongState` in suite 1, `limitExceeded` beyond `Limits.maxOneTimeKEMPreKeys`; then
  ///   nothing is added.
  public mutating func addOneTimeKEMPreKeys(
    _ count: Int, for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp
  ) throws(CygnetError) {
    var random = SystemRandomSource()
    try addOneTimeKEMPreKeys(count, for: identity, at: address, now: now, using: &random)
  }

  package mutating func addOneTimeKEMPreKeys(
    _ count: Int, for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    guard var changed = kem else {
      throw CygnetError(.wrongState, "prekeys of suite 1 have no KEM prekeys")
    }
    try changed.addOneTime(count, for: identity, at: address, now: now, using: &random)
    kem = changed
  }

  /// One-time KEM prekeys that were neither handed out nor used.
  public var unusedOneTimeKEMPreKeyCount: Int { kem?.unusedCount ?? 0 }

  /// One-time prekeys that were neither handed out nor used.
  public var unusedOneTimePreKeyCount: Int {
    var count = 0
    for id in oneTime.keys where id.rawValue >= nextUnusedID { count += 1 }
    return count
  }

  /// A bundle with the next one-time prekey that was not handed out, or without one when none is
  /// left; in suite 2 with the next one-time KEM prekey, or else the one of last resort. What a server
  /// does for a device, for where there is no server.
  public mutating func takeBundle(
    for identity: IdentityKey, at address: DeviceAddress
  ) throws(CygnetError) -> PreKeyBundle {
    var changedKEM = kem
    let oneTimeKEMPreKey = changedKEM?.take()
    var oneTimePreKey: OneTimePreKey?
    var afterNext = nextOneTimeID
    // The keys are searched and not the ids, of which a stored state may claim billions.
    var next: OneTimePreKeyID?
    for id in oneTime.keys where id.rawValue >= nextUnusedID && next.map({ id < $0 }) != false {
      next = id
    }
    if let next, let pair = oneTime[next] {
      oneTimePreKey = OneTimePreKey(id: next, key: pair.publicKey)
      afterNext = next.rawValue + 1  // ids stay below nextOneTimeID
    }
    let taken = try bundle(
      for: identity, at: address, oneTimePreKey: oneTimePreKey,
      kemPreKey: oneTimeKEMPreKey?.published(as: .oneTime))
    kem = changedKEM
    nextUnusedID = afterNext
    return taken
  }

  /// A bundle without one-time prekeys, which may be handed out any number of times.
  public func bundleWithoutOneTimePreKey(
    for identity: IdentityKey, at address: DeviceAddress
  ) throws(CygnetError) -> PreKeyBundle {
    try bundle(for: identity, at: address, oneTimePreKey: nil, kemPreKey: nil)
  }

  private func bundle(
    for identity: IdentityKey, at address: DeviceAddress, oneTimePreKey: OneTimePreKey?,
    kemPreKey: KEMPreKey?
  ) throws(CygnetError) -> PreKeyBundle {
    guard let current = signed.last else {
      throw CygnetError(.wrongState, "no signed prekey was made")
    }
    var kemPreKey = kemPreKey
    if kemPreKey == nil {
      kemPreKey = try kem?.lastResort[current.published.id]?.published(as: .lastResort)
    }
    return PreKeyBundle(
      suite: suite, identity: identity.ed25519, address: address, signedPreKey: current.published,
      oneTimePreKey: oneTimePreKey, kemPreKey: kemPreKey)
  }

  // MARK: - Answering

  /// The private keys that a handshake names.
  struct Answer {
    let signedPreKey: X25519.KeyPair
    let oneTimePreKey: X25519.PrivateKey?
    let kem: (key: MLKEM768.DecapsulationKey, ciphertext: MLKEM768.Ciphertext)?
  }

  /// - Throws: `authenticationFailed` for a handshake of another suite than the signed prekey's;
  ///   `duplicate` for one answered before or a one-time prekey that was used; `notFound` for keys
  ///   that are not held; `limitExceeded` when the memory is full.
  func answer(to handshake: Handshake) throws(CygnetError) -> Answer {
    guard let index = index(of: handshake.signedPreKeyID) else {
      throw CygnetError(.notFound, "the signed prekey is not held here")
    }
    let found = signed[index]
    guard suite(of: found) == handshake.suite,
      handshake.suite.isPostQuantum == (handshake.kem != nil)
    else {
      throw CygnetError(.authenticationFailed, "a handshake of another suite than its prekey's")
    }
    let oneTimePreKey = try handshake.oneTimePreKeyID.map { (id) throws(CygnetError) in
      try privateKey(of: id)
    }
    let held = try heldKEMPreKey(for: handshake)
    if let name = try handshake.replayName(), let keeper = self.keeper(for: handshake) {
      try checkUnanswered(name, under: signed[keeper])
      // A base key plus a point of small order reaches the same secrets under another name. In suite
      // 2 the associated data has the base key, so such a copy does not open.
      let isClassical = !handshake.suite.isPostQuantum
      if isClassical, try !handshake.ephemeral.isInMainSubgroup() {
        throw CygnetError(.authenticationFailed, "a base key outside the main subgroup")
      }
    }
    let key = try held?.decapsulationKey()
    return Answer(
      signedPreKey: X25519.KeyPair(
        privateKey: found.privateKey, publicKey: found.published.key),
      oneTimePreKey: oneTimePreKey,
      kem: key.flatMap { key in handshake.kem.map { (key, $0.ciphertext) } })
  }

  private func heldKEMPreKey(for handshake: Handshake) throws(CygnetError) -> HeldKEMPreKey? {
    guard let named = handshake.kem, let kem else { return nil }
    return try kem.held(named)
  }

  /// The suite that a signed prekey was signed under: those of suite 2 have one of last resort.
  private func suite(of key: Signed) -> Suite {
    kem?.lastResort[key.published.id] == nil ? .x3dh : .pqxdh
  }

  /// Where a handshake is remembered: with its signed prekey, or with that of its KEM prekey of last
  /// resort, so that the memory lives as long as the key that it guards.
  func keeper(for handshake: Handshake) -> Int? {
    guard let named = handshake.kem else { return index(of: handshake.signedPreKeyID) }
    return kem?.owner(of: named.id).flatMap { index(of: $0) }
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
    _ name: HandshakeID, under key: Signed
  ) throws(CygnetError) {
    if key.answered.contains(name) {
      throw CygnetError(.duplicate, "this handshake was answered already")
    }
    guard key.answered.count < Limits.maxRememberedHandshakes else {
      throw CygnetError(
        .limitExceeded, "too many handshakes under one signed prekey: rotate it")
    }
  }

  /// After the first message of `handshake` was opened: its one-time prekeys go, and where a key
  /// stays that could serve again, the handshake's name does too.
  package mutating func consume(_ handshake: Handshake) throws(CygnetError) {
    if let name = try handshake.replayName(), let keeper = keeper(for: handshake) {
      signed[keeper].answered.insert(name)
    }
    if let used = handshake.oneTimePreKeyID { oneTime[used] = nil }
    if let used = handshake.kem, used.kind == .oneTime { kem?.removeOneTime(used.id) }
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
  ///       opaque suite_data<V>;                     // empty in suite 1, in suite 2 KEMPreKeysState
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
    try writer.vector { (writer) throws(CygnetError) in try kem?.encode(into: &writer) }
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
    kem = try Self.readKEM(in: suite, beside: signed, from: &reader)
  }

  /// Every signed prekey from the first of suite 2 on has its own of last resort, the current one
  /// among them.
  private static func readKEM(
    in suite: Suite, beside signed: [Signed], from reader: inout Reader
  ) throws(CygnetError) -> KEMPreKeys? {
    guard suite.isPostQuantum else {
      try Suite.decodeNoData(from: &reader)
      return nil
    }
    let kem = try reader.vector(KEMPreKeys.stateByteCount) { (reader) throws(CygnetError) in
      try KEMPreKeys(from: &reader)
    }
    let ids = signed.map(\.published.id)
    let newest = Set(ids.suffix(kem.lastResort.count))
    guard kem.lastResort.isEmpty == ids.isEmpty, newest == Set(kem.lastResort.keys) else {
      throw CygnetError(.malformed, "keys of last resort that do not go with the signed prekeys")
    }
    return kem
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
