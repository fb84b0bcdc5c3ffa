internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What is undone when a signal ends the program: temporary files, the progress line, and a terminal
/// that does not echo.
///
/// The signals are blocked in every thread and awaited in one of its own, so the clean-up is
/// ordinary code under a lock and not bound by the rules of signal handlers.
enum Interruption {
  private struct State {
    var temporaries: [Path] = []
    var hasProgressLine = false
    /// How the terminal was before its input was hidden.
    var terminalMode: TerminalMode?
  }

  private static let state = Mutex(State())

  /// Starts waiting. To be called before any other thread exists.
  static func install() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      unsafe sigaddset(&signals, number)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    #if canImport(Glibc)
      var thread = pthread_t()
    #else
      var thread: pthread_t?
    #endif
    let result = unsafe pthread_create(&thread, nil, { _ in unsafe Interruption.await() }, nil)
    // Without the thread nobody would ever see the signals: let them end the program at once.
    if result != 0 { unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil) }
  }

  /// A caller such as `nohup` may want a signal to be ignored.
  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    guard unsafe sigaction(number, nil, &action) == 0 else { return false }
    #if canImport(Glibc)
      let handler = unsafe action.__sigaction_handler.sa_handler
    #else
      let handler = unsafe action.__sigaction_u.__sa_handler
    #endif
    let ignored = unsafe unsafeBitCast(SIG_IGN, to: Int.self)
    return unsafe unsafeBitCast(handler, to: Int.self) == ignored
  }

  private static func await() -> UnsafeMutableRawPointer? {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      unsafe sigaddset(&signals, number)
    }
    var received: Int32 = 0
    while unsafe sigwait(&signals, &received) != 0 {}
    state.withLock { state -> Never in
      for path in state.temporaries { _ = unsafe unlink(path.terminated) }
      if state.hasProgressLine { ProgressBar.eraseLine() }
      if let mode = state.terminalMode { _ = mode.apply() }
      _exit(ExitCode.interrupted.rawValue)
    }
  }

  /// Creates a temporary file that a signal removes: no signal comes between the two.
  static func creating<Value, Failure: Error>(
    _ path: Path, _ create: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    try state.withLock { state throws(Failure) in
      let value = try create()
      state.temporaries.append(path)
      return value
    }
  }

  /// Renames or removes a temporary file; if that works, signals forget it.
  static func settling(_ path: Path, _ settle: () -> Bool) -> Bool {
    state.withLock { state in
      let isSettled = settle()
      if isSettled { state.temporaries.removeAll { $0 == path } }
      return isSettled
    }
  }

  /// Stops the terminal's echo until `showInput`, or until a signal ends the program.
  static func hideInput(of terminal: Descriptor) -> SystemError? {
    state.withLock { state in
      switch TerminalMode.of(terminal) {
      case .failure(let error): return error
      case .success(let mode):
        let error = mode.hidingInput.apply()
        if error == nil { state.terminalMode = mode }
        return error
      }
    }
  }

  static func showInput() {
    state.withLock { state in
      _ = state.terminalMode?.apply()
      state.terminalMode = nil
    }
  }

  static var isInputHidden: Bool { state.withLock { $0.terminalMode != nil } }

  static func setProgressLine(_ isShown: Bool) {
    state.withLock { $0.hasProgressLine = isShown }
  }
}
