public import CygnetPrimitives

/// Where everything lies in a blob. All lengths are 64-bit and computed once, checked, here.
///
///     blob = salt(24) || commitment(32) || chunk_0 || ... || chunk_n
///
/// Chunk 0 … n-1 hold 16384 bytes of plaintext, chunk n the 0 to 16383 bytes that are left.
public struct BlobLayout: Equatable, Sendable {
  /// Bytes of plaintext: the content and its padding.
  public let plainSize: UInt64

  private static let chunk = UInt64(AttachmentLimits.chunkByteCount)
  private static let sealedChunk = UInt64(AttachmentLimits.sealedChunkByteCount)
  private static let header = UInt64(AttachmentLimits.headerByteCount)

  /// The layout for `contentSize` bytes under `padding`.
  /// - Throws: `limitExceeded` from 2^38 chunks on.
  public init(contentSize: UInt64, padding: Padding) throws(CygnetError) {
    guard let plainSize = padding.paddedSize(contentSize) else {
      throw CygnetError(.limitExceeded, "more chunks than a blob may have")
    }
    try self.init(plainSize: plainSize)
  }

  /// The layout of a blob of which only the size is known.
  /// - Throws: `truncated` for a size that no blob has, `limitExceeded` from 2^38 chunks on.
  public init(blobSize: UInt64) throws(CygnetError) {
    guard blobSize >= AttachmentLimits.minBlobSize else {
      throw CygnetError(.truncated, "a blob has at least 72 bytes")
    }
    let (full, rest) = (blobSize - Self.header).quotientAndRemainder(dividingBy: Self.sealedChunk)
    guard rest >= 16 else {
      throw CygnetError(.truncated, "a blob ends with a chunk that is not full")
    }
    // full ≤ 2^64 / 16400, so the product stays below 2^64.
    try self.init(plainSize: full * Self.chunk + rest - 16)
  }

  private init(plainSize: UInt64) throws(CygnetError) {
    guard plainSize < AttachmentLimits.plainSizeBound else {
      throw CygnetError(.limitExceeded, "more chunks than a blob may have")
    }
    self.plainSize = plainSize
  }

  /// Chunks in the blob, at least one. The last is the only one that is not full.
  public var chunkCount: UInt64 { plainSize / Self.chunk + 1 }

  /// Bytes of the blob.
  public var blobSize: UInt64 { Self.header + plainSize + 16 * chunkCount }

  /// Whether the plaintext has a length that Padmé gives.
  public var isPadme: Bool { Padding.padme(plainSize) == plainSize }

  /// Plaintext bytes of chunk `index`.
  /// - Precondition: the chunk exists, here and below.
  func plainByteCount(ofChunk index: UInt64) -> Int {
    index + 1 == chunkCount ? Int(plainSize % Self.chunk) : AttachmentLimits.chunkByteCount
  }

  /// Where chunk `index` begins in the plaintext; for `chunkCount`, the plaintext's end.
  func plainOffset(ofChunk index: UInt64) -> UInt64 { min(index * Self.chunk, plainSize) }

  /// Where chunk `index` begins in the blob; for `chunkCount`, the blob's end.
  func blobOffset(ofChunk index: UInt64) -> UInt64 {
    index >= chunkCount ? blobSize : Self.header + index * Self.sealedChunk
  }

  /// The chunk that holds byte `blobOffset` of the blob; the first for bytes of the header.
  func chunk(at blobOffset: UInt64) -> UInt64 {
    guard blobOffset > Self.header else { return 0 }
    return (blobOffset - Self.header) / Self.sealedChunk
  }

  /// The first chunk that begins at `blobOffset` or after it.
  func firstChunk(from blobOffset: UInt64) -> UInt64 {
    guard blobOffset > Self.header else { return 0 }
    let index = (blobOffset - Self.header + Self.sealedChunk - 1) / Self.sealedChunk
    return min(index, chunkCount)
  }

  /// The chunks that hold `range` of the plaintext.
  func chunks(of range: Range<UInt64>) -> Range<UInt64> {
    guard !range.isEmpty else { return 0..<0 }
    return (range.lowerBound / Self.chunk)..<((range.upperBound - 1) / Self.chunk + 1)
  }
}

extension BlobLayout {
  /// - Throws: `limitExceeded` when content of this size is more than the application takes.
  static func checkLimit(_ size: UInt64, maxSize: UInt64) throws(CygnetError) {
    guard size <= maxSize else {
      throw CygnetError(.limitExceeded, "the content is larger than the limit")
    }
  }
}
