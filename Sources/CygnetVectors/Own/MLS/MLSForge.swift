internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// A group as somebody sees it who holds every member's signing key and obeys no rule. What it makes
/// is signed, tagged, sealed and confirmed as it must be, whatever it says: so that what refuses it
/// is the rule that it breaks, and nothing else.
struct MLSForge {
  let suite: Algorithms
  let context: MLS.GroupContext
  var tree: RatchetTree
  let secrets: EpochSecrets
  let confirmationTag: [UInt8]
  /// The encoded context, when it is not what the context says.
  var otherContext: [UInt8]?
  var secretTree: SecretTree
  /// Who signs as which leaf.
  var signers: [LeafIndex: MLS.SignatureKeyPair]
  /// Keys that all members have.
  var preSharedKeys: [MLS.PreSharedKeyID.Kind: SecretBytes] = [:]
  /// Proposals that were sent in this epoch.
  private(set) var held: [MLS.ProposalRef: Held] = [:]

  struct Held {
    let proposal: MLS.Proposal
    let sender: MLS.Sender
  }

  init(
    suite: Algorithms, context: MLS.GroupContext, tree: RatchetTree, secrets: EpochSecrets,
    confirmationTag: [UInt8], signers: [LeafIndex: MLS.SignatureKeyPair],
    preSharedKeys: [MLS.PreSharedKeyID.Kind: SecretBytes]
  ) throws(CygnetError) {
    self.suite = suite
    self.context = context
    self.tree = tree
    var secrets = secrets
    secretTree = try secrets.takeSecretTree(leafCount: tree.leafCount)
    self.secrets = secrets
    self.confirmationTag = confirmationTag
    self.signers = signers
    self.preSharedKeys = preSharedKeys
  }

  /// A group of one. Draws the group's name, unless it is given, and its first epoch secret.
  init(
    _ creator: ForgedClient, groupID: MLS.GroupID? = nil, extensions: MLS.Extensions = .none,
    preSharedKeys: [MLS.PreSharedKeyID.Kind: SecretBytes] = [:],
    suite number: MLS.CipherSuite = .x25519ChaCha20SHA256Ed25519,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    let suite = try Algorithms(number)
    var tree = RatchetTree(creator: try creator.keyPackage(suite).leafNode)
    let context = MLS.GroupContext(
      cipherSuite: suite.suite,
      groupID: groupID ?? MLS.GroupID(random.bytes(suite.hashByteCount)),
      epoch: MLS.Epoch(0), treeHash: try tree.treeHash(suite), confirmedTranscriptHash: [],
      extensions: extensions)
    let secrets = try KeySchedule.epochSecrets(
      epochSecret: random.secret(suite.hashByteCount), suite: suite)
    try self.init(
      suite: suite, context: context, tree: tree, secrets: secrets,
      confirmationTag: ConfirmationTag.make(
        confirmedTranscriptHash: [], key: secrets.confirmationKey, suite: suite),
      signers: [LeafIndex(0): creator.signer], preSharedKeys: preSharedKeys)
  }

  var groupID: MLS.GroupID { context.groupID }

  func signer(_ index: UInt32) throws(CygnetError) -> MLS.SignatureKeyPair {
    guard let signer = signers[LeafIndex(index)] else {
      throw CygnetError(.internalFault, "a leaf without a signing key")
    }
    return signer
  }

  func leaf(_ index: UInt32) throws(CygnetError) -> MLS.LeafNode {
    guard let leaf = tree.leaf(LeafIndex(index)) else {
      throw CygnetError(.internalFault, "a vector's member has no leaf")
    }
    return leaf
  }

  func encodedContext() throws(CygnetError) -> [UInt8] {
    if let otherContext { return otherContext }
    return try context.wireEncoded()
  }

  func interimTranscriptHash() throws(CygnetError) -> [UInt8] {
    try TranscriptHash.interim(
      confirmed: context.confirmedTranscriptHash, confirmationTag: confirmationTag, suite: suite)
  }

  func externalKey() throws(CygnetError) -> MLS.HPKEPublicKey {
    MLS.HPKEPublicKey(try secrets.externalKeyPair(suite: suite).publicKey.bytes)
  }

  /// The secret of a pre-shared key, zeros for one that nobody has.
  func secret(of id: MLS.PreSharedKeyID) -> SecretBytes {
    preSharedKeys[id.key] ?? suite.zeroSecret
  }

  /// Remembers a proposal, so that commits can refer to it.
  mutating func hold(
    _ content: AuthenticatedContent
  ) throws(CygnetError) -> MLS.ProposalOrRef {
    guard case .proposal(let proposal) = content.content.content else {
      throw CygnetError(.internalFault, "not a proposal")
    }
    let reference = try suite.proposalRef(content)
    held[reference] = Held(proposal: proposal, sender: content.content.sender)
    return .reference(reference)
  }
}

extension MLS.PreSharedKeyID {
  /// What the key is looked up by: the use of a resumption secret makes no difference.
  var key: Kind {
    switch kind {
    case .external: kind
    case .resumption(_, let group, let epoch):
      .resumption(.application, group: group, epoch: epoch)
    }
  }
}
