import Cygnet
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("What must be documented")
struct DocumentationTests {
  static let libraries = [
    "CygnetPrimitives", "CygnetWire", "CygnetHPKE", "CygnetPairwise", "CygnetSenderKeys",
    "CygnetAttachments", "CygnetStorage", "CygnetSQLite", "Cygnet",
  ]

  @Test("every public declaration has a comment")
  func publicDeclarations() throws {
    var count = 0
    for library in Self.libraries {
      let folder = RepositoryFiles.path("Sources/\(library)")
      for file in RepositoryFiles.list(folder, suffix: ".swift") {
        let lines = try MarkdownBlocks.lines("Sources/\(library)/\(file)")
        for (index, line) in lines.enumerated() where Self.isPublicDeclaration(line) {
          count += 1
          #expect(
            Self.isDocumented(lines, index),
            "\(library)/\(file), line \(index + 1): no comment above \(line)")
        }
      }
    }
    #expect(count > 100, "the scan found \(count) declarations only")
  }

  @Test("every error code is in the specification, and no other")
  func errorCodes() throws {
    let page = "Sources/Cygnet/Cygnet.docc/Specification/Notation.md"
    let text = try MarkdownBlocks.text(page)
    let table = try #require(text.split(separator: "### Errors").last)
    var named: [String] = []
    for line in table.split(separator: "\n") where line.hasPrefix("| `") {
      named.append(String(line.dropFirst(3).prefix { $0 != "`" }))
    }
    #expect(named == CygnetError.Code.all.map(\.name))
  }

  @Test("every path that the documents for readers name is there")
  func paths() throws {
    var count = 0
    for document in ["README.md", ".github/SECURITY.md", ".github/CONTRIBUTING.md"] {
      for match in try MarkdownBlocks.text(document).matches(of: /`([A-Za-z.][^` ]*)[^`]*`/) {
        let path = String(match.1)
        guard path.contains("/") || path == "LICENSE" else { continue }
        count += 1
        let file = try #require(strdup(RepositoryFiles.path(path)))
        defer { free(file) }
        #expect(access(file, F_OK) == 0, "\(document) names \(path), which is not there")
      }
    }
    #expect(count > 8, "the scan found \(count) paths only")
  }

  @Test("a comment that cites a section names the document in the agreed form")
  func citations() throws {
    var cited: [String: Int] = [:]
    for library in Self.libraries {
      let folder = RepositoryFiles.path("Sources/\(library)")
      for file in RepositoryFiles.list(folder, suffix: ".swift") {
        for line in try MarkdownBlocks.lines("Sources/\(library)/\(file)") {
          try Self.checkCitation(line, "\(library)/\(file)", &cited)
        }
      }
    }
    for source in ["RFC", "Double Ratchet", "X3DH", "Specification"] {
      #expect(cited[source, default: 0] > 0, "nothing cites \(source)")
    }
  }

  /// `RFC 5869 §2.2`, `Double Ratchet §4.6`, `X3DH §3.3`, `draft-… §2`, or `Specification: Page`.
  private static func checkCitation(
    _ line: String, _ place: String, _ cited: inout [String: Int]
  ) throws {
    guard let start = line.firstRange(of: "//")?.lowerBound else { return }
    let comment = line[start...]
    for match in comment.matches(of: /Specification: ([A-Z][A-Za-z0-9-]*)/) {
      cited["Specification", default: 0] += 1
      let page = "Sources/Cygnet/Cygnet.docc/Specification/\(match.1).md"
      #expect(
        RepositoryFiles.read(RepositoryFiles.path(page)) != nil,
        "\(place) cites a page that is not there: \(match.0)")
    }
    for match in comment.matches(of: /§/) {
      let before = comment[..<match.range.lowerBound]
      let known = before.firstMatch(
        of: /(RFC) \d+ $|(Double Ratchet) $|(X3DH) $|draft-[a-z0-9-]+ $/)
      let isFurther = before.contains("§")  // §5.2 and §5.3 of the document named before
      let other = /(PQXDH|FIPS \d+[-\d]*|ePrint \d+\/\d+|Sesame|Braid) $/
      let isOther = before.firstMatch(of: other) != nil
      #expect(known != nil || isFurther || isOther, "\(place): § without a document: \(comment)")
      if let known {
        for name in [known.1, known.2, known.3] {
          if let name { cited[String(name), default: 0] += 1 }
        }
      }
    }
  }

  /// Whether the line declares something that applications see and that can carry a comment.
  private static func isPublicDeclaration(_ line: String) -> Bool {
    let content = line.drop { $0 == " " }
    guard content.hasPrefix("public "), !content.contains(" import ") else { return false }
    // Witnesses of the standard library's protocols mean what these say.
    for witness in [
      "description: String", "debugDescription", "customMirror", "func == (", "func < (",
      "func hash(into",
    ] where content.contains(witness) { return false }
    return true
  }

  private static func isDocumented(_ lines: [String], _ index: Int) -> Bool {
    var above = index - 1
    while above >= 0 {
      let content = lines[above].drop { $0 == " " }
      if content.hasPrefix("///") { return true }
      guard content.hasPrefix("@") else { return false }
      above -= 1
    }
    return false
  }
}
