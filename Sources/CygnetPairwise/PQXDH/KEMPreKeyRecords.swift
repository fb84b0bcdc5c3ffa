package import CygnetPrimitives
package import CygnetWire

/// One-time KEM prekeys as records of their own, beside those of `PreKeyRecords`.
extension PreKeys {
  /// The ids of KEM prekeys that were not handed out: used ones and those of last resort among them.
  package var unusedKEMIDs: Range<UInt32> { kem.map { $0.nextUnusedID..<$0.nextID } ?? 0..<0 }

  /// The one-time KEM prekeys as records, in the order of their ids.
  package var oneTimeKEMPreKeyRecords: [OneTimeKEMPreKeyRecord] {
    guard let kem else { return [] }
    var records: [OneTimeKEMPreKeyRecord] = []
    for id in kem.oneTime.keys.sorted() {
      guard let key = kem.oneTime[id] else { continue }
      records.append(OneTimeKEMPreKeyRecord(key: key))
    }
    return records
  }

  /// Puts in a one-time KEM prekey from its record.
  /// - Throws: `malformed` for an id that was never given, or is that of a key of last resort.
  package mutating func insert(_ record: OneTimeKEMPreKeyRecord) throws(CygnetError) {
    guard var changed = kem else {
      throw CygnetError(.malformed, "prekeys of suite 1 have no KEM prekeys")
    }
    try changed.insertOneTime(record.key)
    kem = changed
  }
}

/// A one-time KEM prekey in a record of its own, 142 bytes:
///
///     struct {
///       uint16 version = 1;
///       StoredKEMPreKey key;
///     } OneTimeKEMPreKeyRecord;
package struct OneTimeKEMPreKeyRecord: WireEncodable, WireDecodable, Sendable {
  private static let version: UInt16 = 1

  let key: HeldKEMPreKey

  package var id: KEMPreKeyID { key.id }

  init(key: HeldKEMPreKey) { self.key = key }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(Self.version)
    try key.encode(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    guard try reader.readUInt16() == Self.version else {
      throw CygnetError(.unsupported, "a record was written by a later version")
    }
    key = try HeldKEMPreKey(from: &reader)
  }
}
