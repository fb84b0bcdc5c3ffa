public import CygnetPrimitives
public import CygnetWire

/// The number of a chain: 1 for the first of a distribution, and one more with every rotation. That
/// it only grows is what lets a receiver tell newer chains from those it has given up.
public struct SenderChainID: Hashable, Comparable, Sendable {
  /// At least 1.
  public let rawValue: UInt32

  package init(_ rawValue: UInt32) { self.rawValue = rawValue }

  package static let first = SenderChainID(1)

  public static func < (left: SenderChainID, right: SenderChainID) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The number of the chain that a rotation begins; nil after the last one.
  var next: SenderChainID? { rawValue == .max ? nil : SenderChainID(rawValue + 1) }
}

extension SenderChainID: WireEncodable, WireDecodable {
  /// `uint32 SenderChainID`; 0 is `malformed`.
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(rawValue) }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    rawValue = try reader.readUInt32()
    guard rawValue > 0 else { throw CygnetError(.malformed, "chains are numbered from 1") }
  }
}
