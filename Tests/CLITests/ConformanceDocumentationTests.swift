import CygnetVectors
import TestSupport
import Testing

/// The page from which a stranger writes a client says what the server does.
@Suite("The documentation of the conformance server")
struct ConformanceDocumentationTests {
  let tool = try! CommandLineTool()

  private static let page = "Sources/Cygnet/Cygnet.docc/Articles/Conformance.md"

  private func lines() throws -> [String] {
    let text = String(
      decoding: try contents(of: RepositoryFiles.path(Self.page)), as: UTF8.self)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The lines from one heading to the next of the same or a higher level.
  private func section(_ heading: String) throws -> [String] {
    let lines = try lines()
    let start = try #require(lines.firstIndex(of: "### \(heading)"), "\(heading)")
    return Array(lines[(start + 1)...].prefix { !$0.hasPrefix("### ") })
  }

  private func help() throws -> JSON {
    let request = Array("{\"id\":0,\"op\":\"help\"}".utf8)
    return try JSON(
      parsing: tool.run(["conformance", "serve", "--stdio", "-q"], input: request).output)
  }

  @Test("the short session goes as it is written down")
  func transcript() throws {
    var requests: [String] = []
    var answers: [String] = []
    for line in try section("A short session") {
      if line.hasPrefix(">> ") { requests.append(String(line.dropFirst(3))) }
      if line.hasPrefix("<< ") { answers.append(String(line.dropFirst(3))) }
    }
    #expect(requests.count > 5)
    let input = Array(requests.joined(separator: "\n").utf8)
    let outcome = try tool.run(["conformance", "serve", "--stdio", "-q"], input: input)
    #expect(outcome.exitCode == 0)
    #expect(outcome.text.split(separator: "\n").map(String.init) == answers)
  }

  @Test("the examples of a request and its answers are what the server says")
  func examples() throws {
    var examples: [String] = []
    for line in try section("A request and its answer") where line.hasPrefix("    {") {
      examples.append(String(line.dropFirst(4)))
    }
    try #require(examples.count == 3)
    let wrong = "{\"id\":1,\"op\":\"hash.digest\",\"hash\":\"SHA-256\",\"data\":\"6\"}"
    let outcome = try tool.run(
      ["conformance", "serve", "--stdio", "-q"], input: Array("\(examples[0])\n\(wrong)\n".utf8))
    #expect(outcome.text == "\(examples[1])\n\(examples[2])\n")
  }

  @Test("the table of operations is the table that the code has")
  func operations() throws {
    let documented = try section("Operations").filter { $0.hasPrefix("| `") }
    var expected: [String] = []
    for row in try help()["operations"]?.array ?? [] {
      let name = row["op"]?.string ?? "?"
      let summary = row["summary"]?.string ?? "?"
      expected.append(
        "| `\(name)` | \(Self.cell(row["parameters"])) | \(Self.cell(row["results"])) "
          + "| \(summary) |")
    }
    #expect(expected.count > 70)
    for (line, row) in zip(documented, expected) { #expect(line == row) }
    #expect(documented.count == expected.count)
  }

  private static func cell(_ fields: JSON?) -> String {
    var parts: [String] = []
    for field in fields?.array ?? [] {
      let note = field["note"]?.string ?? ""
      parts.append(
        "`\(field["name"]?.string ?? "?")` \(field["type"]?.string ?? "?")"
          + (note.isEmpty ? "" : " (\(note))"))
    }
    return parts.isEmpty ? "–" : parts.joined(separator: "; ")
  }

  @Test("every error code is explained, and the bounds are the code's")
  func errors() throws {
    let help = try help()
    let lines = try section("Errors")
    var rows: [String] = []
    var names: [String] = []
    for error in help["errors"]?.array ?? [] {
      let name = error["error"]?.string ?? "?"
      if error["by"] == "server" {
        rows.append("| `\(name)` | \(error["meaning"]?.string ?? "?") |")
      } else {
        names.append("`\(name)`")
      }
    }
    #expect(lines.filter { $0.hasPrefix("| `") } == rows)
    #expect(lines.joined(separator: " ").contains(names.joined(separator: ", ")))
    let text = try self.lines().joined(separator: " ")
    #expect(help["max_line_bytes"] == 16_777_216 && text.contains("16,777,216 bytes"))
    #expect(help["max_objects"] == 1_024 && text.contains("At most 1024 objects"))
  }

  @Test("the names of types in the table are explained, each of them")
  func types() throws {
    let explained = try section("Values").joined(separator: " ")
    for row in try help()["operations"]?.array ?? [] {
      for field in (row["parameters"]?.array ?? []) + (row["results"]?.array ?? []) {
        let type = field["type"]?.string ?? "?"
        let word = type.hasPrefix("list of ") ? type.dropFirst(8) : type[...]
        let first = String(word.prefix { $0.isLetter || $0.isNumber })
        // A list of members' names, or of strings to choose from, explains itself.
        if word.hasPrefix("\"") || word.contains(" and ") { continue }
        #expect(explained.contains("`\(first)"), "\(type)")
      }
    }
  }
}
