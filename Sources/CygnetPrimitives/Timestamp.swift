/// Seconds since 1970-01-01 00:00 UTC, without a calendar. Protocol code never reads a clock: the
/// application passes the time in.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Seconds since 1970-01-01 00:00 UTC, leap seconds not counted.
  public let seconds: UInt64

  /// The time `seconds` after 1970-01-01 00:00 UTC.
  public init(seconds: UInt64) { self.seconds = seconds }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.seconds < right.seconds }

  /// The time `interval` seconds later; the last representable second when there is none.
  package func adding(_ interval: UInt64) -> Timestamp {
    let (sum, overflow) = seconds.addingReportingOverflow(interval)
    return Timestamp(seconds: overflow ? .max : sum)
  }
}
