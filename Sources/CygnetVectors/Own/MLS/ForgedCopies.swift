internal import CygnetHPKE
internal import CygnetMLS
internal import CygnetPrimitives

extension ForgedMessage {
  /// The same message, signed and tagged anew, from elsewhere.
  func with(
    groupID: MLS.GroupID? = nil, epoch: MLS.Epoch? = nil, sender: MLS.Sender? = nil
  ) -> ForgedMessage {
    var message = self
    message.content = FramedContent(
      groupID: groupID ?? content.groupID, epoch: epoch ?? content.epoch,
      sender: sender ?? content.sender, authenticatedData: content.authenticatedData,
      content: content.content)
    return message
  }
}

extension MLS.GroupContext {
  func with(
    groupID: MLS.GroupID? = nil, epoch: MLS.Epoch? = nil, treeHash: [UInt8]? = nil,
    extensions: MLS.Extensions? = nil
  ) -> MLS.GroupContext {
    MLS.GroupContext(
      cipherSuite: cipherSuite, groupID: groupID ?? self.groupID, epoch: epoch ?? self.epoch,
      treeHash: treeHash ?? self.treeHash, confirmedTranscriptHash: confirmedTranscriptHash,
      extensions: extensions ?? self.extensions)
  }
}

extension ForgedCommit {
  /// Puts another key at a step of the path. Tree and parent hashes follow it, the leaf is signed
  /// again.
  mutating func setKey(_ key: MLS.HPKEPublicKey, at step: Int) throws(CygnetError) {
    ownPath?.steps[step].publicKey = key
    guard let ownPath, let made = tree.leaf(index) else { return }
    var nodes = TreeNodes(tree)
    nodes.extend(to: tree.leafCount)
    var leaf = ForgedLeaf(made)
    leaf.source = .commit(parentHash: try ownPath.install(in: &nodes, forge.suite))
    nodes[leaf: index.rawValue] = try leaf.signed(
      by: signers[index] ?? signer, in: (forge.groupID, index), forge.suite)
    tree = try nodes.tree()
  }
}
