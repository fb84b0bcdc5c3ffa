public import CygnetPrimitives
public import CygnetWire

/// Where messages go: a user, in whatever bytes the application names users, and one of the user's
/// devices.
public struct DeviceAddress: Hashable, Sendable {
  /// 1 to 255 bytes.
  public let user: [UInt8]
  /// The number of the device among the user's; any value.
  public let device: UInt32

  /// - Throws: `malformed` unless `user` has 1 to 255 bytes.
  public init(user: [UInt8], device: UInt32) throws(CygnetError) {
    guard Limits.userByteCount.contains(user.count) else {
      throw CygnetError(.malformed, "a user's name has 1 to 255 bytes")
    }
    self.user = user
    self.device = device
  }
}

extension DeviceAddress: WireEncodable, WireDecodable {
  ///     struct {
  ///       opaque user<1..255>;
  ///       uint32 device;
  ///     } DeviceAddress;
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: user)
    writer.write(device)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    user = try reader.readOpaque(Limits.userByteCount)
    device = try reader.readUInt32()
  }
}
