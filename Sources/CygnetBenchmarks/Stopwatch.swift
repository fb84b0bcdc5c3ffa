#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Measures in nanoseconds.
enum Stopwatch {
  /// Processor time that this thread spends in `body`: other programs do not count, waiting does not
  /// either.
  static func nanoseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = now(CLOCK_THREAD_CPUTIME_ID)
    try body()
    return Double(now(CLOCK_THREAD_CPUTIME_ID) - start)
  }

  /// Time that passes while `body` runs, for what several threads do together.
  static func elapsedNanoseconds(_ body: () throws -> Void) rethrows -> Double {
    let start = now(CLOCK_MONOTONIC)
    try body()
    return Double(now(CLOCK_MONOTONIC) - start)
  }

  private static func now(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}
