internal import CygnetHPKE
public import CygnetPrimitives
internal import CygnetWire

extension MLS {
  /// A Welcome, opened and verified: who invites into what, to be shown before anything is joined.
  /// Nothing is sent, and nothing but this value exists, until ``accept()``.
  public struct Invitation: Sendable {
    let group: Group

    /// Who committed the Add.
    public let inviter: Member
    /// The group's name.
    public var groupID: GroupID { group.id }
    /// What the members agree on.
    public var context: GroupContext { group.context }
    /// Everybody in it, we among them.
    public var members: Roster { group.members }
    /// The place that waits for us.
    public var ownIndex: LeafIndex { group.ownIndex }
    /// Data that the inviter put into the GroupInfo, by type.
    public let extensions: Extensions
    /// The group that this one replaces or branches off, if it does.
    public let origin: Origin?

    /// How a group depends on another one (RFC 9420 §11.2, §11.3).
    public enum Origin: Hashable, Sendable {
      /// It replaces the group.
      case reInit(of: GroupID)
      /// It is of members of the group.
      case branch(of: GroupID)
    }

    /// Joins. Delete the key package now, unless it is a last resort.
    public consuming func accept() -> Group { group }
  }
}

extension MLS.Welcome {
  /// The names of the key packages that the invitation is for.
  public var keyPackageRefs: [MLS.KeyPackageRef] { secrets.map(\.newMember) }
}

extension MLS.Invitation {
  /// Opens a Welcome (RFC 9420 §12.4.3.1).
  /// - Parameters:
  ///   - welcome: As it arrived.
  ///   - keyPackage: The own key package that it names.
  ///   - ratchetTree: The encoded tree, when the Welcome does not carry it.
  ///   - known: Groups that this client is in already, which it refuses to join anew.
  ///   - origin: The group that the new one may replace or branch off.
  ///   - configuration: What is accepted.
  ///   - now: The time.
  /// - Throws: `notFound` when the Welcome is for others, or a tree or pre-shared key is missing;
  ///   `authenticationFailed`; `ruleViolation` with the rule's id.
  public static func open(
    _ welcome: MLS.Welcome, using keyPackage: MLS.OwnKeyPackage, ratchetTree: [UInt8]? = nil,
    known: Set<MLS.GroupID> = [], origin: MLS.Group? = nil, configuration: MLS.Configuration,
    now: Timestamp
  ) throws(CygnetError) -> MLS.Invitation {
    let opened = try OpenedWelcome(
      welcome, keyPackage, origin: origin, configuration: configuration)
    guard opened.groupInfo.groupContext.cipherSuite == welcome.cipherSuite else {
      throw CygnetError(
        .ruleViolation, "J4: the group has another suite than the Welcome (RFC 9420 §12.4.3.1)")
    }
    let verified = try VerifiedGroupInfo(
      opened.groupInfo, separateTree: ratchetTree, configuration: configuration, now: now,
      isMember: true)
    guard !known.contains(verified.info.groupContext.groupID) else {
      throw CygnetError(.duplicate, "J4: a group of this name is joined already (RFC 9420 §12.4.3)")
    }
    let state = try opened.state(in: verified, keyPackage)
    let originKind = try opened.checkOrigin(
      origin, verified.shared, configuration: configuration)
    return MLS.Invitation(
      group: MLS.Group(state, configuration: configuration), inviter: verified.signer,
      extensions: verified.info.extensions, origin: originKind)
  }
}

/// The secrets of a Welcome, in the order in which one leads to the next: group secrets, pre-shared
/// keys, GroupInfo (rule J3).
private struct OpenedWelcome {
  let suite: Algorithms
  let secrets: GroupSecrets
  let pskSecret: SecretBytes
  let groupInfo: MLS.GroupInfo

  init(
    _ welcome: MLS.Welcome, _ own: MLS.OwnKeyPackage, origin: MLS.Group?,
    configuration: MLS.Configuration
  ) throws(CygnetError) {
    guard own.keyPackage.cipherSuite == welcome.cipherSuite else {
      throw CygnetError(
        .ruleViolation, "J1: the Welcome is of another suite (RFC 9420 §12.4.3.1)")
    }
    let suite = try configuration.algorithms(of: welcome.cipherSuite)
    self.suite = suite
    let reference = try suite.keyPackageRef(own.keyPackage)
    guard let entry = welcome.secrets.first(where: { $0.newMember == reference }) else {
      throw CygnetError(.notFound, "J1: the Welcome is for others (RFC 9420 §12.4.3.1)")
    }
    let initKey = try suite.privateKey(own.initKey, publicKey: own.keyPackage.initKey)
    let plaintext = try Self.open(
      entry.encryptedGroupSecrets, with: initKey, context: welcome.encryptedGroupInfo, suite)
    secrets = try GroupSecrets(wire: plaintext)
    try Self.check(secrets.psks, suite)
    pskSecret = try PSKSecret.combine(
      Self.resolver(origin, secrets.psks, configuration).secrets(for: secrets.psks), suite: suite)
    let (key, nonce) = try KeySchedule.welcomeKeyAndNonce(
      welcomeSecret: KeySchedule.welcomeSecret(
        joinerSecret: secrets.joinerSecret, pskSecret: pskSecret, suite: suite),
      suite: suite)
    let info = try nonce.withGuarded(by: []) { (nonce) throws(CygnetError) in
      do throws(CygnetError) {
        return try suite.aead.open(
          welcome.encryptedGroupInfo, key: key, nonce: nonce, authenticating: [])
      } catch {
        throw CygnetError(
          error.code, "J3: the GroupInfo does not open with these secrets (RFC 9420 §12.4.3.1)")
      }
    }
    groupInfo = try MLS.GroupInfo(wire: info)
  }

  /// J2: sealed to the GroupInfo as it is sealed itself.
  private static func open(
    _ sealed: MLS.HPKECiphertext, with key: HPKE.PrivateKey, context: [UInt8],
    _ suite: Algorithms
  ) throws(CygnetError) -> SecretBytes {
    do throws(CygnetError) {
      return try suite.decryptWithLabel(
        sealed, with: key, label: WelcomeMaker.label, context: context)
    } catch {
      throw CygnetError(
        error.code, "J2: the group secrets do not open (RFC 9420 §12.4.3.1)")
    }
  }

  /// The group that is replaced or branched off gives its secret; no other group's serves there.
  private static func resolver(
    _ origin: MLS.Group?, _ ids: [MLS.PreSharedKeyID], _ configuration: MLS.Configuration
  ) -> PSKResolver {
    PSKResolver(
      configuration: configuration, own: origin?.live,
      missing: CygnetError(
        .notFound, "J3: a pre-shared key of the Welcome is not held here (RFC 9420 §12.4.3.1)"))
  }

  /// J3: one key ties the group to another one, if any does; each is there once.
  private static func check(
    _ ids: [MLS.PreSharedKeyID], _ suite: Algorithms
  ) throws(CygnetError) {
    var ties = 0
    for id in ids {
      guard id.nonce.count == suite.hashByteCount else {
        throw CygnetError(
          .ruleViolation, "P4: the nonce of a pre-shared key has another length (RFC 9420 §8.4)")
      }
      if case .resumption(let usage, _, _) = id.kind, usage != .application { ties += 1 }
    }
    guard ties <= 1 else {
      throw CygnetError(
        .ruleViolation, "J3: a Welcome ties the group to two others (RFC 9420 §12.4.3.1)")
    }
    guard Set(ids).count == ids.count else {
      throw CygnetError(.ruleViolation, "V7: a pre-shared key twice (RFC 9420 §12.2)")
    }
  }

  func state(
    in verified: VerifiedGroupInfo, _ own: MLS.OwnKeyPackage
  ) throws(CygnetError) -> GroupState {
    let shared = verified.shared
    guard let index = shared.tree.leaf(forSignatureKey: own.keyPackage.leafNode.signatureKey),
      shared.tree.leaf(index) == own.keyPackage.leafNode
    else {
      throw CygnetError(.ruleViolation, "T16: the own leaf is not in the tree (RFC 9420 §12.4.3.1)")
    }
    let keys = try TreePrivateKeys(
      joining: index,
      leafKey: suite.privateKey(
        own.encryptionKey, publicKey: own.keyPackage.leafNode.encryptionKey),
      pathSecret: secrets.pathSecret, signer: verified.info.signer, tree: shared.tree,
      suite: suite)
    let epoch = try KeySchedule.epochSecrets(
      joinerSecret: secrets.joinerSecret, pskSecret: pskSecret, context: shared.encodedContext,
      suite: suite)
    try ConfirmationTag.verify(
      verified.info.confirmationTag,
      confirmedTranscriptHash: shared.context.confirmedTranscriptHash,
      key: epoch.confirmationKey, suite: suite)
    return try GroupState(
      shared: shared, keys: keys, signer: own.signatureKeyPair, secrets: epoch)
  }

  /// J6, and M10: a group that says it replaces or branches off another one must do so.
  func checkOrigin(
    _ origin: MLS.Group?, _ shared: PublicGroup, configuration: MLS.Configuration
  ) throws(CygnetError) -> MLS.Invitation.Origin? {
    for id in secrets.psks {
      guard case .resumption(let usage, let group, let epoch) = id.kind, usage != .application
      else { continue }
      guard let origin, origin.id == group else {
        throw CygnetError(
          .notFound, "J6: the group it comes from is not given (RFC 9420 §12.4.3.1)")
      }
      guard shared.context.epoch == MLS.Epoch(1) else {
        throw CygnetError(
          .ruleViolation, "J6: a founded group is not in its first epoch (RFC 9420 §12.4.3.1)")
      }
      let relation = GroupRelation(
        new: shared, old: origin.live.shared, configuration: configuration)
      if usage == .reInit {
        try relation.checkReInit(origin, epoch: epoch)
        return .reInit(of: group)
      }
      try relation.checkBranch()
      return .branch(of: group)
    }
    return nil
  }
}
