import CygnetVectors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder with vector files of other projects, which this repository does not hold.
package enum PublishedVectors {
  /// The value of `CYGNET_VECTORS`; nil where it is unset or empty.
  package static var folder: String? {
    guard let value = getenv("CYGNET_VECTORS"), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// The JSON file at a path inside the folder, which must be set.
  package static func json(_ name: String) throws -> JSON {
    try JSON(parsing: contents(of: "\(folder ?? ".")/\(name)"))
  }

  /// The folder, or nil after a line that says why a test does nothing.
  package static func folder(for test: String) -> String? {
    if let folder { return folder }
    print("\(test): skipped: CYGNET_VECTORS is not set")
    return nil
  }
}

/// The content of a file that must be there.
package func contents(of path: String) throws -> [UInt8] {
  guard let bytes = RepositoryFiles.read(path) else { throw UnreadableFile(path: path) }
  return bytes
}

package struct UnreadableFile: Error {
  package let path: String

  package init(path: String) { self.path = path }
}
