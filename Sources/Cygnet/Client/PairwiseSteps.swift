internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// Sending: one session moves on, and the message goes to the outgoing ones.
extension RecordTransaction {
  func send(
    _ content: MessageContent, to name: String, bundle: PreKeyBundle?, policy: SuitePolicy,
    now: Timestamp
  ) throws(CygnetError) -> OutgoingMessage {
    let contact = try contact(named: name)
    guard !contact.isBlocked else {
      throw CygnetError(.wrongState, "this contact is blocked")
    }
    let profile = try profile()
    let verified = try bundle.map { (bundle) throws(CygnetError) in
      try bundle.verified(now: now, of: contact, policy: policy)
    }
    let (message, _) = try encrypt(
      content.encoded(), to: contact, bundle: verified, policy: policy, from: profile, now: now)
    let envelope = try Envelope(
      sender: profile.address, recipient: contact.address, message: message
    ).encoded()
    return try putOutgoing(envelope, to: contact, now: now)
  }

  /// Encrypts in the session at hand or in a new one, and puts away the session. A classical one is
  /// not gone on with when a post-quantum bundle was handed in.
  func encrypt(
    _ plaintext: [UInt8], to contact: ContactRecord, bundle: VerifiedPreKeyBundle?,
    policy: SuitePolicy, from profile: ProfileRecord, now: Timestamp
  ) throws(CygnetError) -> (PairwiseMessage, PairwiseSession) {
    let stored = try sessions(with: contact.address)
    if var sessions = stored {
      var session = try sessions.currentSession()
      if session.suite.isPostQuantum || bundle?.suite.isPostQuantum != true {
        let message = try session.encrypt(plaintext)
        try sessions.use(session, index: 0, now: now)
        try put(sessions)
        return (message, session)
      }
    }
    var session = try start(contact, from: bundle, policy, profile, now: now)
    let message = try session.encrypt(plaintext)
    try keep(session, with: contact.address, beside: stored, now: now)
    return (message, session)
  }

  /// Puts away a new session beside those that are there.
  private func keep(
    _ session: PairwiseSession, with peer: DeviceAddress, beside stored: SessionRecord?,
    now: Timestamp
  ) throws(CygnetError) {
    guard var stored else {
      try put(SessionRecord(peer: peer, session: session, now: now))
      return
    }
    try stored.begin(session, now: now)
    try put(stored)
  }

  func putOutgoing(
    _ envelope: [UInt8], to contact: ContactRecord, now: Timestamp
  ) throws(CygnetError) -> OutgoingMessage {
    let record = OutgoingRecord(recipient: contact.address, createdAt: now, envelope: envelope)
    _ = try put(record)
    return record.message(try contact.contact)
  }

  /// A session from the bundle that was handed in, or else from the one on the contact's card.
  private func start(
    _ contact: ContactRecord, from given: VerifiedPreKeyBundle?, _ policy: SuitePolicy,
    _ profile: ProfileRecord, now: Timestamp
  ) throws(CygnetError) -> PairwiseSession {
    if let given {
      return try PairwiseSession.initiate(
        to: given, as: profile.identity(), at: profile.address)
    }
    guard let stored = contact.bundle else {
      throw CygnetError(
        .notFound, "there is no session with this contact, and no card to start one from")
    }
    let session = try PairwiseSession.initiate(
      to: stored.verified(now: now, of: contact, policy: policy), as: profile.identity(),
      at: profile.address)
    if stored.servesOneSession {
      var changed = contact
      changed.bundle = stored.afterOneSession
      try put(changed, previousName: changed.name)
    }
    return session
  }
}

extension PreKeyBundle {
  /// Verified, and this contact's: its key and its address.
  fileprivate func verified(
    now: Timestamp, of contact: ContactRecord, policy: SuitePolicy
  ) throws(CygnetError) -> VerifiedPreKeyBundle {
    let verified = try verified(
      now: now, expecting: IdentityKey(contact.identity), policy: policy)
    guard verified.address == contact.address else {
      throw CygnetError(.ruleViolation, "the bundle is of another address")
    }
    return verified
  }
}

/// Receiving: the session that opens the message moves on, or a new one begins; the content goes to
/// the incoming messages.
extension RecordTransaction {
  /// What was decrypted and not confirmed comes again.
  func receive(
    _ envelope: AnyEnvelope, id: MessageID, acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> Received {
    if let pending = try incoming(id) {
      return .message(pending.message(try contact(at: pending.sender)?.contact))
    }
    switch envelope {
    case .pairwise(let envelope):
      return try receive(envelope, id: id, acceptingChange: number, now: now)
    case .broadcast(let envelope): return try receive(envelope, id: id, now: now)
    }
  }

  private func receive(
    _ envelope: Envelope, id: MessageID, acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> Received {
    let profile = try profile()
    guard envelope.recipient == profile.address else {
      throw CygnetError(.notFound, "the message is for another device")
    }
    let known = try contact(at: envelope.sender)
    guard known?.isBlocked != true else {
      throw CygnetError(.wrongState, "the sender is blocked")
    }
    var plaintext: [UInt8]
    switch envelope.message {
    case .ratchet:
      plaintext = try open(envelope, now: now)
    case .initial(let initial):
      plaintext = try answer(
        initial, envelope, known, profile, acceptingChange: number, now: now)
    }
    let sender = try contact(at: envelope.sender)
    if let sender, (try? WireType.peek(plaintext)) == .senderKeyDistributionMessage {
      defer { ConstantTime.wipe(&plaintext) }
      return try takeChain(plaintext, from: sender)
    }
    let record = IncomingRecord(
      id: id, sender: envelope.sender, receivedAt: now, isFirstContact: known == nil,
      content: try MessageContent(decoding: plaintext))
    try put(record)
    return .message(record.message(try sender?.contact))
  }

  /// Opens a message of one of the sessions with its sender, the current one first.
  private func open(_ envelope: Envelope, now: Timestamp) throws(CygnetError) -> [UInt8] {
    guard var sessions = try sessions(with: envelope.sender) else {
      throw CygnetError(.notFound, "there is no session with the sender")
    }
    var refusal = CygnetError(.authenticationFailed, "no session opens the message")
    for index in 0..<sessions.count {
      var session = try sessions.session(index)
      do throws(CygnetError) {
        let plaintext = try session.decrypt(envelope.message)
        try sessions.use(session, index: index, now: now)
        try put(sessions)
        return plaintext
      } catch {
        // A session that knows the message says more than one to which it is noise.
        if refusal.code == .authenticationFailed { refusal = error }
      }
    }
    throw refusal
  }

  /// Opens a message that carries a handshake: one of a session at hand, or the first of a new one.
  private func answer(
    _ initial: InitialMessage, _ envelope: Envelope, _ known: ContactRecord?,
    _ profile: ProfileRecord, acceptingChange number: String?, now: Timestamp
  ) throws(CygnetError) -> [UInt8] {
    var contact = known
    if let known, known.identity != initial.handshake.identity {
      var changed = known
      try accept(
        change: IdentityKey(initial.handshake.identity), of: &changed, number: number,
        own: profile)
      contact = changed
    }
    let stored = try sessions(with: envelope.sender)
    if let stored, let index = try stored.index(of: initial) {
      return try openAgain(stored, index, envelope, now: now)
    }
    var preKeys = try preKeys(for: initial.handshake)
    let expected = try contact.map { (contact) throws(CygnetError) in
      try IdentityKey(contact.identity)
    }
    let (session, plaintext) = try PairwiseSession.accept(
      initial, as: profile.identity(), at: profile.address, from: envelope.sender,
      expecting: expected, using: &preKeys)
    try consume(initial.handshake, of: preKeys)
    try keep(session, with: envelope.sender, beside: stored, now: now)
    try putContact(contact, known, initial, envelope.sender, now: now)
    return plaintext
  }

  private func openAgain(
    _ stored: SessionRecord, _ index: Int, _ envelope: Envelope, now: Timestamp
  ) throws(CygnetError) -> [UInt8] {
    var (sessions, session) = (stored, try stored.session(index))
    let plaintext = try session.decrypt(envelope.message)
    try sessions.use(session, index: index, now: now)
    try put(sessions)
    return plaintext
  }

  /// Records who wrote first, or the new key of somebody known.
  private func putContact(
    _ contact: ContactRecord?, _ known: ContactRecord?, _ initial: InitialMessage,
    _ sender: DeviceAddress, now: Timestamp
  ) throws(CygnetError) {
    if let contact {
      if contact.identity != known?.identity { try put(contact, previousName: contact.name) }
      return
    }
    let record = ContactRecord(
      name: try freeName(ContactName.suggestion(for: sender)), address: sender,
      identity: initial.handshake.identity, addedAt: now)
    try put(record, previousName: nil)
  }
}

extension SessionRecord {
  /// The session that came of the message's handshake.
  fileprivate func index(of initial: InitialMessage) throws(CygnetError) -> Int? {
    for index in 0..<count where try session(index).belongs(initial) { return index }
    return nil
  }
}
