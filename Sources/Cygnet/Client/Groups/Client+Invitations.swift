internal import CygnetMLS
public import CygnetPrimitives
internal import CygnetStorage

extension Client {
  /// Makes a key package: what others need to invite this client into a group while it is away. Each
  /// serves one invitation; hand out a fresh one to everybody.
  /// - Parameters:
  ///   - isLastResort: whether it may serve more than once, for where one-time packages run out. A new
  ///     last resort takes the place of the old one. It is good for a year, others for 90 days.
  ///   - now: the current time.
  /// - Returns: an encoded message of MLS.
  /// - Throws: `limitExceeded` when 256 wait already.
  public func makeKeyPackage(
    isLastResort: Bool = false, now: Timestamp
  ) async throws(CygnetError) -> [UInt8] {
    try await step { (records) throws(CygnetError) in
      try MLS.Message(records.makeKeyPackage(isLastResort: isLastResort, now: now)).encoded()
    }
  }

  /// Invitations that wait for an answer, the oldest first.
  public func invitations() async throws(CygnetError) -> [GroupInvitation] {
    try await step { (records) throws(CygnetError) in
      let own = try records.profile()
      var list: [GroupInvitation] = []
      for record in try records.invitations() { list.append(try records.shown(record, own)) }
      return list
    }
  }

  /// Joins a group. The key package that the invitation is for is deleted in the same transaction,
  /// unless it is a last resort.
  /// - Parameters:
  ///   - invitation: its id.
  ///   - name: what to call the group here; nil for its title, or what comes next to it.
  ///   - number: sixty digits, to accept a member's changed identity.
  ///   - now: the current time.
  /// - Throws: `notFound`; `identityChanged`; `wrongState` for a name in use; `malformed` for an unfit
  ///   name.
  public func accept(
    _ invitation: [UInt8], as name: String? = nil, acceptingChange number: String? = nil,
    now: Timestamp
  ) async throws(CygnetError) -> GroupDetails {
    try await step { (records) throws(CygnetError) in
      guard let record = try records.invitation(invitation) else { throw Self.noInvitation }
      return try records.details(
        records.accept(record, as: name, acceptingChange: number, now: now))
    }
  }

  /// Drops an invitation with its key package. Nobody is told.
  /// - Throws: `notFound`.
  public func decline(_ invitation: [UInt8]) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      guard let record = try records.invitation(invitation) else { throw Self.noInvitation }
      try records.decline(record)
    }
  }

  private static var noInvitation: CygnetError {
    CygnetError(.notFound, "no such invitation waits")
  }
}
