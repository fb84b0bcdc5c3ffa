import CygnetMLS
import CygnetPrimitives
import CygnetWire

/// What somebody who invites may make up.
extension GroupForger {
  /// The state of the group with other content, signed by this member.
  package func groupInfo(
    context: MLS.GroupContext? = nil, extensions: MLS.Extensions, confirmationTag: [UInt8]? = nil,
    signer: LeafIndex? = nil
  ) throws -> MLS.GroupInfo {
    let unsigned = MLS.GroupInfo(
      groupContext: context ?? view.context, extensions: extensions,
      confirmationTag: confirmationTag ?? view.confirmationTag, signer: signer ?? ownIndex,
      signature: [])
    return unsigned.signed(
      try suite.signature(
        of: GroupInfoTBS(unsigned).wireEncoded(), label: GroupInfoTBS.label, by: view.signer))
  }

  /// An invitation into any state of a group, whose secrets fit it.
  /// - Parameters:
  ///   - context: The state, signed as it is.
  ///   - tree: The encoded tree.
  ///   - newcomer: Whose key package it is for.
  ///   - pathSecret: The secret of the lowest common node.
  ///   - psks: The pre-shared keys it names; their secrets count as nothing.
  ///   - random: For keys.
  package func welcome(
    into context: MLS.GroupContext, tree: [UInt8], for newcomer: MLS.KeyPackage,
    pathSecret: SecretBytes? = nil, psks: [MLS.PreSharedKeyID] = [],
    using random: inout some RandomSource
  ) throws -> MLS.Welcome {
    let joiner = random.secret(suite.hashByteCount)
    let none = try PSKSecret.combine([], suite: suite)
    let secrets = try KeySchedule.epochSecrets(
      joinerSecret: joiner, pskSecret: none, context: context.wireEncoded(), suite: suite)
    let tag = ConfirmationTag.make(
      confirmedTranscriptHash: context.confirmedTranscriptHash, key: secrets.confirmationKey,
      suite: suite)
    let info = try groupInfo(
      context: context,
      extensions: MLS.Extensions([MLS.Extension(type: .ratchetTree, data: tree)]),
      confirmationTag: tag)
    let (key, nonce) = try KeySchedule.welcomeKeyAndNonce(
      welcomeSecret: KeySchedule.welcomeSecret(
        joinerSecret: joiner, pskSecret: none, suite: suite),
      suite: suite)
    let plaintext = try info.wireEncodedSecret()
    let sealed = try nonce.withGuarded(by: []) { (nonce) throws(CygnetError) in
      try suite.aead.seal(plaintext, key: key, nonce: nonce, authenticating: [])
    }
    let shares = GroupSecrets(joinerSecret: joiner, pathSecret: pathSecret, psks: psks)
    return MLS.Welcome(
      cipherSuite: suite.suite,
      secrets: [
        MLS.EncryptedGroupSecrets(
          newMember: try suite.keyPackageRef(newcomer),
          encryptedGroupSecrets: try suite.encryptWithLabel(
            shares.wireEncodedSecret(), to: newcomer.initKey, label: "Welcome", context: sealed,
            using: &random))
      ],
      encryptedGroupInfo: sealed)
  }
}
