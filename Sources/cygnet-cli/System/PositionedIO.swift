internal import CygnetAttachments
internal import CygnetPrimitives

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Reading and writing at an offset, from several threads at once.
extension Descriptor {
  /// Fills the span with the bytes from `offset` on.
  /// - Returns: what stopped it; an end of the file before that counts as `ENODATA`.
  func fill(_ span: inout MutableRawSpan, at offset: UInt64) -> SystemError? {
    unsafe span.withUnsafeMutableBytes { buffer in
      transfer(buffer.count, offset) { done, place in
        // The address is nil only for an empty buffer, for which there is nothing to transfer.
        unsafe pread(number, buffer.baseAddress! + done, buffer.count - done, place)
      }
    }
  }

  /// Writes all bytes from `offset` on; what stopped it, if anything did.
  func write(_ bytes: RawSpan, at offset: UInt64) -> SystemError? {
    unsafe bytes.withUnsafeBytes { buffer in
      transfer(buffer.count, offset) { done, place in
        // As above.
        unsafe pwrite(number, buffer.baseAddress! + done, buffer.count - done, place)
      }
    }
  }

  private func transfer(
    _ count: Int, _ offset: UInt64, _ step: (_ done: Int, _ place: off_t) -> Int
  ) -> SystemError? {
    guard let start = off_t(exactly: offset), !start.addingReportingOverflow(off_t(count)).overflow
    else { return SystemError(number: EFBIG) }
    var done = 0
    while done < count {
      let moved = step(done, start + off_t(done))
      if moved < 0 {
        let error = SystemError.current
        if error.number == EINTR { continue }
        return error
      }
      if moved == 0 { return SystemError(number: ENODATA) }
      done += moved
    }
    return nil
  }
}

extension InputFile {
  /// For a parallel run: reads, and tells `progress` how much.
  func positionedRead(_ progress: ProgressBar) -> PositionedRead {
    { (offset, span) throws(CygnetError) in
      if let error = self.descriptor.fill(&span, at: offset) {
        throw CygnetError(
          .storage, "the input cannot be read",
          underlying: error.number == ENODATA
            ? self.becameShorter : error.failure("cannot read \(self.name)"))
      }
      progress.advance(by: span.byteCount)
    }
  }

  var becameShorter: CommandFailure {
    CommandFailure(.inputOutput, "\(name) became shorter while it was read")
  }

  /// - Throws: `stale`, as for a source that changed, unless size and time are what they were when
  ///   the file was opened.
  func demandUnchanged() throws(CommandFailure) {
    let now: FileStatus
    do { now = try FileStatus.of(descriptor).get() } catch {
      throw error.failure("cannot examine \(name)")
    }
    guard now == status else {
      throw CommandFailure(
        CygnetError(.sourceChanged, "changed while it was read"), about: path)
    }
  }
}
