internal import CygnetMLS
internal import CygnetPrimitives
internal import CygnetWire

///     struct {
///       uint16 version = 1;
///       opaque title<0..255>;              // UTF-8 by custom
///     } GroupTitle;
///
/// What the members call the group, in an extension of the group's context: all agree on it, and an
/// invitation shows it. What a client calls the group by itself is another matter.
struct GroupTitle: WireEncodable, WireDecodable, Equatable, Sendable {
  /// Of the range for private use (RFC 9420 §17.3).
  static let type = MLS.ExtensionType(0xf0c1)

  let bytes: [UInt8]

  init(_ text: String) throws(CygnetError) {
    bytes = Array(text.utf8)
    guard bytes.count <= 255 else {
      throw CygnetError(.malformed, "the title of a group has at most 255 bytes")
    }
  }

  /// The title among a group's extensions; empty where there is none.
  init(_ extensions: MLS.Extensions) throws(CygnetError) {
    guard let data = extensions[Self.type] else {
      bytes = []
      return
    }
    self = try GroupTitle(wire: data)
  }

  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The extensions with this title in the place of the old one.
  func replacing(in extensions: MLS.Extensions) throws(CygnetError) -> MLS.Extensions {
    let others = extensions.list.filter { $0.type != Self.type }
    return try MLS.Extensions(
      others + [MLS.Extension(type: Self.type, data: try wireEncoded())])
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    RecordVersion.encode(into: &writer)
    try writer.write(opaque: bytes)
  }

  init(from reader: inout Reader) throws(CygnetError) {
    try RecordVersion.decode(from: &reader)
    bytes = try reader.readOpaque(0...255)
  }
}
