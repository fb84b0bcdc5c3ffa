import TestSupport
import Testing

/// Text files of this checkout, and the fenced blocks in them.
enum MarkdownBlocks {
  static func text(_ path: String) throws -> String {
    String(decoding: try #require(RepositoryFiles.read(RepositoryFiles.path(path))), as: UTF8.self)
  }

  static func lines(_ path: String) throws -> [String] {
    try text(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The blocks fenced as `language`, in order, without their fences.
  static func blocks(of language: String, in path: String) throws -> [[String]] {
    var blocks: [[String]] = []
    var inside: String?
    for line in try lines(path) {
      if line.hasPrefix("```") {
        if inside == nil {
          inside = String(line.dropFirst(3))
          if inside == language { blocks.append([]) }
        } else {
          inside = nil
        }
      } else if inside == language {
        blocks[blocks.count - 1].append(line)
      }
    }
    #expect(inside == nil, "a fence of \(path) is not closed")
    return blocks
  }

  /// Markdown files for readers: the README and the catalog.
  static func documents() -> [String] {
    let catalog = "Sources/Cygnet/Cygnet.docc"
    let pages = RepositoryFiles.list(RepositoryFiles.path(catalog), suffix: ".md")
    return ["README.md"] + pages.map { "\(catalog)/\($0)" }
  }
}
