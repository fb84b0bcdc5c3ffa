public import CygnetPrimitives
public import CygnetWire

/// The place of a member among the leaves of the tree (RFC 9420 §4.1), counted from the left.
public struct LeafIndex: Hashable, Comparable, Sendable {
  /// The number on the wire.
  public let rawValue: UInt32

  package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  /// The same place among all nodes (appendix C). The tree holds far fewer than 2^31 leaves; an
  /// index from outside beyond them maps to the last node there could be, which no tree has.
  package var node: NodeIndex {
    NodeIndex(rawValue < 1 << 31 ? rawValue << 1 : UInt32.max - 1)
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension LeafIndex: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    rawValue = try reader.readUInt32()
  }
}

/// The place of a node in the array form of the tree (RFC 9420 appendix C): leaves are even, parents
/// odd.
package struct NodeIndex: Hashable, Comparable, Sendable {
  package let rawValue: UInt32

  package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  package var isLeaf: Bool { rawValue & 1 == 0 }

  /// nil for a parent.
  package var leaf: LeafIndex? { isLeaf ? LeafIndex(rawValue >> 1) : nil }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The width of a tree: its leaves, blank ones counted. Always a power of two.
package struct LeafCount: Hashable, Sendable {
  package let rawValue: UInt32

  /// - Precondition: a power of two up to 2^30; callers double and halve from 1.
  package init(_ rawValue: UInt32) {
    precondition(rawValue.nonzeroBitCount == 1 && rawValue <= 1 << 30, "not the width of a tree")
    self.rawValue = rawValue
  }

  package static let one = LeafCount(1)

  package var nodeCount: UInt32 { rawValue * 2 - 1 }
}

/// The number of a message among those of one sender, one epoch and one ratchet (RFC 9420 §9.1).
package struct Generation: Hashable, Comparable, Sendable {
  package let rawValue: UInt32

  package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension Generation: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    rawValue = try reader.readUInt32()
  }
}

extension MLS {
  /// The number of a state of a group: 0 at its creation, one more with each commit.
  public struct Epoch: Hashable, Comparable, Sendable, WireEncodable, WireDecodable {
    /// The number on the wire.
    public let rawValue: UInt64

    /// Any number.
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }

    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// The next epoch.
    /// - Throws: `limitExceeded` after 2^64 − 1.
    package func next() throws(CygnetError) -> Epoch {
      let (value, overflow) = rawValue.addingReportingOverflow(1)
      if overflow { throw CygnetError(.limitExceeded, "a group has at most 2^64 epochs") }
      return Epoch(value)
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      rawValue = try reader.readUInt64()
    }
  }
}
