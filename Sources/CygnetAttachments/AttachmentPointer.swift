public import CygnetPrimitives
public import CygnetWire

/// What a message carries so that its receiver can fetch, check and open a blob. It holds the key:
/// it travels inside an encrypted message and is stored encrypted.
///
///     struct {
///       uint8 scheme = 1;               // att1
///       uint8 role;
///       uint8 padding;
///       opaque key[32];
///       uint64 size;
///       uint64 blob_size;
///       uint8 digest_alg;
///       opaque digest[32];
///       opaque locator<V>;              // UTF-8, at most 2048 bytes
///       uint64 uploaded_at_ms;          // 0: unknown
///       uint64 blob_expires_ms;         // 0: unknown
///       AttachmentField fields<V>;      // types strictly ascending
///     } AttachmentPointer;
///
/// At most 16 KiB. In a file of its own a `WireHeader` of type `attachment_pointer` stands in front.
/// Every value is consistent: sizes fit the padding, fields keep their rules.
public struct AttachmentPointer: Equatable, Sendable {
  static let scheme: UInt8 = 1

  /// What the blob is to its attachment.
  public let role: AttachmentRole
  /// How the content was lengthened.
  public let padding: Padding
  package let key: AttachmentKey
  /// Bytes of the content.
  public let size: UInt64
  /// Bytes of the blob.
  public let blobSize: UInt64
  /// How `digest` is computed.
  public let digestAlgorithm: DigestAlgorithm
  /// The digest of the blob, 32 bytes; a fitting name to store it under.
  public let digest: [UInt8]
  /// Where to fetch the blob: trusted for nothing else. Empty until it is known.
  public private(set) var locator = ""
  /// Milliseconds since 1970, 0 when unknown.
  public var uploadedAtMilliseconds: UInt64 = 0
  /// Milliseconds since 1970, 0 when unknown.
  public var blobExpiresMilliseconds: UInt64 = 0
  /// In ascending order of their types, each type once.
  public private(set) var fields: [AttachmentField] = []

  /// - Throws: `malformed`, `ruleViolation` or `limitExceeded` when the values do not fit together.
  package init(
    role: AttachmentRole, padding: Padding, key: AttachmentKey, size: UInt64, blobSize: UInt64,
    digestAlgorithm: DigestAlgorithm, digest: [UInt8]
  ) throws(CygnetError) {
    let layout = try BlobLayout(contentSize: size, padding: padding)
    guard layout.blobSize == blobSize else {
      throw CygnetError(.malformed, "the size of the blob does not follow from the content's")
    }
    guard digest.count == BlobDigest.byteCount else {
      throw CygnetError(.malformed, "a digest has 32 bytes")
    }
    try digestAlgorithm.check(blobSize: blobSize)
    self.role = role
    self.padding = padding
    self.key = key
    self.size = size
    self.blobSize = blobSize
    self.digestAlgorithm = digestAlgorithm
    self.digest = digest
  }

  /// Decodes the bytes from a message.
  /// - Throws: `malformed`; `unsupported` for an unknown scheme, role, padding, digest algorithm or
  ///   critical field; `ruleViolation` and `limitExceeded` for values against the rules.
  public init(decoding bytes: [UInt8]) throws(CygnetError) { try self.init(wire: bytes) }

  /// The canonical encoding, key included. Put it into an encrypted message only.
  public func encoded() throws(CygnetError) -> [UInt8] { try wireEncoded() }

  /// Sets where the blob can be fetched.
  /// - Throws: `malformed` when longer than 2048 bytes or with control characters;
  ///   `limitExceeded` when the pointer becomes too large. Nothing changes then.
  public mutating func setLocator(_ locator: String) throws(CygnetError) {
    try Self.check(locator: locator)
    var changed = self
    changed.locator = locator
    try changed.checkByteCount()
    self = changed
  }

  /// Sets the fields, in any order.
  /// - Throws: `malformed` for a type given twice or a field against its rules; `ruleViolation` for
  ///   fields that exclude each other; `limitExceeded` when the pointer becomes too large. Nothing
  ///   changes then.
  public mutating func setFields(_ fields: [AttachmentField]) throws(CygnetError) {
    var changed = self
    changed.fields = fields.sorted { $0.type < $1.type }
    try changed.checkFields()
    try changed.checkByteCount()
    self = changed
  }

  /// The layout of the blob.
  public var layout: BlobLayout {
    get throws(CygnetError) { try BlobLayout(contentSize: size, padding: padding) }
  }

  /// The peer's file name made safe to show and to use; nil when there is none.
  public var fileName: String? {
    for case .fileName(let name) in fields { return FileName.sanitised(name) }
    return nil
  }

  private static func check(locator: String) throws(CygnetError) {
    guard locator.utf8.count <= AttachmentLimits.maxLocatorByteCount else {
      throw CygnetError(.malformed, "a locator has at most 2048 bytes")
    }
    for byte in locator.utf8 where byte < 0x20 || byte == 0x7f {
      throw CygnetError(.malformed, "a locator has no control characters")
    }
  }

  private func checkFields() throws(CygnetError) {
    guard fields.count <= AttachmentLimits.maxFieldCount else {
      throw CygnetError(.malformed, "a list has too many elements")
    }
    var types: [UInt16] = []
    for field in fields {
      try field.check()
      if let last = types.last, field.type <= last {
        throw CygnetError(.malformed, "fields are not in ascending order of their types")
      }
      types.append(field.type)
    }
    if types.contains(0x8001), types.contains(7) {
      throw CygnetError(.ruleViolation, "a view-once attachment has no inline thumbnail")
    }
  }

  private func checkByteCount() throws(CygnetError) {
    guard try wireCount() <= AttachmentLimits.maxPointerByteCount else {
      throw CygnetError(.limitExceeded, "a pointer has at most 16 KiB")
    }
  }
}

extension AttachmentPointer: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(Self.scheme)
    writer.write(role.rawValue)
    writer.write(padding.rawValue)
    writer.write(fixed: key.bytes)
    writer.write(size)
    writer.write(blobSize)
    writer.write(digestAlgorithm.rawValue)
    writer.write(fixed: digest)
    try writer.write(opaque: Array(locator.utf8))
    writer.write(uploadedAtMilliseconds)
    writer.write(blobExpiresMilliseconds)
    try writer.write(vector: fields)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    guard reader.remaining <= AttachmentLimits.maxPointerByteCount else {
      throw CygnetError(.limitExceeded, "a pointer has at most 16 KiB")
    }
    self = try Self.decode(from: &reader) { (reader) throws(CygnetError) in
      try reader.readVector(
        0...AttachmentLimits.maxPointerByteCount, maxCount: AttachmentLimits.maxFieldCount)
    }
  }

  /// A pointer inside a field. It cannot hold further ones, so its fields of that kind are refused
  /// before they are read.
  init(nestedFrom reader: inout Reader) throws(CygnetError) {
    self = try Self.decode(from: &reader) { (reader) throws(CygnetError) in
      try reader.vector(0...AttachmentLimits.maxPointerByteCount) { (reader) throws(CygnetError) in
        var fields: [AttachmentField] = []
        while reader.remaining > 0 {
          guard fields.count < AttachmentLimits.maxFieldCount else {
            throw CygnetError(.malformed, "a list has too many elements")
          }
          fields.append(try AttachmentField(nestedFrom: &reader))
        }
        return fields
      }
    }
  }

  private static func decode(
    from reader: inout Reader,
    fields: (inout Reader) throws(CygnetError) -> [AttachmentField]
  ) throws(CygnetError) -> AttachmentPointer {
    guard try reader.readUInt8() == scheme else {
      throw CygnetError(.unsupported, "unknown scheme of an attachment")
    }
    let role = try AttachmentRole(checking: reader.readUInt8())
    let padding = try Padding(checking: reader.readUInt8())
    let key = try AttachmentKey(reader.readSecret(AttachmentKey.byteCount))
    let size = try reader.readUInt64()
    let blobSize = try reader.readUInt64()
    let algorithm = try DigestAlgorithm(checking: reader.readUInt8())
    let digest = try reader.readFixed(BlobDigest.byteCount)
    let locator = try reader.readOpaque(0...AttachmentLimits.maxLocatorByteCount)
    let uploadedAt = try reader.readUInt64()
    let expires = try reader.readUInt64()
    let list = try fields(&reader)
    guard let text = String(validating: locator, as: UTF8.self) else {
      throw CygnetError(.malformed, "text is not UTF-8")
    }
    try check(locator: text)
    var pointer = try AttachmentPointer(
      role: role, padding: padding, key: key, size: size, blobSize: blobSize,
      digestAlgorithm: algorithm, digest: digest)
    pointer.locator = text
    pointer.uploadedAtMilliseconds = uploadedAt
    pointer.blobExpiresMilliseconds = expires
    pointer.fields = list
    try pointer.checkFields()
    return pointer
  }
}

extension AttachmentPointer: CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  public var description: String { "AttachmentPointer(\(role), \(size) bytes)" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A pointer in a file of its own: the wire header, then the pointer.
package struct AttachmentPointerFile: WireEncodable, WireDecodable {
  package let pointer: AttachmentPointer

  package init(_ pointer: AttachmentPointer) { self.pointer = pointer }

  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    WireType.attachmentPointer.encodeHeader(into: &writer)
    try pointer.encode(into: &writer)
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    try WireType.attachmentPointer.decodeHeader(from: &reader)
    pointer = try AttachmentPointer(from: &reader)
  }
}
