internal import CygnetPrimitives

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A file that grows over several runs of the program and stays when one is interrupted.
///
/// For its owner only, and for one process at a time.
final class PartialFile {
  private let path: Path
  private let descriptor: Descriptor

  /// Opens the file, or creates it.
  init(_ path: Path) throws(CommandFailure) {
    self.path = path
    let number = unsafe open(
      path.terminated, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw SystemError.current.failure("cannot create \(path)") }
    descriptor = Descriptor(number: number)
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      throw CommandFailure(.inputOutput, "\(path) is in use by another run")
    }
  }

  deinit { _ = descriptor.close() }

  func write(_ bytes: [UInt8], at offset: UInt64) throws(CommandFailure) {
    let error = bytes.withBytes { bytes in descriptor.write(bytes, at: offset) }
    if let error { throw error.failure("cannot write to \(path)") }
  }

  /// Cuts or extends to `size`, brings it to disk and gives it its name.
  func commit(size: UInt64, as target: Path, force: Bool) throws(CommandFailure) {
    guard ftruncate(descriptor.number, off_t(clamping: size)) == 0, fsync(descriptor.number) == 0
    else { throw SystemError.current.failure("cannot write to \(path)") }
    let error =
      force ? OutputFile.rename(path, target) : OutputFile.renameWithoutReplacing(path, target)
    if let error { throw error.failure("cannot create \(target)") }
    OutputFile.syncDirectory(target.parent)
  }

  /// Removes a file of an earlier run, if there is one.
  static func remove(_ path: Path) { _ = unsafe unlink(path.terminated) }
}
