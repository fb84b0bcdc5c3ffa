public import CygnetPrimitives

/// How a parallel run reads: fills the whole span with the bytes from an offset on. Called from
/// several threads at once, like `pread`.
public typealias PositionedRead =
  @Sendable (_ offset: UInt64, _ buffer: inout MutableRawSpan) throws(CygnetError) -> Void

/// How a parallel run writes: puts the bytes at an offset. Called from several threads at once, like
/// `pwrite`, in no order. A few bytes are written twice, the same both times.
public typealias PositionedWrite =
  @Sendable (_ offset: UInt64, _ bytes: RawSpan) throws(CygnetError) -> Void
