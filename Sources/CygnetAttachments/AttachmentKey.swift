package import CygnetPrimitives

/// The key of one blob: 32 random bytes, never used for a second one.
///
/// A thumbnail or another rendition gets a key of its own. The key prints as a length only.
public struct AttachmentKey: Equatable, Sendable {
  /// Bytes of a key.
  public static let byteCount = 32

  package let bytes: SecretBytes

  /// - Throws: `malformed` unless there are 32 bytes.
  package init(_ bytes: SecretBytes) throws(CygnetError) {
    guard bytes.count == Self.byteCount else {
      throw CygnetError(.malformed, "an attachment key has 32 bytes")
    }
    self.bytes = bytes
  }

  private init(unchecked bytes: SecretBytes) { self.bytes = bytes }

  static func generate(using random: inout some RandomSource) -> AttachmentKey {
    AttachmentKey(unchecked: random.secret(byteCount))
  }
}
