package import CygnetPrimitives
internal import CygnetWire

/// The steps by which a store is opened and its records are sealed, one by one and with every value
/// given, so that another implementation can be compared with this one (Specification:
/// StoredRecords).
package enum StorageSteps {
  // MARK: - The header

  /// A key slot, encoded. Draws the salt (16 bytes), then the nonce (24 bytes).
  package static func slot(
    masterKey: SecretBytes, storeID: [UInt8], secret: StoreSecret, cost: PassphraseCost,
    using random: inout some RandomSource
  ) throws(CygnetError) -> [UInt8] {
    try KeySlot.wrapping(
      masterKey, under: secret, cost: cost, storeID: storeID, using: &random
    ).wireEncoded()
  }

  /// A header with these slots, 1 to 8 of them.
  package static func header(
    storeID: [UInt8], slots: [[UInt8]]
  ) throws(CygnetError) -> [UInt8] {
    var decoded: [KeySlot] = []
    for slot in slots { decoded.append(try KeySlot(wire: slot)) }
    let header = try StoreHeader(storeID: storeID, slots: decoded).wireEncoded()
    _ = try StoreHeader(wire: header)
    return header
  }

  /// The master key and the name of the store that a header belongs to.
  /// - Throws: as `StoreKey.open`.
  package static func unwrap(
    _ header: [UInt8], with secret: StoreSecret
  ) throws(CygnetError) -> (masterKey: SecretBytes, storeID: [UInt8]) {
    let header = try StoreHeader(wire: header)
    return (try header.unwrap(with: secret), header.storeID)
  }

  // MARK: - Records

  /// The keys of one kind of record, and the integrity tree's.
  package struct Keys: Sendable {
    package let sealing: SecretBytes
    package let naming: SecretBytes
    package let tree: SecretBytes
  }

  /// The place of a record: what it is sealed for.
  package struct Place: Sendable {
    let key: StoreKey
    let kind: RecordKind
    let generation: UInt64

    /// - Throws: `notFound` for a kind that no record has.
    package init(
      masterKey: SecretBytes, storeID: [UInt8], kind: UInt8, generation: UInt64
    ) throws(CygnetError) {
      key = try StoreKey(masterKey: masterKey, storeID: storeID)
      self.kind = RecordKind(rawValue: kind)
      self.generation = generation
      guard RecordKind.all.contains(self.kind) else {
        throw CygnetError(.notFound, "there is no such kind of record")
      }
    }

    package func keys() throws(CygnetError) -> Keys {
      let keys = try key.keys(for: kind)
      return Keys(sealing: keys.sealing, naming: keys.naming, tree: key.treeKey)
    }

    /// The name of the record that is found by `logicalKey`.
    package func id(of logicalKey: [UInt8]) throws(CygnetError) -> [UInt8] {
      try key.recordID(kind, logicalKey).bytes
    }

    /// The record's sealed form. Draws the nonce, 24 bytes.
    package func seal(
      _ value: SecretBytes, under logicalKey: [UInt8], using random: inout some RandomSource
    ) throws(CygnetError) -> [UInt8] {
      try SealedRecord(key: logicalKey, value: value).sealed(
        kind: kind, id: key.recordID(kind, logicalKey), generation: generation, key: key,
        using: &random
      ).sealed
    }

    /// What a sealed record of this place holds.
    /// - Throws: `storeDamaged`, `unsupported`.
    package func open(
      _ sealed: [UInt8], id: [UInt8]
    ) throws(CygnetError) -> (key: [UInt8], value: SecretBytes) {
      let record = StoredRecord(
        kind: kind.rawValue, id: try RecordID(id), generation: generation, sealed: sealed)
      let opened = try SealedRecord(opening: record, key: key)
      return (opened.key, opened.value)
    }
  }
}
