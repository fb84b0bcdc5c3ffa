#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Another program that answers on its standard output.
///
/// It is started without a shell, looked up in `PATH` if its name has no slash, and shares nothing
/// but standard error: no file that is open here is open there.
final class ChildProcess {
  /// What the program prints.
  let output: Descriptor
  private let identifier: pid_t
  private var result: Int32?

  /// - Parameter input: what the program finds at its standard input; at most a pipe's room, 4096
  ///   bytes everywhere. Without it, nothing.
  /// - Throws: `inputOutput` if it cannot be started.
  init(_ program: Path, _ arguments: [String], input: [UInt8] = []) throws(CommandFailure) {
    let fromChild = try Pipe()
    defer { _ = fromChild.writing.close() }
    let toChild: Pipe
    do { toChild = try Pipe() } catch {
      _ = fromChild.reading.close()
      throw error
    }
    defer { _ = toChild.reading.close() }
    let words = [program.terminated] + arguments.map { Path($0).terminated }
    switch Self.spawn(program, words, input: toChild.reading, output: fromChild.writing) {
    case .success(let started): identifier = started
    case .failure(let error):
      _ = toChild.writing.close()
      _ = fromChild.reading.close()
      throw error.failure("cannot start \(program)")
    }
    output = fromChild.reading
    // A program that does not want it may have gone: its result tells.
    _ = unsafe toChild.writing.writeAll(input.span.bytes)
    _ = toChild.writing.close()
  }

  deinit { _ = wait() }

  /// Waits for its end; its exit code, or 128 and more if a signal ended it. Its output is read no
  /// further.
  func wait() -> Int32 {
    if let result { return result }
    _ = output.close()
    var status: Int32 = 0
    while unsafe waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
    let signal = status & 0x7F
    let code = signal == 0 ? status >> 8 & 0xFF : 128 + signal
    result = code
    return code
  }

  private struct Pipe {
    let reading: Descriptor
    let writing: Descriptor

    init() throws(CommandFailure) {
      var ends: [Int32] = [-1, -1]
      guard unsafe pipe(&ends) == 0 else {
        throw SystemError.current.failure("cannot create a pipe")
      }
      // No other thread starts programs, so nothing comes between.
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      reading = Descriptor(number: ends[0])
      writing = Descriptor(number: ends[1])
    }
  }

  private static func spawn(
    _ program: Path, _ words: [[CChar]], input: Descriptor, output: Descriptor
  ) -> Result<pid_t, SystemError> {
    #if canImport(Glibc)
      var actions = unsafe posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, input.number, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output.number, 1)
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe undoSignalSetup(&attributes)

    var identifier: pid_t = 0
    var pointers: [UnsafeMutablePointer<CChar>?] = unsafe words.map { word in
      unsafe strdup(word)
    }
    unsafe pointers.append(nil)
    defer { for index in unsafe pointers.indices { unsafe free(pointers[index]) } }
    let error = unsafe posix_spawnp(
      &identifier, program.terminated, &actions, &attributes, pointers, environ)
    return error == 0 ? .success(identifier) : .failure(SystemError(number: error))
  }

  /// This process blocks the signals that `Interruption` awaits and ignores SIGPIPE: the other is to
  /// have them as everyone has.
  #if canImport(Glibc)
    private typealias Attributes = posix_spawnattr_t
  #else
    private typealias Attributes = posix_spawnattr_t?
  #endif
  private static func undoSignalSetup(_ attributes: UnsafeMutablePointer<Attributes>) {
    var none = sigset_t()
    unsafe sigemptyset(&none)
    unsafe posix_spawnattr_setsigmask(attributes, &none)
    var ignored = sigset_t()
    unsafe sigemptyset(&ignored)
    unsafe sigaddset(&ignored, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(attributes, &ignored)
    unsafe posix_spawnattr_setflags(
      attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
  }
}
