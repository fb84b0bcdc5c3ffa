#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files of this checkout, found from where this source file stands.
public enum RepositoryFiles {
  /// The path of a file or folder, from its path below the top level.
  public static func path(_ relative: String, from here: String = #filePath) -> String {
    let top = here.split(separator: "/").dropLast(3).joined(separator: "/")
    return "/\(top)/\(relative)"
  }

  /// nil for a file that cannot be read.
  public static func read(_ path: String) -> [UInt8]? {
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

  /// Regular files below a folder whose names end in `suffix`, as paths below it, sorted.
  public static func list(_ folder: String, suffix: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var found: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      var status = stat()
      guard stat("\(folder)/\(name)", &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        for inner in list("\(folder)/\(name)", suffix: suffix) { found.append("\(name)/\(inner)") }
      } else if name.hasSuffix(suffix) {
        found.append(name)
      }
    }
    return found.sorted()
  }
}
