internal import CygnetPrimitives

/// What a blob begins with. It has no magic number: a blob looks random from its first byte.
///
///     struct {
///       opaque salt[24];
///       opaque commitment[32];
///     } AttachmentHeader;
struct AttachmentHeader: Equatable, Sendable {
  static let saltByteCount = 24
  static let commitmentByteCount = 32
  static let byteCount = AttachmentLimits.headerByteCount

  let salt: [UInt8]
  let commitment: [UInt8]

  /// - Throws: `truncated` unless there are 56 bytes.
  init(decoding bytes: [UInt8]) throws(CygnetError) {
    guard bytes.count == Self.byteCount else {
      throw CygnetError(.truncated, "the header of a blob has 56 bytes")
    }
    salt = Array(bytes[..<Self.saltByteCount])
    commitment = Array(bytes[Self.saltByteCount...])
  }

  init(salt: [UInt8], commitment: [UInt8]) {
    self.salt = salt
    self.commitment = commitment
  }

  var bytes: [UInt8] { salt + commitment }
}
