internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A commit of any proposals and any path, made in steps between which everything can be changed:
/// proposals applied, path made, path sealed, commit signed and confirmed.
struct ForgedCommit {
  let forge: MLSForge
  var sender: MLS.Sender
  /// The committer's leaf.
  var index: LeafIndex
  /// Who signs the message.
  var signer: MLS.SignatureKeyPair
  var proposals: [MLS.ProposalOrRef]
  var authenticatedData: [UInt8] = []
  /// The group after the commit.
  var tree: RatchetTree
  var extensions: MLS.Extensions
  var signers: [LeafIndex: MLS.SignatureKeyPair]
  private(set) var added: [(client: MLS.KeyPackage, leaf: LeafIndex)] = []
  var preSharedKeys: [MLS.PreSharedKeyID] = []
  var initSecret: SecretBytes
  var ownPath: ForgedPath?
  var path: MLS.UpdatePath?
  var commitSecret: SecretBytes?
  /// In place of the group's context, below the signature.
  var signedContext: [UInt8]?
  /// In place of the tag of the epoch that the commit begins.
  var confirmationTag: [UInt8]?
  /// The epoch's number, when it is not the next one.
  var nextEpoch: MLS.Epoch?
  /// The tree's hash and its encoding, when it is one that no library would decode.
  var treeHash: [UInt8]?
  var encodedTree: [UInt8]?
  /// Changes the context of the next epoch, or its encoding.
  var editContext: @Sendable (MLS.GroupContext) -> MLS.GroupContext = { $0 }
  var editEncodedContext: (@Sendable ([UInt8]) -> [UInt8])?

  /// Puts any nodes into the place of the tree, which need not be one.
  mutating func setTree(_ nodes: TreeNodes) throws(CygnetError) {
    treeHash = try SubtreeHash(nodes, forge.suite).hash(of: nodes.width.root)
    encodedTree = try nodes.trimmed().wireEncoded()
  }

  /// A member's commit, its proposals applied in the order of RFC 9420 §12.3 as far as that means
  /// anything.
  init(
    _ forge: MLSForge, by committer: UInt32, _ proposals: [MLS.ProposalOrRef]
  ) throws(CygnetError) {
    try self.init(
      forge, from: .member(LeafIndex(committer)), signer: forge.signer(committer), proposals)
    index = LeafIndex(committer)
  }

  /// A client that joins by its own commit; `initSecret` is of its ExternalInit.
  init(
    _ forge: MLSForge, joining client: ForgedClient, initSecret: SecretBytes,
    _ proposals: [MLS.ProposalOrRef]
  ) throws(CygnetError) {
    try self.init(forge, from: .newMemberCommit, signer: client.signer, proposals)
    self.initSecret = initSecret
    index = try tree.reserveLeaf()
    signers[index] = client.signer
  }

  private init(
    _ forge: MLSForge, from sender: MLS.Sender, signer: MLS.SignatureKeyPair,
    _ proposals: [MLS.ProposalOrRef]
  ) throws(CygnetError) {
    self.forge = forge
    self.sender = sender
    self.signer = signer
    self.proposals = proposals
    index = LeafIndex(0)
    tree = forge.tree
    extensions = forge.context.extensions
    signers = forge.signers
    initSecret = forge.secrets.initSecret
    try apply()
  }

  // MARK: - Proposals

  private mutating func apply() throws(CygnetError) {
    var adds: [MLS.KeyPackage] = []
    var removes: [LeafIndex] = []
    for item in proposals {
      guard let (proposal, from) = resolve(item) else { continue }
      switch proposal {
      case .groupContextExtensions(let new): extensions = new
      case .update(let leaf):
        if case .member(let index) = from { tree.update(index, leaf) }
      case .remove(let index): removes.append(index)
      case .add(let keyPackage): adds.append(keyPackage)
      case .preSharedKey(let id): preSharedKeys.append(id)
      case .externalInit, .reInit, .custom: break
      }
    }
    for index in removes where tree.leaf(index) != nil {
      tree.remove(index)
      signers[index] = nil
    }
    let leaves = try tree.add(adds.map(\.leafNode))
    for (keyPackage, leaf) in zip(adds, leaves) { added.append((keyPackage, leaf)) }
  }

  private func resolve(
    _ item: MLS.ProposalOrRef
  ) -> (proposal: MLS.Proposal, sender: MLS.Sender)? {
    switch item {
    case .proposal(let proposal): return (proposal, sender)
    case .reference(let reference):
      return forge.held[reference].map { ($0.proposal, $0.sender) }
    }
  }

  // MARK: - Path

  typealias LeafEdit = (inout ForgedLeaf) throws(CygnetError) -> Void

  /// Makes the path and seals it. See ``makePath(_:signer:signedFor:using:leaf:)``.
  mutating func addPath(
    _ base: ForgedLeaf? = nil, signer leafSigner: MLS.SignatureKeyPair? = nil,
    signedFor place: LeafIndex? = nil, using random: inout some RandomSource,
    leaf edit: LeafEdit = { (_: inout ForgedLeaf) throws(CygnetError) in }
  ) throws(CygnetError) {
    try makePath(base, signer: leafSigner, signedFor: place, using: &random, leaf: edit)
    try sealPath(using: &random)
  }

  /// Puts new keys into the tree.
  /// - Parameters:
  ///   - base: What the leaf says but for its keys; nil for the member's old leaf.
  ///   - leafSigner: Who signs the leaf, when it is not who signs the commit.
  ///   - place: The place that the leaf's signature covers, when it is not its own.
  ///   - random: Draws the leaf's key and the first path secret.
  ///   - edit: Changes the leaf before it is signed.
  mutating func makePath(
    _ base: ForgedLeaf? = nil, signer leafSigner: MLS.SignatureKeyPair? = nil,
    signedFor place: LeafIndex? = nil, using random: inout some RandomSource,
    leaf edit: LeafEdit = { (_: inout ForgedLeaf) throws(CygnetError) in }
  ) throws(CygnetError) {
    let (suite, signer) = (forge.suite, leafSigner ?? self.signer)
    guard var draft = base ?? tree.leaf(index).map({ ForgedLeaf($0) }) else {
      throw CygnetError(.internalFault, "a committer without a leaf")
    }
    draft.signatureKey = signer.publicKey
    let made = try ForgedPath(of: index, in: tree, suite, using: &random)
    var nodes = TreeNodes(tree)
    nodes.extend(to: tree.leafCount)
    draft.encryptionKey = MLS.HPKEPublicKey(made.leafKey.publicKey.bytes)
    draft.source = .commit(parentHash: try made.install(in: &nodes, suite))
    try edit(&draft)
    nodes[leaf: index.rawValue] = try draft.signed(
      by: signer, in: (forge.groupID, place ?? index), suite)
    tree = try nodes.tree()
    signers[index] = signer
    ownPath = made
    commitSecret = made.commitSecret
  }

  /// The context that the path's secrets are sealed with (RFC 9420 §12.4.1).
  func pathContext() throws(CygnetError) -> MLS.GroupContext {
    try context(transcriptHash: forge.context.confirmedTranscriptHash)
  }

  /// Seals the path's secrets to the tree as it is now.
  mutating func sealPath(
    excluding excluded: Set<LeafIndex>? = nil, context: MLS.GroupContext? = nil,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    guard let ownPath, let leaf = tree.leaf(index) else {
      throw CygnetError(.internalFault, "no path to seal")
    }
    let honest = try pathContext()
    let nodes = try ownPath.sealed(
      in: tree, excluding: excluded ?? Set(added.map(\.leaf)),
      context: (context ?? honest).wireEncoded(), forge.suite, using: &random)
    path = MLS.UpdatePath(leafNode: leaf, nodes: nodes)
  }

  // MARK: - The next epoch

  private func context(
    transcriptHash: [UInt8]
  ) throws(CygnetError) -> MLS.GroupContext {
    var tree = tree
    let next = try forge.context.epoch.next()
    let honest = try tree.treeHash(forge.suite)
    return MLS.GroupContext(
      cipherSuite: forge.context.cipherSuite, groupID: forge.groupID,
      epoch: nextEpoch ?? next, treeHash: treeHash ?? honest,
      confirmedTranscriptHash: transcriptHash, extensions: extensions)
  }

  /// Signs and confirms the commit.
  func finish(as format: MLS.WireFormat = .publicMessage) throws(CygnetError) -> Forged {
    let suite = forge.suite
    var message = try ForgedMessage(
      forge, from: sender, .commit(MLS.Commit(proposals: proposals, path: path)),
      authenticating: authenticatedData, signer: signer)
    message.signedContext = signedContext
    let transcript = try TranscriptHash.confirmed(
      interimBefore: forge.interimTranscriptHash(), content: message.signed(as: format),
      suite: suite)
    let context = editContext(try context(transcriptHash: transcript))
    let honest = try context.wireEncoded()
    let encoded = editEncodedContext?(honest) ?? honest
    let joinerSecret = try KeySchedule.joinerSecret(
      initSecret: initSecret, commitSecret: commitSecret ?? suite.zeroSecret, context: encoded,
      suite: suite)
    let pskSecret = try PSKSecret.combine(
      preSharedKeys.map { ($0, forge.secret(of: $0)) }, suite: suite)
    let secrets = try KeySchedule.epochSecrets(
      joinerSecret: joinerSecret, pskSecret: pskSecret, context: encoded, suite: suite)
    let tag = ConfirmationTag.make(
      confirmedTranscriptHash: transcript, key: secrets.confirmationKey, suite: suite)
    message.confirmationTag = confirmationTag ?? tag
    var keys = forge.preSharedKeys
    keys[.resumption(.application, group: forge.groupID, epoch: forge.context.epoch)] =
      forge.secrets.resumptionPSK
    var next = try MLSForge(
      suite: suite, context: context, tree: tree, secrets: secrets, confirmationTag: tag,
      signers: signers, preSharedKeys: keys)
    next.otherContext = editEncodedContext == nil ? nil : encoded
    return Forged(
      message: message, format: format, next: next, commit: self, joinerSecret: joinerSecret,
      pskSecret: pskSecret)
  }
}

/// A commit that was made, and what it leads to.
struct Forged {
  let message: ForgedMessage
  let format: MLS.WireFormat
  /// The group in the epoch that it begins.
  var next: MLSForge
  let commit: ForgedCommit
  let joinerSecret: SecretBytes
  let pskSecret: SecretBytes

  /// The commit, encrypted under the first key of its sender or in the clear.
  func sent() throws(CygnetError) -> [UInt8] {
    guard format == .privateMessage else { return try message.sent() }
    return try ForgedPrivateMessage(message.forge, message.signed(as: format)).message().encoded()
  }
}
