internal import CygnetPrimitives
internal import CygnetWire

/// The end of a commit, the same for who makes it and who receives it (RFC 9420 §12.4.1, §12.4.2):
/// transcript, key schedule, the next group.
struct EpochChange {
  let context: MLS.GroupContext
  let encodedContext: [UInt8]
  let joinerSecret: SecretBytes
  let pskSecret: SecretBytes
  let secrets: EpochSecrets
  let confirmationTag: [UInt8]

  /// - Parameters:
  ///   - provisional: The group with proposals and path applied.
  ///   - commit: The signed commit.
  ///   - initSecret: Of the epoch before, or of the external init.
  ///   - commitSecret: Of the path, nil without one.
  ///   - preSharedKeys: In the order of their proposals.
  init(
    _ provisional: inout ProvisionalGroup, commit: AuthenticatedContent, initSecret: SecretBytes,
    commitSecret: SecretBytes?,
    preSharedKeys: [(id: MLS.PreSharedKeyID, secret: SecretBytes)]
  ) throws(CygnetError) {
    let suite = provisional.base.suite
    let transcript = try TranscriptHash.confirmed(
      interimBefore: provisional.base.interimTranscriptHash, content: commit, suite: suite)
    context = try provisional.context(transcriptHash: transcript)
    encodedContext = try context.wireEncoded()
    joinerSecret = try KeySchedule.joinerSecret(
      initSecret: initSecret, commitSecret: commitSecret ?? suite.zeroSecret,
      context: encodedContext, suite: suite)
    pskSecret = try PSKSecret.combine(preSharedKeys, suite: suite)
    secrets = try KeySchedule.epochSecrets(
      joinerSecret: joinerSecret, pskSecret: pskSecret, context: encodedContext, suite: suite)
    confirmationTag = ConfirmationTag.make(
      confirmedTranscriptHash: transcript, key: secrets.confirmationKey, suite: suite)
  }

  /// The next group as everybody sees it.
  func shared(_ provisional: ProvisionalGroup) throws(CygnetError) -> PublicGroup {
    var next = try PublicGroup(
      suite: provisional.base.suite, context: context, tree: provisional.tree,
      confirmationTag: confirmationTag)
    next.clients = provisional.clients
    return next
  }
}
