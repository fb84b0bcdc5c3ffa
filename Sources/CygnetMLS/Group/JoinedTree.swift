internal import CygnetPrimitives
internal import CygnetWire

/// The verification of a group's public state by who joins it (RFC 9420 §12.4.3.1, §12.4.3.2) or
/// follows it from outside.
struct VerifiedGroupInfo {
  let info: MLS.GroupInfo
  var shared: PublicGroup
  let signer: MLS.Member

  /// - Parameters:
  ///   - info: As it arrived.
  ///   - separateTree: The encoded tree, when the info carries none.
  ///   - configuration: What is accepted.
  ///   - now: The time.
  ///   - isMember: Whether who verifies it becomes a member, who has to know the extensions of the
  ///     group.
  /// - Throws: `notFound` when there is no tree; `authenticationFailed`; `ruleViolation`.
  init(
    _ info: MLS.GroupInfo, separateTree: [UInt8]?, configuration: MLS.Configuration,
    now: Timestamp, isMember: Bool
  ) throws(CygnetError) {
    guard configuration.suites.offered.contains(info.groupContext.cipherSuite) else {
      throw CygnetError(
        .unsupported, "J4: a group of a suite that is not offered (RFC 9420 §12.4.3.1)")
    }
    let suite = try configuration.algorithms(of: info.groupContext.cipherSuite)
    try info.extensions.checkPlace(.groupInfo)
    try info.groupContext.extensions.checkPlace(.groupContext)
    guard let encoded = info.extensions[.ratchetTree] ?? separateTree else {
      throw CygnetError(.notFound, "J4: the tree is neither in the message nor given apart")
    }
    var tree = try RatchetTree(wire: encoded)
    guard try tree.treeHash(suite) == info.groupContext.treeHash else {
      throw CygnetError(
        .ruleViolation, "J4: the tree is not the one of the group (RFC 9420 §12.4.3.1)")
    }
    // Before any key of the tree verifies anything (J5).
    try tree.verifyStructure(suite: suite)
    guard let leaf = tree.leaf(info.signer) else {
      throw CygnetError(.ruleViolation, "J4: the signer is no member (RFC 9420 §12.4.3.1)")
    }
    do throws(CygnetError) {
      try suite.verify(
        signature: info.signature, of: GroupInfoTBS(info).wireEncoded(),
        label: GroupInfoTBS.label, by: leaf.signatureKey)
    } catch {
      throw CygnetError(
        .authenticationFailed, "J4: the signature of a GroupInfo does not verify (RFC 9420 §12.4.3)"
      )
    }
    try tree.verifyLeafSignatures(groupID: info.groupContext.groupID, suite: suite)
    try Self.checkLeaves(tree, suite, configuration, now)
    try TreeRules(info.groupContext.extensions).check(tree)
    for type in info.groupContext.extensions.types
    where isMember && !type.isDefault && !configuration.extensionTypes.contains(type) {
      throw CygnetError(
        .unsupported, "J4: the group has an extension that is unknown here (RFC 9420 §13.4)")
    }
    for sender in try info.groupContext.extensions.externalSenders {
      guard configuration.credentialValidator.isValid(externalSender: sender, at: now) else {
        throw CygnetError(
          .ruleViolation, "L1: the application refuses an external sender (RFC 9420 §5.3.1)")
      }
    }
    self.info = info
    signer = MLS.Member(index: info.signer, leaf: leaf)
    shared = try PublicGroup(
      suite: suite, context: info.groupContext, tree: tree,
      confirmationTag: info.confirmationTag)
  }

  /// Every leaf by itself; its signature is verified with the tree.
  private static func checkLeaves(
    _ tree: RatchetTree, _ suite: Algorithms, _ configuration: MLS.Configuration, _ now: Timestamp
  ) throws(CygnetError) {
    let rules = LeafRules(
      suite: suite, configuration: configuration, now: now,
      checksLifetime: configuration.checksLifetimesOnJoin)
    try tree.visitMembers { (_, leaf) throws(CygnetError) in
      try rules.checkCapabilities(leaf)
      try leaf.extensions.checkPlace(.leafNode)
      if case .keyPackage(let lifetime) = leaf.source { try rules.checkLifetime(lifetime) }
      guard
        configuration.credentialValidator.isValid(
          leaf.credential, signatureKey: leaf.signatureKey, at: now)
      else {
        throw CygnetError(
          .ruleViolation, "L1: the application refuses a credential (RFC 9420 §5.3.1)")
      }
    }
  }
}
