public import CygnetPrimitives
public import CygnetWire

/// Names what a sender's chains are for: one broadcast list, one small group. It is no secret, and
/// it should not be the name of the group, so that whoever carries messages learns nothing by it.
public struct DistributionID: Hashable, Sendable {
  /// Bytes of an id.
  public static let byteCount = 16

  /// 16 bytes.
  public let bytes: [UInt8]

  /// - Throws: `malformed` unless there are 16 bytes.
  public init(_ bytes: [UInt8]) throws(CygnetError) {
    guard bytes.count == Self.byteCount else {
      throw CygnetError(.malformed, "a distribution id has 16 bytes")
    }
    self.bytes = bytes
  }

  /// A fresh random id.
  public static func generate() -> DistributionID {
    var random = SystemRandomSource()
    return generate(using: &random)
  }

  /// Draws the 16 bytes.
  package static func generate(using random: inout some RandomSource) -> DistributionID {
    DistributionID(drawn: random.bytes(byteCount))
  }

  private init(drawn bytes: [UInt8]) { self.bytes = bytes }
}

extension DistributionID: WireEncodable, WireDecodable {
  /// `opaque DistributionID[16]`
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) { writer.write(fixed: bytes) }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    bytes = try reader.readFixed(Self.byteCount)
  }
}
