internal import CygnetPrimitives

/// What a parallel run does to a slice of up to 32 chunks: seals or opens it.
protocol SliceWork: Sendable {
  var layout: BlobLayout { get }

  /// Leaves the slice's bytes of the blob at the front of `buffers.blob`.
  func process(_ chunks: Range<UInt64>, _ buffers: SliceBuffers) throws(CygnetError)

  /// Is given bytes of the blob, or of a part of a slice, where they are to be.
  func emit(_ blob: RawSpan, at offset: UInt64) throws(CygnetError)
}

/// Memory for one slice, used again and again.
///
/// An object and not a value, so that handing it on never copies a megabyte. One thread at a time
/// has it: it passes from thread to thread under a run's monitor only, hence `Sendable`.
final class SliceBuffers: @unchecked Sendable {
  var blob = [UInt8](
    repeating: 0, count: SliceBuffers.chunkCount * AttachmentLimits.sealedChunkByteCount)
  var plaintext = [UInt8](
    repeating: 0, count: SliceBuffers.chunkCount * AttachmentLimits.chunkByteCount)

  static let chunkCount = AttachmentLimits.sliceChunkCount
}

/// Sealing: content is read, the blob written.
struct SealingWork: SliceWork {
  let layout: BlobLayout
  let size: UInt64
  let aead: ChunkedAEAD
  let read: PositionedRead
  let write: PositionedWrite

  func process(_ chunks: Range<UInt64>, _ buffers: SliceBuffers) throws(CygnetError) {
    let start = layout.plainOffset(ofChunk: chunks.lowerBound)
    let count = Int(layout.plainOffset(ofChunk: chunks.upperBound) - start)
    let contentCount = Padding.contentByteCount(at: start, count: count, size: size)
    try buffers.plaintext.withMutableBytes { (plaintext) throws(CygnetError) in
      plaintext.zero(from: contentCount)
      guard contentCount > 0 else { return }
      var content = plaintext._mutatingExtracting(0..<contentCount)
      try read(start, &content)
    }
    let isLast = chunks.upperBound == layout.chunkCount
    let plaintext = buffers.plaintext
    try buffers.blob.withMutableBytes { (blob) throws(CygnetError) in
      try plaintext.withBytes { (plaintext) throws(CygnetError) in
        try aead.seal(
          plaintext.extracting(0..<count), first: chunks.lowerBound, isLast: isLast, over: &blob)
      }
    }
  }

  func emit(_ blob: RawSpan, at offset: UInt64) throws(CygnetError) { try write(offset, blob) }
}

/// Opening: the blob is read, verified content written.
struct OpeningWork: SliceWork {
  let layout: BlobLayout
  let size: UInt64
  let aead: ChunkedAEAD
  let read: PositionedRead
  let write: PositionedWrite

  func process(_ chunks: Range<UInt64>, _ buffers: SliceBuffers) throws(CygnetError) {
    let offset = layout.blobOffset(ofChunk: chunks.lowerBound)
    let sealedCount = Int(layout.blobOffset(ofChunk: chunks.upperBound) - offset)
    try buffers.blob.withMutableBytes { (blob) throws(CygnetError) in
      var sealed = blob._mutatingExtracting(0..<sealedCount)
      try read(offset, &sealed)
    }
    let blob = buffers.blob
    try buffers.plaintext.withMutableBytes { (plaintext) throws(CygnetError) in
      try blob.withBytes { (blob) throws(CygnetError) in
        try aead.open(
          blob.extracting(0..<sealedCount), first: chunks.lowerBound, over: &plaintext)
      }
    }
    let start = layout.plainOffset(ofChunk: chunks.lowerBound)
    let count = Int(layout.plainOffset(ofChunk: chunks.upperBound) - start)
    let contentCount = Padding.contentByteCount(at: start, count: count, size: size)
    try buffers.plaintext.withBytes { (plaintext) throws(CygnetError) in
      try Padding.demandZero(plaintext.extracting(contentCount..<count))
      if contentCount > 0 { try write(start, plaintext.extracting(0..<contentCount)) }
    }
  }

  func emit(_ blob: RawSpan, at offset: UInt64) throws(CygnetError) {}
}
