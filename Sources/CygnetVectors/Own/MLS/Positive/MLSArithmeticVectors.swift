internal import CygnetPrimitives

/// What takes no suite and no chance: lengths (RFC 9420 §2.1.2) and node indices (appendix C), worked
/// out here without the code that is tested.
enum MLSArithmeticVectors {
  static let suites: [MLSVectorSuite] = [
    MLSVectorSuite("deserialization", "vector lengths", isSeeded: false, write: writeLengths),
    MLSVectorSuite("tree-math", "tree arithmetic", isSeeded: false, write: writeTrees),
  ]

  // MARK: - deserialization

  @Sendable
  private static func writeLengths(
    _ writer: inout MLSVectorWriter
  ) throws(CygnetError) {
    var lengths: Set<Int> = [0]
    // Each power of two, and its neighbours.
    for exponent in 0...30 {
      for length in (1 << exponent) - 1...(1 << exponent) + 1 where length < 1 << 30 {
        lengths.insert(length)
      }
    }
    for length in lengths.sorted() {
      try writer.add { (_) throws(CygnetError) in
        ["vlbytes_header": .hex(header(of: length)), "length": .integer(length)]
      }
    }
  }

  private static func header(of length: Int) -> [UInt8] {
    let (count, prefix) =
      switch length {
      case ..<(1 << 6): (1, 0)
      case ..<(1 << 14): (2, 0x40)
      default: (4, 0x80)
      }
    var bytes: [UInt8] = []
    for index in 0..<count {
      bytes.append(UInt8(truncatingIfNeeded: length >> (8 * (count - 1 - index))))
    }
    bytes[0] |= UInt8(prefix)
    return bytes
  }

  // MARK: - tree-math

  @Sendable
  private static func writeTrees(_ writer: inout MLSVectorWriter) throws(CygnetError) {
    for leaves in [1, 2, 4, 8, 32, 1024] {
      try writer.add { (_) throws(CygnetError) in
        var tree = Links(leaves: leaves)
        tree.fill(first: 0, leaves: leaves, parent: nil)
        return tree.json
      }
    }
  }

  /// The relations of all nodes. A subtree's leaves and parents alternate, so its root lies in the
  /// middle of its nodes.
  private struct Links {
    let leaves: Int
    private var left: [JSON]
    private var right: [JSON]
    private var parent: [JSON]
    private var sibling: [JSON]

    init(leaves: Int) {
      self.leaves = leaves
      let none = [JSON](repeating: .null, count: 2 * leaves - 1)
      (left, right, parent, sibling) = (none, none, none, none)
    }

    /// Fills in the subtree of so many leaves whose first node is `first`.
    /// - Returns: its root.
    @discardableResult
    mutating func fill(first: Int, leaves: Int, parent above: Int?) -> Int {
      let root = first + leaves - 1
      if let above { parent[root] = .integer(above) }
      guard leaves > 1 else { return root }
      let one = fill(first: first, leaves: leaves / 2, parent: root)
      let other = fill(first: first + leaves, leaves: leaves / 2, parent: root)
      (left[root], right[root]) = (.integer(one), .integer(other))
      (sibling[one], sibling[other]) = (.integer(other), .integer(one))
      return root
    }

    var json: JSON {
      [
        "n_leaves": .integer(leaves), "n_nodes": .integer(2 * leaves - 1),
        "root": .integer(leaves - 1), "left": .array(left), "right": .array(right),
        "parent": .array(parent), "sibling": .array(sibling),
      ]
    }
  }
}
