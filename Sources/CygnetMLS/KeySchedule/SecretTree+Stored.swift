package import CygnetPrimitives
package import CygnetWire

/// The stored form.
///
///     struct {
///       uint32 leaf_count;
///       SecretTreeNode root;
///     } SecretTree;
extension SecretTree: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(leafCount.rawValue)
    try root.encode(level: height, apart: nil, into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    let width = try Self.readWidth(&reader)
    let root = try SecretTreeNode.readWhole(level: width.depth, from: &reader)
    try self.init(root: root, leafCount: width)
  }

  private static func readWidth(_ reader: inout Reader) throws(CygnetError) -> LeafCount {
    let width = try reader.readUInt32()
    guard width.nonzeroBitCount == 1, width <= UInt32(MLS.Limits.leafCount) else {
      throw CygnetError(.malformed, "a secret tree over no possible number of leaves")
    }
    return LeafCount(width)
  }
}

/// The stored form in parts, of which a message changes one: the crown, and below it a segment for
/// every 32 leaves of whom one has sent.
///
///     struct {
///       uint32 leaf_count;
///       SecretTreeNode crown;    // nodes 5 levels above the leaves, or the root, are stored apart
///     } SecretTreeCrown;
extension SecretTree {
  private static let maxSegmentLevel = 5

  /// The level of the nodes that are stored apart.
  var segmentLevel: Int { min(height, Self.maxSegmentLevel) }

  func encodeCrown(into writer: inout Writer) throws(CygnetError) {
    writer.write(leafCount.rawValue)
    try root.encode(level: height, apart: segmentLevel, into: &writer)
  }

  /// The node at the top of a segment.
  func encode(segment: UInt32, into writer: inout Writer) throws(CygnetError) {
    var node = root
    for level in stride(from: height, to: segmentLevel, by: -1) {
      let isRight = segment >> UInt32(level - segmentLevel - 1) & 1 == 1
      guard let child = node.child(right: isRight) else {
        throw CygnetError(.internalFault, "no such segment of the secret tree")
      }
      node = child
    }
    try node.encode(level: segmentLevel, apart: nil, into: &writer)
  }

  /// - Parameters:
  ///   - reader: the crown.
  ///   - segment: lends the reader of a segment; called once for each that belongs to the tree.
  init(
    crown reader: inout Reader,
    segment: (UInt32, (inout Reader) throws(CygnetError) -> SecretTreeNode) throws(CygnetError) ->
      SecretTreeNode
  ) throws(CygnetError) {
    let width = try Self.readWidth(&reader)
    let segmentLevel = min(width.depth, Self.maxSegmentLevel)
    let root = try SecretTreeNode.read(
      level: width.depth, apartLevel: segmentLevel, from: &reader
    ) { (number) throws(CygnetError) in
      try segment(number) { (reader) throws(CygnetError) in
        let node = try SecretTreeNode.readWhole(level: segmentLevel, from: &reader)
        guard node.secret == nil else {
          throw CygnetError(.malformed, "a segment of the secret tree that nobody has used")
        }
        return node
      }
    }
    try self.init(root: root, leafCount: width)
  }

  /// Tells one state from another without a look at the secrets.
  struct Marks: Sendable {
    private(set) var whole = Mark()
    private(set) var crown = Mark()
    private(set) var segments: [UInt32: Mark] = [:]

    init(segments: some Sequence<UInt32> = []) {
      for segment in segments { self.segments[segment] = Mark() }
    }

    mutating func change(segment: UInt32, changesCrown: Bool) {
      whole = Mark()
      if changesCrown { crown = Mark() }
      segments[segment] = Mark()
    }
  }
}

extension SecretTreeNode {
  /// Which nodes at a level have given way to what is below them.
  func segments(below top: Int, at level: Int, position: UInt32 = 0) -> [UInt32] {
    if secret != nil { return [] }
    if top == level { return [position] }
    return (left?.segments(below: top - 1, at: level, position: position << 1) ?? [])
      + (right?.segments(below: top - 1, at: level, position: position << 1 | 1) ?? [])
  }
}
