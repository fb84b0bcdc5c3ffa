internal import CygnetHPKE
internal import CygnetPrimitives
internal import CygnetWire

/// Makes the Welcome for those whom a commit adds (RFC 9420 §12.4.3.1).
struct WelcomeMaker {
  static let label: Label = "Welcome"

  let shared: PublicGroup
  let change: EpochChange
  let path: OwnPath?
  let plan: ProposalPlan
  let newLeaves: [LeafIndex]
  let signer: MLS.SignatureKeyPair
  let ownIndex: LeafIndex
  let configuration: MLS.Configuration

  private var suite: Algorithms { shared.suite }

  /// - Returns: nil when nobody is added.
  func run(using random: inout some RandomSource) throws(CygnetError) -> MLS.Welcome? {
    guard !plan.adds.isEmpty else { return nil }
    let groupInfo = try shared.groupInfo(
      externalKey: nil, includesTree: configuration.sendsTreeInWelcome, signer: signer,
      signerIndex: ownIndex, configuration: configuration, using: &random)
    let sealed = try seal(groupInfo)
    var jobs: [Job] = []
    for (keyPackage, leaf) in zip(plan.adds, newLeaves) {
      let secrets = GroupSecrets(
        joinerSecret: change.joinerSecret, pathSecret: path?.pathSecret(for: leaf),
        psks: plan.preSharedKeys)
      jobs.append(
        Job(
          keyPackage: keyPackage, secrets: secrets, random: ForkedRandomSource(from: &random)))
    }
    let suite = suite
    let binding = try suite.binding(label: Self.label, context: sealed)
    let secrets = try Parallel.map(jobs, threshold: 6) { (job) throws(CygnetError) in
      try job.run(bound: binding, suite: suite)
    }
    return MLS.Welcome(
      cipherSuite: suite.suite, secrets: secrets, encryptedGroupInfo: sealed)
  }

  private func seal(_ groupInfo: MLS.GroupInfo) throws(CygnetError) -> [UInt8] {
    let (key, nonce) = try KeySchedule.welcomeKeyAndNonce(
      welcomeSecret: KeySchedule.welcomeSecret(
        joinerSecret: change.joinerSecret, pskSecret: change.pskSecret, suite: suite),
      suite: suite)
    let plaintext = try groupInfo.wireEncodedSecret()
    return try nonce.withGuarded(by: []) { (nonce) throws(CygnetError) in
      try suite.aead.seal(plaintext, key: key, nonce: nonce, authenticating: [])
    }
  }

  /// One newcomer's share.
  private struct Job: Sendable {
    let keyPackage: MLS.KeyPackage
    let secrets: GroupSecrets
    let random: ForkedRandomSource

    func run(
      bound binding: HPKE.PreparedInfo, suite: Algorithms
    ) throws(CygnetError) -> MLS.EncryptedGroupSecrets {
      var random = random
      return MLS.EncryptedGroupSecrets(
        newMember: try suite.keyPackageRef(keyPackage),
        encryptedGroupSecrets: try suite.encrypt(
          secrets.wireEncodedSecret(), to: keyPackage.initKey, bound: binding, using: &random))
    }
  }
}

extension PublicGroup {
  /// The signed state of the group (RFC 9420 §12.4.3).
  /// - Parameters:
  ///   - externalKey: for external commits; nil where nobody shall join by one.
  ///   - includesTree: whether the tree goes along.
  ///   - signer: the member's key in this epoch's tree.
  ///   - signerIndex: the member's place.
  ///   - configuration: whether GREASE is sent.
  ///   - random: what GREASE is drawn from.
  func groupInfo(
    externalKey: MLS.HPKEPublicKey?, includesTree: Bool, signer: MLS.SignatureKeyPair,
    signerIndex: LeafIndex, configuration: MLS.Configuration,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.GroupInfo {
    var extensions: [MLS.Extension] = []
    if includesTree {
      extensions.append(MLS.Extension(type: .ratchetTree, data: try tree.wireEncoded()))
    }
    if let externalKey {
      extensions.append(MLS.Extension(type: .externalPub, data: try externalKey.wireEncoded()))
    }
    if configuration.sendsGREASE { extensions.append(GREASE.anExtension(using: &random)) }
    let unsigned = MLS.GroupInfo(
      groupContext: context, extensions: try MLS.Extensions(extensions),
      confirmationTag: confirmationTag, signer: signerIndex, signature: [])
    return unsigned.signed(
      try suite.signature(
        of: GroupInfoTBS(unsigned).wireEncoded(), label: GroupInfoTBS.label, by: signer))
  }
}
