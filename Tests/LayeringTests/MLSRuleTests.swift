import TestSupport
import Testing

@Suite("The rules of MLS in the specification")
struct MLSRuleTests {
  private static let page = "Sources/Cygnet/Cygnet.docc/Specification/MLSRules.md"

  private struct Row {
    let id: String
    let error: String
    let files: [String]
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try #require(RepositoryFiles.read(path), "\(path)"), as: UTF8.self)
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  private func rows() throws -> [Row] {
    var rows: [Row] = []
    for line in try text(RepositoryFiles.path(Self.page)).split(separator: "\n") {
      let cells = line.split(separator: "|").map(Self.trimmed)
      guard cells.count == 5, cells[0] != "Id", !cells[0].hasPrefix("-") else { continue }
      rows.append(
        Row(id: cells[0], error: cells[3], files: cells[4].split(separator: ",").map(Self.trimmed)))
    }
    return rows
  }

  /// Ids in the reasons of errors, with the files in which they stand.
  private func idsInCode() throws -> [String: Set<String>] {
    var ids: [String: Set<String>] = [:]
    let folder = RepositoryFiles.path("Sources/CygnetMLS")
    for file in RepositoryFiles.list(folder, suffix: ".swift") {
      let name = String(file.split(separator: "/").last ?? "").dropLast(6)
      for match in try text("\(folder)/\(file)").matches(of: #/"([A-Z]{1,2}[0-9]{1,2}):\s/#) {
        ids[String(match.output.1), default: []].insert(String(name))
      }
    }
    return ids
  }

  @Test("every id that an error names is on the page, with its file")
  func complete() throws {
    let rows = try rows()
    #expect(Set(rows.map(\.id)).count == rows.count, "an id stands twice")
    for (id, files) in try idsInCode() {
      guard let row = rows.first(where: { $0.id == id }) else {
        Issue.record("\(id) is not on the page")
        continue
      }
      for file in files where !row.files.contains(file) {
        Issue.record("\(id) is raised in \(file), which its row does not name")
      }
    }
  }

  @Test("a rule whose row states an error of its own is named by one in the code")
  func enforced() throws {
    let ids = try idsInCode()
    for row in try rows() {
      let isElsewhere =
        row.error.hasPrefix("–") || row.error.hasPrefix("as ") || row.error.contains("(")
        || ["S2", "S3", "S4", "M2", "J7", "A6"].contains(row.id)
      #expect(isElsewhere || ids[row.id] != nil, "\(row.id)")
    }
  }
}
