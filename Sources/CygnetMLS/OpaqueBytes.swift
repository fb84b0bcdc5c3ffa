public import CygnetPrimitives
public import CygnetWire

/// Bytes with a meaning of their own, so that a key of one role cannot stand in for another:
/// `opaque bytes<V>`.
public protocol MLSOpaque: Hashable, Sendable {
  /// The bytes, as they stand on the wire.
  var bytes: [UInt8] { get }
  /// Any bytes; what they must be shows where they are used.
  init(_ bytes: [UInt8])
}

extension MLSOpaque {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: bytes)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    self.init(try reader.readOpaque(0...MLS.Limits.opaqueByteCount))
  }
}

extension MLS {
  /// The name of a group: unique among an application's groups, random when we make it.
  public struct GroupID: MLSOpaque, WireEncodable, WireDecodable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
  }

  /// A public key of the suite's KEM (RFC 9420 §5.1.1).
  public struct HPKEPublicKey: MLSOpaque, WireEncodable, WireDecodable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    public func hash(into hasher: inout Hasher) { hasher.combine(all: bytes) }
  }

  /// A public key of the suite's signature scheme (RFC 9420 §5.1.1).
  public struct SignaturePublicKey: MLSOpaque, WireEncodable, WireDecodable {
    public let bytes: [UInt8]

    public init(_ bytes: [UInt8]) { self.bytes = bytes }
  }
}
