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
  private var extensions: [MLS.ExtensionType: Int] = [:]
  private var proposals: [MLS.ProposalType: Int] = [:]
  private var credentials: [MLS.CredentialType: Int] = [:]

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
    extensions[type, default: 0] == memberCount
  }

  func everyMemberLists(_ type: MLS.ProposalType) -> Bool {
    proposals[type, default: 0] == memberCount
  }

  func everyMemberLists(_ type: MLS.CredentialType) -> Bool {
    credentials[type, default: 0] == memberCount
  }

  private mutating func count(_ leaf: MLS.LeafNode, _ step: Int) {
    memberCount += step
    Self.count(leaf.credential.type, step, in: &credentialTypesInUse)
    Self.count(leaf.capabilities.extensions, step, in: &extensions)
    Self.count(leaf.capabilities.proposals, step, in: &proposals)
    Self.count(leaf.capabilities.credentials, step, in: &credentials)
  }

  private static func count<T: Hashable>(_ types: [T], _ step: Int, in counts: inout [T: Int]) {
    // A list may name a type twice; the member counts once.
    if types.count < 2 {
      for type in types { count(type, step, in: &counts) }
    } else {
      for type in Set(types) { count(type, step, in: &counts) }
    }
  }

  private static func count<T: Hashable>(_ type: T, _ step: Int, in counts: inout [T: Int]) {
    let sum = counts[type, default: 0] + step
    counts[type] = sum == 0 ? nil : sum
  }
}
