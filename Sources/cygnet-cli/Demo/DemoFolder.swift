#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The temporary folder of a demonstration, removed with all in it unless it is to be kept.
final class DemoFolder {
  let path: Path
  private let isKept: Bool
  private var files: [Path] = []

  /// Made under `TMPDIR`, or `/tmp`, and open to its owner only.
  init(isKept: Bool) throws(CommandFailure) {
    let base = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Path(base).appending("cygnet-demo-XXXXXX").terminated
    guard unsafe mkdtemp(&template) != nil else {
      throw SystemError.current.failure("cannot make a folder in \(Path(base))")
    }
    path = Path(bytes: template.dropLast().map { UInt8(bitPattern: $0) })
    self.isKept = isKept
  }

  deinit {
    guard !isKept else { return }
    for file in files { _ = unsafe unlink(file.terminated) }
    _ = unsafe rmdir(path.terminated)
  }

  /// The path of a file in the folder.
  func file(_ name: String) -> Path {
    let file = path.appending(name)
    if !files.contains(file) { files.append(file) }
    return file
  }

  /// Writes a file, as a network would carry it.
  func write(_ bytes: [UInt8], _ name: String) throws(CommandFailure) {
    let file = try OutputFile(file(name), force: true)
    try file.write(bytes)
    try file.commit()
  }

  /// Reads a file back.
  func read(_ name: String) throws(CommandFailure) -> [UInt8] {
    try InputFile(file(name)).readAll(limit: 1 << 20)
  }

  /// Removes a file that is no longer needed.
  func remove(_ name: String) {
    guard !isKept else { return }
    _ = unsafe unlink(file(name).terminated)
  }
}
