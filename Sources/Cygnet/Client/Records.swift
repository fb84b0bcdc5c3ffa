internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetWire

/// The records by what they are: which kind, which key, which type.
extension RecordTransaction {
  // MARK: Profile

  func profile() throws(CygnetError) -> ProfileRecord {
    guard let value = try value(.profile, []) else {
      throw CygnetError(.storeDamaged, "the store has no profile")
    }
    return try ProfileRecord(wire: value)
  }

  func put(_ profile: ProfileRecord) throws(CygnetError) {
    try put(.profile, [], profile.wireEncodedSecret())
  }

  // MARK: Contacts

  func contact(at address: DeviceAddress) throws(CygnetError) -> ContactRecord? {
    guard let value = try value(.contact, address.wireEncoded()) else { return nil }
    return try ContactRecord(wire: value)
  }

  /// - Throws: `notFound`.
  func contact(named name: String) throws(CygnetError) -> ContactRecord {
    guard let value = try value(.contactName, ContactName.key(name)) else {
      throw CygnetError(.notFound, "no contact has this name")
    }
    guard let contact = try contact(at: DeviceAddress(wire: value)) else {
      throw CygnetError(.storeDamaged, "a name leads to no contact")
    }
    return contact
  }

  func hasContact(named name: String) throws(CygnetError) -> Bool {
    try value(.contactName, ContactName.key(name)) != nil
  }

  /// Writes a contact, and its name where `previousName` is another or nil.
  func put(_ contact: ContactRecord, previousName: String?) throws(CygnetError) {
    let address = try contact.address.wireEncoded()
    try put(.contact, address, contact.wireEncodedSecret())
    let key = ContactName.key(contact.name)
    if let previousName {
      let previousKey = ContactName.key(previousName)
      guard previousKey != key else { return }
      try delete(.contactName, previousKey)
    }
    try put(.contactName, key, SecretBytes(copying: address))
  }

  func contacts() throws(CygnetError) -> [ContactRecord] {
    var contacts: [ContactRecord] = []
    for value in try values(.contact) { contacts.append(try ContactRecord(wire: value)) }
    return contacts.sorted {
      ContactName.key($0.name).lexicographicallyPrecedes(ContactName.key($1.name))
    }
  }

  /// `name`, or `name-2`, `name-3`, … where it is taken.
  func freeName(_ name: String) throws(CygnetError) -> String {
    guard try hasName(name) else { return name }
    // Short enough for any number behind it.
    let stem = String(name.prefix(48))
    var number = 2
    while number < 10_000 {
      let candidate = "\(stem)-\(number)"
      guard ContactName.isValid(candidate) else { break }
      if try !hasName(candidate) { return candidate }
      number += 1
    }
    throw CygnetError(.limitExceeded, "too many contacts and groups of one name")
  }

  // MARK: Sessions

  func sessions(with address: DeviceAddress) throws(CygnetError) -> SessionRecord? {
    guard let value = try value(.session, address.wireEncoded()) else { return nil }
    return try SessionRecord(wire: value)
  }

  func put(_ sessions: SessionRecord) throws(CygnetError) {
    try put(.session, sessions.peer.wireEncoded(), sessions.wireEncodedSecret())
  }

  func deleteSessions(with address: DeviceAddress) throws(CygnetError) {
    try delete(.session, address.wireEncoded())
  }

  // MARK: Messages

  func put(_ message: OutgoingRecord) throws(CygnetError) -> MessageID {
    let id = MessageID(of: message.envelope)
    try put(.outgoing, id.bytes, message.wireEncodedSecret())
    return id
  }

  /// Of one time, what sessions carry comes first: it may share the chain that the others go on.
  func outgoing() throws(CygnetError) -> [OutgoingRecord] {
    var messages: [(record: OutgoingRecord, rank: UInt64)] = []
    for value in try values(.outgoing) {
      let record = try OutgoingRecord(wire: value)
      messages.append((record, try record.isBroadcast ? 1 : 0))
    }
    messages.sort {
      ($0.record.createdAt.seconds, $0.rank) < ($1.record.createdAt.seconds, $1.rank)
    }
    return messages.map(\.record)
  }

  func put(_ message: IncomingRecord) throws(CygnetError) {
    try put(.incoming, message.id, message.wireEncodedSecret())
  }

  func incoming(_ id: MessageID) throws(CygnetError) -> IncomingRecord? {
    guard let value = try value(.incoming, id.bytes) else { return nil }
    return try IncomingRecord(wire: value)
  }

  func incoming() throws(CygnetError) -> [IncomingRecord] {
    var messages: [IncomingRecord] = []
    for value in try values(.incoming) { messages.append(try IncomingRecord(wire: value)) }
    return messages.sorted { $0.receivedAt < $1.receivedAt }
  }
}
