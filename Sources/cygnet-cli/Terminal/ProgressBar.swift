internal import Synchronization

/// How far long work has come: a line on standard error that is drawn over and erased at the end.
///
/// Shown only on a terminal and not with `--quiet` or `--json`. May be told of progress from any
/// thread.
final class ProgressBar: Sendable {
  private static let interval = Duration.milliseconds(100)

  private struct State {
    var done: UInt64 = 0
    var lastDrawn: ContinuousClock.Instant
    var isShown = false
  }

  private let label: String
  private let total: UInt64?
  private let isEnabled: Bool
  private let start: ContinuousClock.Instant
  private let state: Mutex<State>

  /// - Parameters:
  ///   - label: what is being done, without control characters.
  ///   - total: bytes to do, if that is known.
  init(_ label: String, total: UInt64?, output: Output) {
    self.label = label
    self.total = total
    isEnabled =
      output.detail >= .normal && !output.isJSON && Terminal.isTerminal(.standardError)
    start = ContinuousClock.now
    state = Mutex(State(lastDrawn: start))
  }

  deinit { finish() }

  /// Reports that `count` more bytes are done.
  func advance(by count: Int) {
    guard isEnabled else { return }
    state.withLock { state in
      state.done = state.done.addingReportingOverflow(UInt64(clamping: count)).partialValue
      let now = ContinuousClock.now
      guard now - state.lastDrawn >= Self.interval else { return }
      state.lastDrawn = now
      if !state.isShown { Interruption.setProgressLine(true) }
      state.isShown = true
      let width = Terminal.width(.standardError)
      let text = Self.line(label, done: state.done, total: total, elapsed: now - start)
      try? Descriptor.standardError.write(Array("\r\u{1B}[K\(text.prefix(width - 1))".utf8))
    }
  }

  /// Erases the line.
  func finish() {
    state.withLock { state in
      guard state.isShown else { return }
      state.isShown = false
      Self.eraseLine()
      Interruption.setProgressLine(false)
    }
  }

  static func eraseLine() {
    try? Descriptor.standardError.write(Array("\r\u{1B}[K".utf8))
  }

  /// `encrypting  42 %  430 MB of 1.02 GB  512 MB/s  1 s left`
  static func line(_ label: String, done: UInt64, total: UInt64?, elapsed: Duration) -> String {
    let nanoseconds = max(1, elapsed.nanoseconds)
    let rate = done.scaled(by: 1_000_000_000, over: nanoseconds)
    guard let total, total >= done else {
      return "\(label)  \(done.asByteCount)  \(rate.asByteCount)/s"
    }
    let percent = total == 0 ? 100 : done.scaled(by: 100, over: total)
    var text = "\(label)  \(percent) %  \(done.asByteCount) of \(total.asByteCount)"
    text += "  \(rate.asByteCount)/s"
    if done > 0 {
      let left = (total - done).scaled(by: nanoseconds, over: done) / 1_000_000_000
      text += "  \(left.asClock) left"
    }
    return text
  }
}
