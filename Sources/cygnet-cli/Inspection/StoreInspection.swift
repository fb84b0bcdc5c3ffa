internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetVectors

/// What a store keeps in the clear.
extension Inspection {
  static func storeHeader(_ bytes: [UInt8]) throws(CygnetError) -> Inspection {
    let header = try StoreHeaderSummary(decoding: bytes)
    var slots: [JSON] = []
    for slot in header.slots {
      slots.append(
        .object([
          "kind": .string(slot.kind),
          "memory_kib": .integer(Int(slot.memoryKiB)),
          "passes": .integer(Int(slot.passes)),
        ]))
    }
    return Inspection(
      "StoreHeader", "the key of a store, wrapped under each secret that opens it",
      ["store_id": .hex(header.storeID), "slots": .array(slots)])
  }
}
