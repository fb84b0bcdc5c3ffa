public import CygnetPrimitives
public import CygnetStorage
internal import CygnetWire

/// How much a store holds.
public struct StoreStatus: Sendable {
  /// When the store was set up, or made from a backup.
  public let profile: Profile
  /// Contacts, blocked ones included.
  public let contactCount: Int
  /// Contacts with a session.
  public let sessionCount: Int
  /// Groups that are joined.
  public let groupCount: Int
  /// Invitations into groups that wait for an answer.
  public let invitationCount: Int
  /// One-time prekeys held.
  public let oneTimePreKeyCount: Int
  /// One-time KEM prekeys held.
  public let oneTimeKEMPreKeyCount: Int
  /// Key packages that were handed out and wait for an invitation.
  public let keyPackageCount: Int
  /// What was made to be sent, to contacts and groups, and not confirmed.
  public let outgoingCount: Int
  /// What came in, from contacts and groups, and was not confirmed.
  public let incomingCount: Int
}

extension Client {
  /// Counts what is there.
  public func storeStatus() async throws(CygnetError) -> StoreStatus {
    try await step { (records) throws(CygnetError) in
      StoreStatus(
        profile: try records.profile().profile(),
        contactCount: try records.count(.contact),
        sessionCount: try records.count(.session),
        groupCount: try records.count(.group),
        invitationCount: try records.count(.invitation),
        oneTimePreKeyCount: try records.count(.oneTimePreKey),
        oneTimeKEMPreKeyCount: try records.count(.oneTimeKEMPreKey),
        keyPackageCount: try records.count(.ownKeyPackage),
        outgoingCount: try records.count(.outgoing) + records.count(.groupOutgoing),
        incomingCount: try records.count(.incoming) + records.count(.groupEvent))
    }
  }

  /// Opens and checks every record: its seal, its place, its decoding, and what leads from one to
  /// another.
  /// - Returns: what was found; where that is not sound, nothing was decoded.
  /// - Throws: `storeDamaged`, `malformed` or `unsupported` for the first record that is sound and
  ///   does not say what it should.
  public func check() async throws(CygnetError) -> StoreCheck {
    try await step { (records) throws(CygnetError) in
      let check = try records.checkAll()
      guard check.isSound else { return check }
      _ = try records.profile().identity()
      try records.checkPreKeys()
      for contact in try records.contacts() {
        guard try records.contact(named: contact.name).address == contact.address else {
          throw CygnetError(.storeDamaged, "a name leads to another contact")
        }
        guard let sessions = try records.sessions(with: contact.address) else { continue }
        for index in 0..<sessions.count { _ = try sessions.session(index) }
      }
      try records.checkBroadcasts()
      _ = try records.outgoing()
      _ = try records.incoming()
      try records.checkGroups()
      try records.checkKeyPackages()
      try records.checkInvitations()
      _ = try records.groupOutgoing()
      _ = try records.groupEvents()
      return check
    }
  }

  /// Replaces what opens the store: one small write, and no record is sealed anew. Whoever kept the
  /// old secret and a copy of the old header still opens old copies of the store; `rekey` ends that.
  public func changeSecret(
    _ secret: StoreSecret, cost: PassphraseCost = .interactive
  ) async throws(CygnetError) {
    try await openKey().setSecret(secret, cost: cost, in: store)
  }

  /// Draws a new master key and seals every record anew, in one transaction.
  public func rekey(
    secret: StoreSecret, cost: PassphraseCost = .interactive
  ) async throws(CygnetError) {
    replaceKey(try await openKey().rekeyed(in: store, secret: secret, cost: cost))
  }
}
