public import CygnetAttachments
public import CygnetPrimitives
public import CygnetWire

/// What one message says: a text, and what is needed to fetch and open its attachments.
///
///     struct {
///       WireHeader header;                   // message_content
///       opaque text<0..2^17>;                // what the application makes of it; UTF-8 by custom
///       AttachmentPointer attachments<V>;    // at most 32, in the order of the message
///     } MessageContent;
///
/// It is the plaintext of a message between clients. Specification: Messages
public struct MessageContent: Equatable, Sendable {
  /// Bytes of text that one message may hold.
  public static let maxTextByteCount = 1 << 17
  /// Attachments that one message may name.
  public static let maxAttachments = 32

  /// 0 to 131,072 bytes. The library does not look inside.
  public let text: [UInt8]
  /// At most 32.
  public let attachments: [AttachmentPointer]

  /// - Throws: `limitExceeded` for a longer text or more attachments.
  public init(text: [UInt8], attachments: [AttachmentPointer] = []) throws(CygnetError) {
    guard text.count <= Self.maxTextByteCount else {
      throw CygnetError(.limitExceeded, "a text holds at most 128 KiB: send a file")
    }
    guard attachments.count <= Self.maxAttachments else {
      throw CygnetError(.limitExceeded, "a message names at most 32 attachments")
    }
    self.text = text
    self.attachments = attachments
  }

  /// - Throws: `malformed`, or `unsupported` for a later version.
  public init(decoding bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

  /// The canonical encoding.
  public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }
}

extension MessageContent: WireEncodable, WireDecodable {
  private static let attachmentsByteCount = 0...(1 << 18)

  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.messageContent.encodeHeader(into: &writer)
    try writer.write(opaque: text)
    try writer.vector { (writer) throws(CygnetError) in
      for pointer in attachments { try pointer.encode(into: &writer) }
    }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.messageContent.decodeHeader(from: &reader)
    text = try reader.readOpaque(0...Self.maxTextByteCount)
    attachments = try reader.readVector(
      Self.attachmentsByteCount, maxCount: Self.maxAttachments)
  }
}
