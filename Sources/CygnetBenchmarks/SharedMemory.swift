/// Memory that stands for a file in benchmarks of attachments, so that no disk is timed.
///
/// Several threads use it at once without a lock: they write to places of their own, or the same bytes
/// to the same place, and nobody looks at them before all threads have ended.
@safe final class SharedMemory: @unchecked Sendable {
  let count: Int
  private let base: UnsafeMutablePointer<UInt8>

  init(count: Int) {
    self.count = count
    unsafe base = .allocate(capacity: count)
    unsafe base.initialize(repeating: 0x2a, count: count)
  }

  deinit { unsafe base.deallocate() }

  /// The byte at `offset` and all that follow; good as long as this object.
  @unsafe func pointer(at offset: Int) -> UnsafeMutablePointer<UInt8> {
    precondition(offset <= count, "the benchmark stays inside its memory")
    return unsafe base + offset
  }

  func read(at offset: UInt64, into buffer: inout MutableRawSpan) {
    let start = Int(offset)
    unsafe buffer.withUnsafeMutableBytes { buffer in
      precondition(start + buffer.count <= count, "the benchmark stays inside its memory")
      unsafe buffer.copyMemory(
        from: UnsafeRawBufferPointer(start: base + start, count: buffer.count))
    }
  }

  func write(_ bytes: RawSpan, at offset: UInt64) {
    let start = Int(offset)
    unsafe bytes.withUnsafeBytes { bytes in
      precondition(start + bytes.count <= count, "the benchmark stays inside its memory")
      unsafe UnsafeMutableRawBufferPointer(start: base + start, count: bytes.count)
        .copyMemory(from: bytes)
    }
  }
}
