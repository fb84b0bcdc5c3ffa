package import CygnetPrimitives
package import CygnetWire

/// What a store keeps in the clear: its name, and the master key wrapped under each secret that
/// opens it (Specification: StoredRecords).
///
///     struct {
///       WireHeader header;        // store_header
///       opaque store_id[16];
///       KeySlot slots<V>;         // 1 to 8
///     } StoreHeader;
package struct StoreHeader: Equatable, Sendable {
  static let storeIDByteCount = 16
  static let maxSlotCount = 8

  let storeID: [UInt8]
  var slots: [KeySlot]

  /// What the root of the tree holds of a header, so that no older one can take its place.
  static func digest(of header: [UInt8]) -> [UInt8] {
    var hash = SHA256()
    hash.update(header)
    return hash.finalize()
  }

  /// The master key, by the first slot that `secret` opens. It takes as long as the slots' costs say.
  /// - Throws: `locked` where no slot opens; `limitExceeded`, `storeDamaged` and `malformed` as
  ///   `KeySlot` does.
  func unwrap(with secret: StoreSecret) throws(CygnetError) -> SecretBytes {
    for slot in slots {
      if let key = try slot.unwrap(with: secret, storeID: storeID) { return key }
    }
    throw CygnetError(.locked, "the passphrase or key does not open this store")
  }
}

extension StoreHeader: WireEncodable, WireDecodable {
  static func encodeStart(_ storeID: [UInt8], into writer: inout Writer) {
    WireType.storeHeader.encodeHeader(into: &writer)
    writer.write(fixed: storeID)
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    Self.encodeStart(storeID, into: &writer)
    try writer.write(vector: slots)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.storeHeader.decodeHeader(from: &reader)
    storeID = try reader.readFixed(Self.storeIDByteCount)
    slots = try reader.readVector(
      KeySlot.byteCount...(Self.maxSlotCount * KeySlot.byteCount), maxCount: Self.maxSlotCount)
  }
}

/// What may be said of a header without a secret, for diagnostics.
package struct StoreHeaderSummary: Sendable {
  package let storeID: [UInt8]
  /// Of each slot, in order. A key file's has no cost.
  package let slots: [(kind: String, memoryKiB: UInt32, passes: UInt32)]

  /// - Throws: `malformed`, or `unsupported` for a newer version.
  package init(decoding bytes: [UInt8]) throws(CygnetError) {
    let header = try StoreHeader(wire: bytes)
    storeID = header.storeID
    slots = header.slots.map { slot in
      (slot.kind == .passphrase ? "passphrase" : "key file", slot.cost.memoryKiB, slot.cost.passes)
    }
  }
}
