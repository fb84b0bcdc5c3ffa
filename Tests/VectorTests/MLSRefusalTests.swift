import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Objects that break one rule of MLS")
struct MLSRefusalTests {
  /// One test of one of our files on groups, with all that is needed to run it alone.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let file: JSON

    var testDescription: String { name }
  }

  static let cases: [Case] = {
    var cases: [Case] = []
    for suite in OwnVectorSuite.all where suite.name.hasPrefix("mls/") && suite.kind == .check {
      guard let file = try? OwnVectorTests.load(suite.path) else { continue }
      for group in file["groups"]?.array ?? [] {
        for test in group["tests"]?.array ?? [] { cases.append(single(test, group, file)) }
      }
    }
    return cases
  }()

  private static func single(_ test: JSON, _ group: JSON, _ file: JSON) -> Case {
    var (alone, whole) = (group.object ?? JSONObject(), file.object ?? JSONObject())
    alone["tests"] = .array([test])
    whole["groups"] = .array([.object(alone)])
    whole["numberOfTests"] = 1
    let flag = test["flags"]?.array?.first?.string ?? "?"
    let comment = test["comment"]?.string ?? "?"
    let name =
      if let rule = test["rule"]?.string {
        rule == flag ? "\(rule): \(comment)" : "\(rule) (\(flag)): \(comment)"
      } else {
        "\(flag) holds: \(comment)"
      }
    return Case(name: name, file: .object(whole))
  }

  @Test("is refused by code and rule, and changes nothing", arguments: cases)
  func holds(case test: Case) {
    let report = OwnVectorFile.run(test.file)
    for failure in report.failures { Issue.record("\(failure.what)") }
    #expect(report.isClean)
  }

  // MARK: - Which rules have tests

  @Test("every rule is broken by a test here, or is on the list with a test that exists")
  func everyRuleIsShown() throws {
    let broken = try brokenRules()
    let list = try RuleList()
    #expect(broken.subtracting(list.here) == [], "not in the first table")
    #expect(list.here.subtracting(broken) == [], "in the first table, and no test breaks them")
    #expect(broken.isDisjoint(with: list.elsewhere.keys), "broken here, and in the second table")
    let all = broken.union(list.elsewhere.keys)
    #expect(try rulesOfSpecification() == all)
    let sources = try testSources()
    for (rule, name) in list.elsewhere where !sources.contains("\"\(name)\"") {
      Issue.record("\(rule): there is no test called \(name)")
    }
  }

  /// Rules by which a test is refused, or that are what a refused test is about.
  private func brokenRules() throws -> Set<String> {
    var rules: Set<String> = []
    for suite in OwnVectorSuite.all where suite.name.hasPrefix("mls/refusals/") {
      for group in try OwnVectorTests.load(suite.path)["groups"]?.array ?? [] {
        for test in group["tests"]?.array ?? [] where test["result"]?.string == "invalid" {
          rules.insert(test["rule"]?.string ?? "?")
          for flag in test["flags"]?.array ?? [] { rules.insert(flag.string ?? "?") }
        }
      }
    }
    return rules
  }

  /// The two tables of the vectors' README.
  private struct RuleList {
    var here: Set<String> = []
    var elsewhere: [String: String] = [:]

    init() throws {
      var isSection = false
      for line in try MLSRefusalTests.text("Vectors/README.md").split(separator: "\n") {
        if line.hasPrefix("#") { isSection = line == "### Which rules have tests" }
        let cells = line.split(separator: "|").map { $0.trimmingPrefix(" ") }
        guard isSection, cells.count == 2, !cells[0].hasPrefix("-") else { continue }
        let words = cells[1].split(separator: " ").map(String.init)
        if words.allSatisfy(MLSRefusalTests.isRule) {
          here.formUnion(words)
        } else if let rule = cells[0].split(separator: " ").first, MLSRefusalTests.isRule(rule) {
          elsewhere[String(rule)] = String(cells[1].split(separator: "`").first ?? "")
        }
      }
    }
  }

  private static func isRule(_ word: some StringProtocol) -> Bool {
    let digits = word.dropFirst()
    return ("A"..."Z").contains(word.prefix(1)) && !digits.isEmpty
      && digits.allSatisfy { ("0"..."9").contains($0) }
  }

  private static func text(_ path: String) throws -> String {
    let bytes = try #require(RepositoryFiles.read(RepositoryFiles.path(path)), "\(path)")
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The ids on the page that the code is held to.
  private func rulesOfSpecification() throws -> Set<String> {
    var rules: Set<String> = []
    let page = try Self.text("Sources/Cygnet/Cygnet.docc/Specification/MLSRules.md")
    for line in page.split(separator: "\n") where line.hasPrefix("| ") {
      if let id = line.split(separator: " ").dropFirst().first, Self.isRule(id) {
        rules.insert(String(id))
      }
    }
    return rules
  }

  private func testSources() throws -> String {
    var sources = ""
    for path in RepositoryFiles.list(RepositoryFiles.path("Tests"), suffix: "Tests.swift") {
      sources += try Self.text("Tests/\(path)")
    }
    return sources
  }

  @Test("no two tests of a file say the same")
  func namesAreUnique() throws {
    for suite in OwnVectorSuite.all where suite.name.hasPrefix("mls/") && suite.kind == .check {
      var comments: Set<String> = []
      for group in try OwnVectorTests.load(suite.path)["groups"]?.array ?? [] {
        for test in group["tests"]?.array ?? [] {
          let comment = test["comment"]?.string ?? ""
          #expect(comments.insert(comment).inserted, "\(suite.name): \(comment)")
        }
      }
    }
  }
}
