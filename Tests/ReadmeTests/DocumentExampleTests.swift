import TestSupport
import Testing

@Suite("Swift blocks of the documents")
struct DocumentExampleTests {
  @Test("each block is, line by line, a region of code that was compiled and run")
  func blocksAreTested() throws {
    let regions = try Self.regions(of: "Tests/ReadmeTests/Examples.swift")
    var documented: Set<String> = []
    for path in MarkdownBlocks.documents() {
      let name = String(path.split(separator: "/").last ?? "")
      let blocks = try MarkdownBlocks.blocks(of: "swift", in: path).map(Self.withoutImport)
      if blocks.isEmpty { continue }
      documented.insert(name)
      #expect(blocks == regions[name], "the Swift blocks of \(name) are not what was tested")
    }
    #expect(documented == Set(regions.keys), "a tested region names a document without blocks")
    #expect(documented.contains("README.md"))
  }

  /// A function cannot import; the test's file does.
  private static func withoutImport(_ block: [String]) -> [String] {
    guard block.first == "import Cygnet" else { return block }
    return Array(block.dropFirst().drop { $0.isEmpty })
  }

  /// The lines between `// begin NAME` and `// end`, without their common indentation, by name.
  private static func regions(of path: String) throws -> [String: [[String]]] {
    var regions: [String: [[String]]] = [:]
    var open: (name: String, indentation: Int, lines: [String])?
    for line in try MarkdownBlocks.lines(path) {
      let content = line.drop { $0 == " " }
      if content.hasPrefix("// begin ") {
        #expect(open == nil, "a region begins inside another")
        open = (String(content.dropFirst(9)), line.count - content.count, [])
      } else if content == "// end", let region = open {
        regions[region.name, default: []].append(region.lines)
        open = nil
      } else if let region = open {
        open?.lines.append(String(line.dropFirst(region.indentation)))
      }
    }
    #expect(open == nil, "a region does not end")
    return regions
  }
}
