#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What the terminal behind a descriptor, if there is one, can show.
enum Terminal {
  /// Whether the descriptor is a terminal.
  static func isTerminal(_ descriptor: Descriptor) -> Bool { isatty(descriptor.number) == 1 }

  /// Whether color codes make sense there: not in files, and not against the user's wish
  /// (no-color.org; a dumb terminal prints them as text).
  static func takesColor(_ descriptor: Descriptor) -> Bool {
    guard isTerminal(descriptor) else { return false }
    if let value = Environment["NO_COLOR"], !value.isEmpty { return false }
    return Environment["TERM"] != "dumb"
  }

  /// Columns of the terminal, 80 if it does not say.
  static func width(_ descriptor: Descriptor) -> Int {
    var size = winsize()
    if unsafe ioctl(descriptor.number, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 {
      return Int(size.ws_col)
    }
    return 80
  }
}

/// The variables of the environment.
enum Environment {
  static subscript(name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// The value as a file name, byte for byte; `nil` if it is not set or empty.
  static func path(_ name: String) -> Path? {
    guard let value = unsafe getenv(name) else { return nil }
    let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: value, count: strlen(value)))
    return bytes.isEmpty ? nil : Path(bytes: bytes)
  }
}
