import TestSupport
import Testing

/// The Swift files of this checkout.
struct SourceTree {
  struct File {
    /// The path below the top level.
    let path: String
    let lines: [String]

    /// The target a file under `Sources` belongs to.
    var target: String { String(path.split(separator: "/")[1]) }

    /// Where a line stands.
    func place(_ index: Int) -> String { "\(path), line \(index + 1)" }
  }

  /// The modules that a file imports, with the line of each import.
  static func imports(of file: File) -> [(module: String, line: Int)] {
    var imports: [(module: String, line: Int)] = []
    for (index, line) in file.lines.enumerated() {
      let words = line.split(separator: " ")
      guard let word = words.firstIndex(of: "import"), word + 1 < words.count,
        words[..<word].allSatisfy({ modifiers.contains(String($0)) })
      else { continue }
      // `import struct Module.Name` as well as `import Module`.
      let kinds: Set<Substring> = [
        "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
      ]
      let isScoped = kinds.contains(words[word + 1]) && word + 2 < words.count
      let name = words[isScoped ? word + 2 : word + 1].split(separator: ".")[0]
      imports.append((String(name), index))
    }
    return imports
  }

  private static let modifiers: Set<String> = [
    "public", "package", "internal", "fileprivate", "private", "@_exported", "@preconcurrency",
    "@testable", "@_implementationOnly", "@_spi",
  ]

  /// Every Swift file below a folder of the top level.
  static func files(in folder: String) throws -> [File] {
    var files: [File] = []
    for name in RepositoryFiles.list(RepositoryFiles.path(folder), suffix: ".swift") {
      let path = "\(folder)/\(name)"
      let bytes = try #require(RepositoryFiles.read(RepositoryFiles.path(path)), "\(path)")
      let text = String(decoding: bytes, as: UTF8.self)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      files.append(File(path: path, lines: lines))
    }
    return files
  }
}
