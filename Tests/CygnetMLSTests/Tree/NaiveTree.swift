import CygnetMLS
import CygnetPrimitives
import CygnetWire

/// A ratchet tree as RFC 9420 describes it, in an array, with nothing remembered: everything is
/// computed anew from the definitions. What the library's tree is compared with, and how trees that
/// break a rule are made.
struct NaiveTree: Equatable {
  enum Node: Equatable {
    case leaf(MLS.LeafNode)
    case parent(ParentNode)
  }

  var nodes: [Node?]

  init(creator: MLS.LeafNode) { nodes = [.leaf(creator)] }

  /// From the encoding, padded to its full width.
  init(_ bytes: [UInt8]) throws {
    nodes = try Reader.read(bytes) { (reader) throws(CygnetError) in
      try reader.vector(1...(1 << 26)) { (reader) throws(CygnetError) in
        var nodes: [Node?] = []
        while reader.remaining > 0 {
          if try reader.readUInt8() == 0 {
            nodes.append(nil)
          } else if try reader.readUInt8() == 1 {
            nodes.append(.leaf(try MLS.LeafNode(from: &reader)))
          } else {
            nodes.append(.parent(try ParentNode(from: &reader)))
          }
        }
        return nodes
      }
    }
    var count = 1
    while count < nodes.count { count = 2 * count + 1 }
    nodes += [Node?](repeating: nil, count: count - nodes.count)
  }

  init(_ tree: RatchetTree) throws { try self.init(tree.wireEncoded()) }

  func encoded() throws -> [UInt8] { try Encoding(nodes: nodes).wireEncoded() }

  /// The library's tree with the same nodes.
  func tree() throws -> RatchetTree { try RatchetTree(wire: encoded()) }

  private struct Encoding: WireEncodable {
    let nodes: [Node?]

    func encode(into writer: inout Writer) throws(CygnetError) {
      let end = nodes.lastIndex { $0 != nil } ?? -1
      try writer.vector { (writer) throws(CygnetError) in
        for node in nodes[..<(end + 1)] {
          guard let node else {
            writer.write(UInt8(0))
            continue
          }
          writer.write(UInt8(1))
          switch node {
          case .leaf(let leaf):
            writer.write(UInt8(1))
            try leaf.encode(into: &writer)
          case .parent(let parent):
            writer.write(UInt8(2))
            try parent.encode(into: &writer)
          }
        }
      }
    }
  }

  // MARK: - Shape

  var width: Int { (nodes.count + 1) / 2 }
  var root: Int { width - 1 }

  func level(_ node: Int) -> Int {
    var level = 0
    while node >> level & 1 == 1 { level += 1 }
    return level
  }

  func left(_ node: Int) -> Int { node - (1 << (level(node) - 1)) }
  func right(_ node: Int) -> Int { node + (1 << (level(node) - 1)) }

  func parent(_ node: Int) -> Int {
    let step = 1 << level(node)
    let candidate = node + step
    return level(candidate) == level(node) + 1 ? candidate : node - step
  }

  func sibling(_ node: Int) -> Int {
    let above = parent(node)
    return node < above ? right(above) : left(above)
  }

  func directPath(_ node: Int) -> [Int] {
    var path: [Int] = []
    var node = node
    while node != root {
      node = parent(node)
      path.append(node)
    }
    return path
  }

  /// Nodes of the subtree, itself among them.
  func subtree(_ node: Int) -> ClosedRange<Int> {
    let reach = (1 << level(node)) - 1
    return (node - reach)...(node + reach)
  }

  func parentNode(_ node: Int) -> ParentNode? {
    if case .parent(let parent) = nodes[node] { parent } else { nil }
  }

  func leaf(_ index: Int) -> MLS.LeafNode? {
    guard index < width, case .leaf(let leaf) = nodes[2 * index] else { return nil }
    return leaf
  }

  var members: [Int] { (0..<width).filter { leaf($0) != nil } }

  func encryptionKey(_ node: Int) -> [UInt8]? {
    switch nodes[node] {
    case .leaf(let leaf): leaf.encryptionKey.bytes
    case .parent(let parent): parent.encryptionKey.bytes
    case nil: nil
    }
  }

  // MARK: - §4.1

  func resolution(_ node: Int) -> [Int] {
    switch nodes[node] {
    case .leaf: return [node]
    case .parent(let parent): return [node] + parent.unmergedLeaves.map { 2 * Int($0.rawValue) }
    case nil: return level(node) == 0 ? [] : resolution(left(node)) + resolution(right(node))
    }
  }

  func filteredDirectPath(_ leaf: Int) -> [(node: Int, copathChild: Int)] {
    var path: [(node: Int, copathChild: Int)] = []
    var child = 2 * leaf
    for node in directPath(child) {
      if !resolution(sibling(child)).isEmpty { path.append((node, sibling(child))) }
      child = node
    }
    return path
  }

  // MARK: - §12.1

  mutating func add(_ leaf: MLS.LeafNode) -> Int {
    let index: Int
    if let blank = (0..<width).first(where: { self.leaf($0) == nil }) {
      index = blank
    } else {
      index = width
      nodes += [Node?](repeating: nil, count: nodes.count + 1)
    }
    for node in directPath(2 * index) {
      guard let parent = parentNode(node) else { continue }
      let leaves = (parent.unmergedLeaves + [LeafIndex(UInt32(index))]).sorted()
      nodes[node] = .parent(parent.with(unmergedLeaves: leaves))
    }
    nodes[2 * index] = .leaf(leaf)
    return index
  }

  mutating func update(_ index: Int, _ leaf: MLS.LeafNode) {
    nodes[2 * index] = .leaf(leaf)
    for node in directPath(2 * index) { nodes[node] = nil }
  }

  mutating func remove(_ index: Int) {
    nodes[2 * index] = nil
    for node in directPath(2 * index) { nodes[node] = nil }
    while width > 1, (width / 2..<width).allSatisfy({ leaf($0) == nil }) {
      nodes.removeLast(width)
    }
  }

  // MARK: - §7.8 and §7.9

  func treeHash(_ node: Int, without leaves: Set<Int> = []) throws -> [UInt8] {
    var bytes: [UInt8]
    if level(node) == 0 {
      let leaf = leaves.contains(node / 2) ? nil : self.leaf(node / 2)
      bytes = [1, 0, 0, UInt8((node / 2) >> 8), UInt8((node / 2) & 255)]
      bytes += leaf == nil ? [0] : [1]
      if let leaf { bytes += try leaf.wireEncoded() }
    } else {
      bytes = [2]
      if let parent = parentNode(node) {
        let kept = parent.unmergedLeaves.filter { !leaves.contains(Int($0.rawValue)) }
        bytes += try [1] + parent.with(unmergedLeaves: kept).wireEncoded()
      } else {
        bytes += [0]
      }
      bytes += try [32] + treeHash(left(node), without: leaves)
      bytes += try [32] + treeHash(right(node), without: leaves)
    }
    return SHA256.hash(bytes)
  }

  func parentHash(_ parent: ParentNode, sibling: Int) throws -> [UInt8] {
    let excluded = Set(parent.unmergedLeaves.map { Int($0.rawValue) })
    return SHA256.hash(
      try parent.encryptionKey.wireEncoded() + [UInt8(parent.parentHash.count)] + parent.parentHash
        + [32] + treeHash(sibling, without: excluded))
  }

  /// Sets a path with these keys, and gives the parent hash for its leaf.
  mutating func setPath(_ leaf: Int, keys: [MLS.HPKEPublicKey]) throws -> [UInt8] {
    let path = filteredDirectPath(leaf)
    for node in directPath(2 * leaf) { nodes[node] = nil }
    var hash: [UInt8] = []
    for (step, key) in zip(path, keys).reversed() {
      let parent = ParentNode(encryptionKey: key, parentHash: hash)
      nodes[step.node] = .parent(parent)
      hash = try parentHash(parent, sibling: step.copathChild)
    }
    return hash
  }

  /// §7.9.2, top down: each parent has exactly one node below for which it is valid.
  func parentHashesAreValid() throws -> Bool {
    for node in nodes.indices {
      guard let parent = parentNode(node) else { continue }
      var valid = 0
      for (child, sibling) in [(left(node), right(node)), (right(node), left(node))] {
        let expected = try parentHash(parent, sibling: sibling)
        let resolution = Set(resolution(child))
        let unmerged = Set(
          parent.unmergedLeaves.map { 2 * Int($0.rawValue) }.filter(subtree(child).contains))
        for candidate in subtree(child)
        where statedParentHash(candidate) == expected && resolution.contains(candidate)
          && unmerged == resolution.subtracting([candidate])
        { valid += 1 }
      }
      if valid != 1 { return false }
    }
    return true
  }

  private func statedParentHash(_ node: Int) -> [UInt8]? {
    if let parent = parentNode(node) { return parent.parentHash }
    guard level(node) == 0, let leaf = leaf(node / 2), case .commit(let hash) = leaf.source else {
      return nil
    }
    return hash
  }
}

extension ParentNode {
  func with(
    key: MLS.HPKEPublicKey? = nil, parentHash: [UInt8]? = nil, unmergedLeaves: [LeafIndex]? = nil
  ) -> ParentNode {
    ParentNode(
      encryptionKey: key ?? encryptionKey, parentHash: parentHash ?? self.parentHash,
      unmergedLeaves: unmergedLeaves ?? self.unmergedLeaves)
  }
}
