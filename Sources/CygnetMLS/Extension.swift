public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       ExtensionType extension_type;
  ///       opaque extension_data<V>;
  ///     } Extension;
  ///
  /// An extension of a leaf, a key package, a GroupInfo or a group (RFC 9420 §13.4). The data is
  /// kept as it came: signatures and hashes cover its exact bytes.
  public struct Extension: Hashable, Sendable, WireEncodable, WireDecodable {
    /// What it is.
    public let type: ExtensionType
    /// Its content.
    public let data: [UInt8]

    /// An extension of any type.
    public init(type: ExtensionType, data: [UInt8]) {
      self.type = type
      self.data = data
    }

    package init(type: ExtensionType, _ value: some WireEncodable) throws(CygnetError) {
      self.init(type: type, data: try value.wireEncoded())
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try type.encode(into: &writer)
      try writer.write(opaque: data)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      type = try ExtensionType(from: &reader)
      data = try reader.readOpaque(0...Limits.opaqueByteCount)
    }
  }

  ///     Extension extensions<V>;
  ///
  /// Extensions in the order in which they came, no type twice (RFC 9420 §13.4).
  public struct Extensions: Hashable, Sendable, WireEncodable, WireDecodable {
    /// All of them, in order.
    public let list: [Extension]

    /// None.
    public static let none = Extensions(unchecked: [])

    /// Any list: what breaks rule S9 is made with this, and what cannot.
    package init(unchecked list: [Extension]) { self.list = list }

    /// - Throws: `malformed` (rule S9) when a type occurs twice.
    public init(_ list: [Extension]) throws(CygnetError) {
      var types: Set<ExtensionType> = []
      for item in list where !types.insert(item.type).inserted {
        throw CygnetError(.malformed, "S9: an extension type occurs twice (RFC 9420 §13.4)")
      }
      self.list = list
    }

    /// The data of the extension of this type.
    public subscript(type: ExtensionType) -> [UInt8]? {
      for item in list where item.type == type { return item.data }
      return nil
    }

    /// The types, in order.
    public var types: [ExtensionType] { list.map(\.type) }

    /// The extension of this type, decoded.
    /// - Throws: `malformed` (rule S5), trailing bytes included.
    package func decoded<Value: WireDecodable>(
      _ type: ExtensionType, as value: Value.Type = Value.self
    ) throws(CygnetError) -> Value? {
      guard let data = self[type] else { return nil }
      do throws(CygnetError) { return try Value(wire: data) } catch {
        throw CygnetError(
          error.code, "S5: an extension's content is not what its type says (RFC 9420 §13.4)")
      }
    }

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      try writer.write(vector: list)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      try self.init(
        reader.readVector(0...Limits.opaqueByteCount, maxCount: Limits.extensionCount))
    }
  }
}
