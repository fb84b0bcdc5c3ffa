internal import CygnetHPKE
public import CygnetPrimitives

extension MLS.Group {
  /// Takes in a message of any kind from the group (RFC 9420 §6, §12.4.2).
  ///
  /// Nothing changes when this throws, with one exception that the protocol demands: once a message
  /// was decrypted its key is gone, whatever else was wrong with it. Store the state either way. A
  /// commit that came ahead of what it needs (`notFound`) keeps its key, to be received again.
  /// - Parameters:
  ///   - message: As it arrived.
  ///   - now: The time: when the delivery service took the message in, where that is known.
  /// - Throws: `wrongEpoch`; `authenticationFailed`; `duplicate`; `tooFarAhead`; `ruleViolation` with
  ///   the rule's id; `notFound` when a proposal or pre-shared key is missing.
  public mutating func receive(
    _ message: MLS.Message, now: Timestamp
  ) throws(CygnetError) -> MLS.Received {
    guard let group = message.unverifiedGroupID, let epoch = message.unverifiedEpoch,
      let type = message.unverifiedContentType
    else { throw CygnetError(.wrongState, "not a message within a group") }
    guard group == id else {
      throw CygnetError(.notFound, "M1: a message of another group (RFC 9420 §12.4.2)")
    }
    if let pending = live.pending, pending.message == message { return .ownCommit }
    if epoch != self.epoch || isRemoved {
      guard type == .application, epoch <= self.epoch else {
        throw CygnetError(
          .wrongEpoch, "M1: a message of an epoch that is not the current one (RFC 9420 §12.4.2)")
      }
      return try receivePast(message, now: now)
    }
    switch message.body {
    case .publicMessage(let message): return try receive(message, now: now)
    case .privateMessage(let message): return try receive(message, now: now)
    case .welcome, .groupInfo, .keyPackage:
      throw CygnetError(.wrongState, "not a message within a group")
    }
  }

  private mutating func receive(
    _ message: PublicMessage, now: Timestamp
  ) throws(CygnetError) -> MLS.Received {
    if case .member = message.content.sender {
      guard configuration.acceptedHandshakeFormats.contains(.publicMessage) else {
        throw CygnetError(.ruleViolation, "the policy refuses handshakes in the clear")
      }
    }
    let shared = live.shared
    let unverified = try message.unprotect(
      membershipKey: live.secrets.membershipKey, context: shared.encodedContext,
      suite: shared.suite)
    return try receive(unverified, now: now)
  }

  private mutating func receive(
    _ message: PrivateMessage, now: Timestamp
  ) throws(CygnetError) -> MLS.Received {
    let suite = live.shared.suite
    let senderData = try message.senderData(secret: live.secrets.senderDataSecret, suite: suite)
    if senderData.leafIndex == live.ownIndex { return .ownMessage }
    guard live.shared.tree.leaf(senderData.leafIndex) != nil else {
      throw CygnetError(.ruleViolation, "A4: the sender is no member (RFC 9420 §6.3.2)")
    }
    if message.contentType != .application {
      guard configuration.acceptedHandshakeFormats.contains(.privateMessage) else {
        throw CygnetError(.ruleViolation, "the policy refuses encrypted handshakes")
      }
    }
    let before = message.contentType == .commit ? live.secretTree : nil
    let unverified = try message.unprotect(
      senderData, secretTree: &live.secretTree, suite: suite)
    do throws(CygnetError) { return try receive(unverified, now: now) } catch {
      // Authentic, but ahead of a proposal or pre-shared key that it needs: it can be received again
      // once that has come, so its key must still be there.
      if let before, error.code == .notFound { live.secretTree = before }
      throw error
    }
  }

  private mutating func receive(
    _ unverified: UnverifiedContent, now: Timestamp
  ) throws(CygnetError) -> MLS.Received {
    let shared = live.shared
    let key = try shared.signatureKey(for: unverified.unverifiedContent)
    let message = try unverified.verified(
      by: key, context: shared.encodedContext, suite: shared.suite)
    switch message.content.content {
    case .application(let data):
      guard case .member(let index) = message.content.sender, let sender = members[index] else {
        throw CygnetError(.ruleViolation, "A11: application data of a stranger (RFC 9420 §6)")
      }
      return .application(
        MLS.ApplicationMessage(
          sender: index, credential: sender.credential, signatureKey: sender.signatureKey,
          epoch: epoch, data: data, authenticatedData: message.content.authenticatedData))
    case .proposal(let proposal):
      try checkActive()
      return try hold(proposal, message, now: now)
    case .commit(let commit):
      try checkActive()
      live.shared.prepareClients(
        configuration, rules,
        isNeeded: commit.addsMember(by: message.content.sender, live.proposals))
      return .commit(
        try CommitReader(state: live, configuration: configuration, now: now).stage(commit, message)
      )
    }
  }

  /// A late message of an epoch that is over (RFC 9420 §15.3), judged by who was a member then.
  private mutating func receivePast(
    _ message: MLS.Message, now: Timestamp
  ) throws(CygnetError) -> MLS.Received {
    guard case .privateMessage(let message) = message.body,
      let place = live.past.firstIndex(where: { $0.context.epoch == message.epoch }),
      now.seconds <= live.past[place].endedAt.adding(configuration.pastEpochSeconds).seconds
    else {
      throw CygnetError(.wrongEpoch, "M1: a message of an epoch that is not held any more")
    }
    let suite = live.shared.suite
    let senderData = try message.senderData(
      secret: live.past[place].senderDataSecret, suite: suite)
    if senderData.leafIndex == live.past[place].ownIndex { return .ownMessage }
    guard let sender = live.past[place].roster[senderData.leafIndex] else {
      throw CygnetError(.ruleViolation, "A4: the sender was no member (RFC 9420 §6.3.2)")
    }
    let unverified = try message.unprotect(
      senderData, secretTree: &live.past[place].secretTree, suite: suite)
    let verified = try unverified.verified(
      by: sender.signatureKey, context: live.past[place].encodedContext, suite: suite)
    guard case .application(let data) = verified.content.content else {
      throw CygnetError(.wrongEpoch, "M1: a handshake of an epoch that is over")
    }
    return .application(
      MLS.ApplicationMessage(
        sender: senderData.leafIndex, credential: sender.credential,
        signatureKey: sender.signatureKey, epoch: message.epoch, data: data,
        authenticatedData: verified.content.authenticatedData))
  }

  /// Checks a proposal by itself and holds it for a commit (RFC 9420 §12.1, rule P9).
  private mutating func hold(
    _ proposal: MLS.Proposal, _ message: AuthenticatedContent, now: Timestamp
  ) throws(CygnetError) -> MLS.Received {
    let sender = message.content.sender
    let reference = try live.shared.suite.proposalRef(message)
    if case .member(live.ownIndex) = sender {
      // After a loss of state an own proposal comes back as news; but not the keys of an Update.
      if live.proposals[reference] != nil || proposal.type == .update { return .ownMessage }
    }
    let listed = ListedProposal(proposal, from: sender, reference: reference, isVerified: true)
    try live.proposals.check(listed, reference: reference)
    try live.shared.check(proposal, from: sender, configuration: configuration, now: now)
    try live.proposals.add(listed, reference: reference)
    return .proposal(
      MLS.PendingProposal(proposal: proposal, sender: sender), reference: reference)
  }
}

extension PublicGroup {
  /// Whether a proposal is sound by itself. What depends on the others of a list waits for the
  /// commit: an Add of a member is sound beside that member's Remove. A member may propose its own
  /// removal, which somebody else commits (P3).
  func check(
    _ proposal: MLS.Proposal, from sender: MLS.Sender, configuration: MLS.Configuration,
    now: Timestamp
  ) throws(CygnetError) {
    if case .externalInit = proposal {
      throw CygnetError(
        .ruleViolation, "P6: an ExternalInit outside an external commit (RFC 9420 §12.1.6)")
    }
    // As in the commit of some other member: the own Update and the own Remove are no fault then.
    let list = ProposalList(
      group: self, committer: .external(.max), configuration: configuration, now: now,
      checksLifetimes: configuration.checksLifetimesOnReceipt, isSingle: true)
    _ = try list.plan([
      ListedProposal(
        proposal, from: sender, reference: MLS.ProposalRef([]), isVerified: false)
    ])
  }
}
