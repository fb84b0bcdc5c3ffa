#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file to read from, by name or standard input. May be used from several threads.
final class InputFile: Sendable {
  /// The name as it was given.
  let path: Path
  let descriptor: Descriptor
  let status: FileStatus

  /// Opens a file; `-` is standard input.
  /// - Throws: `inputOutput` if it cannot be opened or is a directory.
  init(_ path: Path) throws(CommandFailure) {
    self.path = path
    if path.isStandardStream {
      descriptor = .standardInput
    } else {
      let number = unsafe open(path.terminated, O_RDONLY | O_CLOEXEC)
      guard number >= 0 else { throw SystemError.current.failure("cannot open \(path)") }
      descriptor = Descriptor(number: number)
    }
    do {
      status = try FileStatus.of(descriptor).get()
    } catch {
      throw error.failure("cannot examine \(path)")
    }
    guard status.kind != .directory else {
      throw CommandFailure(.inputOutput, "\(path) is a directory")
    }
  }

  deinit {
    if descriptor != .standardInput { _ = descriptor.close() }
  }

  /// How messages call it.
  var name: String { path.isStandardStream ? "standard input" : path.description }

  /// Bytes in a regular file; `nil` for pipes and devices.
  var size: UInt64? { status.kind == .regular ? status.size : nil }

  /// The next `count` bytes; fewer only at the end, none behind it.
  func read(upTo count: Int) throws(CommandFailure) -> [UInt8] {
    try unsafe fill(count) { buffer, _ in
      // The address is nil only for an empty buffer, which `fill` excludes.
      unsafe Self.systemRead(self.descriptor.number, buffer.baseAddress!, buffer.count)
    }
  }

  /// What is there now of the next `count` bytes, waiting only while nothing is; none at the end.
  func readAvailable(upTo count: Int) throws(CommandFailure) -> [UInt8] {
    try unsafe fill(count, stopsEarly: true) { buffer, _ in
      // The address is nil only for an empty buffer, which `fill` excludes.
      unsafe Self.systemRead(self.descriptor.number, buffer.baseAddress!, buffer.count)
    }
  }

  /// `count` bytes from `offset`; fewer only at the end. The place of `read(upTo:)` stays.
  func read(at offset: UInt64, upTo count: Int) throws(CommandFailure) -> [UInt8] {
    guard let start = off_t(exactly: offset), !start.addingReportingOverflow(off_t(count)).overflow
    else { return [] }
    return try unsafe fill(count) { buffer, done in
      // The address is nil only for an empty buffer, which `fill` excludes.
      unsafe pread(
        self.descriptor.number, buffer.baseAddress!, buffer.count, start + off_t(done))
    }
  }

  /// Everything to the end.
  /// - Throws: `limit` if that is more than `limit` bytes.
  func readAll(limit: Int) throws(CommandFailure) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      let wanted = min(1 << 20, limit - bytes.count + 1)
      let part = try read(upTo: wanted)
      bytes += part
      if part.count < wanted { break }
    }
    guard bytes.count <= limit else {
      throw CommandFailure(.limit, "\(name) is larger than \(limit) bytes")
    }
    return bytes
  }

  /// Reads until `count` bytes are there or the file ends; or, if it stops early, until any are there.
  private func fill(
    _ count: Int, stopsEarly: Bool = false,
    _ read: (UnsafeMutableRawBufferPointer, _ done: Int) -> Int
  ) throws(CommandFailure) -> [UInt8] {
    var failure: SystemError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      while done < count {
        let rest = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[done..<count])
        let got = unsafe read(rest, done)
        if got < 0 {
          failure = SystemError.current
          if failure?.number == EINTR {
            failure = nil
            continue
          }
          return
        }
        if got == 0 { return }
        done += got
        if stopsEarly { return }
      }
    }
    if let failure { throw failure.failure("cannot read \(name)") }
    return bytes
  }

  private static func systemRead(
    _ number: Int32, _ address: UnsafeMutableRawPointer, _ count: Int
  ) -> Int {
    #if canImport(Glibc)
      unsafe Glibc.read(number, address, count)
    #else
      unsafe Darwin.read(number, address, count)
    #endif
  }
}
