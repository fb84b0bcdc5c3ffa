internal import CygnetPrimitives

/// A parallel run under digest algorithm 2: every thread takes a part of 8 MiB of the blob, seals or
/// opens it slice by slice and computes the part's digest while the slice is in the core's cache.
///
/// A chunk that lies across the border of two parts is handled in both, so that no thread waits for
/// another: one chunk in 512 costs twice.
struct PartedRun<Work: SliceWork>: Sendable {
  let work: Work
  let threadCount: Int

  private struct State: Sendable {
    var nextPart: UInt64 = 0
    var digests: [UInt64: [UInt8]] = [:]
    var failure: CygnetError?
  }

  /// The digest of the whole blob, of which `header` is the beginning.
  func run(header: [UInt8]) throws(CygnetError) -> [UInt8] {
    let state = Monitor(State())
    Threads.run(threadCount) {
      let buffers = SliceBuffers()
      while let part = state.withLock(nextPart) {
        do throws(CygnetError) {
          let digest = try process(part, header, buffers)
          state.withLock { state in state.digests[part] = digest }
        } catch {
          state.withLock { state in state.failure = state.failure ?? error }
        }
      }
    }
    let (digests, failure) = state.withLock { state in (state.digests, state.failure) }
    if let failure { throw failure }
    var whole = SHA256()
    for part in 0..<partCount {
      guard let digest = digests[part] else {
        throw CygnetError(.internalFault, "a part of a parallel run is missing")
      }
      whole.update(digest)
    }
    return whole.finalize()
  }

  private static var partLength: UInt64 { UInt64(AttachmentLimits.digestPartByteCount) }

  private var partCount: UInt64 {
    (work.layout.blobSize + Self.partLength - 1) / Self.partLength
  }

  private func nextPart(_ state: inout State) -> UInt64? {
    guard state.failure == nil, state.nextPart < partCount else { return nil }
    state.nextPart += 1
    return state.nextPart - 1
  }

  private func process(
    _ part: UInt64, _ header: [UInt8], _ buffers: SliceBuffers
  ) throws(CygnetError) -> [UInt8] {
    let layout = work.layout
    let start = part * Self.partLength
    let end = min(start + Self.partLength, layout.blobSize)
    var digest = SHA256()
    if part == 0 { digest.update(header) }
    var chunk = layout.chunk(at: start)
    let lastChunk = layout.firstChunk(from: end)
    while chunk < lastChunk {
      let next = min(chunk + UInt64(AttachmentLimits.sliceChunkCount), lastChunk)
      try work.process(chunk..<next, buffers)
      let offset = layout.blobOffset(ofChunk: chunk)
      let from = max(offset, start)
      let to = min(layout.blobOffset(ofChunk: next), end)
      try buffers.blob.withBytes { (blob) throws(CygnetError) in
        let piece = blob.extracting(Int(from - offset)..<Int(to - offset))
        digest.update(piece)
        try work.emit(piece, at: from)
      }
      chunk = next
    }
    return digest.finalize()
  }
}
