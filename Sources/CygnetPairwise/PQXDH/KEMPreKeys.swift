internal import CygnetPrimitives
internal import CygnetWire

/// The KEM prekeys of a device: one of last resort beside each signed prekey that was made under
/// suite 2, which goes with it, and those that serve once.
struct KEMPreKeys: Sendable {
  /// By the signed prekey that each was made with.
  private(set) var lastResort: [SignedPreKeyID: HeldKEMPreKey] = [:]
  private(set) var oneTime: [KEMPreKeyID: HeldKEMPreKey] = [:]
  private(set) var nextID: UInt32
  /// One-time keys below this were handed out by `take`.
  private(set) var nextUnusedID: UInt32

  init(after last: UInt32) throws(CygnetError) {
    guard last < UInt32.max - 1 else {
      throw CygnetError(.limitExceeded, "KEM prekey ids are used up")
    }
    nextID = last + 1
    nextUnusedID = nextID
  }

  // MARK: - Making

  private mutating func takeID() throws(CygnetError) -> KEMPreKeyID {
    guard nextID < UInt32.max else {
      throw CygnetError(.limitExceeded, "KEM prekey ids are used up")
    }
    defer { nextID += 1 }  // below the bound that was checked
    return KEMPreKeyID(nextID)
  }

  mutating func addLastResort(
    beside signed: SignedPreKeyID, for identity: IdentityKeyPair, at address: DeviceAddress,
    now: Timestamp, using random: inout some RandomSource
  ) throws(CygnetError) {
    lastResort[signed] = try .generate(
      id: takeID(), kind: .lastResort, suite: .pqxdh, for: identity, at: address, now: now,
      using: &random)
  }

  /// - Throws: `limitExceeded`; then some may have been added, so callers work on a copy.
  mutating func addOneTime(
    _ count: Int, for identity: IdentityKeyPair, at address: DeviceAddress, now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    guard count >= 0, count <= Limits.maxOneTimeKEMPreKeys - oneTime.count else {
      throw CygnetError(.limitExceeded, "too many one-time KEM prekeys")
    }
    for _ in 0..<count {
      let key = try HeldKEMPreKey.generate(
        id: takeID(), kind: .oneTime, suite: .pqxdh, for: identity, at: address, now: now,
        using: &random)
      oneTime[key.id] = key
    }
  }

  /// Drops the keys of last resort that have lost their signed prekey.
  mutating func keepLastResort(beside signed: [SignedPreKeyID]) {
    for id in lastResort.keys where !signed.contains(id) { lastResort[id] = nil }
  }

  /// Puts back a one-time key that was kept elsewhere.
  mutating func insertOneTime(_ key: HeldKEMPreKey) throws(CygnetError) {
    guard key.id.rawValue > 0, key.id.rawValue < nextID, owner(of: key.id) == nil else {
      throw CygnetError(.malformed, "a one-time KEM prekey that was never made")
    }
    oneTime[key.id] = key
  }

  mutating func removeOneTime(_ id: KEMPreKeyID) { oneTime[id] = nil }

  mutating func removeAllOneTime() { oneTime = [:] }

  // MARK: - Handing out

  var unusedCount: Int {
    var count = 0
    for id in oneTime.keys where id.rawValue >= nextUnusedID { count += 1 }
    return count
  }

  /// The next one-time key that was not handed out.
  mutating func take() -> HeldKEMPreKey? {
    // The keys are searched and not the ids, of which a stored state may claim billions.
    var next: KEMPreKeyID?
    for id in oneTime.keys where id.rawValue >= nextUnusedID && next.map({ id < $0 }) != false {
      next = id
    }
    guard let next else {
      nextUnusedID = nextID
      return nil
    }
    nextUnusedID = next.rawValue + 1  // ids stay below nextID
    return oneTime[next]
  }

  // MARK: - Answering

  /// The key that a handshake names.
  /// - Throws: `duplicate` for a one-time key that was used, `notFound` for one that is not held.
  func held(_ kem: KEMHandshake) throws(CygnetError) -> HeldKEMPreKey {
    if kem.kind == .oneTime {
      if let key = oneTime[kem.id] { return key }
      if kem.id.rawValue > 0 && kem.id.rawValue < nextID && owner(of: kem.id) == nil {
        throw CygnetError(.duplicate, "the one-time KEM prekey was used already")
      }
    } else if let owner = owner(of: kem.id), let key = lastResort[owner] {
      return key
    }
    throw CygnetError(.notFound, "the KEM prekey is not held here")
  }

  /// The signed prekey that a key of last resort belongs to.
  func owner(of id: KEMPreKeyID) -> SignedPreKeyID? {
    for (signed, key) in lastResort where key.id == id { return signed }
    return nil
  }
}

extension KEMPreKeys: WireEncodable, WireDecodable {
  ///     struct {
  ///       uint32 signed_pre_key_id;
  ///       StoredKEMPreKey key;
  ///     } StoredLastResort;
  ///
  ///     struct {
  ///       uint32 next_id;
  ///       uint32 next_unused_id;
  ///       StoredLastResort last_resort<V>;     // ids of signed prekeys ascending
  ///       StoredKEMPreKey one_time<V>;         // ids ascending
  ///     } KEMPreKeysState;                     // all ids from 1 on, below next_id, none twice
  static let stateByteCount =
    0...(32 + Limits.maxSignedPreKeys * (4 + HeldKEMPreKey.byteCount)
    + Limits.maxOneTimeKEMPreKeys * HeldKEMPreKey.byteCount)

  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(nextID)
    writer.write(nextUnusedID)
    try writer.vector { (writer) throws(CygnetError) in
      for signed in lastResort.keys.sorted() {
        writer.write(signed.rawValue)
        try lastResort[signed]?.encode(into: &writer)
      }
    }
    try writer.vector { (writer) throws(CygnetError) in
      for id in oneTime.keys.sorted() { try oneTime[id]?.encode(into: &writer) }
    }
  }

  init(from reader: inout Reader) throws(CygnetError) {
    nextID = try reader.readUInt32()
    nextUnusedID = try reader.readUInt32()
    guard nextID > 0, nextUnusedID > 0, nextUnusedID <= nextID else {
      throw CygnetError(.malformed, "KEM prekey counters disagree")
    }
    lastResort = try Self.readLastResort(below: nextID, from: &reader)
    oneTime = try Self.readOneTime(below: nextID, from: &reader)
    for key in lastResort.values where oneTime[key.id] != nil {
      throw CygnetError(.malformed, "a KEM prekey of both kinds")
    }
  }

  private static func readLastResort(
    below limit: UInt32, from reader: inout Reader
  ) throws(CygnetError) -> [SignedPreKeyID: HeldKEMPreKey] {
    let byteCount = Limits.maxSignedPreKeys * (4 + HeldKEMPreKey.byteCount)
    return try reader.vector(0...byteCount) { (reader) throws(CygnetError) in
      var keys: [SignedPreKeyID: HeldKEMPreKey] = [:]
      var last: (signed: SignedPreKeyID, id: KEMPreKeyID)?
      while reader.remaining > 0 {
        let signed = SignedPreKeyID(try reader.readUInt32())
        let key = try HeldKEMPreKey(from: &reader)
        guard key.id.rawValue > (last?.id.rawValue ?? 0), key.id.rawValue < limit,
          last.map({ $0.signed < signed }) != false
        else { throw CygnetError(.malformed, "keys of last resort are stored in ascending order") }
        last = (signed, key.id)
        keys[signed] = key
      }
      return keys
    }
  }

  private static func readOneTime(
    below limit: UInt32, from reader: inout Reader
  ) throws(CygnetError) -> [KEMPreKeyID: HeldKEMPreKey] {
    let byteCount = Limits.maxOneTimeKEMPreKeys * HeldKEMPreKey.byteCount
    return try reader.vector(0...byteCount) { (reader) throws(CygnetError) in
      var keys: [KEMPreKeyID: HeldKEMPreKey] = [:]
      keys.reserveCapacity(reader.remaining / HeldKEMPreKey.byteCount)
      var last: UInt32 = 0
      while reader.remaining > 0 {
        let key = try HeldKEMPreKey(from: &reader)
        guard key.id.rawValue > last, key.id.rawValue < limit else {
          throw CygnetError(.malformed, "one-time KEM prekeys are stored in ascending order")
        }
        last = key.id.rawValue
        keys[key.id] = key
      }
      return keys
    }
  }
}
