internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

/// Makes objects that are well formed and belong to no group.
struct MLSSamples {
  enum Object { case welcome, groupInfo, application, privateMessage }

  /// How long and how many, and which of the variants.
  struct Shape {
    /// Bytes of names, keys and other short fields.
    var size = 32
    /// Elements of each list.
    var count = 1
    /// Bytes of what may be long, in one object; elsewhere at most 256.
    var large = 100
    /// The object.
    var largest = Object.application
    /// Counts through the variants.
    var variant = 0
  }

  let shape: Shape
  var random: SeededRandomSource

  private var suite: MLS.CipherSuite { .x25519ChaCha20SHA256Ed25519 }

  /// The long field of an object.
  mutating func large(_ object: Object) -> [UInt8] {
    random.bytes(object == shape.largest ? shape.large : min(shape.large, 256))
  }

  private mutating func bytes() -> [UInt8] { random.bytes(shape.size) }

  // MARK: - Clients

  mutating func credential() -> MLS.Credential {
    switch shape.variant % 3 {
    case 0: .basic(identity: bytes())
    case 1: .x509(certificates: list { $0.bytes() })
    default: .other(MLSApplication.credentialType, data: bytes())
    }
  }

  mutating func extensions() throws(CygnetError) -> MLS.Extensions {
    var extensions: [MLS.Extension] = []
    for number in 0..<shape.count {
      extensions.append(
        MLS.Extension(type: MLS.ExtensionType(0xf000 + UInt16(number)), data: bytes()))
    }
    return try MLS.Extensions(extensions)
  }

  mutating func leaf(_ variant: Int? = nil) throws(CygnetError) -> MLS.LeafNode {
    let numbers = (0..<shape.count).map { UInt16(0xf000 + $0) }
    let capabilities = MLS.Capabilities(
      versions: numbers.map { MLS.ProtocolVersion($0) },
      cipherSuites: numbers.map { MLS.CipherSuite($0) },
      extensions: numbers.map { MLS.ExtensionType($0) },
      proposals: numbers.map { MLS.ProposalType($0) },
      credentials: numbers.map { MLS.CredentialType($0) })
    let source: MLS.LeafNode.Source =
      switch (variant ?? shape.variant) % 3 {
      case 0:
        .keyPackage(
          MLS.Lifetime(notBefore: Timestamp(seconds: 0), notAfter: Timestamp(seconds: .max)))
      case 1: .update
      default: .commit(parentHash: bytes())
      }
    return MLS.LeafNode(
      encryptionKey: MLS.HPKEPublicKey(random.bytes(32)),
      signatureKey: MLS.SignaturePublicKey(random.bytes(32)), credential: credential(),
      capabilities: capabilities, source: source, extensions: try extensions(), signature: bytes())
  }

  mutating func keyPackage() throws(CygnetError) -> MLS.KeyPackage {
    MLS.KeyPackage(
      cipherSuite: suite, initKey: MLS.HPKEPublicKey(random.bytes(32)), leafNode: try leaf(0),
      extensions: try extensions(), signature: bytes())
  }

  // MARK: - Proposals and commits

  mutating func preSharedKeyID() -> MLS.PreSharedKeyID {
    let usages: [MLS.ResumptionUsage] = [.application, .reInit, .branch]
    let kind: MLS.PreSharedKeyID.Kind =
      shape.variant % 4 == 0
      ? .external(id: bytes())
      : .resumption(
        usages[shape.variant % 4 - 1], group: MLS.GroupID(bytes()), epoch: MLS.Epoch(.max))
    return MLS.PreSharedKeyID(kind: kind, nonce: bytes())
  }

  mutating func proposal(_ type: MLS.ProposalType) throws(CygnetError) -> MLS.Proposal {
    switch type {
    case .add: .add(try keyPackage())
    case .update: .update(try leaf(1))
    case .remove: .remove(LeafIndex(shape.variant % 2 == 0 ? .max : UInt32(shape.variant)))
    case .preSharedKey: .preSharedKey(preSharedKeyID())
    case .reInit:
      .reInit(
        MLS.ReInit(groupID: MLS.GroupID(bytes()), cipherSuite: suite, extensions: try extensions()))
    case .externalInit: .externalInit(kemOutput: bytes())
    case .groupContextExtensions: .groupContextExtensions(try extensions())
    default: .custom(type, data: bytes())
    }
  }

  static let proposalTypes: [MLS.ProposalType] = [
    .add, .update, .remove, .preSharedKey, .reInit, .externalInit, .groupContextExtensions,
  ]

  /// With the types by turns, every second one by reference.
  mutating func commit() throws(CygnetError) -> MLS.Commit {
    var proposals: [MLS.ProposalOrRef] = []
    for number in 0..<shape.count {
      let type = Self.proposalTypes[(shape.variant + number) % Self.proposalTypes.count]
      proposals.append(
        number % 2 == 0 ? .proposal(try proposal(type)) : .reference(MLS.ProposalRef(bytes())))
    }
    return MLS.Commit(
      proposals: proposals, path: shape.variant % 2 == 0 ? try updatePath() : nil)
  }

  mutating func updatePath() throws(CygnetError) -> MLS.UpdatePath {
    let leaf = try leaf(2)
    return MLS.UpdatePath(
      leafNode: leaf,
      nodes: list { samples in
        MLS.UpdatePathNode(
          encryptionKey: MLS.HPKEPublicKey(samples.bytes()),
          encryptedPathSecret: samples.list { $0.ciphertext() })
      })
  }

  mutating func ciphertext() -> MLS.HPKECiphertext {
    MLS.HPKECiphertext(kemOutput: bytes(), ciphertext: bytes())
  }

  // MARK: - Groups

  mutating func groupInfo() throws(CygnetError) -> MLS.GroupInfo {
    let context = MLS.GroupContext(
      cipherSuite: suite, groupID: MLS.GroupID(bytes()), epoch: MLS.Epoch(.max), treeHash: bytes(),
      confirmedTranscriptHash: bytes(), extensions: try extensions())
    return MLS.GroupInfo(
      groupContext: context,
      extensions: try MLS.Extensions(
        [MLS.Extension(type: .externalPub, data: large(.groupInfo))]
          + extensions().list),
      confirmationTag: bytes(), signer: LeafIndex(.max), signature: bytes())
  }

  mutating func welcome() -> MLS.Welcome {
    MLS.Welcome(
      cipherSuite: suite,
      secrets: list { samples in
        MLS.EncryptedGroupSecrets(
          newMember: MLS.KeyPackageRef(samples.bytes()),
          encryptedGroupSecrets: samples.ciphertext())
      }, encryptedGroupInfo: large(.welcome))
  }

  mutating func groupSecrets() -> GroupSecrets {
    GroupSecrets(
      joinerSecret: random.secret(shape.size),
      pathSecret: shape.variant % 2 == 0 ? random.secret(shape.size) : nil,
      psks: list { $0.preSharedKeyID() })
  }

  /// A leaf more than the lists have elements; every second parent is blank, and so is every fourth
  /// leaf but the last.
  mutating func tree() throws(CygnetError) -> TreeNodes {
    var nodes: [TreeNodes.Node?] = []
    for number in 0...2 * shape.count {
      switch (number % 2, number % 4) {
      case (0, 2) where number < 2 * shape.count: nodes.append(nil)
      case (0, _): nodes.append(.leaf(try leaf(number / 2)))
      case (_, 1): nodes.append(.parent(parent(above: UInt32(number / 2))))
      default: nodes.append(nil)
      }
    }
    return TreeNodes(nodes: nodes)
  }

  private mutating func parent(above leaf: UInt32) -> ParentNode {
    ParentNode(
      encryptionKey: MLS.HPKEPublicKey(random.bytes(32)), parentHash: bytes(),
      unmergedLeaves: shape.variant % 2 == 0 ? [LeafIndex(leaf)] : [])
  }

  private mutating func list<Element>(_ make: (inout MLSSamples) -> Element) -> [Element] {
    var list: [Element] = []
    for _ in 0..<shape.count { list.append(make(&self)) }
    return list
  }
}
