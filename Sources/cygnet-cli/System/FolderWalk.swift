#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The files below a folder.
enum FolderWalk {
  /// Folders inside folders that are entered: enough for any tree of people's, and an end to one
  /// that a link has made endless.
  private static let maxDepth = 32

  /// Regular files whose names end in `suffix`, in the order of their paths.
  /// - Throws: `inputOutput` for a folder that cannot be read.
  static func files(below folder: Path, suffix: String) throws(CommandFailure) -> [Path] {
    var files: [Path] = []
    try walk(folder, Array(suffix.utf8), depth: 0, into: &files)
    return files.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
  }

  private static func walk(
    _ folder: Path, _ suffix: [UInt8], depth: Int, into files: inout [Path]
  ) throws(CommandFailure) {
    guard depth < maxDepth else {
      throw CommandFailure(.inputOutput, "\(folder): folders nested too deeply")
    }
    for name in try names(in: folder) {
      let separator = folder.bytes.last == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
      let path = Path(bytes: folder.bytes + separator + name)
      switch FileStatus.of(path)?.kind {
      case .directory: try walk(path, suffix, depth: depth + 1, into: &files)
      case .regular where name.count >= suffix.count && name.suffix(suffix.count) == suffix[...]:
        files.append(path)
      default: break
      }
    }
  }

  /// The names in a folder, without those of itself and the folder above.
  private static func names(in folder: Path) throws(CommandFailure) -> [[UInt8]] {
    guard let directory = unsafe opendir(folder.terminated) else {
      throw SystemError.current.failure("cannot open \(folder)")
    }
    defer { unsafe closedir(directory) }
    var names: [[UInt8]] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe [UInt8](bytes.prefix { $0 != 0 })
      }
      if name != Array(".".utf8) && name != Array("..".utf8) { names.append(name) }
    }
    return names
  }
}
