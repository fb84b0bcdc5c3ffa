/// `count` bytes that `fill` writes in place, so that no block is zeroed only to be overwritten.
///
/// `fill` writes every byte, or throws.
package func filledBytes(
  count: Int, _ fill: (inout MutableRawSpan) throws(CygnetError) -> Void
) throws(CygnetError) -> [UInt8] {
  var failure: CygnetError?
  // Room for one byte at least: with none, the initialiser writes the count into the shared empty
  // array, and two threads must not do that at once.
  let bytes = unsafe [UInt8](unsafeUninitializedCapacity: max(count, 1)) { buffer, initialised in
    var span = unsafe MutableRawSpan(
      _unsafeElements: UnsafeMutableBufferPointer(
        rebasing: buffer[..<count]))
    do throws(CygnetError) {
      try fill(&span)
      initialised = count
    } catch { failure = error }
  }
  if let failure { throw failure }
  return bytes
}

extension MutableRawSpan {
  /// Copies `source` to the place that begins at `offset`.
  /// - Precondition: it fits; callers compute both lengths from one layout.
  package mutating func copy(_ source: RawSpan, at offset: Int) {
    precondition(offset >= 0 && source.byteCount <= byteCount - offset, "a copy past the end")
    unsafe withUnsafeMutableBytes { target in
      unsafe source.withUnsafeBytes { source in
        unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: source)
      }
    }
  }

  /// Sets the bytes from `offset` to the end to zero.
  package mutating func zero(from offset: Int) {
    guard offset < byteCount else { return }
    unsafe withUnsafeMutableBytes { target in
      _ = unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...])
        .initializeMemory(as: UInt8.self, repeating: 0)
    }
  }
}

extension [UInt8] {
  /// Appends a copy of `bytes`.
  package mutating func append(copying bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { bytes in unsafe append(contentsOf: bytes) }
  }
}

extension [UInt8] {
  /// Lends the bytes as a span of raw bytes. A byte has no padding, so nothing unwritten shows.
  package func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try unsafe body(span.bytes)
  }
}

extension [UInt8] {
  /// Lends the bytes to be overwritten.
  package mutating func withMutableBytes<R, E: Error>(
    _ body: (inout MutableRawSpan) throws(E) -> R
  ) throws(E) -> R {
    var span = mutableSpan
    var bytes = unsafe span.mutableBytes
    return try body(&bytes)
  }
}
