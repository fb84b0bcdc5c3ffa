#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file descriptor, and system calls on it that never ignore a result.
///
/// It does not own the descriptor: `InputFile` and `OutputFile` do.
struct Descriptor: Sendable, Equatable {
  let number: Int32

  static let standardInput = Descriptor(number: 0)
  static let standardOutput = Descriptor(number: 1)
  static let standardError = Descriptor(number: 2)

  /// Writes all bytes.
  /// - Throws: `inputOutput`; silent when the reader of a pipe has gone.
  func write(_ bytes: [UInt8]) throws(CommandFailure) {
    guard let error = unsafe writeAll(bytes.span.bytes) else { return }
    var failure = error.failure("cannot write to \(name)")
    // As in `cygnet … | head`: not worth a message.
    failure.isSilent = error.number == EPIPE
    throw failure
  }

  /// Writes all bytes; what stopped it, if anything did.
  func writeAll(_ bytes: RawSpan) -> SystemError? {
    var offset = 0
    while offset < bytes.byteCount {
      let rest = bytes.extracting(offset...)
      let count = unsafe rest.withUnsafeBytes { buffer in
        // The address is nil only for an empty buffer, which the loop excludes.
        unsafe Self.systemWrite(number, buffer.baseAddress!, buffer.count)
      }
      if count < 0 {
        let error = SystemError.current
        if error.number == EINTR { continue }
        return error
      }
      offset += count
    }
    return nil
  }

  private static func systemWrite(
    _ number: Int32, _ address: UnsafeRawPointer, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.write(number, address, count)
    #else
      unsafe Darwin.write(number, address, count)
    #endif
  }

  private var name: String {
    switch number {
    case 1: "standard output"
    case 2: "standard error"
    default: "the output file"
    }
  }

  /// Closes it; for output the result tells of late failures.
  func close() -> SystemError? {
    #if canImport(Glibc)
      let result = Glibc.close(number)
    #else
      let result = Darwin.close(number)
    #endif
    // On Linux the descriptor is gone even after EINTR.
    return result == 0 || errno == EINTR ? nil : SystemError.current
  }
}

/// An error number of the system.
struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
  let number: Int32

  /// What the last system call of this thread left.
  static var current: SystemError { SystemError(number: errno) }

  var description: String { unsafe String(cString: strerror(number)) }

  func failure(_ action: String) -> CommandFailure {
    CommandFailure(.inputOutput, "\(action): \(self)")
  }
}
