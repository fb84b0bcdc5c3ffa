/// A number outside the store that never goes back: in a secure element, on a server, on another
/// disk. With one, a store that was replaced as a whole by an older copy of itself is noticed;
/// without one, no software can notice it.
public protocol MonotonicCounter: Sendable {
  /// The highest number that `advance` was ever given, 0 at first.
  func read() throws -> UInt64

  /// Raises the counter to `value`. A value below the counter's changes nothing.
  func advance(to value: UInt64) throws
}
