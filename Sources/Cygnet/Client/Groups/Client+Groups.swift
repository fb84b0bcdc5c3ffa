public import CygnetPrimitives
internal import CygnetStorage

extension Client {
  // MARK: - Looking

  /// Every group, in the order of the names.
  public func groups() async throws(CygnetError) -> [GroupSummary] {
    try await step { (records) throws(CygnetError) in
      let own = try records.profile()
      var list: [GroupSummary] = []
      for record in try records.groupRecords() { list.append(try records.summary(record, own)) }
      return list
    }
  }

  /// A group, as a list shows it: at the same cost whatever its size.
  /// - Throws: `notFound`.
  public func groupSummary(_ name: String) async throws(CygnetError) -> GroupSummary {
    try await step { (records) throws(CygnetError) in
      try records.summary(records.groupRecord(named: name), records.profile())
    }
  }

  /// A group with its members. The cost grows with their number.
  /// - Throws: `notFound`.
  public func group(_ name: String) async throws(CygnetError) -> GroupDetails {
    try await step { (records) throws(CygnetError) in
      try records.details(records.heldGroup(named: name))
    }
  }

  /// A secret that all members of the group's current state share, and nobody else: for the
  /// application's own use (RFC 9420 §8.5).
  /// - Parameters:
  ///   - name: the group.
  ///   - label: what the secret is for.
  ///   - context: what it depends on besides.
  ///   - count: its bytes, at most 8160.
  /// - Throws: `notFound`, `limitExceeded`.
  public func groupSecret(
    of name: String, label: String, context: [UInt8], count: Int
  ) async throws(CygnetError) -> SecretBytes {
    try await step { (records) throws(CygnetError) in
      try records.heldGroup(named: name).group.export(label: label, context: context, count: count)
    }
  }

  // MARK: - Making and leaving

  /// Creates a group of one. Its name is what this client calls it, and its title, for those who are
  /// invited.
  /// - Throws: `malformed` for an unfit name; see `ContactName`. `wrongState` for a name in use.
  public func createGroup(_ name: String, now: Timestamp) async throws(CygnetError) -> GroupDetails
  {
    try await step { (records) throws(CygnetError) in
      try records.details(records.createGroup(name, now: now))
    }
  }

  /// Calls a group by another name, here only.
  /// - Throws: `notFound`; `malformed` for an unfit name; `wrongState` for a name in use.
  public func renameGroup(
    _ name: String, to new: String
  ) async throws(CygnetError) -> GroupSummary {
    try ContactName.check(new)
    return try await step { (records) throws(CygnetError) in
      var record = try records.groupRecord(named: name)
      try records.renameGroup(&record, to: new)
      return try records.summary(record, records.profile())
    }
  }

  /// Asks the others to let this client go: nobody can commit a departure of one's own
  /// (RFC 9420 §12.2). The group stays until their commit comes, or until it is forgotten.
  /// - Returns: the request; nil when nobody else was in the group, which is forgotten at once.
  /// - Throws: `notFound`; `wrongState` when a request waits already.
  public func leaveGroup(
    _ name: String, now: Timestamp
  ) async throws(CygnetError) -> OutgoingGroupMessage? {
    try await step { (records) throws(CygnetError) in try records.leave(name, now: now) }
  }

  /// Forgets a group with all its keys, whatever the others know. What waits to be sent stays.
  /// - Throws: `notFound`.
  public func forgetGroup(_ name: String) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      try records.deleteGroup(records.groupRecord(named: name))
    }
  }

  // MARK: - Changing

  /// Makes a change, or none but fresh keys of one's own, which lock out whoever had stolen the old
  /// ones. Requests that wait go in with it.
  ///
  /// When this returns, the commit and the Welcome are in the store, to be carried by whoever asks
  /// for `outgoingGroupMessages()`, until `confirmSent`.
  /// - Parameters:
  ///   - name: the group.
  ///   - edits: what to change.
  ///   - mode: whether it takes effect at once.
  ///   - now: the current time.
  /// - Throws: `notFound` for a group, a member, or a contact without a key package; `wrongState`
  ///   when an own change waits, or for a blocked contact; `identityChanged` for a key package under
  ///   another identity key than the one on record; `authenticationFailed`, `ruleViolation` and
  ///   `unsupported` for a key package that is not sound.
  public func change(
    _ name: String, _ edits: [GroupEdit] = [], mode: CommitMode = .immediate, now: Timestamp
  ) async throws(CygnetError) -> GroupStep {
    try await step { (records) throws(CygnetError) in
      try records.commit(edits, to: name, mode: mode, now: now)
    }
  }

  /// The own change was accepted: it takes effect.
  /// - Throws: `notFound`; `wrongState` when none waits.
  public func confirmCommit(_ name: String, now: Timestamp) async throws(CygnetError) -> GroupChange
  {
    try await step { (records) throws(CygnetError) in
      var held = try records.heldGroup(named: name)
      return try records.shown(records.mergePending(&held, now: now), records.profile())
    }
  }

  /// The own change was not accepted: it is given up.
  /// - Throws: `notFound`; `wrongState` when none waits.
  public func withdrawCommit(_ name: String) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      var held = try records.heldGroup(named: name)
      try records.withdrawPending(&held)
    }
  }

  /// Requests a change, for any member to commit.
  /// - Throws: as `change`.
  public func propose(
    _ edit: GroupEdit, to name: String, now: Timestamp
  ) async throws(CygnetError) -> OutgoingGroupMessage {
    try await step { (records) throws(CygnetError) in
      try records.propose(edit, to: name, now: now)
    }
  }

  /// Forgets the requests that wait in a group. Should somebody else commit one of them, that commit
  /// cannot be followed from here.
  /// - Throws: `notFound`.
  public func discardProposals(in name: String) async throws(CygnetError) {
    try await step { (records) throws(CygnetError) in
      var held = try records.heldGroup(named: name)
      held.group.discardProposals()
      held.record.isLeaving = false
      try records.put(&held)
    }
  }
}
