internal import CygnetPairwise
public import CygnetPrimitives
public import CygnetSenderKeys
internal import CygnetStorage
internal import CygnetWire

extension Client {
  // MARK: - Lists

  /// Makes a list of contacts that are written to at once. Nothing is sent before the first message.
  /// - Parameters:
  ///   - name: what to call the list here, as contacts are called; see `ContactName`.
  ///   - members: names of contacts, at most 256.
  ///   - policy: when the chain is renewed although nobody left.
  ///   - now: the current time.
  /// - Throws: `wrongState` for a name that is another list's, `malformed` for an unfit one,
  ///   `notFound` for a member that is no contact, `limitExceeded`.
  public func createBroadcastList(
    _ name: String, members: [String], policy: SenderKeyRotationPolicy = .standard,
    now: Timestamp
  ) async throws(CygnetError) -> BroadcastList {
    try ContactName.check(name)
    return try await step { (records) throws(CygnetError) in
      guard try !records.hasBroadcast(named: name) else {
        throw CygnetError(.wrongState, "another broadcast list has this name")
      }
      let profile = try records.profile()
      let identity = try profile.identity().publicKey
      let sending = try SendingSenderKey.generate(
        for: .generate(), sender: BroadcastSender.name(identity.ed25519, profile.address),
        policy: policy, now: now)
      var list = BroadcastRecord(name: name, identity: identity, sending: sending, now: now)
      for member in members {
        let contact = try records.contact(named: member)
        if list.index(of: contact.address) == nil { try list.add(contact.address) }
      }
      try records.put(list)
      try records.name(list)
      return try records.describe(list)
    }
  }

  /// Every list, in the order of their names.
  public func broadcastLists() async throws(CygnetError) -> [BroadcastList] {
    try await step { (records) throws(CygnetError) in
      var lists: [BroadcastList] = []
      for list in try records.broadcasts() { lists.append(try records.describe(list)) }
      return lists
    }
  }

  /// - Throws: `notFound`.
  public func broadcastList(_ name: String) async throws(CygnetError) -> BroadcastList {
    try await step { (records) throws(CygnetError) in
      try records.describe(records.broadcast(named: name))
    }
  }

  /// Forgets a list and its chain. What was sent stays with those who have it.
  /// - Throws: `notFound`.
  public func deleteBroadcastList(_ name: String) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      try records.delete(records.broadcast(named: name))
    }
  }

  // MARK: - Members

  /// Adds a contact, who reads from the next message on and nothing before. One that is a member
  /// already is given the chain again with the next message, for when it has lost it.
  /// - Throws: `notFound` for the list or the contact, `limitExceeded` beyond 256 members.
  public func addMember(
    _ contact: String, toBroadcastList name: String
  ) async throws(CygnetError) -> BroadcastList {
    try await step { (records) throws(CygnetError) in
      var list = try records.broadcast(named: name)
      let address = try records.contact(named: contact).address
      if list.index(of: address) == nil {
        try list.add(address)
      } else {
        // What it was given still counts when it leaves: only the session is forgotten.
        list.forgetSession(of: address)
      }
      try records.put(list)
      return try records.describe(list)
    }
  }

  /// Removes a contact. If it was given the chain, a new one begins, of which it learns nothing.
  /// - Throws: `notFound` for the list or the contact, and for one that is no member.
  public func removeMember(
    _ contact: String, fromBroadcastList name: String, now: Timestamp
  ) async throws(CygnetError) -> BroadcastList {
    try await step { (records) throws(CygnetError) in
      var list = try records.broadcast(named: name)
      let address = try records.contact(named: contact).address
      guard let index = list.index(of: address) else {
        throw CygnetError(.notFound, "this contact is not on the list")
      }
      let hadChain = list.members[index].holding != nil
      list.remove(address)
      if hadChain { try list.rotate(now: now) }
      try records.put(list)
      return try records.describe(list)
    }
  }

  // MARK: - Messages

  /// Encrypts a message once for all members of a list.
  ///
  /// Members that lack the chain are given it in their sessions first. A new chain is begun before
  /// when the policy says so, and when somebody was given the current one who is blocked now, is no
  /// contact any more, or has another identity key. Blocked members are not written to.
  ///
  /// When this returns, everything is in the store, to be carried by whoever asks for `outgoing()`,
  /// until `confirmSent`.
  /// - Parameters:
  ///   - content: what the message says.
  ///   - name: the list.
  ///   - now: the current time.
  /// - Throws: `notFound` without such a list, or when nobody on it can be written to;
  ///   `limitExceeded`.
  public func broadcast(
    _ content: MessageContent, to name: String, now: Timestamp
  ) async throws(CygnetError) -> BroadcastResult {
    let policy = suitePolicy
    return try await step { (records) throws(CygnetError) in
      try records.broadcast(content, to: name, policy: policy, now: now)
    }
  }
}

extension RecordTransaction {
  fileprivate func describe(_ list: BroadcastRecord) throws(CygnetError) -> BroadcastList {
    var members: [BroadcastMember] = []
    for member in list.members {
      members.append(
        BroadcastMember(
          contact: try contact(at: member.address)?.contact, address: member.address,
          wasGivenChain: member.holding != nil))
    }
    members.sort { left, right in
      guard let left = left.contact else { return false }
      guard let right = right.contact else { return true }
      return ContactName.key(left.name).lexicographicallyPrecedes(ContactName.key(right.name))
    }
    return BroadcastList(
      distributionID: list.distributionID, name: list.name, members: members,
      createdAt: list.createdAt, chainStartedAt: list.sending.startedAt,
      chainMessageCount: list.sending.iteration)
  }
}
