public import CygnetPrimitives
public import CygnetWire

extension MLS {
  /// What an ``Message`` carries (RFC 9420 §17.2).
  public enum WireFormat: UInt16, Hashable, Sendable, WireEncodable, WireDecodable {
    /// Signed and in the clear.
    case publicMessage = 1
    /// Signed and encrypted.
    case privateMessage = 2
    /// An invitation.
    case welcome = 3
    /// The state of a group.
    case groupInfo = 4
    /// What a client publishes.
    case keyPackage = 5

    @usableFromInline
    package func encode(into writer: inout Writer) throws(CygnetError) {
      writer.write(rawValue)
    }

    @usableFromInline
    package init(from reader: inout Reader) throws(CygnetError) {
      guard let value = WireFormat(rawValue: try reader.readUInt16()) else {
        throw CygnetError(.unsupported, "S6: unknown wire format (RFC 9420 §6)")
      }
      self = value
    }
  }
}

///     struct {
///       opaque signature<V>;
///       select (FramedContent.content_type) {
///         case commit: MAC confirmation_tag;
///         case application, proposal: struct{};
///       };
///     } FramedContentAuthData;
///
/// What authenticates a message (RFC 9420 §6.1).
package struct FramedContentAuthData: Hashable, Sendable {
  package let signature: [UInt8]
  /// Of commits, and of nothing else.
  package let confirmationTag: [UInt8]?

  package init(signature: [UInt8], confirmationTag: [UInt8]?) {
    self.signature = signature
    self.confirmationTag = confirmationTag
  }
}

extension FramedContentAuthData: WireEncodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try writer.write(opaque: signature)
    if let confirmationTag { try writer.write(opaque: confirmationTag) }
  }

  package init(of type: MLS.ContentType, from reader: inout Reader) throws(CygnetError) {
    signature = try reader.readOpaque(0...MLS.Limits.opaqueByteCount)
    confirmationTag =
      type == .commit ? try reader.readOpaque(0...MLS.Limits.opaqueByteCount) : nil
  }
}

///     struct {
///       WireFormat wire_format;
///       FramedContent content;
///       FramedContentAuthData auth;
///     } AuthenticatedContent;
///
/// A message with what authenticates it, whichever way it travels (RFC 9420 §6).
package struct AuthenticatedContent: Hashable, Sendable, WireEncodable, WireDecodable {
  package let wireFormat: MLS.WireFormat
  package let content: FramedContent
  package let auth: FramedContentAuthData

  package init(
    wireFormat: MLS.WireFormat, content: FramedContent, auth: FramedContentAuthData
  ) {
    self.wireFormat = wireFormat
    self.content = content
    self.auth = auth
  }

  package func encode(into writer: inout Writer) throws(CygnetError) {
    try wireFormat.encode(into: &writer)
    try content.encode(into: &writer)
    try auth.encode(into: &writer)
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    wireFormat = try MLS.WireFormat(from: &reader)
    content = try FramedContent(from: &reader)
    auth = try FramedContentAuthData(of: content.content.type, from: &reader)
  }
}
