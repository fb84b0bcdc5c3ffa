import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("Our own vectors")
struct OwnVectorTests {
  static let folder = RepositoryFiles.path("Vectors")

  static func load(_ path: String) throws -> JSON {
    let bytes = try #require(RepositoryFiles.read("\(folder)/\(path)"), "no file \(path)")
    return try JSON(parsing: bytes)
  }

  @Test("every committed file is one that the generator writes")
  func everyFileHasASuite() {
    var known: Set<String> = []
    for file in GeneratedFile.all { known.insert(file.path) }
    var committed: Set<String> = []
    for path in RepositoryFiles.list(Self.folder, suffix: ".json")
    where !path.hasPrefix("schema/") && !path.hasPrefix("published/")
      && !path.hasPrefix("regression/")
    {
      committed.insert(path)
    }
    #expect(committed == known)
  }

  @Test("the generator's output is what is committed", arguments: OwnVectorSuite.all)
  func generatorAgrees(suite: OwnVectorSuite) throws {
    let committed = RepositoryFiles.read("\(Self.folder)/\(suite.path)")
    #expect(committed == Array(try suite.emit().text.utf8))
  }

  @Test(
    "every test of every file holds, and as many ran as the file says",
    arguments: OwnVectorSuite.all)
  func filesHold(suite: OwnVectorSuite) throws {
    let file = try Self.load(suite.path)
    #expect(OwnVectorFile.recognises(file))
    let report = OwnVectorFile.run(file)
    for failure in report.failures { Issue.record("\(suite.path) \(failure.id): \(failure.what)") }
    #expect(report.run == file["numberOfTests"]?.int)
    #expect(report.isClean)
  }

  @Test("every flag in the notes is used by a test", arguments: OwnVectorSuite.all)
  func flagsAreUsed(suite: OwnVectorSuite) throws {
    let file = try Self.load(suite.path)
    guard let groups = file["groups"]?.array else { return }
    var used: Set<String> = []
    for group in groups {
      for test in group["tests"]?.array ?? [] {
        for flag in test["flags"]?.array ?? [] { used.insert(flag.string ?? "") }
      }
    }
    #expect(used == Set(file["notes"]?.object?.keys ?? []))
  }

  @Test(
    "figures that others published come out",
    arguments: ["kdf", "curve25519", "aead", "pairwise", "text"])
  func publishedFigures(name: String) throws {
    let report = OwnVectorFile.run(try Self.load("published/\(name).json"))
    for failure in report.failures { Issue.record("\(name) \(failure.id): \(failure.what)") }
    #expect(report.isClean)
  }

  @Test("every published file has a test")
  func publishedFiles() {
    let files = RepositoryFiles.list("\(Self.folder)/published", suffix: ".json")
    #expect(files == ["aead.json", "curve25519.json", "kdf.json", "pairwise.json", "text.json"])
  }

  @Test("another seed gives another file, which holds as well", arguments: OwnVectorSuite.all)
  func otherSeeds(suite: OwnVectorSuite) throws {
    let file = try suite.emit(seed: [UInt8](repeating: 0xa5, count: 32))
    let other = try suite.emit()
    #expect(file != other)
    #expect(OwnVectorFile.run(file).isClean)
  }

  @Test("an unknown member anywhere fails the file", arguments: OwnVectorSuite.all)
  func unknownMembers(suite: OwnVectorSuite) throws {
    var file = try #require(try Self.load(suite.path).object)
    file.append("extra", 1)
    #expect(!OwnVectorFile.run(.object(file)).isClean)
    let list = suite.kind == .conversation ? "steps" : "groups"
    file["extra"] = nil
    var elements = try #require(file[list]?.array)
    var element = try #require(elements[0].object)
    element.append("extra", 1)
    elements[0] = .object(element)
    file[list] = .array(elements)
    #expect(!OwnVectorFile.run(.object(file)).isClean)
  }

  @Test("a changed count, time, flag or id fails the file", arguments: OwnVectorSuite.all)
  func changedHeader(suite: OwnVectorSuite) throws {
    let file = try #require(try Self.load(suite.path).object)
    for (key, value) in [
      ("numberOfTests", JSON.integer(1)), ("now", 1), ("schema", "check_v2.json"),
      ("kind", "other"),
    ] {
      var changed = file
      changed[key] = value
      #expect(!OwnVectorFile.run(.object(changed)).isClean, "\(key)")
    }
  }

  @Test(
    "a change of any value of a trace or conversation fails the file",
    arguments: OwnVectorSuite.all.filter { $0.kind != .check })
  func changedValues(suite: OwnVectorSuite) throws {
    let file = try Self.load(suite.path)
    var index = 0
    var tried = 0
    while let altered = Alteration.of(file, index) {
      index += 17
      tried += 1
      if OwnVectorFile.run(altered.file).isClean { Issue.record("unnoticed: \(altered.path)") }
    }
    #expect(tried > 5)
  }

  /// What a check concludes from its inputs.
  static let verdicts: Set<String> = [
    "result", "error", "value", "plaintext", "matches", "digits", "scannable", "released_sha256",
    "value_sha256",
    "rule", "key_used", "received", "epoch_authenticator", "server",
  ]

  @Test(
    "a change of any verdict of a check fails the file",
    arguments: OwnVectorSuite.all.filter { $0.kind == .check })
  func changedVerdicts(suite: OwnVectorSuite) throws {
    let file = try Self.load(suite.path)
    // Of a long file a few are enough: each change takes a run of all its tests.
    let step = 7 + (file["numberOfTests"]?.int ?? 0) / 4
    var index = 0
    var tried = 0
    while let altered = Alteration.of(file, index, only: Self.verdicts) {
      index += step
      tried += 1
      if OwnVectorFile.run(altered.file).isClean { Issue.record("unnoticed: \(altered.path)") }
    }
    #expect(tried >= 3)
  }
}

/// One value of a file changed.
struct Alteration {
  let file: JSON
  let path: String

  /// Changes the leaf number `index` of the groups, parties and steps; nil beyond the last.
  static func of(_ file: JSON, _ index: Int, only keys: Set<String> = []) -> Alteration? {
    guard var object = file.object else { return nil }
    var walker = Walker(remaining: index, keys: keys)
    for key in ["groups", "parties", "steps"] {
      guard let value = object[key] else { continue }
      if let changed = walker.walk(value, key) {
        object[key] = changed
        return Alteration(file: .object(object), path: walker.path)
      }
    }
    return nil
  }

  private struct Walker {
    var remaining: Int
    let keys: Set<String>
    var path = ""

    mutating func walk(_ value: JSON, _ path: String) -> JSON? {
      switch value {
      case .object(var object):
        for member in object.members
        where !["comment", "type", "flags", "xor"].contains(member.key) {
          if let changed = walk(member.value, "\(path).\(member.key)") {
            object[member.key] = changed
            return .object(object)
          }
        }
        return nil
      case .array(var elements):
        for index in elements.indices {
          if let changed = walk(elements[index], "\(path)[\(index)]") {
            elements[index] = changed
            return .array(elements)
          }
        }
        return nil
      default:
        let name = String(path.split(separator: ".").last ?? "")
        if !keys.isEmpty && !keys.contains(name) { return nil }
        if name == "id" && keys.isEmpty, case .number = value { return nil }
        if remaining > 0 {
          remaining -= 1
          return nil
        }
        self.path = path
        return changed(value)
      }
    }

    private func changed(_ value: JSON) -> JSON {
      switch value {
      case .number(let literal): .integer((Int(literal) ?? 0) + 1)
      case .bool(let value): .bool(!value)
      case .null: "00"
      case .string(let text):
        text.isEmpty ? "00" : .string((text.first == "0" ? "1" : "0") + text.dropFirst())
      default: .null
      }
    }
  }
}
