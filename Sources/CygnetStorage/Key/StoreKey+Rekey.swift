public import CygnetPrimitives
internal import CygnetWire

extension StoreKey {
  /// Gives the store a new master key, seals every record anew, and lets `secret` alone open it: all
  /// in one transaction. Whoever had the old key can no longer read what the store holds from now
  /// on; what they copied before, they can. Other open clients of this store must open it again.
  ///
  /// It takes time in proportion to the store, and memory for the names of its records.
  /// - Returns: the new key, which every later transaction needs.
  /// - Throws: as `create`; `storeDamaged`, which changes nothing.
  public func rekeyed(
    in store: any Store, secret: StoreSecret, cost: PassphraseCost = .interactive
  ) async throws(CygnetError) -> StoreKey {
    var random = SystemRandomSource()
    let new = try StoreKey.generate(using: &random)
    let header = try new.header(for: secret, cost: cost).wireEncoded()
    try await store.run { transaction in
      let old = try RecordTree(in: transaction, key: self)
      let root = TreeRoot(
        commitCount: old.root.commitCount, headerDigest: StoreHeader.digest(of: header))
      let tree = try RecordTree(newWith: root, in: transaction, key: new)
      for id in try old.verifiedNames() { try Self.move(id, from: old, to: tree) }
      try Self.deleteTree(in: transaction)
      try transaction.setHeader(header)
      try tree.commit()
    }
    return new
  }

  private static func move(
    _ id: RecordID, from old: RecordTree, to new: RecordTree
  ) throws(CygnetError) {
    guard let record = try old.record(id) else {
      throw CygnetError(.storeDamaged, "a record of the store is gone")
    }
    let kind = RecordKind(rawValue: record.kind)
    let content = try SealedRecord(opening: record, key: old.key)
    try old.store.reading { try $0.delete(id) }
    try new.put(
      content.sealed(
        kind: kind, id: new.key.recordID(kind, content.key), generation: new.generation,
        key: new.key))
  }

  /// Removes the nodes and the root, and whatever passes for one.
  private static func deleteTree(in store: any StoreTransaction) throws(CygnetError) {
    for kind in [RecordKind.treeNode, .treeRoot] {
      while true {
        let page = try store.reading {
          try $0.records(ofKind: kind.rawValue, after: nil, limit: BucketIndex.nodeCount)
        }
        if page.isEmpty { break }
        for record in page { try store.reading { try $0.delete(record.id) } }
      }
    }
  }
}
