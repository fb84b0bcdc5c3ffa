package import CygnetPrimitives
package import CygnetWire

/// The prekeys cut into pieces, for a store that keeps each one-time prekey and each remembered
/// handshake as a record of its own, so that no step costs more when there are more of them.
///
/// A step takes the `core`, puts in the pieces that its handshake names, and runs as on the whole.
extension PreKeys {
  /// The signed prekeys and the counters, without one-time prekeys and remembered handshakes.
  package var core: PreKeys {
    var core = self
    core.oneTime = [:]
    core.kem?.removeAllOneTime()
    for index in core.signed.indices { core.signed[index].answered = [] }
    return core
  }

  /// The ids of the signed prekeys, oldest first.
  package var signedPreKeyIDs: [SignedPreKeyID] { signed.map(\.published.id) }

  /// The ids of those that were not handed out, used ones among them.
  package var unusedIDs: Range<UInt32> { nextUnusedID..<nextOneTimeID }

  /// The one-time prekeys as records, in the order of their ids.
  package var oneTimePreKeyRecords: [OneTimePreKeyRecord] {
    var records: [OneTimePreKeyRecord] = []
    for id in oneTime.keys.sorted() {
      guard let pair = oneTime[id] else { continue }
      records.append(OneTimePreKeyRecord(id: id, pair: pair))
    }
    return records
  }

  /// Puts in a one-time prekey from its record.
  /// - Throws: `malformed` for an id that was never given.
  package mutating func insert(_ record: OneTimePreKeyRecord) throws(CygnetError) {
    guard record.id.rawValue > 0, record.id.rawValue < nextOneTimeID else {
      throw CygnetError(.malformed, "a one-time prekey that was never made")
    }
    oneTime[record.id] = record.pair
  }

  /// Puts in the memory that a handshake was answered.
  package mutating func insert(answered handshake: HandshakeID, under id: SignedPreKeyID) {
    for index in signed.indices where signed[index].published.id == id {
      signed[index].answered.insert(handshake)
    }
  }

  /// The signed prekey under which a handshake is remembered; nil if that is gone.
  package func keeperID(of handshake: Handshake) -> SignedPreKeyID? {
    keeper(for: handshake).map { signed[$0].published.id }
  }

  /// Drops the signed prekeys made before `time`, but never the current one.
  package mutating func dropSignedPreKeys(before time: Timestamp) {
    guard let current = signed.last else { return }
    signed.removeAll { $0.published.createdAt < time && $0.published.id != current.published.id }
    let held = signedPreKeyIDs
    kem?.keepLastResort(beside: held)
  }
}

/// A one-time prekey in a record of its own:
///
///     struct {
///       uint16 version = 1;
///       uint32 id;
///       opaque private_key[32];
///       CurveKey public_key;
///     } OneTimePreKeyRecord;
package struct OneTimePreKeyRecord: WireEncodable, WireDecodable, Sendable {
  private static let version: UInt16 = 1

  package let id: OneTimePreKeyID
  let pair: X25519.KeyPair

  init(id: OneTimePreKeyID, pair: X25519.KeyPair) {
    self.id = id
    self.pair = pair
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(Self.version)
    try id.encode(into: &writer)
    writer.write(fixed: pair.privateKey.secret)
    try pair.publicKey.encode(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt16() == Self.version else {
      throw CygnetError(.unsupported, "a record was written by a later version")
    }
    id = try OneTimePreKeyID(from: &reader)
    let secret = try X25519.PrivateKey(reader.readSecret(X25519.byteCount))
    pair = X25519.KeyPair(privateKey: secret, publicKey: try X25519.PublicKey(from: &reader))
  }
}
