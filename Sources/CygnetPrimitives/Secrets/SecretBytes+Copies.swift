extension SecretBytes {
  /// Lends a copy in an array, for an interface that takes no secret, and wipes it afterwards. The
  /// array must not outlive the call: what holds on to it keeps the content.
  package func withExposedCopy<R, E: Error>(
    _ body: (inout [UInt8]) throws(E) -> R
  ) throws(E) -> R {
    var copy: [UInt8] = []
    copy.reserveCapacity(count)
    withBytes { bytes in copy.append(copying: bytes) }
    defer { ConstantTime.wipe(&copy) }
    return try body(&copy)
  }

  /// Bytes that are written in place through a span. The block is zero before.
  package init(
    count: Int, writing body: (inout MutableRawSpan) throws(CygnetError) -> Void
  ) throws(CygnetError) {
    try unsafe self.init(count: count) { (buffer) throws(CygnetError) in
      var span = unsafe MutableRawSpan(_unsafeBytes: buffer)
      try body(&span)
    }
  }
}
