/// What the rules ask of all members at once, kept up with every change of the tree: where keys
/// stand (T12, L8), who supports what, and which credential types are in use (L4).
struct TreeIndex: Sendable {
  /// Every encryption key, by node index.
  private(set) var encryptionKeys = KeyIndex()
  /// Every signature key, by leaf index.
  private(set) var signatureKeys = KeyIndex()
  private(set) var memberCount = 0
  /// Members by the type of their own credential.
  private(set) var credentialTypesInUse: [MLS.CredentialType: Int] = [:]
  private var extensions = TypeCounts<MLS.ExtensionType>()
  private var proposals = TypeCounts<MLS.ProposalType>()
  private var credentials = TypeCounts<MLS.CredentialType>()

  var hasDuplicateKeys: Bool { encryptionKeys.hasDuplicates || signatureKeys.hasDuplicates }

  mutating func insert(_ content: Subtree.Content, at node: NodeIndex) {
    switch content {
    case .blank: break
    case .parent(let parent):
      encryptionKeys.insert(parent.encryptionKey.bytes, at: node.rawValue)
    case .leaf(let leaf):
      encryptionKeys.insert(leaf.node.encryptionKey.bytes, at: node.rawValue)
      signatureKeys.insert(leaf.node.signatureKey.bytes, at: node.firstLeaf)
      count(leaf.node, 1)
    }
  }

  mutating func remove(_ content: Subtree.Content, at node: NodeIndex) {
    switch content {
    case .blank: break
    case .parent(let parent):
      encryptionKeys.remove(parent.encryptionKey.bytes, at: node.rawValue)
    case .leaf(let leaf):
      encryptionKeys.remove(leaf.node.encryptionKey.bytes, at: node.rawValue)
      signatureKeys.remove(leaf.node.signatureKey.bytes, at: node.firstLeaf)
      count(leaf.node, -1)
    }
  }

  func everyMemberLists(_ type: MLS.ExtensionType) -> Bool {
    extensions.count(of: type) == memberCount
  }

  func everyMemberLists(_ type: MLS.ProposalType) -> Bool {
    proposals.count(of: type) == memberCount
  }

  func everyMemberLists(_ type: MLS.CredentialType) -> Bool {
    credentials.count(of: type) == memberCount
  }

  private mutating func count(_ leaf: MLS.LeafNode, _ step: Int) {
    memberCount += step
    let inUse = credentialTypesInUse[leaf.credential.type, default: 0] + step
    credentialTypesInUse[leaf.credential.type] = inUse == 0 ? nil : inUse
    extensions.add(leaf.capabilities.extensions, step)
    proposals.add(leaf.capabilities.proposals, step)
    credentials.add(leaf.capabilities.credentials, step)
  }
}
