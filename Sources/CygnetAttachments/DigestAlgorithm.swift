package import CygnetPrimitives

/// How the digest of a whole blob is computed.
public enum DigestAlgorithm: UInt8, CaseIterable, Sendable {
  /// SHA-256 of the blob.
  case flat = 1
  /// SHA-256 of the SHA-256 digests of the blob's 8 MiB parts. For blobs of 64 MiB and more; all
  /// cores can work on it.
  case parts = 2

  /// - Throws: `unsupported` for a value that is unknown here.
  package init(checking value: UInt8) throws(CygnetError) {
    guard let algorithm = DigestAlgorithm(rawValue: value) else {
      throw CygnetError(.unsupported, "unknown digest algorithm of an attachment")
    }
    self = algorithm
  }

  /// - Throws: `ruleViolation` for the digest of parts on a blob that is too small for it.
  func check(blobSize: UInt64) throws(CygnetError) {
    guard self == .flat || blobSize >= AttachmentLimits.minPartedBlobSize else {
      throw CygnetError(.ruleViolation, "digest algorithm 2 is for blobs of 64 MiB and more")
    }
  }
}

/// The digest of a blob, fed in order in pieces of any size.
struct BlobDigest: ~Copyable {
  static let byteCount = 32

  private let algorithm: DigestAlgorithm
  /// The digest over everything: of the bytes themselves, or of the digests of parts.
  private var whole = SHA256()
  private var part = SHA256()
  private var partCount = 0

  init(_ algorithm: DigestAlgorithm) { self.algorithm = algorithm }

  mutating func update(_ bytes: RawSpan) {
    guard algorithm == .parts else { return whole.update(bytes) }
    var offset = 0
    while offset < bytes.byteCount {
      let count = min(
        bytes.byteCount - offset, AttachmentLimits.digestPartByteCount - partCount)
      part.update(bytes.extracting(offset..<(offset + count)))
      partCount += count
      offset += count
      if partCount == AttachmentLimits.digestPartByteCount { closePart() }
    }
  }

  /// The digest of all that was added. Ends the digest: nothing may be added afterwards.
  mutating func close() -> [UInt8] {
    if algorithm == .parts, partCount > 0 { closePart() }
    return whole.currentDigest()
  }

  private mutating func closePart() {
    whole.update(part.currentDigest())
    part = SHA256()
    partCount = 0
  }
}
