internal import CygnetPrimitives

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The terminal of the person who started the command, wherever standard input and output lead.
final class ControllingTerminal: Sendable {
  private static let maxLineCount = 4096
  private let descriptor: Descriptor

  /// `nil` where there is none, as in a job of a timer.
  init?() {
    let number = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard number >= 0 else { return nil }
    descriptor = Descriptor(number: number)
  }

  deinit { _ = descriptor.close() }

  /// Asks, and gives the line that is typed; `nil` at the end of the input.
  func ask(_ question: String) throws(CommandFailure) -> SecretBytes? {
    show(question)
    let line = try descriptor.readSecretLine("the terminal", limit: Self.maxLineCount)
    if Interruption.isInputHidden { show("\n") }
    return line
  }

  /// Asks a question that has yes or no for an answer. No, unless the answer begins with y.
  func confirm(_ question: String) throws(CommandFailure) -> Bool {
    guard let line = try ask("\(question) [y/N] ") else { return false }
    return unsafe line.withUnsafeBytes { bytes in
      unsafe bytes.first.map { $0 == UInt8(ascii: "y") || $0 == UInt8(ascii: "Y") } ?? false
    }
  }

  func show(_ text: String) { _ = unsafe descriptor.writeAll(Array(text.utf8).span.bytes) }

  func show(_ secret: SecretBytes) { secret.withBytes { _ = descriptor.writeAll($0) } }

  /// Keeps what is typed off the screen while `body` runs.
  func hidingInput<Value>(
    _ body: (ControllingTerminal) throws(CommandFailure) -> Value
  ) throws(CommandFailure) -> Value {
    if let error = Interruption.hideInput(of: descriptor) {
      throw error.failure("cannot set up the terminal")
    }
    defer { Interruption.showInput() }
    return try body(self)
  }
}

/// How a terminal is set up, to be put back later.
struct TerminalMode: Sendable {
  private var mode: termios
  private let descriptor: Descriptor

  static func of(_ descriptor: Descriptor) -> Result<TerminalMode, SystemError> {
    var mode = termios()
    guard unsafe tcgetattr(descriptor.number, &mode) == 0 else {
      return .failure(SystemError.current)
    }
    return .success(TerminalMode(mode: mode, descriptor: descriptor))
  }

  /// The same without echo, and without the keys that would stop or kill the command before it has
  /// put the mode back. Ctrl-C works: `Interruption` waits for it.
  var hidingInput: TerminalMode {
    var copy = self
    copy.mode.c_lflag &= ~tcflag_t(ECHO | ECHONL)
    copy.mode.c_lflag |= tcflag_t(ICANON | ISIG)
    unsafe withUnsafeMutableBytes(of: &copy.mode.c_cc) { keys in
      for key in [VSUSP, VQUIT] { unsafe keys[Int(key)] = UInt8(truncatingIfNeeded: Self.disabled) }
    }
    return copy
  }

  private static var disabled: Int {
    #if canImport(Glibc)
      0
    #else
      0xff
    #endif
  }

  /// Puts the terminal into this mode; typed but unread input is dropped.
  func apply() -> SystemError? {
    var mode = mode
    while unsafe tcsetattr(descriptor.number, TCSAFLUSH, &mode) != 0 {
      if errno != EINTR { return SystemError.current }
    }
    return nil
  }
}
