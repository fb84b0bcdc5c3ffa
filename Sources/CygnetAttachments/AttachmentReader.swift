public import CygnetPrimitives

/// Reads ranges of an attachment's content without the rest of its blob: to seek in a film, or to
/// show the first page.
///
/// Each chunk that is read is verified; the digest of the whole is not, hence `ProvisionalBytes`.
public struct AttachmentReader: Sendable {
  private let size: UInt64
  private let layout: BlobLayout
  private let aead: ChunkedAEAD

  /// Chunks asked for at once, which bounds what is held beside the result.
  private static let maxFetchChunkCount = UInt64(AttachmentLimits.partChunkCount)

  /// - Parameters:
  ///   - pointer: what came in the message.
  ///   - header: the blob's first 56 bytes, fetched once for all ranges.
  ///   - maxSize: the largest content that is taken.
  /// - Throws: `limitExceeded` for content above the limit, `truncated` for a header of another
  ///   length, `authenticationFailed` when it is not this pointer's.
  public init(
    _ pointer: AttachmentPointer, header: [UInt8],
    maxSize: UInt64 = AttachmentLimits.defaultMaxSize
  ) throws(CygnetError) {
    layout = try pointer.layout
    try BlobLayout.checkLimit(pointer.size, maxSize: maxSize)
    size = pointer.size
    aead = try ChunkedAEAD(
      key: pointer.key, role: pointer.role, header: AttachmentHeader(decoding: header))
  }

  /// The content's bytes in `range`.
  /// - Parameters:
  ///   - range: counted in bytes of content.
  ///   - fetch: gives exactly the bytes of the blob in a range; called once for every 8 MiB.
  /// - Throws: `limitExceeded` for a range that is not inside the content; `truncated` or `malformed`
  ///   when `fetch` gives less or more than was asked; `authenticationFailed`; what `fetch` throws.
  public func read(
    _ range: Range<UInt64>, fetch: (Range<UInt64>) throws(CygnetError) -> [UInt8]
  ) throws(CygnetError) -> ProvisionalBytes {
    guard range.upperBound <= size else {
      throw CygnetError(.limitExceeded, "the range lies outside the content")
    }
    let chunks = layout.chunks(of: range)
    var output: [UInt8] = []
    var chunk = chunks.lowerBound
    while chunk < chunks.upperBound {
      let end = min(chunk + Self.maxFetchChunkCount, chunks.upperBound)
      let opened = try open(chunk..<end, range, fetch)
      if chunk == chunks.lowerBound, end == chunks.upperBound { return ProvisionalBytes(opened) }
      output += opened
      chunk = end
    }
    return ProvisionalBytes(output)
  }

  /// The part of `range` that lies in `chunks`.
  private func open(
    _ chunks: Range<UInt64>, _ range: Range<UInt64>,
    _ fetch: (Range<UInt64>) throws(CygnetError) -> [UInt8]
  ) throws(CygnetError) -> [UInt8] {
    let place =
      layout.blobOffset(ofChunk: chunks.lowerBound)..<layout.blobOffset(ofChunk: chunks.upperBound)
    let sealed = try fetch(place)
    guard sealed.count >= place.count else {
      throw CygnetError(.truncated, "less of the blob than was asked for")
    }
    guard sealed.count == place.count else {
      throw CygnetError(.malformed, "more of the blob than was asked for")
    }
    let start = layout.plainOffset(ofChunk: chunks.lowerBound)
    let end = layout.plainOffset(ofChunk: chunks.upperBound)
    var plaintext = try filledBytes(count: Int(end - start)) { (output) throws(CygnetError) in
      try sealed.withBytes { (sealed) throws(CygnetError) in
        try aead.open(sealed, first: chunks.lowerBound, over: &output)
      }
    }
    if range.upperBound < end { plaintext.removeLast(Int(end - range.upperBound)) }
    if range.lowerBound > start { plaintext.removeFirst(Int(range.lowerBound - start)) }
    return plaintext
  }
}
