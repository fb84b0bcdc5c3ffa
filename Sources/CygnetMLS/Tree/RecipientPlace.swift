internal import CygnetHPKE

extension RatchetTree {
  /// T3: which of the ciphertexts for the members below `node` is for this member, and the key that
  /// opens it: the first in the resolution whose private key is held. Below an ancestor whose key it
  /// never learned, an unmerged leaf has its own.
  ///
  /// The resolution is not listed for that: in a group that is not filled it is as long as the group.
  /// - Parameters:
  ///   - keys: the member's.
  ///   - node: a node above the member.
  ///   - added: leaves for which there is no ciphertext (T4).
  /// - Returns: how many ciphertexts there are, and the member's; nil when none is.
  func recipientPlace(
    of keys: TreePrivateKeys, below node: NodeIndex, excluding added: Set<LeafIndex>
  ) -> (count: Int, own: (index: Int, key: HPKE.PrivateKey)?) {
    guard let top = subtree(node) else { return (0, nil) }
    let own = keys.leafIndex
    // Each stands in the resolution exactly once: in its own place or as an unmerged leaf.
    let absent = added.filter { node.covers($0) && leaf($0) != nil }
    let count = Int(top.resolutionCount) - absent.count
    var (subtree, place, before) = (top, node, 0)
    while case .blank = subtree.content, let left = place.left, let right = place.right {
      if own.side(below: place.level) == 0 {
        (subtree, place) = (subtree.child(0), left)
      } else {
        before += Int(subtree.child(0).resolutionCount)
        (subtree, place) = (subtree.child(1), right)
      }
    }
    before -= absent.count { $0.rawValue < place.firstLeaf }
    guard let publicKey = subtree.encryptionKey else { return (count, nil) }
    if let key = keys.privateKey(at: place, publicKey: publicKey) {
      return (count, (before, key))
    }
    guard let unmerged = subtree.parent?.unmergedLeaves.firstIndex(of: own),
      let leaf = leaf(own), let key = keys.privateKey(at: own.node, publicKey: leaf.encryptionKey)
    else { return (count, nil) }
    let earlier = absent.count { place.covers($0) && $0 < own }
    return (count, (before + 1 + unmerged - earlier, key))
  }
}
