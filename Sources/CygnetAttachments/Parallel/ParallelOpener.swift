public import CygnetPrimitives

/// Decrypts a file on all cores, in constant memory.
///
/// Content is written as its chunks verify, in no order: to a temporary place, which becomes the
/// file only when `run` returns.
public struct ParallelOpener: Sendable {
  private let pointer: AttachmentPointer
  private let layout: BlobLayout
  private let threadCount: Int

  /// - Parameters:
  ///   - pointer: what came in the message.
  ///   - blobSize: bytes that the blob has in fact.
  ///   - maxSize: the largest content that is taken.
  ///   - threadCount: 1 to 16 threads; nil for one per processor.
  /// - Throws: `limitExceeded` for content above the limit; `truncated` or `malformed` for a blob
  ///   that is shorter or longer than its pointer says.
  public init(
    _ pointer: AttachmentPointer, blobSize: UInt64,
    maxSize: UInt64 = AttachmentLimits.defaultMaxSize, threadCount: Int? = nil
  ) throws(CygnetError) {
    layout = try pointer.layout
    try BlobLayout.checkLimit(pointer.size, maxSize: maxSize)
    guard blobSize >= layout.blobSize else {
      throw CygnetError(.truncated, "the blob is shorter than its pointer says")
    }
    guard blobSize == layout.blobSize else {
      throw CygnetError(.malformed, "the blob is longer than its pointer says")
    }
    self.pointer = pointer
    self.threadCount = ParallelThreads.count(threadCount)
  }

  /// Opens everything. When this returns the attachment is complete: every chunk verified, padding
  /// was zero, the digest is the pointer's.
  /// - Parameters:
  ///   - read: gives the blob.
  ///   - write: takes content that is verified, but provisional until this returns.
  /// - Throws: `authenticationFailed`; `ruleViolation` for padding that is not zero; what `read` and
  ///   `write` throw.
  public func run(
    read: @escaping PositionedRead, write: @escaping PositionedWrite
  ) throws(CygnetError) {
    let header = try filledBytes(count: AttachmentHeader.byteCount) {
      (header) throws(CygnetError) in try read(0, &header)
    }
    let aead = try ChunkedAEAD(
      key: pointer.key, role: pointer.role, header: AttachmentHeader(decoding: header))
    let work = OpeningWork(
      layout: layout, size: pointer.size, aead: aead, read: read, write: write)
    let digest =
      switch pointer.digestAlgorithm {
      case .flat: try FlatRun(work: work, threadCount: threadCount).run(header: header)
      case .parts: try PartedRun(work: work, threadCount: threadCount).run(header: header)
      }
    guard ConstantTime.areEqual(digest, pointer.digest) else {
      throw CygnetError(.authenticationFailed, "the attachment does not verify")
    }
  }
}
