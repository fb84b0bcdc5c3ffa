internal import CygnetPrimitives
internal import CygnetWire

/// A node of the secret tree, in one of three states: with its secret, split into its children, or,
/// for a leaf, replaced by its two ratchets. What it gave way to is all that is left of a secret.
///
/// Copies of a tree share nodes. A node is changed only where nobody else holds it or an ancestor,
/// which ``SecretTree`` sees to from the root downwards; so sharing between threads is sound.
final class SecretTreeNode: @unchecked Sendable {
  private(set) var secret: SecretBytes?
  private(set) var left: SecretTreeNode?
  private(set) var right: SecretTreeNode?
  /// None, or those of handshake and application messages.
  var ratchets: [HashRatchet] = []

  init(secret: SecretBytes) { self.secret = secret }

  private init(
    secret: SecretBytes?, left: SecretTreeNode?, right: SecretTreeNode?, ratchets: [HashRatchet]
  ) {
    self.secret = secret
    self.left = left
    self.right = right
    self.ratchets = ratchets
  }

  /// A node of its own with the same content.
  func copy() -> SecretTreeNode {
    SecretTreeNode(secret: secret, left: left, right: right, ratchets: ratchets)
  }

  func child(right isRight: Bool) -> SecretTreeNode? { isRight ? right : left }

  /// The child, made the only one of its kind if other trees share it.
  func ownChild(right isRight: Bool) -> SecretTreeNode? {
    if isRight {
      if !isKnownUniquelyReferenced(&right) { right = right?.copy() }
      return right
    }
    if !isKnownUniquelyReferenced(&left) { left = left?.copy() }
    return left
  }

  /// Deletes the secret and puts its children in its place.
  func split(_ secrets: SecretTree.Children) {
    secret = nil
    left = SecretTreeNode(secret: secrets.left)
    right = SecretTreeNode(secret: secrets.right)
  }

  /// Deletes the secret of a leaf and puts its ratchets in its place.
  func begin(_ secrets: SecretTree.LeafSecrets) {
    secret = nil
    ratchets = [HashRatchet(secret: secrets.handshake), HashRatchet(secret: secrets.application)]
  }
}

/// The stored form; children of a node stand behind it, and a leaf has ratchets or a secret.
///
///     struct {
///       uint8 state;   // 1 secret, 2 split, 3 ratchets
///       select (SecretTreeNode.state) {
///         case secret:   opaque secret<V>;
///         case split:    SecretTreeNode left, right;
///         case ratchets: HashRatchet handshake, application;
///       };
///     } SecretTreeNode;
extension SecretTreeNode {
  func encode(into writer: inout Writer) throws(CygnetError) {
    if let secret {
      writer.write(UInt8(1))
      try writer.write(opaque: secret)
    } else if let left, let right {
      writer.write(UInt8(2))
      try left.encode(into: &writer)
      try right.encode(into: &writer)
    } else {
      writer.write(UInt8(3))
      for ratchet in ratchets { try ratchet.encode(into: &writer) }
    }
  }

  /// `level` is 0 for a leaf; it bounds the recursion.
  convenience init(level: Int, from reader: inout Reader) throws(CygnetError) {
    switch try reader.readUInt8() {
    case 1:
      self.init(secret: try reader.readOpaqueSecret(1...255))
    case 2 where level > 0:
      let left = try SecretTreeNode(level: level - 1, from: &reader)
      let right = try SecretTreeNode(level: level - 1, from: &reader)
      self.init(secret: nil, left: left, right: right, ratchets: [])
    case 3 where level == 0:
      let ratchets = [try HashRatchet(from: &reader), try HashRatchet(from: &reader)]
      self.init(secret: nil, left: nil, right: nil, ratchets: ratchets)
    default:
      throw CygnetError(.malformed, "unknown state of a node of the secret tree")
    }
  }

  /// Keys of skipped messages in this subtree.
  var skippedKeyCount: Int {
    var count = (left?.skippedKeyCount ?? 0) + (right?.skippedKeyCount ?? 0)
    for ratchet in ratchets { count += ratchet.skipped.count }
    return count
  }
}
