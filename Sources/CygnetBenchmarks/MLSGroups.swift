internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Believes everybody; a client is known by its signature key.
private struct Believer: MLS.CredentialValidator {
  func isValid(
    _ credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey, at now: Timestamp
  ) -> Bool { true }

  func isSuccessor(_ new: MLS.Credential, of old: MLS.Credential) -> Bool { new == old }

  func clientID(
    of credential: MLS.Credential, signatureKey: MLS.SignaturePublicKey
  ) -> [UInt8] { signatureKey.bytes }

  func isValid(externalSender: MLS.ExternalSender, at now: Timestamp) -> Bool { false }
}

/// What all groups of the benchmarks have in common.
enum MLSGroups {
  static let now = Timestamp(seconds: 1_767_225_600)
  static let configuration = MLS.Configuration(credentialValidator: Believer())
  static let suite = MLS.CipherSuite.x25519ChaCha20SHA256Ed25519

  /// One that offers this suite alone.
  static func configuration(_ suite: MLS.CipherSuite) throws -> MLS.Configuration {
    var configuration = configuration
    try configuration.offer([suite])
    return configuration
  }

  private static let lifetime = MLS.Lifetime(
    notBefore: Timestamp(seconds: now.seconds - 60), notAfter: now.adding(86_400 * 90))

  static func keyPackage(
    _ number: Int, _ suite: MLS.CipherSuite = suite
  ) throws -> MLS.OwnKeyPackage {
    try MLS.OwnKeyPackage.generate(
      credential: credential(number), signatureKeyPair: .generate(), lifetime: lifetime,
      configuration: configuration(suite))
  }

  /// Names of eight bytes, so that sizes do not depend on who a member is.
  static func credential(_ number: Int) -> MLS.Credential {
    let digits = String(number)
    return .basic(
      identity: Array(("m" + String(repeating: "0", count: 7 - digits.count) + digits).utf8))
  }

  static func create(_ suite: MLS.CipherSuite = suite) throws -> MLS.Group {
    try MLS.Group.create(
      as: credential(0), signingWith: .generate(), configuration: configuration(suite), now: now)
  }

  static func join(
    _ welcome: [UInt8], _ own: MLS.OwnKeyPackage, tree: [UInt8]? = nil
  ) throws -> MLS.Group {
    guard let welcome = try MLS.Message(decoding: welcome).welcome else {
      throw CygnetError(.internalFault, "a Welcome is one")
    }
    return try MLS.Invitation.open(
      welcome, using: own, ratchetTree: tree,
      configuration: configuration(own.keyPackage.cipherSuite), now: now
    ).accept()
  }

  /// Takes in a commit and enters its epoch.
  static func process(_ commit: [UInt8], in group: inout MLS.Group) throws {
    guard case .commit(let staged) = try group.receive(MLS.Message(decoding: commit), now: now)
    else { throw CygnetError(.internalFault, "a commit is one") }
    try group.merge(staged, now: now)
  }
}

/// A group of one whose creator adds everybody else by one commit: no node but those above the
/// creator has a key, so each member's first commit is sealed to nearly all one by one.
struct SparseGroup {
  let founder: MLS.Group
  let packages: [MLS.KeyPackage]
  /// The key package of the member at the far end.
  let last: MLS.OwnKeyPackage

  init(count: Int, _ suite: MLS.CipherSuite = MLSGroups.suite) throws {
    founder = try MLSGroups.create(suite)
    last = try MLSGroups.keyPackage(count - 1, suite)
    var packages: [MLS.KeyPackage] = []
    for number in 1..<(count - 1) {
      packages.append(try MLSGroups.keyPackage(number, suite).keyPackage)
    }
    self.packages = packages + [last.keyPackage]
  }

  /// The key packages verified, and the commit that adds them all.
  func addEverybody(
    to group: inout MLS.Group
  ) throws -> (commit: [UInt8], welcome: [UInt8], bundle: MLS.CommitBundle) {
    let verified = try MLS.KeyPackage.verified(
      packages, at: MLSGroups.now, configuration: group.configuration)
    let bundle = try group.commit(verified.map { .add($0) }, now: MLSGroups.now)
    guard let welcome = bundle.welcome else {
      throw CygnetError(.internalFault, "who adds somebody welcomes them")
    }
    return (try bundle.commit.encoded(), try welcome.encoded(), bundle)
  }
}

/// A group in which every member has committed, so that every node has a key of its own and a commit
/// is sealed to one node per level.
///
/// To play all members' parts through the group's operations would cost the square of their number.
/// So the tree is filled as a tree: each member in turn sets its path, signed and hashed as in its
/// commit. Then an epoch begins over that tree whose secrets are drawn at random, in which two members
/// hold exactly the private keys that they would hold. From there on all is done by messages.
struct FilledGroup {
  /// Member 0, before it adds the last one.
  let inviter: MLS.Group
  /// Member 1, beside member 0, who therefore derives all keys of a path of member 0's.
  let neighbor: MLS.Group
  let last: MLS.OwnKeyPackage

  init(count: Int, _ suite: MLS.CipherSuite = MLSGroups.suite) throws {
    var filling = try Filling(count: count - 1, suite)
    for number in 0..<(count - 1) { try filling.commit(LeafIndex(UInt32(number))) }
    let epoch = try filling.epoch()
    inviter = try filling.member(LeafIndex(0), in: epoch)
    neighbor = try filling.member(LeafIndex(1), in: epoch)
    last = try MLSGroups.keyPackage(count - 1, suite)
  }

  func addLast(
    to group: inout MLS.Group
  ) throws -> (commit: [UInt8], welcome: [UInt8], bundle: MLS.CommitBundle) {
    let verified = try last.keyPackage.verified(
      at: MLSGroups.now, configuration: group.configuration)
    let bundle = try group.commit([.add(verified)], now: MLSGroups.now)
    guard let welcome = bundle.welcome else {
      throw CygnetError(.internalFault, "who adds somebody welcomes them")
    }
    return (try bundle.commit.encoded(), try welcome.encoded(), bundle)
  }
}

/// A tree whose members all are here.
private struct Filling {
  private let suite: Algorithms
  private let id: MLS.GroupID
  private var tree: RatchetTree
  private var signers: [MLS.SignatureKeyPair] = []
  private var keys: [NodeIndex: HPKE.PrivateKey] = [:]
  private var random = SystemRandomSource()

  struct Epoch {
    let shared: PublicGroup
    let secrets: EpochSecrets
  }

  init(count: Int, _ number: MLS.CipherSuite) throws {
    suite = try Algorithms(number)
    id = MLS.GroupID(random.bytes(MLS.Limits.newGroupIDByteCount))
    var leaves: [MLS.LeafNode] = []
    for number in 0..<count {
      let own = try MLSGroups.keyPackage(number, suite.suite)
      leaves.append(own.keyPackage.leafNode)
      signers.append(own.signatureKeyPair)
    }
    tree = RatchetTree(creator: leaves[0])
    _ = try tree.add(Array(leaves.dropFirst()))
  }

  /// Sets a member's path.
  mutating func commit(_ index: LeafIndex) throws {
    guard let old = tree.leaf(index) else {
      throw CygnetError(.internalFault, "the tree has its members")
    }
    let (signer, id, suite) = (signers[Int(index.rawValue)], id, suite)
    let path = try tree.replacePath(of: index, suite: suite, using: &random) {
      (encryptionKey, parentHash) throws(CygnetError) in
      let leaf = MLS.LeafNode(
        encryptionKey: encryptionKey, signatureKey: old.signatureKey, credential: old.credential,
        capabilities: old.capabilities, source: .commit(parentHash: parentHash),
        extensions: old.extensions, signature: [])
      let signed = LeafNodeTBS(leaf, groupID: id, index: index)
      return leaf.signed(
        try suite.signature(of: signed.wireEncoded(), label: LeafNodeTBS.label, by: signer))
    }
    keys[index.node] = path.leafPrivateKey
    for step in path.steps { keys[step.node] = step.privateKey }
  }

  /// An epoch over the tree.
  mutating func epoch() throws -> Epoch {
    let context = MLS.GroupContext(
      cipherSuite: suite.suite, groupID: id, epoch: MLS.Epoch(UInt64(signers.count)),
      treeHash: try tree.treeHash(suite),
      confirmedTranscriptHash: random.bytes(suite.hashByteCount), extensions: .none)
    let secrets = try KeySchedule.epochSecrets(
      epochSecret: random.secret(suite.hashByteCount), suite: suite)
    let tag = ConfirmationTag.make(
      confirmedTranscriptHash: context.confirmedTranscriptHash, key: secrets.confirmationKey,
      suite: suite)
    return Epoch(
      shared: try PublicGroup(suite: suite, context: context, tree: tree, confirmationTag: tag),
      secrets: secrets)
  }

  func member(_ index: LeafIndex, in epoch: Epoch) throws -> MLS.Group {
    guard let leafKey = keys[index.node] else {
      throw CygnetError(.internalFault, "every member has committed")
    }
    var own = TreePrivateKeys(leafIndex: index, leafKey: leafKey)
    for step in tree.filteredDirectPath(of: index) {
      if let key = keys[step.node] { own.set(key, at: step.node) }
    }
    return try MLS.Group(
      shared: epoch.shared, keys: own, signer: signers[Int(index.rawValue)],
      secrets: epoch.secrets, configuration: MLSGroups.configuration(suite.suite))
  }
}
