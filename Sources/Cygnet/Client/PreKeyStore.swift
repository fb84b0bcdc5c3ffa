internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// Prekeys in records: the signed ones and the KEM prekeys of last resort with the counters in one,
/// each one-time prekey of either kind and each remembered handshake in one of its own. So answering a
/// handshake costs the same however many there are.
extension RecordTransaction {
  /// Signed prekeys, KEM prekeys of last resort, and counters.
  func preKeyCore() throws(CygnetError) -> PreKeys {
    guard let value = try value(.preKeys, []) else {
      throw CygnetError(.storeDamaged, "the store has no prekeys")
    }
    return try PreKeys(restoring: value)
  }

  /// The core for what others will get of it: prekeys that an earlier version made are taken over to
  /// suite 2, with a first batch of one-time KEM prekeys.
  func currentPreKeys(
    of profile: ProfileRecord, now: Timestamp
  ) throws(CygnetError) -> PreKeys {
    var preKeys = try preKeyCore()
    guard !preKeys.suite.isPostQuantum else { return preKeys }
    let identity = try profile.identity()
    try preKeys.upgrade(for: identity, at: profile.address, now: now)
    try preKeys.addOneTimeKEMPreKeys(
      Client.oneTimePreKeyBatch, for: identity, at: profile.address, now: now)
    try put(preKeys)
    try forgetHandshakes(keeping: preKeys.signedPreKeyIDs)
    return preKeys.core
  }

  /// Writes the core, and every one-time prekey that `preKeys` holds beside it.
  func put(_ preKeys: PreKeys) throws(CygnetError) {
    try put(.preKeys, [], preKeys.core.state())
    for record in preKeys.oneTimePreKeyRecords {
      try put(.oneTimePreKey, record.id.wireEncoded(), record.wireEncodedSecret())
    }
    for record in preKeys.oneTimeKEMPreKeyRecords {
      try put(.oneTimeKEMPreKey, record.id.wireEncoded(), record.wireEncodedSecret())
    }
  }

  /// The core with the pieces that `handshake` names.
  func preKeys(for handshake: Handshake) throws(CygnetError) -> PreKeys {
    var preKeys = try preKeyCore()
    if let id = handshake.oneTimePreKeyID, let record = try oneTimePreKey(id) {
      try preKeys.insert(record)
    }
    if let kem = handshake.kem, kem.kind == .oneTime, let record = try oneTimeKEMPreKey(kem.id) {
      try preKeys.insert(record)
    }
    if let name = try handshake.replayName(), let keeper = preKeys.keeperID(of: handshake),
      try value(.answeredHandshake, name.bytes) != nil
    {
      preKeys.insert(answered: name, under: keeper)
    }
    return preKeys
  }

  private func oneTimePreKey(
    _ id: OneTimePreKeyID
  ) throws(CygnetError) -> OneTimePreKeyRecord? {
    guard let value = try value(.oneTimePreKey, id.wireEncoded()) else { return nil }
    return try OneTimePreKeyRecord(wire: value)
  }

  private func oneTimeKEMPreKey(
    _ id: KEMPreKeyID
  ) throws(CygnetError) -> OneTimeKEMPreKeyRecord? {
    guard let value = try value(.oneTimeKEMPreKey, id.wireEncoded()) else { return nil }
    return try OneTimeKEMPreKeyRecord(wire: value)
  }

  func oneTimePreKeys() throws(CygnetError) -> [OneTimePreKeyRecord] {
    var records: [OneTimePreKeyRecord] = []
    for value in try values(.oneTimePreKey) { records.append(try OneTimePreKeyRecord(wire: value)) }
    return records
  }

  func oneTimeKEMPreKeys() throws(CygnetError) -> [OneTimeKEMPreKeyRecord] {
    var records: [OneTimeKEMPreKeyRecord] = []
    for value in try values(.oneTimeKEMPreKey) {
      records.append(try OneTimeKEMPreKeyRecord(wire: value))
    }
    return records
  }

  /// After `handshake` was answered with `preKeys`: its one-time prekeys go, and where a key stays
  /// that could serve again, the handshake is remembered under the signed prekey that it goes with.
  func consume(_ handshake: Handshake, of preKeys: PreKeys) throws(CygnetError) {
    if let id = handshake.oneTimePreKeyID { try delete(.oneTimePreKey, id.wireEncoded()) }
    if let kem = handshake.kem, kem.kind == .oneTime {
      try delete(.oneTimeKEMPreKey, kem.id.wireEncoded())
    }
    guard let name = try handshake.replayName() else { return }
    guard let keeper = preKeys.keeperID(of: handshake) else {
      throw CygnetError(.internalFault, "a handshake was answered by a prekey that is gone")
    }
    let record = AnsweredRecord(handshake: name, signedPreKeyID: keeper)
    try put(.answeredHandshake, record.handshake.bytes, record.wireEncodedSecret())
  }

  /// A bundle with the next one-time prekeys that were not handed out, as far as there are any.
  func takeBundle(now: Timestamp) throws(CygnetError) -> PreKeyBundle {
    let profile = try profile()
    var preKeys = try currentPreKeys(of: profile, now: now)
    // Keys that were used before they were handed out leave gaps, which no honest peer makes.
    for id in preKeys.unusedIDs {
      guard let record = try oneTimePreKey(OneTimePreKeyID(id)) else { continue }
      try preKeys.insert(record)
      break
    }
    for id in preKeys.unusedKEMIDs {
      guard let record = try oneTimeKEMPreKey(KEMPreKeyID(id)) else { continue }
      try preKeys.insert(record)
      break
    }
    let bundle = try preKeys.takeBundle(
      for: profile.identity().publicKey, at: profile.address)
    try put(.preKeys, [], preKeys.core.state())
    return bundle
  }

  /// Forgets the handshakes answered under signed prekeys that are gone.
  func forgetHandshakes(keeping ids: [SignedPreKeyID]) throws(CygnetError) {
    for value in try values(.answeredHandshake) {
      let record = try AnsweredRecord(wire: value)
      if !ids.contains(record.signedPreKeyID) {
        try delete(.answeredHandshake, record.handshake.bytes)
      }
    }
  }

  /// Decodes every prekey, and finds its place among the counters.
  func checkPreKeys() throws(CygnetError) {
    var preKeys = try preKeyCore()
    for record in try oneTimePreKeys() { try preKeys.insert(record) }
    for record in try oneTimeKEMPreKeys() { try preKeys.insert(record) }
    for value in try values(.answeredHandshake) { _ = try AnsweredRecord(wire: value) }
  }

  /// Removes every prekey; returns the ids that were used last.
  func removePreKeys() throws(CygnetError) -> PreKeys.LastIDs {
    let core = try preKeyCore()
    for record in try oneTimePreKeys() { try delete(.oneTimePreKey, record.id.wireEncoded()) }
    for record in try oneTimeKEMPreKeys() {
      try delete(.oneTimeKEMPreKey, record.id.wireEncoded())
    }
    try forgetHandshakes(keeping: [])
    return core.lastIDs
  }
}

///     struct {
///       uint16 version = 1;
///       opaque handshake_id[16];           // of suite 1: HandshakeID; of suite 2: BaseKeyUse
///       uint32 signed_pre_key_id;
///     } AnsweredRecord;
private struct AnsweredRecord: WireEncodable, WireDecodable {
  let handshake: HandshakeID
  let signedPreKeyID: SignedPreKeyID

  init(handshake: HandshakeID, signedPreKeyID: SignedPreKeyID) {
    self.handshake = handshake
    self.signedPreKeyID = signedPreKeyID
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try handshake.encode(into: &writer)
    writer.write(signedPreKeyID.rawValue)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    handshake = try HandshakeID(from: &reader)
    signedPreKeyID = SignedPreKeyID(try reader.readUInt32())
  }
}
