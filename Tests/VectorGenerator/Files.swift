#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Whole files, through the C library.
enum Files {
  /// nil for a file that cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&block, 1, block.count, file)
      if count == 0 { break }
      bytes += block[..<count]
    }
    return ferror(file) == 0 ? bytes : nil
  }

  /// Makes the directories on the way, then the file.
  static func save(_ bytes: [UInt8], to path: String) -> Bool {
    var directory = ""
    for part in path.split(separator: "/", omittingEmptySubsequences: false).dropLast() {
      directory += part + "/"
      guard mkdir(directory, 0o755) == 0 || errno == EEXIST || part.isEmpty else { return false }
    }
    guard let file = fopen(path, "wb") else { return false }
    let written = fwrite(bytes, 1, bytes.count, file)
    return fclose(file) == 0 && written == bytes.count
  }

  static func complain(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    // A message that cannot be shown has nowhere else to go.
    _ = write(2, bytes, bytes.count)
  }
}

func exitNow(_ status: Int32) -> Never { exit(status) }
