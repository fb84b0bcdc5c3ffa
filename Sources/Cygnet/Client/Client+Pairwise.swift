public import CygnetPairwise
public import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

extension Client {
  // MARK: - Sending

  /// Encrypts a message to a contact, in the session at hand or in a new one.
  ///
  /// A classical session at hand gives way to a post-quantum bundle that is passed: a new session
  /// starts from it, and the classical one is kept for messages on their way.
  ///
  /// When this returns, the session has moved on and the message is in the store, to be carried by
  /// whoever asks for `outgoing()`, until `confirmSent`.
  /// - Parameters:
  ///   - content: what the message says.
  ///   - name: the contact.
  ///   - bundle: a fresh bundle of the contact, as it came from a server. It must carry the identity
  ///     key on record. A new session starts from it; a post-quantum one at hand goes on.
  ///   - suitePolicy: whether a session may start from a classical bundle; nil is the client's policy.
  ///   - now: the current time.
  /// - Throws: `notFound` without such a contact, or without a session and a bundle to start one;
  ///   `identityChanged` for a bundle with another identity key; `ruleViolation` for a classical one
  ///   that the policy refuses; `wrongState` for a blocked contact; and what `PreKeyBundle.verified`
  ///   and `PairwiseSession.encrypt` throw.
  public func send(
    _ content: MessageContent, to name: String, bundle: PreKeyBundle? = nil,
    suitePolicy: SuitePolicy? = nil, now: Timestamp
  ) async throws(CygnetError) -> OutgoingMessage {
    let policy = suitePolicy ?? self.suitePolicy
    return try await step { (records) throws(CygnetError) in
      try records.send(content, to: name, bundle: bundle, policy: policy, now: now)
    }
  }

  /// Messages that were encrypted and not confirmed, the oldest first.
  public func outgoing() async throws(CygnetError) -> [OutgoingMessage] {
    try await step { (records) throws(CygnetError) in
      var messages: [OutgoingMessage] = []
      for record in try records.outgoing() {
        messages.append(record.message(try records.contact(at: record.recipient)?.contact))
      }
      return messages
    }
  }

  /// The message left, to a contact or a group: it need not be kept any more. No matter if it is not
  /// there.
  public func confirmSent(_ id: [UInt8]) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      try records.delete(.outgoing, id)
      try records.delete(.groupOutgoing, id)
    }
  }

  // MARK: - Receiving

  /// Decrypts a message: each once, whatever comes in which order. A sender who is not known becomes
  /// a contact, unverified, named as its address says.
  ///
  /// When this returns, the key of the message is gone and its content is in the store, until
  /// `confirmDelivered`. The same message again is handed out again until then, and is a `duplicate`
  /// afterwards.
  /// - Parameters:
  ///   - envelope: an encoded `Envelope`, as it came.
  ///   - number: sixty digits. A first message with another identity key than the one on record is
  ///     taken only with the safety number of the new key.
  ///   - now: the current time.
  /// - Throws: `malformed`, `unsupported`; `notFound` for another device's message, or one of a
  ///   session that is not held; `identityChanged`; `wrongState` for a blocked sender, and for what
  ///   is no message, which `receiveAny` takes; and what `PairwiseSession.accept` and `decrypt`
  ///   throw.
  public func receive(
    _ envelope: [UInt8], acceptingChange number: String? = nil, now: Timestamp
  ) async throws(CygnetError) -> IncomingMessage {
    let decoded = try AnyEnvelope(decoding: envelope)
    let id = MessageID(of: envelope)
    return try await step { (records) throws(CygnetError) in
      let received = try records.receive(decoded, id: id, acceptingChange: number, now: now)
      guard case .message(let message) = received else {
        throw CygnetError(.wrongState, "this shares a broadcast list, and is no message")
      }
      return message
    }
  }

  /// Messages that were decrypted and not confirmed, the oldest first.
  public func incoming() async throws(CygnetError) -> [IncomingMessage] {
    try await step { (records) throws(CygnetError) in
      var messages: [IncomingMessage] = []
      for record in try records.incoming() {
        messages.append(record.message(try records.contact(at: record.sender)?.contact))
      }
      return messages
    }
  }

  /// The message, or what came in for a group, reached the person: it need not be kept any more. No
  /// matter if it is not there.
  public func confirmDelivered(_ id: [UInt8]) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      try records.delete(.incoming, id)
      try records.delete(.groupEvent, id)
    }
  }

  // MARK: - Sessions

  /// The sessions with every contact that has any, in the order of their names.
  public func sessions() async throws(CygnetError) -> [SessionInfo] {
    try await step { (records) throws(CygnetError) in
      var list: [SessionInfo] = []
      for contact in try records.contacts() {
        guard let sessions = try records.sessions(with: contact.address) else { continue }
        list.append(try sessions.info(contact))
      }
      return list
    }
  }

  /// - Throws: `notFound` for a name or a contact without a session.
  public func session(with name: String) async throws(CygnetError) -> SessionInfo {
    try await step { (records) throws(CygnetError) in
      let contact = try records.contact(named: name)
      guard let sessions = try records.sessions(with: contact.address) else {
        throw CygnetError(.notFound, "there is no session with this contact yet")
      }
      return try sessions.info(contact)
    }
  }

  /// Drops every session with a contact: the next message begins a new one.
  /// - Throws: `notFound` for a name or a contact without a session.
  public func resetSession(with name: String) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      let contact = try records.contact(named: name)
      guard try records.sessions(with: contact.address) != nil else {
        throw CygnetError(.notFound, "there is no session with this contact yet")
      }
      try records.deleteSessions(with: contact.address)
    }
  }
}

extension SessionRecord {
  func info(_ contact: ContactRecord) throws(CygnetError) -> SessionInfo {
    let session = try currentSession()
    let summary = session.summary
    return SessionInfo(
      name: contact.name, address: contact.address, suite: session.suite,
      isEstablished: session.isEstablished, startedAt: startedAt, usedAt: usedAt,
      previousCount: previous.count, sentCount: summary.sendingCount,
      skippedKeyCount: summary.skippedKeyCount)
  }
}
