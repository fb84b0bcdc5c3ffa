internal import CygnetPrimitives

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Reading secrets: straight into memory that is wiped, and no byte further than needed.
extension Descriptor {
  /// Descriptors below this may be named; shells give out the low ones.
  private static let inheritedLimit: Int32 = 256

  /// Those that the command was started with. Looked at once, before there is any other thread: later
  /// a number may be that of a file which this process, or the system in its name, has opened itself.
  private static let numbersAtStart: Set<Int32> = {
    var numbers: Set<Int32> = []
    for number in 0..<inheritedLimit where fcntl(number, F_GETFD) != -1 { numbers.insert(number) }
    return numbers
  }()

  /// Looks which descriptors the command was started with.
  static func rememberInherited() { _ = numbersAtStart }

  /// A descriptor that the command was started with.
  /// - Throws: `inputOutput` if there is none of that number.
  static func inherited(_ number: UInt64) throws(CommandFailure) -> Descriptor {
    guard let number = Int32(exactly: number), numbersAtStart.contains(number) else {
      throw CommandFailure(
        .inputOutput, "file descriptor \(number) is not open",
        hint: "the shell opens it: cygnet ... \(number)< FILE")
    }
    return Descriptor(number: number)
  }

  /// The next line, without its end. Bytes behind it stay unread, so that a descriptor may hold
  /// several secrets and whatever follows.
  /// - Returns: `nil` at the end of the input.
  /// - Throws: `limit` for a line of more than `limit` bytes.
  func readSecretLine(_ name: String, limit: Int) throws(CommandFailure) -> SecretBytes? {
    var ended = false
    let bytes = try unsafe readSecret(name, limit: limit + 1) { buffer, count in
      ended = unsafe buffer[count - 1] == UInt8(ascii: "\n")
      return ended ? 0 : 1
    }
    guard ended || bytes.count > 0 else { return nil }
    let count = ended ? bytes.count - 1 : bytes.count
    guard count <= limit else { throw Self.tooLong(name, limit) }
    return bytes.slice(0..<count)
  }

  /// Everything to the end.
  /// - Throws: `limit` for more than `limit` bytes.
  func readWholeSecret(_ name: String, limit: Int) throws(CommandFailure) -> SecretBytes {
    let bytes = try unsafe readSecret(name, limit: limit + 1) { _, count in limit + 1 - count }
    guard bytes.count <= limit else { throw Self.tooLong(name, limit) }
    return bytes
  }

  private static func tooLong(_ name: String, _ limit: Int) -> CommandFailure {
    CommandFailure(.limit, "\(name) gives more than \(limit) bytes where a secret should be")
  }

  /// Reads until `next` wants no more, the end comes, or `limit` bytes are there.
  /// - Parameter next: how many bytes to ask for, given what has been read; at first it is not asked.
  private func readSecret(
    _ name: String, limit: Int, next: (UnsafeMutableRawBufferPointer, _ count: Int) -> Int
  ) throws(CommandFailure) -> SecretBytes {
    var count = 0
    var failure: SystemError?
    let block = unsafe SecretBytes(count: limit) { buffer in
      var wanted = 1
      while wanted > 0 && count < limit {
        // The address is nil only for an empty buffer; a limit is at least 1.
        let got = unsafe systemRead(buffer.baseAddress! + count, min(wanted, limit - count))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = SystemError.current }
        if got <= 0 { return }
        count += got
        wanted = unsafe next(buffer, count)
      }
    }
    if let failure { throw failure.failure("cannot read \(name)") }
    return block.slice(0..<count)
  }

  private func systemRead(_ address: UnsafeMutableRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.read(number, address, count)
    #else
      unsafe Darwin.read(number, address, count)
    #endif
  }
}

/// A file that holds a secret.
enum SecretFile {
  /// Opens a file that only its owner can read; pipes, which have no permissions worth the name,
  /// and standard input are taken as they come.
  static func open(_ path: Path) throws(CommandFailure) -> InputFile {
    let file = try InputFile(path)
    guard file.status.kind == .regular, !path.isStandardStream else { return file }
    guard file.status.mode & 0o077 == 0 else {
      throw CommandFailure(
        .inputOutput, "\(path) holds a secret, and other users can read it",
        hint: "if nobody did, keep them out with 'chmod 600 \(path)'")
    }
    return file
  }
}
