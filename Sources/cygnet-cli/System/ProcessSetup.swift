#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The state of the process before the first command runs, and its end.
enum ProcessSetup {
  /// - Which descriptors came with the start is noted before anything is opened.
  /// - Files are created for their owner alone.
  /// - A closed pipe is an error to handle, not the end.
  /// - No core dump, and no other process of the same user looks inside: both would find keys.
  /// - Descriptors 0 to 2 are taken, or the first file opened would become standard output. They
  ///   are opened the wrong way round, so that using them still fails.
  static func prepare() {
    Descriptor.rememberInherited()
    umask(0o077)
    _ = signal(SIGPIPE, SIG_IGN)
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    #if canImport(Glibc)
      _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    #else
      _ = unsafe setrlimit(RLIMIT_CORE, &none)
    #endif
    refuseInspection()
    for number in Int32(0)...2 where fcntl(number, F_GETFD) == -1 {
      _ = unsafe open("/dev/null", number == 0 ? O_WRONLY : O_RDONLY)
    }
  }

  /// `prctl(PR_SET_DUMPABLE, 0)`. The function takes any number of arguments, which Swift cannot call
  /// by name; a machine passes two whole numbers alike either way. Where it is not found, as outside
  /// Linux, the limit on core dumps has to do.
  private static func refuseInspection() {
    #if os(Linux)
      // From the system's headers, which Swift sees in part.
      let setDumpable: CInt = 4
      typealias Control = @convention(c) (CInt, CUnsignedLong) -> CInt
      guard let symbol = unsafe dlsym(nil, "prctl") else { return }
      _ = unsafe unsafeBitCast(symbol, to: Control.self)(setDumpable, 0)
    #endif
  }

  /// The words behind the program's name, byte for byte.
  static var arguments: [Argument] {
    var words: [Argument] = []
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let word = unsafe CommandLine.unsafeArgv[index] else { break }
      let bytes = unsafe UnsafeRawBufferPointer(start: word, count: strlen(word))
      words.append(Argument(unsafe [UInt8](bytes)))
    }
    return words
  }

  static func exit(_ code: ExitCode) -> Never {
    #if canImport(Glibc)
      Glibc.exit(code.rawValue)
    #else
      Darwin.exit(code.rawValue)
    #endif
  }
}
