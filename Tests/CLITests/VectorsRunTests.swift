import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet vectors list and run")
struct VectorsRunTests {
  let tool = try! CommandLineTool()
  let folder = try! CommandLineTool.Folder()

  /// SHA-2 of "abc", with the SHA-256 given.
  private func file(sha256: String) -> [UInt8] {
    let sha512 =
      "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
      + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
    let json: JSON = [
      "name": "SHA-256 / SHA-512", "numberOfTests": 1,
      "tests": [
        [
          "msg": "616263", "repeat": 1, "sha256": .string(sha256), "sha512": .string(sha512),
        ]
      ],
    ]
    return Array(json.text.utf8)
  }

  private var right: [UInt8] {
    file(sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  private var wrong: [UInt8] {
    file(sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ae")
  }

  private func records(_ outcome: CommandLineTool.Outcome) throws -> [JSON] {
    try outcome.text.split(separator: "\n").map { try JSON(parsing: Array($0.utf8)) }
  }

  @Test("list names every kind, and says why some are not run")
  func list() throws {
    let human = try tool.run(["vectors", "list"])
    #expect(human.exitCode == 0)
    let kinds = try records(tool.run(["vectors", "list", "--json"]))
    #expect(kinds.count == VectorFormat.all.count + GeneratedFile.all.count)
    for kind in kinds {
      #expect(kind["schema"]?.string == "cygnet.vectors.list.v1")
      #expect(human.text.contains(try #require(kind["kind"]?.string)))
      #expect(kind["run"]?.bool == true || kind["reason"]?.string != nil)
    }
  }

  @Test("a file whose cases hold ends with 0, in a folder, by name and from a pipe")
  func passing() throws {
    let path = try folder.write(right, "right.json")
    _ = try folder.write([0xff], "other.bin")
    for arguments in [[path], [folder.path], ["-"]] {
      let outcome = try tool.run(["vectors", "run", "--json"] + arguments, input: right)
      #expect(outcome.exitCode == 0)
      let rows = try records(outcome)
      #expect(rows.count == 1)
      #expect(rows.first?["schema"]?.string == "cygnet.vectors.run.v1")
      #expect(rows.first?["run"]?.int == 1 && rows.first?["passed"]?.int == 1)
      #expect(rows.first?["failed"]?.int == 0)
    }
    let human = try tool.run(["vectors", "run", path])
    #expect(human.exitCode == 0 && human.text.contains("SHA-256 and SHA-512"))
  }

  @Test("a case that does not hold ends with 11 and says which")
  func failing() throws {
    _ = try folder.write(right, "right.json")
    _ = try folder.write(wrong, "wrong.json")
    let outcome = try tool.run(["vectors", "run", folder.path])
    #expect(outcome.exitCode == 11)
    #expect(outcome.talk.contains("wrong.json: 1: sha256 should be"))
    #expect(!outcome.talk.contains("right.json: 1"))
    let rows = try records(tool.run(["vectors", "run", "--json", folder.path]))
    #expect(rows.map { $0["failed"]?.int } == [0, 1])
    #expect(rows.last?["failures"]?[0]?["id"]?.string == "1")
  }

  @Test("JSON of no known kind is counted as skipped, with the reason")
  func unknown() throws {
    let outcome = try tool.run(["vectors", "run", "--json", "-"], input: Array("{}".utf8))
    #expect(outcome.exitCode == 0)
    let row = try #require(try records(outcome).first)
    #expect(row["run"]?.int == 0 && row["skipped"]?[0]?["count"]?.int == 1)
  }

  @Test("what is not JSON, an empty folder and a missing file are errors")
  func errors() throws {
    #expect(try tool.run(["vectors", "run", "-"], input: [1, 2, 3]).exitCode == 4)
    #expect(try tool.run(["vectors", "run", folder.path]).exitCode == 3)
    #expect(try tool.run(["vectors", "run", folder.file("none.json")]).exitCode == 3)
    #expect(try tool.run(["vectors", "run"]).exitCode == 2)
  }

  @Test("text from a file cannot move the terminal's cursor")
  func escaping() throws {
    let json: JSON = [
      "name": "HKDF-SHA-256", "numberOfTests": 1,
      "tests": [
        [
          "name": "\u{1b}[2Jcase", "ikm": "00", "salt": "", "info": "", "length": 1, "okm": "zz",
        ]
      ],
    ]
    let outcome = try tool.run(["vectors", "run", "-"], input: Array(json.text.utf8))
    #expect(outcome.exitCode == 11)
    #expect(!outcome.talk.contains("\u{1b}") && outcome.talk.contains("case"))
  }
}
