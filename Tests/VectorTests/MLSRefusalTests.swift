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
