package import CygnetPrimitives
package import CygnetWire

///     struct {
///       FramedContent content;
///       FramedContentAuthData auth;
///       select (PublicMessage.content.sender.sender_type) {
///         case member: MAC membership_tag;
///         case external, new_member_commit, new_member_proposal: struct{};
///       };
///     } PublicMessage;
///
/// A message that is signed and not encrypted (RFC 9420 §6.2).
package struct PublicMessage: Hashable, Sendable {
  package let content: FramedContent
  package let auth: FramedContentAuthData
  /// Of members, and of nobody else.
  package let membershipTag: [UInt8]?

  package init(content: FramedContent, auth: FramedContentAuthData, membershipTag: [UInt8]?) {
    self.content = content
    self.auth = auth
    self.membershipTag = membershipTag
  }
}

extension PublicMessage: WireEncodable, WireDecodable {
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try content.encode(into: &writer)
    try auth.encode(into: &writer)
    if let membershipTag { try writer.write(opaque: membershipTag) }
  }

  package init(from reader: inout Reader) throws(CygnetError) {
    content = try FramedContent(from: &reader)
    auth = try FramedContentAuthData(of: content.content.type, from: &reader)
    if case .member = content.sender {
      membershipTag = try reader.readOpaque(0...MLS.Limits.opaqueByteCount)
    } else {
      membershipTag = nil
    }
  }
}
