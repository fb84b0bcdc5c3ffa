public import CygnetPrimitives
public import CygnetWire

/// What must be kept to continue an interrupted encryption. It holds the key: store it encrypted, or
/// in a file for its owner only, and delete it when the encryption is finished.
///
///     struct {
///       WireHeader header;              // attachment_resumption
///       opaque key[32];
///       opaque salt[24];
///       uint8 role;
///       uint8 padding;
///       uint8 digest_alg;
///       uint64 size;
///       opaque prefix_digests<V>;       // 32 bytes for each part begun, at most 4 MiB
///     } AttachmentResumption;
///
/// `prefix_digests[k]` is the SHA-256 of the content from its start to the end of part k. Encryption
/// is a function of key, salt and content: sealing other content under the same key and salt would
/// give both away. So a part is sealed only after its digest is in here, and again only if the
/// digest is still the same.
public struct AttachmentResumption: Equatable, Sendable {
  package let key: AttachmentKey
  package let salt: [UInt8]
  /// What the blob is to its attachment.
  public let role: AttachmentRole
  /// How the content is lengthened.
  public let padding: Padding
  /// How the digest of the blob is computed.
  public let digestAlgorithm: DigestAlgorithm
  /// Bytes of the content.
  public let size: UInt64
  /// SHA-256 of the content up to the end of each part that was begun.
  package internal(set) var prefixDigests: [[UInt8]] = []

  /// A state holds at most so many parts: 1 TiB of content.
  static let maxPartCount: UInt64 = 1 << 17

  init(
    key: AttachmentKey, salt: [UInt8], role: AttachmentRole, padding: Padding,
    digestAlgorithm: DigestAlgorithm, size: UInt64
  ) throws(CygnetError) {
    let layout = try BlobLayout(contentSize: size, padding: padding)
    try digestAlgorithm.check(blobSize: layout.blobSize)
    guard Self.partCount(size: size) <= Self.maxPartCount else {
      throw CygnetError(.limitExceeded, "the content is too large to be resumed")
    }
    self.key = key
    self.salt = salt
    self.role = role
    self.padding = padding
    self.digestAlgorithm = digestAlgorithm
    self.size = size
  }

  /// Parts of the content that were begun: those before the last are sealed for certain.
  public var partCount: Int { prefixDigests.count }

  /// Restores what `encoded()` gave.
  /// - Throws: `malformed`, `unsupported`, `limitExceeded`, `ruleViolation`.
  public init(decoding bytes: SecretBytes) throws(CygnetError) { try self.init(wire: bytes) }

  /// The stored form, key included.
  public func encoded() throws(CygnetError) -> SecretBytes { try wireEncodedSecret() }

  /// Parts of 8 MiB in content of `size` bytes; the last may be shorter. No content, no part.
  static func partCount(size: UInt64) -> UInt64 {
    let part = UInt64(AttachmentLimits.partByteCount)
    return size / part + (size % part == 0 ? 0 : 1)
  }
}

extension AttachmentResumption: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.attachmentResumption.encodeHeader(into: &writer)
    writer.write(fixed: key.bytes)
    writer.write(fixed: salt)
    writer.write(role.rawValue)
    writer.write(padding.rawValue)
    writer.write(digestAlgorithm.rawValue)
    writer.write(size)
    try writer.vector { (writer) throws(CygnetError) in
      for digest in prefixDigests { writer.write(fixed: digest) }
    }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.attachmentResumption.decodeHeader(from: &reader)
    try self.init(
      key: AttachmentKey(reader.readSecret(AttachmentKey.byteCount)),
      salt: reader.readFixed(AttachmentHeader.saltByteCount),
      role: AttachmentRole(checking: reader.readUInt8()),
      padding: Padding(checking: reader.readUInt8()),
      digestAlgorithm: DigestAlgorithm(checking: reader.readUInt8()),
      size: reader.readUInt64())
    let most = Int(Self.partCount(size: size)) * BlobDigest.byteCount
    prefixDigests = try reader.vector(0...most) { (reader) throws(CygnetError) in
      var digests: [[UInt8]] = []
      while reader.remaining > 0 { digests.append(try reader.readFixed(BlobDigest.byteCount)) }
      return digests
    }
  }
}

extension AttachmentResumption: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  public var description: String { "AttachmentResumption(\(partCount) parts of \(size) bytes)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
