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
  /// Of a leaf whose secret gave way to them.
  var ratchets: LeafRatchets?

  init(secret: SecretBytes) { self.secret = secret }

  private init(
    secret: SecretBytes?, left: SecretTreeNode?, right: SecretTreeNode?, ratchets: LeafRatchets?
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

  /// The same without the ratchets of handshakes, as far as there are ratchets.
  func withoutHandshakes() -> SecretTreeNode {
    if secret != nil { return self }
    return SecretTreeNode(
      secret: nil, left: left?.withoutHandshakes(), right: right?.withoutHandshakes(),
      ratchets: ratchets.map { LeafRatchets(handshake: nil, application: $0.application) })
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
    ratchets = LeafRatchets(
      handshake: secrets.handshake.map { HashRatchet(secret: $0) },
      application: HashRatchet(secret: secrets.application))
  }
}

/// A sender's keys (rule A6).
struct LeafRatchets: Sendable {
  /// nil in an epoch that is over, whose handshakes are of no use (rule A8).
  var handshake: HashRatchet?
  var application: HashRatchet

  subscript(kind: SecretTree.Kind) -> HashRatchet? {
    kind == .handshake ? handshake : application
  }

  mutating func change(_ kind: SecretTree.Kind, _ body: (inout HashRatchet) -> Void) {
    switch kind {
    case .application: body(&application)
    case .handshake:
      guard var ratchet = handshake.take() else { return }
      body(&ratchet)
      handshake = ratchet
    }
  }
}

/// The stored form; children of a node stand behind it, and a leaf has ratchets or a secret.
///
///     struct {
///       uint8 state;   // 1 secret, 2 split, 3 ratchets, 4 ratchet of messages, 5 stored apart
///       select (SecretTreeNode.state) {
///         case 1: opaque secret<V>;
///         case 2: SecretTreeNode left, right;
///         case 3: HashRatchet handshake, application;
///         case 4: HashRatchet application;
///       };
///     } SecretTreeNode;
extension SecretTreeNode {
  /// - Parameters:
  ///   - level: 0 for a leaf.
  ///   - apart: the level whose nodes are stored apart, but for their secrets; nil for none.
  ///   - writer: where to.
  func encode(
    level: Int, apart: Int?, into writer: inout Writer
  ) throws(CygnetError) {
    if let secret {
      writer.write(UInt8(1))
      try writer.write(opaque: secret)
    } else if level == apart {
      writer.write(UInt8(5))
    } else if let left, let right {
      writer.write(UInt8(2))
      try left.encode(level: level - 1, apart: apart, into: &writer)
      try right.encode(level: level - 1, apart: apart, into: &writer)
    } else if let ratchets {
      writer.write(UInt8(ratchets.handshake == nil ? 4 : 3))
      try ratchets.handshake?.encode(into: &writer)
      try ratchets.application.encode(into: &writer)
    } else {
      throw CygnetError(.internalFault, "a node of the secret tree without content")
    }
  }

  /// - Parameters:
  ///   - level: 0 for a leaf; it bounds the recursion.
  ///   - position: which of its level the node is, from the left.
  ///   - apartLevel: the level whose nodes are stored apart, but for their secrets; nil for none.
  ///   - reader: where from.
  ///   - apart: gives a node that is stored apart, by its position.
  static func read(
    level: Int, position: UInt32 = 0, apartLevel: Int?, from reader: inout Reader,
    apart: (UInt32) throws(CygnetError) -> SecretTreeNode
  ) throws(CygnetError) -> SecretTreeNode {
    switch try reader.readUInt8() {
    case 1:
      return SecretTreeNode(secret: try reader.readOpaqueSecret(1...255))
    case 5 where level == apartLevel: return try apart(position)
    case _ where level == apartLevel:
      throw CygnetError(.malformed, "a segment of the secret tree in another place")
    case 2 where level > 0:
      let left = try read(
        level: level - 1, position: position << 1, apartLevel: apartLevel, from: &reader,
        apart: apart)
      let right = try read(
        level: level - 1, position: position << 1 | 1, apartLevel: apartLevel, from: &reader,
        apart: apart)
      return SecretTreeNode(secret: nil, left: left, right: right, ratchets: nil)
    case 3 where level == 0:
      let handshake = try HashRatchet(from: &reader)
      return SecretTreeNode(
        secret: nil, left: nil, right: nil,
        ratchets: LeafRatchets(handshake: handshake, application: try HashRatchet(from: &reader)))
    case 4 where level == 0:
      return SecretTreeNode(
        secret: nil, left: nil, right: nil,
        ratchets: LeafRatchets(handshake: nil, application: try HashRatchet(from: &reader)))
    default: throw CygnetError(.malformed, "unknown state of a node of the secret tree")
    }
  }

  /// A node with all that is below it.
  static func readWhole(
    level: Int, from reader: inout Reader
  ) throws(CygnetError) -> SecretTreeNode {
    try read(level: level, apartLevel: nil, from: &reader) { (_) throws(CygnetError) in
      throw CygnetError(.malformed, "a node of the secret tree is missing")
    }
  }

  /// Keys of skipped messages in this subtree.
  var skippedKeyCount: Int {
    var count = (left?.skippedKeyCount ?? 0) + (right?.skippedKeyCount ?? 0)
    if let ratchets {
      count += ratchets.application.skipped.count + (ratchets.handshake?.skipped.count ?? 0)
    }
    return count
  }
}
