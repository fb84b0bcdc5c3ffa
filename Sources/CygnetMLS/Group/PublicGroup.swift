package import CygnetPrimitives
internal import CygnetWire

/// What everybody who follows a group knows of it, with or without its secrets: a value that a
/// commit replaces as a whole.
package struct PublicGroup: Sendable {
  package let suite: Algorithms
  package private(set) var context: MLS.GroupContext
  package private(set) var tree: RatchetTree
  /// The transcript hash behind the last commit (RFC 9420 §8.2).
  package let interimTranscriptHash: [UInt8]
  /// Of the commit that began the epoch.
  package let confirmationTag: [UInt8]
  /// The encoded context, which signatures and key schedule take in again and again.
  package let encodedContext: [UInt8]
  package let requiredCapabilities: MLS.RequiredCapabilities
  package let externalSenders: [MLS.ExternalSender]
  /// Who is which client, once somebody was about to join.
  var clients: ClientIndex?

  package init(
    suite: Algorithms, context: MLS.GroupContext, tree: RatchetTree, confirmationTag: [UInt8]
  ) throws(CygnetError) {
    self.suite = suite
    self.context = context
    self.tree = tree
    self.confirmationTag = confirmationTag
    interimTranscriptHash = try TranscriptHash.interim(
      confirmed: context.confirmedTranscriptHash, confirmationTag: confirmationTag, suite: suite)
    encodedContext = try context.wireEncoded()
    requiredCapabilities = try context.extensions.requiredCapabilities
    externalSenders = try context.extensions.externalSenders
  }

  package var roster: MLS.Roster { MLS.Roster(tree) }

  /// The key that must have signed a message (RFC 9420 §6.1).
  /// - Throws: `ruleViolation` when there is no such sender or the sender may not send this.
  package func signatureKey(
    for content: FramedContent
  ) throws(CygnetError) -> MLS.SignaturePublicKey {
    switch content.sender {
    case .member(let index):
      guard let leaf = tree.leaf(index) else {
        throw CygnetError(.ruleViolation, "M3: the sender is no member (RFC 9420 §6.1)")
      }
      return leaf.signatureKey
    case .external(let index):
      guard case .proposal = content.content else {
        throw CygnetError(
          .malformed, "P8: an external sender sends proposals only (RFC 9420 §12.1.8)")
      }
      guard Int(index) < externalSenders.count else {
        throw CygnetError(
          .ruleViolation, "P8: there is no such external sender (RFC 9420 §12.1.8.1)")
      }
      return externalSenders[Int(index)].signatureKey
    case .newMemberProposal:
      guard case .proposal(.add(let keyPackage)) = content.content else {
        throw CygnetError(
          .malformed, "P8: a newcomer proposes its own Add only (RFC 9420 §12.1.8)")
      }
      return keyPackage.leafNode.signatureKey
    case .newMemberCommit:
      guard case .commit(let commit) = content.content else {
        throw CygnetError(
          .malformed, "X4: a newcomer sends a commit and nothing else (RFC 9420 §6.1)")
      }
      guard let path = commit.path else {
        throw CygnetError(.ruleViolation, "X3: an external commit has a path (RFC 9420 §12.4.3.2)")
      }
      return path.leafNode.signatureKey
    }
  }
}

extension MLS.Extensions {
  /// The `required_capabilities` extension, or requirements of nothing.
  var requiredCapabilities: MLS.RequiredCapabilities {
    get throws(CygnetError) { try decoded(.requiredCapabilities) ?? MLS.RequiredCapabilities() }
  }

  /// The `external_senders` extension, or nobody.
  var externalSenders: [MLS.ExternalSender] {
    get throws(CygnetError) {
      try decoded(.externalSenders, as: MLS.ExternalSenders.self)?.list ?? []
    }
  }
}
