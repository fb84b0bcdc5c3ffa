/// Content whose chunks verified, of a blob that was not checked as a whole.
///
/// Nobody without the key can have made or changed these bytes. But the sender, together with a
/// server, could show other bytes to other receivers; only `AttachmentDecryptor.finish()` rules that
/// out. Show such bytes while loading, and keep nothing that is not completed.
public struct ProvisionalBytes: Sendable {
  /// Content, in order.
  public let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }
}
