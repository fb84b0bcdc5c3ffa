internal import CygnetPrimitives

/// A parallel run under digest algorithm 1: all threads work on slices, and always one of them, in
/// the slices' order, on the digest.
///
/// The digest is what takes longest and cannot be divided, so whoever is free continues it before
/// anything else, and slices run ahead of it by a few only: memory stays constant.
struct FlatRun<Work: SliceWork>: Sendable {
  let work: Work
  let threadCount: Int

  private struct State: Sendable {
    var nextSlice: UInt64 = 0
    var nextDigest: UInt64 = 0
    var isDigesting = false
    /// Slices that wait for the digest.
    var done: [UInt64: SliceBuffers] = [:]
    var free: [SliceBuffers] = []
    var failure: CygnetError?
  }

  private enum Step: Sendable {
    case digest(UInt64, SliceBuffers)
    case process(UInt64, SliceBuffers)
    case stop
  }

  /// The digest of the whole blob, of which `header` is the beginning.
  func run(header: [UInt8]) throws(CygnetError) -> [UInt8] {
    let digest = Monitor(SHA256())
    digest.withLock { digest in digest.update(header) }
    let state = Monitor(State())
    Threads.run(threadCount) { runThread(state, digest) }
    if let failure = state.withLock({ state in state.failure }) { throw failure }
    return digest.withLock { digest in digest.currentDigest() }
  }

  private func runThread(_ state: Monitor<State>, _ digest: Monitor<SHA256>) {
    while true {
      switch state.wait(nextStep) {
      case .stop:
        return
      case .digest(let slice, let buffers):
        let count = blobRange(slice).count
        buffers.blob.withBytes { blob in
          digest.withLock { digest in digest.update(blob.extracting(0..<count)) }
        }
        state.withLock { state in
          state.free.append(buffers)
          state.nextDigest += 1
          state.isDigesting = false
        }
      case .process(let slice, let buffers):
        do throws(CygnetError) {
          try process(slice, buffers)
          state.withLock { state in state.done[slice] = buffers }
        } catch {
          state.withLock { state in state.failure = state.failure ?? error }
        }
      }
    }
  }

  private func nextStep(_ state: inout State) -> Step? {
    if state.failure != nil || state.nextDigest == sliceCount { return .stop }
    if !state.isDigesting, let buffers = state.done.removeValue(forKey: state.nextDigest) {
      state.isDigesting = true
      return .digest(state.nextDigest, buffers)
    }
    let window = UInt64(threadCount + 4)
    guard state.nextSlice < min(sliceCount, state.nextDigest + window) else { return nil }
    state.nextSlice += 1
    return .process(state.nextSlice - 1, state.free.popLast() ?? SliceBuffers())
  }

  private func process(_ slice: UInt64, _ buffers: SliceBuffers) throws(CygnetError) {
    try work.process(chunks(slice), buffers)
    let range = blobRange(slice)
    try buffers.blob.withBytes { (blob) throws(CygnetError) in
      try work.emit(blob.extracting(0..<range.count), at: range.lowerBound)
    }
  }

  private static var sliceLength: UInt64 { UInt64(AttachmentLimits.sliceChunkCount) }

  private var sliceCount: UInt64 {
    (work.layout.chunkCount + Self.sliceLength - 1) / Self.sliceLength
  }

  private func chunks(_ slice: UInt64) -> Range<UInt64> {
    let first = slice * Self.sliceLength
    return first..<min(first + Self.sliceLength, work.layout.chunkCount)
  }

  private func blobRange(_ slice: UInt64) -> Range<UInt64> {
    let chunks = chunks(slice)
    let layout = work.layout
    return layout.blobOffset(
      ofChunk: chunks.lowerBound)..<layout.blobOffset(
        ofChunk: chunks.upperBound)
  }
}
