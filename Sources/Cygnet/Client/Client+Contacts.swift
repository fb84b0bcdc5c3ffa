public import CygnetPairwise
public import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

extension Client {
  /// Adds a contact from its card, or takes a newer card of a contact that is known.
  /// - Parameters:
  ///   - name: what to call the contact here; see `ContactName`.
  ///   - card: as it came; its signature is checked here.
  ///   - number: sixty digits. A card with another identity key than the one on record is taken only
  ///     with the safety number of the new key; spaces in it are ignored.
  ///   - suitePolicy: whether a card with a classical bundle will do; nil is the client's policy.
  ///   - now: the current time.
  /// - Throws: `identityChanged` for another identity key than the one on record, `wrongState` for a
  ///   name in use or a card of one's own, `malformed` for an unfit name, `ruleViolation` for a
  ///   classical card that the policy refuses, and what else `ContactCard.verified` throws.
  public func addContact(
    _ name: String, card: ContactCard, acceptingChange number: String? = nil,
    suitePolicy: SuitePolicy? = nil, now: Timestamp
  ) async throws(CygnetError) -> Contact {
    try ContactName.check(name)
    let policy = suitePolicy ?? self.suitePolicy
    return try await step { (records) throws(CygnetError) in
      let verified = try card.verified(now: now, policy: policy)
      let own = try records.profile()
      let address = verified.bundle.address
      guard address != own.address else {
        throw CygnetError(.wrongState, "this card carries the address of the store's owner")
      }
      let identity = verified.bundle.identity
      var contact: ContactRecord
      let previousName: String?
      if let known = try records.contact(at: address) {
        contact = known
        previousName = known.name
        if known.identity != identity.ed25519 {
          try records.accept(change: identity, of: &contact, number: number, own: own)
        }
        contact.name = name
      } else {
        previousName = nil
        contact = ContactRecord(
          name: name, address: address, identity: identity.ed25519, addedAt: now)
      }
      if previousName.map({ ContactName.key($0) != ContactName.key(name) }) ?? true {
        try records.demandFreeName(name)
      }
      contact.cardName = verified.name
      contact.bundle = verified.unverifiedBundle
      try records.put(contact, previousName: previousName)
      return try contact.contact
    }
  }

  /// - Throws: `notFound`.
  public func contact(_ name: String) async throws(CygnetError) -> Contact {
    try await step { (records) throws(CygnetError) in try records.contact(named: name).contact }
  }

  /// Every contact, in the order of their names.
  public func contacts() async throws(CygnetError) -> [Contact] {
    try await step { (records) throws(CygnetError) in
      var contacts: [Contact] = []
      for record in try records.contacts() { contacts.append(try record.contact) }
      return contacts
    }
  }

  /// Forgets a contact, every session with it, and its broadcast lists.
  /// - Throws: `notFound`.
  public func removeContact(_ name: String) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      let contact = try records.contact(named: name)
      try records.delete(.contact, contact.address.wireEncoded())
      try records.delete(.contactName, ContactName.key(contact.name))
      try records.deleteSessions(with: contact.address)
      try records.delete(.peerKeyPackages, contact.address.wireEncoded())
      try records.deleteReceivedChains(of: contact.address)
    }
  }

  /// - Throws: `notFound`, `wrongState` for a name in use, `malformed` for an unfit name.
  public func renameContact(_ name: String, to new: String) async throws(CygnetError) -> Contact {
    try ContactName.check(new)
    return try await step { (records) throws(CygnetError) in
      var contact = try records.contact(named: name)
      let previousName = contact.name
      if ContactName.key(previousName) != ContactName.key(new) {
        try records.demandFreeName(new)
      }
      contact.name = new
      try records.put(contact, previousName: previousName)
      return try contact.contact
    }
  }

  /// Refuses messages from and to a contact, or lets them through again.
  /// - Throws: `notFound`.
  public func setBlocked(_ name: String, _ isBlocked: Bool) async throws(CygnetError) -> Contact {
    try await step { (records) throws(CygnetError) in
      var contact = try records.contact(named: name)
      contact.isBlocked = isBlocked
      try records.put(contact, previousName: contact.name)
      return try contact.contact
    }
  }

  // MARK: - Verification

  /// The safety number with a contact, for its identity key on record.
  /// - Throws: `notFound`.
  public func safetyNumber(with name: String) async throws(CygnetError) -> SafetyNumber {
    try await step { (records) throws(CygnetError) in
      let contact = try records.contact(named: name)
      return try records.safetyNumber(
        with: IdentityKey(contact.identity), of: contact.address, own: records.profile())
    }
  }

  /// The safety number with a device that shows `identity`: what to compare when that is not the key
  /// on record, or nobody is.
  public func safetyNumber(
    with identity: IdentityKey, at address: DeviceAddress
  ) async throws(CygnetError) -> SafetyNumber {
    try await step { (records) throws(CygnetError) in
      try records.safetyNumber(with: identity, of: address, own: records.profile())
    }
  }

  /// Marks a contact as compared now, or takes the mark away.
  /// - Throws: `notFound`.
  public func setVerified(
    _ name: String, _ isVerified: Bool, now: Timestamp
  ) async throws(CygnetError) -> Contact {
    try await step { (records) throws(CygnetError) in
      var contact = try records.contact(named: name)
      contact.verifiedAt = isVerified ? now : nil
      try records.put(contact, previousName: contact.name)
      return try contact.contact
    }
  }

  /// Compares what the other side reads out, and marks the contact if it is the same.
  /// - Parameters:
  ///   - name: the contact.
  ///   - number: sixty digits; anything that is no digit is ignored.
  ///   - now: the current time.
  /// - Returns: whether it is the same.
  /// - Throws: `notFound`.
  public func verify(
    _ name: String, number: String, now: Timestamp
  ) async throws(CygnetError) -> Bool {
    let expected = try await safetyNumber(with: name)
    guard expected.matches(digits: number) else { return false }
    _ = try await setVerified(name, true, now: now)
    return true
  }

  /// Compares what was scanned from the other side, and marks the contact if it fits.
  /// - Returns: whether it fits.
  /// - Throws: `notFound`, and what `SafetyNumber.matches(scanned:)` throws.
  public func verify(
    _ name: String, scanned payload: [UInt8], now: Timestamp
  ) async throws(CygnetError) -> Bool {
    let expected = try await safetyNumber(with: name)
    guard try expected.matches(scanned: payload) else { return false }
    _ = try await setVerified(name, true, now: now)
    return true
  }
}

extension RecordTransaction {
  func safetyNumber(
    with identity: IdentityKey, of address: DeviceAddress, own: ProfileRecord
  ) throws(CygnetError) -> SafetyNumber {
    SafetyNumber(
      own: try own.identity().publicKey, ownUser: own.address.user, peer: identity,
      peerUser: address.user)
  }

  /// Gives a contact the identity key it shows now, if `number` is the safety number of that key.
  /// The mark of verification goes with the old key, and so do the sessions.
  /// - Throws: `identityChanged` if it is not.
  func accept(
    change identity: IdentityKey, of contact: inout ContactRecord, number: String?,
    own: ProfileRecord
  ) throws(CygnetError) {
    guard let number,
      try safetyNumber(with: identity, of: contact.address, own: own).matches(digits: number)
    else {
      throw CygnetError(.identityChanged, "the contact's identity key is not the one on record")
    }
    contact.identity = identity.ed25519
    contact.verifiedAt = nil
    contact.bundle = nil
    try deleteSessions(with: contact.address)
    // They bear the old key.
    try delete(.peerKeyPackages, contact.address.wireEncoded())
    try deleteReceivedChains(of: contact.address)
  }
}
