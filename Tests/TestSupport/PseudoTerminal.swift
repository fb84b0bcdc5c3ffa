import Foundation

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A command at a terminal of its own, with a person who reads and types.
public final class PseudoTerminal {
  private let master: Int32
  /// Held open so that the terminal and its mode outlive the command.
  private let slave: Int32
  private let identifier: pid_t
  private var unread: [UInt8] = []
  private var exitCode: Int32?

  /// All that was shown.
  public private(set) var screen = ""

  /// `POSIX_SPAWN_SETSID`, which Swift does not see on Linux.
  private static let newSession: Int16 = {
    #if canImport(Glibc)
      0x80
    #else
      0x400
    #endif
  }()

  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Starts `cygnet` with the terminal as its controlling one.
  /// - Parameters:
  ///   - talksTo: a file that takes standard error instead of the terminal.
  ///   - printsTo: a file that takes standard output instead of the terminal.
  public init(
    _ tool: CommandLineTool, _ arguments: [String], environment: [String: String] = [:],
    printsTo: String? = nil, talksTo: String? = nil
  ) throws {
    var (ours, theirs): (Int32, Int32) = (-1, -1)
    guard openpty(&ours, &theirs, nil, nil, nil) == 0, let name = ttyname(theirs) else {
      throw Failure(description: "no pseudo-terminal: \(errno)")
    }
    (master, slave) = (ours, theirs)
    for descriptor in [master, slave] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }

    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    // The first terminal that the leader of a new session opens becomes its own.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    for (number, file) in [(Int32(1), printsTo), (2, talksTo)] {
      if let file {
        posix_spawn_file_actions_addopen(
          &actions, number, file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
      } else {
        posix_spawn_file_actions_adddup2(&actions, 0, number)
      }
    }
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Self.newSession)

    let words = [tool.path] + arguments
    let variables = CommandLineTool.environment(adding: environment).map { "\($0)=\($1)" }
    var argv = words.map { strdup($0) } + [nil]
    var envp = variables.map { strdup($0) } + [nil]
    defer { for pointer in argv + envp { free(pointer) } }
    var started: pid_t = 0
    let error = posix_spawn(&started, tool.path, &actions, &attributes, &argv, &envp)
    guard error == 0 else { throw Failure(description: "not started: \(error)") }
    identifier = started
  }

  deinit {
    if exitCode == nil {
      kill(identifier, SIGKILL)
      var status: Int32 = 0
      waitpid(identifier, &status, 0)
    }
    close(slave)
    close(master)
  }

  /// Reads until `text` is shown; what was shown since the last wait, up to and with it.
  @discardableResult
  public func wait(for text: String) throws -> String {
    let deadline = Date(timeIntervalSinceNow: 60)
    while true {
      let shown = String(decoding: unread, as: UTF8.self)
      if let range = shown.range(of: text) {
        unread = Array(shown[range.upperBound...].utf8)
        return String(shown[..<range.upperBound])
      }
      guard Date() < deadline, read(forMilliseconds: 100) || isRunning else {
        throw Failure(description: "'\(text)' was not shown, but: \(shown)")
      }
    }
  }

  public func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = bytes.withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
  }

  /// Whether the terminal shows what is typed.
  public var echoes: Bool {
    var mode = termios()
    tcgetattr(slave, &mode)
    return mode.c_lflag & tcflag_t(ECHO) != 0
  }

  public func send(signal: Int32) { kill(identifier, signal) }

  /// Waits for the end; the exit code, or minus the signal.
  public func finish() throws -> Int32 {
    let deadline = Date(timeIntervalSinceNow: 60)
    while isRunning {
      guard Date() < deadline else { throw Failure(description: "it does not end: \(screen)") }
      _ = read(forMilliseconds: 20)
    }
    while read(forMilliseconds: 20) {}
    return exitCode ?? -1
  }

  private var isRunning: Bool {
    if exitCode != nil { return false }
    var status: Int32 = 0
    guard waitpid(identifier, &status, WNOHANG) == identifier else { return true }
    let signal = status & 0x7F
    exitCode = signal == 0 ? status >> 8 & 0xFF : -signal
    return false
  }

  /// Whether anything came.
  private func read(forMilliseconds milliseconds: Int32) -> Bool {
    var descriptor = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, milliseconds) == 1 else { return false }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { systemRead($0) }
    guard count > 0 else { return false }
    unread += buffer[..<count]
    screen += String(decoding: buffer[..<count], as: UTF8.self)
    return true
  }

  private func systemRead(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    #if canImport(Glibc)
      Glibc.read(master, buffer.baseAddress, buffer.count)
    #else
      Darwin.read(master, buffer.baseAddress, buffer.count)
    #endif
  }
}
