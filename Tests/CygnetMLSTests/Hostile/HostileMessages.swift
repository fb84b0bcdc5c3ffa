import CygnetMLS
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport

/// Messages of a mebibyte whose only purpose is to keep somebody busy. Those that need a key have
/// it: some attackers are members, or make up a group of their own.
struct HostileMessages {
  static let byteCount = 1 << 20

  let scene: GroupScene
  private var random: SeededRandomSource

  init() throws {
    scene = try GroupScene(5, in: .publicMessage)
    random = scene.random
  }

  var configuration: MLS.Configuration { scene.configuration }

  /// So many bytes that a list of elements of this size gets near a mebibyte.
  static func count(of byteCount: Int) -> Int { Self.byteCount / byteCount }

  // MARK: - Key packages

  /// A leaf with what is given in the place of what a client would say of itself, and a signature.
  mutating func leaf(
    capabilities: MLS.Capabilities? = nil, extensions: [UInt8]? = nil,
    credential: MLS.Credential? = nil
  ) throws -> MLS.LeafNode {
    let genuine = scene.newcomers[0].keyPackage.leafNode
    let key = try MLS.SignatureKeyPair.generate(using: &random)
    let suite = try configuration.algorithms(of: .x25519ChaCha20SHA256Ed25519)
    let unsigned = MLS.LeafNode(
      encryptionKey: MLS.HPKEPublicKey(random.bytes(32)), signatureKey: key.publicKey,
      credential: credential ?? genuine.credential,
      capabilities: capabilities ?? genuine.capabilities, source: genuine.source,
      extensions: try MLS.Extensions(wire: extensions ?? [0]), signature: [])
    return unsigned.signed(
      try suite.signature(
        of: LeafNodeTBS(keyPackageLeaf: unsigned).wireEncoded(), label: LeafNodeTBS.label,
        by: key))
  }

  /// The encoded key package, with bytes put into the places of its leaf's capabilities and of its
  /// own extensions.
  func keyPackage(capabilities: [UInt8]? = nil, extensions: [UInt8]) throws -> [UInt8] {
    let genuine = scene.newcomers[0].keyPackage
    let leaf = genuine.leafNode
    var bytes: [UInt8] = [0, 1, 0, 5] + [0, 1, 0, 3]
    bytes += try genuine.initKey.wireEncoded() + leaf.encryptionKey.wireEncoded()
    bytes += try leaf.signatureKey.wireEncoded() + leaf.credential.wireEncoded()
    bytes += try capabilities ?? leaf.capabilities.wireEncoded()
    bytes += [2] + [0] + Self.vector(leaf.signature)
    return bytes + extensions + Self.vector(genuine.signature)
  }

  /// A vector with its length.
  static func vector(_ bytes: [UInt8]) -> [UInt8] {
    let count = bytes.count
    if count < 64 { return [UInt8(count)] + bytes }
    if count < 1 << 14 { return [0x40 | UInt8(count >> 8), UInt8(count & 0xff)] + bytes }
    return [0x80 | UInt8(count >> 24)] + [16, 8, 0].map { UInt8(count >> $0 & 0xff) } + bytes
  }

  /// Numbers from 0x1000 on, each two bytes.
  static func types(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * count)
    for index in 0..<count {
      let type = UInt16(truncatingIfNeeded: 0x1000 + index)
      bytes += [UInt8(type >> 8), UInt8(type & 0xff)]
    }
    return bytes
  }

  // MARK: - Commits

  /// A member's commit of these proposals, in the clear.
  func commit(_ proposals: [MLS.Proposal], path: MLS.UpdatePath? = nil) throws -> [UInt8] {
    try commit(proposals.map { .proposal($0) }, path: path)
  }

  func commit(_ proposals: [MLS.ProposalOrRef], path: MLS.UpdatePath? = nil) throws -> [UInt8] {
    try GroupForger(scene.groups[1]).tagged(
      .commit(MLS.Commit(proposals: proposals, path: path)),
      confirmationTag: [UInt8](repeating: 1, count: 32))
  }

  /// A commit by which somebody joins, signed as it should be.
  mutating func externalCommit(
    _ proposals: [MLS.Proposal], ciphertexts: Int = 0
  ) throws -> [UInt8] {
    let info = try scene.groups[0].groupInfo(allowsExternalJoin: true, using: &random)
    let signer = try MLS.SignatureKeyPair.generate(using: &random)
    let join = try MLS.Group.joinExternally(
      info, as: GroupScene.name(99), signingWith: signer, configuration: configuration,
      now: GroupScene.now, using: &random)
    guard case .publicMessage(let genuine) = join.commit.body,
      case .commit(let commit) = genuine.content.content, var path = commit.path
    else { return [] }
    if ciphertexts > 0 {
      let sealed = MLS.HPKECiphertext(kemOutput: [], ciphertext: [])
      path = MLS.UpdatePath(
        leafNode: path.leafNode,
        nodes: path.nodes.map { node in
          MLS.UpdatePathNode(
            encryptionKey: node.encryptionKey,
            encryptedPathSecret: [MLS.HPKECiphertext](repeating: sealed, count: ciphertexts))
        })
    }
    let content = FramedContent(
      groupID: genuine.content.groupID, epoch: genuine.content.epoch, sender: .newMemberCommit,
      authenticatedData: [],
      content: .commit(
        MLS.Commit(
          proposals: commit.proposals + proposals.map { .proposal($0) }, path: path)))
    let suite = try configuration.algorithms(of: .x25519ChaCha20SHA256Ed25519)
    let signed = try AuthenticatedContent.sign(
      content, as: .publicMessage, context: scene.groups[0].context.wireEncoded(), by: signer,
      suite: suite
    ).confirmed(by: [UInt8](repeating: 1, count: 32))
    return try MLS.Message(
      .publicMessage(.protect(signed, membershipKey: nil, context: nil, suite: suite))
    ).encoded()
  }

  /// So many clients' key packages, each genuine.
  mutating func keyPackages(_ count: Int) throws -> [MLS.KeyPackage] {
    var packages: [MLS.KeyPackage] = []
    for index in 0..<count {
      let own = try MLS.OwnKeyPackage.generate(
        credential: GroupScene.name(1_000 + index), signatureKeyPair: .generate(using: &random),
        lifetime: MLS.Lifetime(
          notBefore: Timestamp(seconds: GroupScene.now.seconds - 60),
          notAfter: Timestamp(seconds: GroupScene.now.seconds + 60)),
        configuration: configuration, using: &random)
      packages.append(own.keyPackage)
    }
    return packages
  }

  // MARK: - Trees

  /// A Welcome into a group of somebody's making, whose tree is given as its nodes; the secrets and
  /// the signature fit.
  mutating func welcome(nodes: [[UInt8]]) throws -> [UInt8] {
    try welcome(tree: Self.vector(Array(nodes.joined())))
  }

  mutating func welcome(tree: [UInt8]) throws -> [UInt8] {
    let forger = try GroupForger(scene.groups[0])
    let suite = forger.suite
    var hash = [UInt8](repeating: 0, count: 32)
    if var decoded = try? RatchetTree(wire: tree) { hash = try decoded.treeHash(suite) }
    let context = MLS.GroupContext(
      cipherSuite: suite.suite, groupID: MLS.GroupID([9]), epoch: MLS.Epoch(1), treeHash: hash,
      confirmedTranscriptHash: hash, extensions: .none)
    let welcome = try forger.welcome(
      into: context, tree: tree, for: scene.newcomers[0].keyPackage, using: &random)
    return try MLS.Message(welcome).encoded()
  }

  /// The leaf of the one who makes the group up, as a node.
  func firstLeaf() throws -> [UInt8] {
    try [1, 1] + scene.groups[0].ownMember.leaf.wireEncoded()
  }

  static func leafNode(_ leaf: MLS.LeafNode) throws -> [UInt8] { try [1, 1] + leaf.wireEncoded() }

  mutating func parentNode(unmerged: [UInt32]) throws -> [UInt8] {
    let parent = ParentNode(
      encryptionKey: MLS.HPKEPublicKey(random.bytes(32)), parentHash: [],
      unmergedLeaves: unmerged.map { LeafIndex($0) })
    return try [1, 2] + parent.wireEncoded()
  }
}
