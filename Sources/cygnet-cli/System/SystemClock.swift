#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The computer's clock.
enum SystemClock {
  /// Seconds since 1970; 0 for a clock set before.
  static var seconds: UInt64 { UInt64(max(0, time(nil))) }
}
