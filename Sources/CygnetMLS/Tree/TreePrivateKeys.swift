package import CygnetHPKE
package import CygnetPrimitives
package import CygnetWire

/// A member's private keys: of its leaf, and of those nodes above it that it learned the key of.
///
///     struct {
///       opaque private_key<V>;
///       opaque public_key<V>;
///     } StoredKey;
///
///     struct {
///       uint32 node_index;
///       StoredKey key;
///     } StoredNodeKey;
///
///     struct {
///       uint16 kem_id;
///       uint32 leaf_index;
///       StoredKey leaf_key;
///       StoredNodeKey nodes<V>;
///     } TreePrivateKeys;
///
/// The public halves are stored too, so that loading a group costs no curve operation.
package struct TreePrivateKeys: Sendable {
  package let leafIndex: LeafIndex
  package private(set) var leafKey: HPKE.PrivateKey
  package private(set) var nodes: [NodeIndex: HPKE.PrivateKey] = [:]

  package init(leafIndex: LeafIndex, leafKey: HPKE.PrivateKey) {
    self.leafIndex = leafIndex
    self.leafKey = leafKey
  }

  /// The key of a node, if it is held and still belongs to the public key there.
  func privateKey(at node: NodeIndex, publicKey: MLS.HPKEPublicKey) -> HPKE.PrivateKey? {
    guard let key = node == leafIndex.node ? leafKey : nodes[node] else { return nil }
    return key.publicKey.bytes == publicKey.bytes ? key : nil
  }

  /// Holds the key of a node above the own leaf.
  package mutating func set(_ key: HPKE.PrivateKey, at node: NodeIndex) { nodes[node] = key }

  /// T14: drops the keys of nodes that are blank, gone or have another key by now. The leaf's key
  /// stays.
  package mutating func retain(in tree: RatchetTree) {
    nodes = nodes.filter { node, key in
      tree.encryptionKey(at: node)?.bytes == key.publicKey.bytes
    }
  }

  /// Replaces the leaf's key, as when the own Update proposal is committed.
  package mutating func replaceLeafKey(_ key: HPKE.PrivateKey) { leafKey = key }

  /// The keys after an own commit.
  /// - Parameters:
  ///   - path: what the commit was made with.
  ///   - tree: the tree after the commit.
  package mutating func adopt(_ path: OwnPath, in tree: RatchetTree) {
    leafKey = path.leafPrivateKey
    for step in path.steps { nodes[step.node] = step.privateKey }
    retain(in: tree)
  }
}

// MARK: - Joining

extension TreePrivateKeys {
  /// T15: what a Welcome gives (RFC 9420 §12.4.3.1).
  /// - Parameters:
  ///   - leafIndex: the own leaf.
  ///   - leafKey: its private key.
  ///   - pathSecret: from the GroupSecrets; nil when the commit had no path.
  ///   - signer: the committer's leaf.
  ///   - tree: the group's, verified.
  ///   - suite: the group's algorithms.
  /// - Throws: `ruleViolation` T15.
  package init(
    joining leafIndex: LeafIndex, leafKey: HPKE.PrivateKey, pathSecret: SecretBytes?,
    signer: LeafIndex, tree: RatchetTree, suite: Algorithms
  ) throws(CygnetError) {
    self.init(leafIndex: leafIndex, leafKey: leafKey)
    guard tree.encryptionKey(at: leafIndex.node)?.bytes == leafKey.publicKey.bytes else {
      throw CygnetError(
        .ruleViolation, "T15: the own leaf has another key (RFC 9420 §12.4.3.1)")
    }
    guard var secret = pathSecret else { return }
    guard signer != leafIndex, tree.leaf(signer) != nil else {
      throw CygnetError(
        .ruleViolation, "T15: a path secret from somebody outside the tree (RFC 9420 §12.4.3.1)")
    }
    var next: NodeIndex? = NodeIndex.commonAncestor(leafIndex, signer)
    var isFirst = true
    while let node = next {
      next = node.parent(in: tree.leafCount)
      guard let publicKey = tree.encryptionKey(at: node) else {
        if isFirst {
          throw CygnetError(
            .ruleViolation, "T15: a path secret for a blank node (RFC 9420 §12.4.3.1)")
        }
        continue
      }
      if !isFirst { secret = try PathSecret.next(after: secret, suite) }
      isFirst = false
      let privateKey = try PathSecret.privateKey(of: secret, suite)
      guard privateKey.publicKey.bytes == publicKey.bytes else {
        throw CygnetError(
          .ruleViolation, "T15: a path secret of another key (RFC 9420 §12.4.3.1)")
      }
      nodes[node] = privateKey
    }
  }
}

// MARK: - Stored form

extension TreePrivateKeys: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(leafKey.kem.id)
    try leafIndex.encode(into: &writer)
    try Self.write(leafKey, into: &writer)
    let nodes = nodes.sorted { $0.key < $1.key }
    try writer.vector { (writer) throws(CygnetError) in
      for (node, key) in nodes {
        writer.write(node.rawValue)
        try Self.write(key, into: &writer)
      }
    }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    let kem = try HPKE.KEM(id: reader.readUInt16())
    self.init(leafIndex: try LeafIndex(from: &reader), leafKey: try Self.readKey(kem, &reader))
    nodes = try reader.vector(0...MLS.Limits.opaqueByteCount) { (reader) throws(CygnetError) in
      var nodes: [NodeIndex: HPKE.PrivateKey] = [:]
      var last: NodeIndex?
      while reader.remaining > 0 {
        let node = NodeIndex(try reader.readUInt32())
        if let last, node <= last {
          throw CygnetError(.malformed, "private keys are not in the order of their nodes")
        }
        last = node
        nodes[node] = try Self.readKey(kem, &reader)
      }
      return nodes
    }
  }

  private static func write(
    _ key: HPKE.PrivateKey, into writer: inout Writer
  ) throws(CygnetError) {
    try writer.write(opaque: key.secret)
    try writer.write(opaque: key.publicKey.bytes)
  }

  private static func readKey(
    _ kem: HPKE.KEM, _ reader: inout Reader
  ) throws(CygnetError) -> HPKE.PrivateKey {
    let count = try reader.readLength(1...MLS.Limits.opaqueByteCount)
    let secret = try reader.readSecret(count)
    let publicKey = try reader.readOpaque(1...MLS.Limits.opaqueByteCount)
    return try HPKE.PrivateKey(
      kem: kem, secret: secret, publicKey: HPKE.PublicKey(kem: kem, bytes: publicKey))
  }
}
