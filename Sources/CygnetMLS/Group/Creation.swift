internal import CygnetHPKE
public import CygnetPrimitives

extension MLS.Group {
  /// Creates a group of one (RFC 9420 §11).
  /// - Parameters:
  ///   - id: The group's name; nil for a random one.
  ///   - credential: Who the creator claims to be.
  ///   - signatureKeyPair: The creator's signing key.
  ///   - suite: The group's suite; nil for the one that the configuration prefers.
  ///   - extensions: What the group agrees on from the start.
  ///   - leafExtensions: What the creator says of itself.
  ///   - configuration: What the group follows.
  ///   - now: The time.
  /// - Throws: `unsupported`; `ruleViolation` when the creator itself breaks what it demands.
  public static func create(
    id: MLS.GroupID? = nil, as credential: MLS.Credential,
    signingWith signatureKeyPair: MLS.SignatureKeyPair,
    suite: MLS.CipherSuite? = nil, extensions: MLS.Extensions = .none,
    leafExtensions: MLS.Extensions = .none, configuration: MLS.Configuration, now: Timestamp
  ) throws(CygnetError) -> MLS.Group {
    var random = SystemRandomSource()
    return try create(
      id: id, as: credential, signingWith: signatureKeyPair, suite: suite, extensions: extensions,
      leafExtensions: leafExtensions, configuration: configuration, now: now, using: &random)
  }

  package static func create(
    id: MLS.GroupID? = nil, as credential: MLS.Credential,
    signingWith signatureKeyPair: MLS.SignatureKeyPair,
    suite: MLS.CipherSuite? = nil, extensions: MLS.Extensions = .none,
    leafExtensions: MLS.Extensions = .none, configuration: MLS.Configuration, now: Timestamp,
    using random: inout some RandomSource
  ) throws(CygnetError) -> MLS.Group {
    let suite = configuration.suite(suite)
    let algorithms = try configuration.algorithms(of: suite)
    // The creator's leaf is that of a key package nobody else sees (§11).
    let own = try MLS.OwnKeyPackage.generate(
      credential: credential, signatureKeyPair: signatureKeyPair,
      lifetime: MLS.Lifetime(
        notBefore: Timestamp(seconds: now.seconds - min(now.seconds, 3_600)),
        notAfter: now.adding(
          configuration.maxLifetimeSeconds - min(configuration.maxLifetimeSeconds, 3_600))),
      leafExtensions: leafExtensions, suite: suite, configuration: configuration, using: &random)
    let leaf = own.keyPackage.leafNode
    try extensions.checkPlace(.groupContext)
    for sender in try extensions.externalSenders {
      guard configuration.credentialValidator.isValid(externalSender: sender, at: now) else {
        throw CygnetError(
          .ruleViolation, "L1: the application refuses an external sender (RFC 9420 §5.3.1)")
      }
    }
    try LeafRules(suite: algorithms, configuration: configuration, now: now)
      .check(leaf, .keyPackage)
    var tree = RatchetTree(creator: leaf)
    try TreeRules(extensions).check(tree)
    let context = MLS.GroupContext(
      cipherSuite: suite, groupID: id ?? MLS.GroupID(random.bytes(MLS.Limits.newGroupIDByteCount)),
      epoch: MLS.Epoch(0), treeHash: try tree.treeHash(algorithms), confirmedTranscriptHash: [],
      extensions: extensions)
    let secrets = try KeySchedule.epochSecrets(
      epochSecret: random.secret(algorithms.hashByteCount), suite: algorithms)
    let tag = ConfirmationTag.make(
      confirmedTranscriptHash: [], key: secrets.confirmationKey, suite: algorithms)
    let shared = try PublicGroup(
      suite: algorithms, context: context, tree: tree, confirmationTag: tag)
    let keys = TreePrivateKeys(
      leafIndex: LeafIndex(0), leafKey: try algorithms.privateKey(own.encryptionKey))
    return MLS.Group(
      try GroupState(shared: shared, keys: keys, signer: signatureKeyPair, secrets: secrets),
      configuration: configuration)
  }
}
