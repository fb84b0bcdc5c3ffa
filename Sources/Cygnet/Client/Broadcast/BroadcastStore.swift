internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetSenderKeys
internal import CygnetStorage
internal import CygnetWire

/// The records of broadcast lists: our own, and the chains of others.
extension RecordTransaction {
  // MARK: Our own

  /// - Throws: `notFound`.
  func broadcast(named name: String) throws(CygnetError) -> BroadcastRecord {
    guard let id = try value(.broadcastName, ContactName.key(name)) else {
      throw CygnetError(.notFound, "no broadcast list has this name")
    }
    let key = id.withBytes { id in
      var key: [UInt8] = []
      key.append(copying: id)
      return key
    }
    guard let value = try value(.broadcast, key) else {
      throw CygnetError(.storeDamaged, "a name leads to no broadcast list")
    }
    return try BroadcastRecord(wire: value)
  }

  func hasBroadcast(named name: String) throws(CygnetError) -> Bool {
    try value(.broadcastName, ContactName.key(name)) != nil
  }

  func put(_ list: BroadcastRecord) throws(CygnetError) {
    try put(.broadcast, list.distributionID.bytes, list.wireEncodedSecret())
  }

  /// Leads from a name to its list.
  func name(_ list: BroadcastRecord) throws(CygnetError) {
    try put(
      .broadcastName, ContactName.key(list.name),
      SecretBytes(copying: list.distributionID.bytes))
  }

  func delete(_ list: BroadcastRecord) throws(CygnetError) {
    try delete(.broadcast, list.distributionID.bytes)
    try delete(.broadcastName, ContactName.key(list.name))
  }

  func broadcasts() throws(CygnetError) -> [BroadcastRecord] {
    var lists: [BroadcastRecord] = []
    for value in try values(.broadcast) { lists.append(try BroadcastRecord(wire: value)) }
    return lists.sorted {
      ContactName.key($0.name).lexicographicallyPrecedes(ContactName.key($1.name))
    }
  }

  // MARK: Those of others

  func receivedChains(
    of sender: DeviceAddress, _ id: DistributionID
  ) throws(CygnetError) -> ReceivedChainsRecord? {
    guard let value = try value(.receivedChains, ReceivedChainsRecord.key(sender, id)) else {
      return nil
    }
    return try ReceivedChainsRecord(wire: value)
  }

  func put(_ chains: ReceivedChainsRecord, of sender: DeviceAddress) throws(CygnetError) {
    try put(
      .receivedChains, ReceivedChainsRecord.key(sender, chains.receiving.distributionID),
      chains.wireEncodedSecret())
  }

  func lists(of sender: DeviceAddress) throws(CygnetError) -> SenderListsRecord {
    guard let value = try value(.senderLists, sender.wireEncoded()) else {
      return SenderListsRecord(sender: sender)
    }
    return try SenderListsRecord(wire: value)
  }

  func put(_ lists: SenderListsRecord) throws(CygnetError) {
    try put(.senderLists, lists.sender.wireEncoded(), lists.wireEncodedSecret())
  }

  /// Forgets every chain of a sender.
  func deleteReceivedChains(of sender: DeviceAddress) throws(CygnetError) {
    for id in try lists(of: sender).ids {
      try delete(.receivedChains, ReceivedChainsRecord.key(sender, id))
    }
    try delete(.senderLists, sender.wireEncoded())
  }

  // MARK: Checking

  /// Decodes every record of broadcast lists, and follows what leads from one to another.
  func checkBroadcasts() throws(CygnetError) {
    for list in try broadcasts() {
      guard try broadcast(named: list.name).distributionID == list.distributionID else {
        throw CygnetError(.storeDamaged, "a name leads to another broadcast list")
      }
    }
    for value in try values(.receivedChains) { _ = try ReceivedChainsRecord(wire: value) }
    for value in try values(.senderLists) {
      let lists = try SenderListsRecord(wire: value)
      for id in lists.ids {
        guard try receivedChains(of: lists.sender, id) != nil else {
          throw CygnetError(.storeDamaged, "the chains of a broadcast list are gone")
        }
      }
    }
  }
}
