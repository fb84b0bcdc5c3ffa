#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What the system says about a file.
struct FileStatus: Sendable, Equatable {
  enum Kind: Sendable { case regular, directory, other }

  /// Which file it is, whatever its name.
  struct Identity: Sendable, Hashable {
    let device: UInt64
    let inode: UInt64
  }

  let kind: Kind
  let identity: Identity
  /// Bytes; meaningful for regular files.
  let size: UInt64
  /// Permission bits.
  let mode: UInt32
  /// The user it belongs to.
  let owner: UInt32
  let modifiedSeconds: Int64
  let modifiedNanoseconds: Int64

  /// Of an open file.
  static func of(_ descriptor: Descriptor) -> Result<FileStatus, SystemError> {
    var status = stat()
    guard unsafe fstat(descriptor.number, &status) == 0 else {
      return .failure(SystemError.current)
    }
    return .success(FileStatus(status))
  }

  /// Of a name, behind symbolic links unless told otherwise; `nil` if there is nothing.
  static func of(_ path: Path, followingLinks: Bool = true) -> FileStatus? {
    var status = stat()
    let result =
      followingLinks
      ? unsafe stat(path.terminated, &status) : unsafe lstat(path.terminated, &status)
    return result == 0 ? FileStatus(status) : nil
  }

  /// Of a name, behind symbolic links; `nil` only if there is certainly nothing.
  static func existing(_ path: Path) -> Result<FileStatus?, SystemError> {
    var status = stat()
    if unsafe stat(path.terminated, &status) == 0 { return .success(FileStatus(status)) }
    let error = SystemError.current
    return error.number == ENOENT ? .success(nil) : .failure(error)
  }

  private init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .directory
    default: kind = .other
    }
    identity = Identity(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      inode: UInt64(truncatingIfNeeded: status.st_ino))
    size = UInt64(clamping: status.st_size)
    mode = UInt32(status.st_mode & 0o7777)
    owner = UInt32(status.st_uid)
    #if canImport(Glibc)
      modifiedSeconds = Int64(status.st_mtim.tv_sec)
      modifiedNanoseconds = Int64(status.st_mtim.tv_nsec)
    #else
      modifiedSeconds = Int64(status.st_mtimespec.tv_sec)
      modifiedNanoseconds = Int64(status.st_mtimespec.tv_nsec)
    #endif
  }
}
