internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetSenderKeys
internal import CygnetStorage
internal import CygnetWire

/// Writing to a list: the chain is renewed where it must be, shared with those who lack it, and the
/// message goes to the outgoing ones once for each.
extension RecordTransaction {
  func broadcast(
    _ content: MessageContent, to name: String, policy: SuitePolicy, now: Timestamp
  ) throws(CygnetError) -> BroadcastResult {
    let profile = try profile()
    var list = try broadcast(named: name)
    let recipients = try renew(&list, as: profile, now: now)
    var messages: [OutgoingMessage] = []
    var reached: [ContactRecord] = []
    var unreached: [Contact] = []
    for recipient in recipients {
      let isShared = try share(
        &list, with: recipient, from: profile, policy: policy, into: &messages, now: now)
      if isShared {
        reached.append(recipient)
      } else {
        unreached.append(try recipient.contact)
      }
    }
    guard !reached.isEmpty else {
      throw CygnetError(.notFound, "nobody on this list can be written to")
    }
    let message = try list.sending.encrypt(content.encoded())
    for recipient in reached {
      let envelope = try BroadcastEnvelope(
        sender: profile.address, recipient: recipient.address, message: message
      ).wireEncoded()
      messages.append(try putOutgoing(envelope, to: recipient, now: now))
    }
    try put(list)
    return BroadcastResult(messages: messages, unreached: unreached)
  }

  /// Begins a new chain if somebody was given the current one who should not read on, or if one is
  /// due.
  /// - Returns: whom to write to.
  private func renew(
    _ list: inout BroadcastRecord, as profile: ProfileRecord, now: Timestamp
  ) throws(CygnetError) -> [ContactRecord] {
    let own = try profile.identity().publicKey
    if list.identity != own.ed25519 {
      try list.beginAnew(as: own, at: profile.address, now: now)
    }
    var mustRotate = list.sending.needsRotation(now: now)
    var recipients: [ContactRecord] = []
    for member in list.members {
      guard let contact = try contact(at: member.address) else {
        mustRotate = mustRotate || member.holding != nil
        list.remove(member.address)
        continue
      }
      if let holding = member.holding, contact.isBlocked || holding.identity != contact.identity {
        mustRotate = true
      }
      if !contact.isBlocked { recipients.append(contact) }
    }
    if mustRotate { try list.rotate(now: now) }
    return recipients
  }

  /// Shares the chain with a member that was not given it, or not in the session of today: who begins
  /// a new one has perhaps lost what it had.
  /// - Returns: whether the member can read the list.
  private func share(
    _ list: inout BroadcastRecord, with recipient: ContactRecord, from profile: ProfileRecord,
    policy: SuitePolicy, into messages: inout [OutgoingMessage], now: Timestamp
  ) throws(CygnetError) -> Bool {
    let holding = list.index(of: recipient.address).flatMap { list.members[$0].holding }
    let current = try sessions(with: recipient.address)?.currentSession()
    if let holding, let current, holding.handshakeID == current.handshakeID { return true }
    var plaintext = try list.sending.distributionMessage().encoded()
    defer { ConstantTime.wipe(&plaintext) }
    let (message, session): (PairwiseMessage, PairwiseSession)
    do throws(CygnetError) {
      (message, session) = try encrypt(
        plaintext, to: recipient, bundle: nil, policy: policy, from: profile, now: now)
    } catch {
      // No session and no fit card is the member's matter; anything else is ours.
      let isUnreachable: Set<CygnetError.Code> = [
        .notFound, .ruleViolation, .authenticationFailed, .limitExceeded, .identityChanged,
      ]
      guard isUnreachable.contains(error.code) else { throw error }
      return false
    }
    let envelope = try Envelope(
      sender: profile.address, recipient: recipient.address, message: message
    ).encoded()
    messages.append(try putOutgoing(envelope, to: recipient, now: now))
    list.setHolding(
      BroadcastRecord.Holding(
        identity: recipient.identity, handshakeID: session.handshakeID),
      of: recipient.address)
    return true
  }
}

/// Reading a list of somebody else's.
extension RecordTransaction {
  /// Takes a chain that a session with its sender brought.
  func takeChain(
    _ plaintext: [UInt8], from sender: ContactRecord
  ) throws(CygnetError) -> Received {
    let message = try SenderKeyDistributionMessage(decoding: plaintext)
    let id = message.distributionID
    let known = try receivedChains(of: sender.address, id)
    if var known, known.identity == sender.identity {
      _ = try known.receiving.process(message)
      try put(known, of: sender.address)
    } else {
      let name = try BroadcastSender.name(sender.identity, sender.address)
      let receiving = try ReceivingSenderKey(message, from: name)
      try put(
        ReceivedChainsRecord(identity: sender.identity, receiving: receiving),
        of: sender.address)
    }
    var lists = try lists(of: sender.address)
    if let dropped = lists.use(id) {
      try delete(.receivedChains, ReceivedChainsRecord.key(sender.address, dropped))
    }
    try put(lists)
    return .broadcastShared(by: try sender.contact, distributionID: id)
  }

  func receive(
    _ envelope: BroadcastEnvelope, id: MessageID, now: Timestamp
  ) throws(CygnetError) -> Received {
    guard envelope.recipient == (try profile().address) else {
      throw CygnetError(.notFound, "the message is for another device")
    }
    guard let sender = try contact(at: envelope.sender) else {
      throw CygnetError(.notFound, "the sender is not known, and shared no list")
    }
    guard !sender.isBlocked else { throw CygnetError(.wrongState, "the sender is blocked") }
    let list = envelope.message.distributionID
    guard var chains = try receivedChains(of: sender.address, list),
      chains.identity == sender.identity
    else {
      throw CygnetError(.notFound, "the sender has not shared this list, or has to do so again")
    }
    let plaintext = try chains.receiving.decrypt(envelope.message)
    try put(chains, of: sender.address)
    let record = IncomingRecord(
      id: id, sender: sender.address, receivedAt: now, isFirstContact: false,
      content: try MessageContent(decoding: plaintext), distributionID: list)
    try put(record)
    return .message(record.message(try sender.contact))
  }
}
