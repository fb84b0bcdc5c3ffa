import CygnetVectors

#if canImport(Glibc)
  import Glibc
#endif

/// The folder of other projects' vectors that `CYGNET_VECTORS` names.
package enum VectorFolder {
  /// nil where the variable is unset or empty.
  package static let path: String? = {
    guard let value = getenv("CYGNET_VECTORS"), value.pointee != 0 else { return nil }
    return String(cString: value)
  }()

  package struct Unreadable: Error {
    package let path: String
  }

  /// The JSON file at a path inside the folder.
  package static func json(_ name: String) throws -> JSON {
    let full = "\(path ?? ".")/\(name)"
    guard let file = fopen(full, "r") else { throw Unreadable(path: full) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return try JSON(parsing: bytes)
  }
}
