internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// Prekeys in records: the signed ones with the counters in one, each one-time prekey and each
/// remembered handshake in one of its own. So answering a handshake costs the same however many
/// there are.
extension RecordTransaction {
  /// Signed prekeys and counters.
  func preKeyCore() throws(CygnetError) -> PreKeys {
    guard let value = try value(.preKeys, []) else {
      throw CygnetError(.storeDamaged, "the store has no prekeys")
    }
    return try PreKeys(restoring: value)
  }

  /// Writes the core, and every one-time prekey that `preKeys` holds beside it.
  func put(_ preKeys: PreKeys) throws(CygnetError) {
    try put(.preKeys, [], preKeys.core.state())
    for record in preKeys.oneTimePreKeyRecords {
      try put(.oneTimePreKey, record.id.wireEncoded(), record.wireEncodedSecret())
    }
  }

  /// The core with the pieces that `handshake` names.
  func preKeys(for handshake: Handshake) throws(CygnetError) -> PreKeys {
    var preKeys = try preKeyCore()
    if let id = handshake.oneTimePreKeyID {
      if let record = try oneTimePreKey(id) { try preKeys.insert(record) }
    } else if try value(.answeredHandshake, handshake.id().bytes) != nil {
      preKeys.insert(answered: try handshake.id(), under: handshake.signedPreKeyID)
    }
    return preKeys
  }

  private func oneTimePreKey(
    _ id: OneTimePreKeyID
  ) throws(CygnetError) -> OneTimePreKeyRecord? {
    guard let value = try value(.oneTimePreKey, id.wireEncoded()) else { return nil }
    return try OneTimePreKeyRecord(wire: value)
  }

  func oneTimePreKeys() throws(CygnetError) -> [OneTimePreKeyRecord] {
    var records: [OneTimePreKeyRecord] = []
    for value in try values(.oneTimePreKey) { records.append(try OneTimePreKeyRecord(wire: value)) }
    return records
  }

  /// After `handshake` was answered.
  func consume(_ handshake: Handshake) throws(CygnetError) {
    if let id = handshake.oneTimePreKeyID {
      try delete(.oneTimePreKey, id.wireEncoded())
    } else {
      let record = AnsweredRecord(
        handshake: try handshake.id(), signedPreKeyID: handshake.signedPreKeyID)
      try put(.answeredHandshake, record.handshake.bytes, record.wireEncodedSecret())
    }
  }

  /// A bundle with the next one-time prekey that was not handed out, if there is one.
  func takeBundle(
    for identity: IdentityKey, at address: DeviceAddress
  ) throws(CygnetError) -> PreKeyBundle {
    var preKeys = try preKeyCore()
    // Keys that were used before they were handed out leave gaps, which no honest peer makes.
    for id in preKeys.unusedIDs {
      guard let record = try oneTimePreKey(OneTimePreKeyID(id)) else { continue }
      try preKeys.insert(record)
      break
    }
    let bundle = try preKeys.takeBundle(for: identity, at: address)
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

  /// Removes every prekey; returns the ids that were used last.
  func removePreKeys() throws(CygnetError) -> PreKeys.LastIDs {
    let core = try preKeyCore()
    for record in try oneTimePreKeys() { try delete(.oneTimePreKey, record.id.wireEncoded()) }
    try forgetHandshakes(keeping: [])
    return core.lastIDs
  }
}

///     struct {
///       uint16 version = 1;
///       opaque handshake_id[16];
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
