internal import CygnetPrimitives

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The database file as the operating system knows it.
///
/// An existing file is looked at by its name and never opened here: closing it again would take away
/// the locks that SQLite has on it in the same process.
struct DatabaseFile {
  private let device: UInt64
  private let number: UInt64
  /// Whether others than the owner may read or write it.
  let isOpenToOthers: Bool

  /// The file at `path`, or nil where there is none.
  /// - Throws: `storage` for what is no file, or cannot be looked at.
  init?(at path: String) throws(CygnetError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      if errno == ENOENT || errno == ENOTDIR { return nil }
      throw CygnetError(
        .storage, "the files of the store cannot be opened",
        underlying: SystemFailure(number: errno))
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw CygnetError(.storage, "the path of the store is not a file")
    }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    number = UInt64(truncatingIfNeeded: status.st_ino)
    isOpenToOthers = status.st_mode & 0o077 != 0
  }

  /// Whether both are the same file, whatever became of its permissions.
  func isSame(as other: DatabaseFile) -> Bool {
    device == other.device && number == other.number
  }

  /// Whether there is a file at `path` without a byte in it.
  static func isEmpty(at path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_size == 0
  }

  /// Makes an empty file for its owner alone, whatever the process's mask is.
  static func create(at path: String) throws(CygnetError) {
    let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw cannotCreate }
    defer { _ = close(descriptor) }
    guard fchmod(descriptor, 0o600) == 0 else { throw cannotCreate }
  }

  /// Makes the entry of a new file durable.
  static func synchroniseFolder(of path: String) throws(CygnetError) {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw cannotCreate }
    defer { _ = close(descriptor) }
    // Some file systems refuse to flush a folder; they need no flush.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw cannotCreate }
  }

  private static var cannotCreate: CygnetError {
    CygnetError(
      .storage, "the store cannot be created", underlying: SystemFailure(number: errno))
  }
}
