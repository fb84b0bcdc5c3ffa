public import CygnetPrimitives
public import CygnetWire

extension MLS {
  ///     struct {
  ///       ProtocolVersion version = mls10;
  ///       WireFormat wire_format;
  ///       select (MLSMessage.wire_format) {
  ///         case mls_public_message:  PublicMessage public_message;
  ///         case mls_private_message: PrivateMessage private_message;
  ///         case mls_welcome:         Welcome welcome;
  ///         case mls_group_info:      GroupInfo group_info;
  ///         case mls_key_package:     KeyPackage key_package;
  ///       };
  ///     } MLSMessage;
  ///
  /// Anything that MLS sends, in its outer envelope (RFC 9420 §6). Nothing in it is verified.
  public struct Message: Hashable, Sendable {
    package enum Body: Hashable, Sendable {
      case publicMessage(PublicMessage)
      case privateMessage(PrivateMessage)
      case welcome(Welcome)
      case groupInfo(GroupInfo)
      case keyPackage(KeyPackage)
    }

    package let body: Body

    package init(_ body: Body) { self.body = body }

    /// An invitation, enveloped.
    public init(_ welcome: Welcome) { body = .welcome(welcome) }

    /// The state of a group, enveloped.
    public init(_ groupInfo: GroupInfo) { body = .groupInfo(groupInfo) }

    /// A key package, enveloped.
    public init(_ keyPackage: KeyPackage) { body = .keyPackage(keyPackage) }

    /// Decodes a message of up to ``Limits/messageByteCount`` bytes.
    /// - Throws: `malformed`; `unsupported` for another version or wire format; `limitExceeded`.
    public init(decoding bytes: [UInt8]) throws(CygnetError) {
      guard bytes.count <= Limits.messageByteCount else {
        throw CygnetError(.limitExceeded, "S3: a message is too long")
      }
      try self.init(wire: bytes)
    }

    /// The message's bytes.
    public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }

    /// What it carries.
    public var wireFormat: WireFormat {
      switch body {
      case .publicMessage: .publicMessage
      case .privateMessage: .privateMessage
      case .welcome: .welcome
      case .groupInfo: .groupInfo
      case .keyPackage: .keyPackage
      }
    }

    /// The group that it claims to belong to; a Welcome and a key package name none.
    public var unverifiedGroupID: GroupID? {
      switch body {
      case .publicMessage(let message): message.content.groupID
      case .privateMessage(let message): message.groupID
      case .groupInfo(let info): info.groupContext.groupID
      case .welcome, .keyPackage: nil
      }
    }

    /// The epoch that it claims to belong to; a Welcome and a key package name none.
    public var unverifiedEpoch: Epoch? {
      switch body {
      case .publicMessage(let message): message.content.epoch
      case .privateMessage(let message): message.epoch
      case .groupInfo(let info): info.groupContext.epoch
      case .welcome, .keyPackage: nil
      }
    }

    /// What it claims to contain, when it is a message within a group.
    public var unverifiedContentType: ContentType? {
      switch body {
      case .publicMessage(let message): message.content.content.type
      case .privateMessage(let message): message.contentType
      case .welcome, .groupInfo, .keyPackage: nil
      }
    }

    /// The invitation, if it is one.
    public var welcome: Welcome? {
      if case .welcome(let welcome) = body { welcome } else { nil }
    }

    /// The state of a group, if it is one.
    public var groupInfo: GroupInfo? {
      if case .groupInfo(let info) = body { info } else { nil }
    }

    /// The key package, if it is one.
    public var keyPackage: KeyPackage? {
      if case .keyPackage(let keyPackage) = body { keyPackage } else { nil }
    }
  }
}

extension MLS.Message: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try MLS.ProtocolVersion.mls10.encode(into: &writer)
    try wireFormat.encode(into: &writer)
    switch body {
    case .publicMessage(let message): try message.encode(into: &writer)
    case .privateMessage(let message): try message.encode(into: &writer)
    case .welcome(let welcome): try welcome.encode(into: &writer)
    case .groupInfo(let info): try info.encode(into: &writer)
    case .keyPackage(let keyPackage): try keyPackage.encode(into: &writer)
    }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    guard try MLS.ProtocolVersion(from: &reader) == .mls10 else {
      throw CygnetError(.unsupported, "S6: unknown version of MLS (RFC 9420 §6)")
    }
    switch try MLS.WireFormat(from: &reader) {
    case .publicMessage: body = .publicMessage(try PublicMessage(from: &reader))
    case .privateMessage: body = .privateMessage(try PrivateMessage(from: &reader))
    case .welcome: body = .welcome(try MLS.Welcome(from: &reader))
    case .groupInfo: body = .groupInfo(try MLS.GroupInfo(from: &reader))
    case .keyPackage:
      let keyPackage = try MLS.KeyPackage(from: &reader)
      guard keyPackage.version == .mls10 else {
        throw CygnetError(
          .malformed, "S6: a key package and its envelope differ in version (RFC 9420 §10)")
      }
      body = .keyPackage(keyPackage)
    }
  }
}
