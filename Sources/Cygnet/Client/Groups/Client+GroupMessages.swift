internal import CygnetMLS
internal import CygnetPairwise
public import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

extension Client {
  // MARK: - Sending

  /// Encrypts a message for every member of a group.
  ///
  /// When this returns, the group has moved on and the message is in the store, until `confirmSent`.
  /// - Throws: `notFound`; `wrongState` while requests of members wait, which have to be committed
  ///   first (RFC 9420 §12.4).
  public func send(
    _ content: MessageContent, toGroup name: String, now: Timestamp
  ) async throws(CygnetError) -> OutgoingGroupMessage {
    try await step { (records) throws(CygnetError) in
      var held = try records.heldGroup(named: name)
      let message = try held.group.encrypt(content.encoded())
      let outgoing = try records.put(
        GroupOutgoingRecord(.message, message, of: held.record, now: now))
      try records.put(&held)
      return outgoing
    }
  }

  /// What was made for groups and not confirmed, the oldest first.
  public func outgoingGroupMessages() async throws(CygnetError) -> [OutgoingGroupMessage] {
    try await step { (records) throws(CygnetError) in
      try records.groupOutgoing().map(\.message)
    }
  }

  // MARK: - Receiving

  /// Takes in whatever comes: an `Envelope` with a message or with what shares a broadcast list, or
  /// any message of MLS that concerns this client.
  ///
  /// A message of a group opens in the order of the group's changes: one of a later state than the
  /// one here is a `wrongEpoch` until the change has come, and then opens. Somebody who is met for the
  /// first time becomes a contact, unverified. An invitation is stored and shown, and nothing is
  /// joined; see `accept(_:as:acceptingChange:now:)`.
  ///
  /// When this returns, what came in is in the store, until `confirmDelivered`. The same again is
  /// handed out again until then, and is a `duplicate` afterwards.
  /// - Parameters:
  ///   - bytes: as they came.
  ///   - number: sixty digits. Another identity key than the one on record is taken only with the
  ///     safety number of the new key.
  ///   - now: the current time.
  /// - Throws: what `receive(_:acceptingChange:now:)` throws; `wrongEpoch`; `notFound` for a group or
  ///   an invitation that is none of this client's, or a change that takes up a request that did not
  ///   come; `identityChanged`, underlain by ``ChangedIdentity``; `ruleViolation`.
  public func receiveAny(
    _ bytes: [UInt8], acceptingChange number: String? = nil, now: Timestamp
  ) async throws(CygnetError) -> Received {
    guard MLSObject.isOne(bytes) else {
      let envelope = try AnyEnvelope(decoding: bytes)
      let id = MessageID(of: bytes)
      return try await step { (records) throws(CygnetError) in
        try records.receive(envelope, id: id, acceptingChange: number, now: now)
      }
    }
    return try await step { (records) throws(CygnetError) in
      try records.receive(group: bytes, acceptingChange: number, now: now)
    }.get()
  }

  /// What came in for groups and was not confirmed, the oldest first.
  public func groupEvents() async throws(CygnetError) -> [GroupEvent] {
    try await step { (records) throws(CygnetError) in
      let own = try records.profile()
      var events: [GroupEvent] = []
      for record in try records.groupEvents() { events.append(try records.shown(record, own)) }
      return events
    }
  }

  // MARK: - Coming back

  /// The state of a group, signed, with which a member who lost its own comes back.
  /// It holds no secret, but names every member.
  /// - Returns: an encoded message of MLS.
  /// - Throws: `notFound`.
  public func exportGroupInfo(_ name: String) async throws(CygnetError) -> [UInt8] {
    try await step { (records) throws(CygnetError) in
      let info = try records.heldGroup(named: name).group.groupInfo(allowsExternalJoin: true)
      return try MLS.Message(info).encoded()
    }
  }

  /// Comes back into a group of which one is still a member, after the own state was lost or went
  /// another way than the others'. What was sent meanwhile cannot be read.
  /// - Parameters:
  ///   - info: what `exportGroupInfo` of another member gave, as fresh as can be had.
  ///   - name: what to call the group here; nil for its title. Where the group is still held, it keeps
  ///     its name.
  ///   - number: as for `receiveAny`.
  ///   - now: the current time.
  /// - Returns: the group, and the commit that the others need.
  /// - Throws: `wrongState` for who is no member; `wrongEpoch` for an older state than the one held;
  ///   `identityChanged`; `authenticationFailed`; `ruleViolation`.
  public func rejoinGroup(
    _ info: [UInt8], as name: String? = nil, acceptingChange number: String? = nil,
    now: Timestamp
  ) async throws(CygnetError) -> (group: GroupDetails, step: GroupStep) {
    try await step { (records) throws(CygnetError) in
      let (held, step) = try records.rejoin(info, as: name, acceptingChange: number, now: now)
      return (try records.details(held), step)
    }
  }
}
