public import CygnetPrimitives

/// How a new group must match the one that it replaces or branches off (RFC 9420 §11.2, §11.3).
struct GroupRelation {
  let new: PublicGroup
  let old: PublicGroup
  let configuration: MLS.Configuration

  /// - Throws: `ruleViolation` (M10).
  func checkReInit(_ origin: MLS.Group, epoch: MLS.Epoch) throws(CygnetError) {
    guard let reInit = origin.reInit, origin.epoch == epoch else {
      throw CygnetError(
        .ruleViolation, "M10: a group replaces one that was not closed (RFC 9420 §12.4.3.1)")
    }
    // A GroupContext that decodes is of this version.
    guard reInit.version == .mls10, new.context.groupID == reInit.groupID,
      new.context.cipherSuite == reInit.cipherSuite, new.context.extensions == reInit.extensions
    else {
      throw CygnetError(
        .ruleViolation, "M10: a group is not what its ReInit promised (RFC 9420 §11.2)")
    }
    guard clients(of: old.tree).isSubset(of: clients(of: new.tree)) else {
      throw CygnetError(
        .ruleViolation, "M10: a group leaves out members of the old one (RFC 9420 §11.2)")
    }
  }

  /// - Throws: `ruleViolation` (J6).
  func checkBranch() throws(CygnetError) {
    guard new.context.cipherSuite == old.context.cipherSuite else {
      throw CygnetError(.ruleViolation, "J6: a subgroup has another suite (RFC 9420 §11.3)")
    }
    guard clients(of: new.tree).isSubset(of: clients(of: old.tree)) else {
      throw CygnetError(
        .ruleViolation, "J6: a subgroup has members from outside (RFC 9420 §11.3)")
    }
  }

  private func clients(of tree: RatchetTree) -> Set<[UInt8]> {
    var ids: Set<[UInt8]> = []
    for (_, leaf) in tree.members {
      ids.insert(
        configuration.credentialValidator.clientID(
          of: leaf.credential, signatureKey: leaf.signatureKey))
    }
    return ids
  }
}

extension MLS {
  /// A group that was founded on another one, and the invitations for its members.
  public struct Founding: Sendable {
    /// The new group, in its first epoch.
    public let group: Group
    /// To the other members; nil when there are none.
    public let welcome: Message?
    /// The tree, for those whose Welcome does not carry it.
    public let ratchetTree: [UInt8]?
  }
}

extension MLS.Group {
  /// Opens the group that replaces this one after a ReInit was committed (RFC 9420 §11.2). Any
  /// member may; the members agree on one of the results by the delivery service's order.
  /// - Parameters:
  ///   - keyPackages: One of each other member, in the new suite.
  ///   - signatureKeyPair: The signing key in the new group.
  ///   - now: The time.
  /// - Throws: `wrongState` when the group was not closed; `ruleViolation` (M10) when a member is
  ///   missing.
  public func reInitialize(
    with keyPackages: [MLS.VerifiedKeyPackage], signingWith signatureKeyPair: MLS.SignatureKeyPair,
    now: Timestamp
  ) throws(CygnetError) -> MLS.Founding {
    var random = SystemRandomSource()
    return try reInitialize(
      with: keyPackages, signingWith: signatureKeyPair, now: now, using: &random)
  }

  package func reInitialize(
    with keyPackages: [MLS.VerifiedKeyPackage], signingWith signatureKeyPair: MLS.SignatureKeyPair,
    now: Timestamp, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Founding {
    guard let reInit else {
      throw CygnetError(.wrongState, "M10: the group was not closed by a ReInit (RFC 9420 §11.2)")
    }
    let founding = try found(
      .reInit, id: reInit.groupID, suite: reInit.cipherSuite, extensions: reInit.extensions,
      with: keyPackages, signingWith: signatureKeyPair, now: now, using: &random)
    try GroupRelation(
      new: founding.group.live.shared, old: live.shared, configuration: configuration
    ).checkReInit(self, epoch: epoch)
    return founding
  }

  /// Forms a group of some of this group's members (RFC 9420 §11.3).
  /// - Parameters:
  ///   - id: The subgroup's name; nil for a random one.
  ///   - keyPackages: One of each other member of the subgroup.
  ///   - signatureKeyPair: The signing key in the subgroup.
  ///   - extensions: What the subgroup agrees on.
  ///   - now: The time.
  /// - Throws: `ruleViolation` (J6) when somebody is not a member here.
  public func branch(
    id: MLS.GroupID? = nil, with keyPackages: [MLS.VerifiedKeyPackage],
    signingWith signatureKeyPair: MLS.SignatureKeyPair, extensions: MLS.Extensions = .none,
    now: Timestamp
  ) throws(CygnetError) -> MLS.Founding {
    var random = SystemRandomSource()
    return try branch(
      id: id, with: keyPackages, signingWith: signatureKeyPair, extensions: extensions, now: now,
      using: &random)
  }

  package func branch(
    id: MLS.GroupID? = nil, with keyPackages: [MLS.VerifiedKeyPackage],
    signingWith signatureKeyPair: MLS.SignatureKeyPair, extensions: MLS.Extensions = .none,
    now: Timestamp, using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Founding {
    try checkActive()
    let founding = try found(
      .branch, id: id, suite: cipherSuite, extensions: extensions, with: keyPackages,
      signingWith: signatureKeyPair, now: now, using: &random)
    try GroupRelation(
      new: founding.group.live.shared, old: live.shared, configuration: configuration
    ).checkBranch()
    return founding
  }

  private func found(
    _ usage: MLS.ResumptionUsage, id: MLS.GroupID?, suite: MLS.CipherSuite,
    extensions: MLS.Extensions, with keyPackages: [MLS.VerifiedKeyPackage],
    signingWith signatureKeyPair: MLS.SignatureKeyPair, now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Founding {
    var group = try MLS.Group.create(
      id: id, as: ownMember.credential, signingWith: signatureKeyPair, suite: suite,
      extensions: extensions, leafExtensions: try ownMember.leaf.extensions.withoutGREASE(),
      configuration: configuration, now: now, using: &random)
    let psk = MLS.PreSharedKeyID(
      kind: .resumption(usage, group: self.id, epoch: epoch),
      nonce: random.bytes(group.live.shared.suite.hashByteCount))
    let bundle = try group.commit(
      proposals: [.preSharedKey(psk)] + keyPackages.map { .add($0.keyPackage) },
      options: MLS.CommitOptions(), occasion: .founding(usage),
      parent: (self.id, epoch, live.secrets.resumptionPSK), now: now, using: &random)
    try group.mergePendingCommit(now: now)
    return MLS.Founding(group: group, welcome: bundle.welcome, ratchetTree: bundle.ratchetTree)
  }
}
