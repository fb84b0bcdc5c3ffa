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
    cipherSuite: MLS.CipherSuite? = nil, groupID: MLS.GroupID? = nil, epoch: MLS.Epoch? = nil,
    treeHash: [UInt8]? = nil, confirmedTranscriptHash: [UInt8]? = nil,
    extensions: MLS.Extensions? = nil
  ) -> MLS.GroupContext {
    MLS.GroupContext(
      cipherSuite: cipherSuite ?? self.cipherSuite, groupID: groupID ?? self.groupID,
      epoch: epoch ?? self.epoch, treeHash: treeHash ?? self.treeHash,
      confirmedTranscriptHash: confirmedTranscriptHash ?? self.confirmedTranscriptHash,
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

extension PrivateMessage {
  func with(
    groupID: MLS.GroupID? = nil, epoch: MLS.Epoch? = nil, type: MLS.ContentType? = nil,
    authenticatedData: [UInt8]? = nil, senderData: [UInt8]? = nil, ciphertext: [UInt8]? = nil
  ) -> PrivateMessage {
    PrivateMessage(
      groupID: groupID ?? self.groupID, epoch: epoch ?? self.epoch,
      contentType: type ?? contentType,
      authenticatedData: authenticatedData ?? self.authenticatedData,
      encryptedSenderData: senderData ?? encryptedSenderData,
      ciphertext: ciphertext ?? self.ciphertext)
  }
}

/// Other forms of what Ed25519 makes, which lax libraries take for it.
enum Ed25519Forms {
  /// 2^252 + 27742317777372353535851937790883648493, little-endian.
  private static let order: [UInt8] =
    [
      0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde,
      0x14,
    ] + [UInt8](repeating: 0, count: 15) + [0x10]

  /// The same signature with another scalar of the same residue.
  @Sendable
  static func withOrderAdded(_ signature: [UInt8]) -> [UInt8] {
    var sum = signature
    var carry = 0
    for (index, byte) in order.enumerated() {
      carry += Int(sum[32 + index]) + Int(byte)
      sum[32 + index] = UInt8(carry & 0xff)
      carry >>= 8
    }
    return sum
  }
}
