import CygnetVectors
import Foundation
import TestSupport
import Testing

@Suite("The command table")
struct CommandTableTests {
  let tool = try! CommandLineTool()

  struct Row {
    let path: [String]
    let json: JSON
  }

  /// Every command, from `help --json`.
  func rows() throws -> [Row] {
    let outcome = try tool.run(["help", "--json"])
    #expect(outcome.exitCode == 0)
    let root = try JSON(parsing: outcome.output)
    var rows: [Row] = []
    func descend(_ json: JSON, _ path: [String]) {
      rows.append(Row(path: path, json: json))
      for child in json["commands"]?.array ?? [] {
        guard let name = child["name"]?.string else { continue }
        descend(child, path + [name])
      }
    }
    descend(root["command"] ?? root, [])
    return rows
  }

  @Test("every command explains itself with its options, an example and its exit codes")
  func help() throws {
    let rows = try rows()
    #expect(rows.count > 10)
    for row in rows {
      let outcome = try tool.run(row.path + ["--help"])
      #expect(outcome.exitCode == 0, "\(row.path)")
      #expect(outcome.text.contains("Usage: cygnet"), "\(row.path)")
      for option in row.json["options"]?.array ?? [] {
        guard let name = option["long"]?.string else { continue }
        #expect(outcome.text.contains(name), "\(row.path) \(name)")
      }
      if !row.path.isEmpty {
        let same = try tool.run(["help"] + row.path)
        #expect(same.output == outcome.output, "help \(row.path)")
      }
    }
  }

  @Test("every command has an example that a shell reads as this command")
  func examples() throws {
    for row in try rows() where !row.path.isEmpty && (row.json["commands"]?.array ?? []).isEmpty {
      let examples = row.json["examples"]?.array ?? []
      #expect(!examples.isEmpty, "\(row.path)")
      for example in examples {
        let line = example["line"]?.string ?? ""
        let command = "cygnet \(row.path.joined(separator: " "))"
        let parts = line.components(separatedBy: command)
        #expect(parts.count == 2, "\(row.path): \(line)")
        // A shell reads it as a command: at the start, behind a pipe, or in a substitution.
        let before = parts[0]
        #expect(
          before.isEmpty || before.hasSuffix("| ") || before.hasSuffix("<("), "\(row.path): \(line)"
        )
      }
    }
  }

  @Test("the man page names every command")
  func manual() throws {
    let page = try tool.run(["help", "--man"])
    #expect(page.exitCode == 0)
    #expect(page.text.hasPrefix(".TH") || page.text.contains("\n.TH"))
    // A hyphen is written with a backslash there.
    let text = String(page.text.filter { $0 != "\\" })
    for row in try rows() where !row.path.isEmpty {
      #expect(text.contains(row.path[row.path.count - 1]), "\(row.path)")
    }
  }

  @Test("completions name every command and are valid shell", arguments: ["bash", "zsh", "fish"])
  func completion(shell: String) throws {
    let script = try tool.run(["completion", shell])
    #expect(script.exitCode == 0)
    for row in try rows() where !row.path.isEmpty {
      #expect(script.text.contains(row.path[row.path.count - 1]), "\(row.path)")
    }
    let folder = try CommandLineTool.Folder()
    let file = try folder.write(script.output, "completion")
    guard let result = try Shell.check(shell, file) else {
      print("skipped: \(shell) is not installed, its completion was not parsed")
      return
    }
    #expect(result == 0, "\(shell) -n")
  }

  @Test(
    "a line that is not understood ends with 2, a reason and a way on",
    arguments: [
      ["nosuch"], ["dem"], ["attach"], ["attach", "encrypt"], ["--nosuch"], ["demo", "--kep"],
      ["bench", "--seconds", "x"], ["completion", "tcsh"], ["attach", "encrypt", "a", "b"],
      ["version", "extra"], ["inspect", "--seconds"],
    ])
  func usage(line: [String]) throws {
    let outcome = try tool.run(line)
    #expect(outcome.exitCode == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.talk.hasPrefix("cygnet:"))
  }

  @Test("a mistyped name is met with the nearest one")
  func suggestion() throws {
    #expect(try tool.run(["atach"]).talk.contains("'attach'"))
    #expect(try tool.run(["demo", "--kep"]).talk.contains("--keep"))
  }

  @Test("a full disk is reported")
  func fullDisk() throws {
    let outcome = try tool.run(["version"], outputPath: "/dev/full")
    #expect(outcome.exitCode == 3)
    #expect(outcome.talk.contains("standard output"))
  }

  @Test("version tells the libraries, for people and for programs")
  func version() throws {
    #expect(try tool.run(["version", "--verbose"]).text.contains("libsodium 1."))
    let json = try JSON(parsing: tool.run(["version", "--json"]).output)
    #expect(json["schema"]?.string == "cygnet.version.v1")
    #expect(json["libsodium_check"]?.string == "passed")
  }

  @Test("a benchmark prints figures that programs read")
  func bench() throws {
    let outcome = try tool.run(["bench", "--filter", "verify_bundle", "--seconds", "1", "--json"])
    #expect(outcome.exitCode == 0)
    var peers: [String] = []
    for line in outcome.text.split(separator: "\n") {
      let figure = try JSON(parsing: Array(line.utf8))
      #expect(figure["kind"]?.string == "time")
      #expect(figure["name"]?.string == "verify_bundle")
      peers.append(figure["peer"]?.string ?? "")
    }
    #expect(peers.sorted() == ["cygnet", "floor(libsodium)"])
    #expect(try tool.run(["bench", "--filter", "nosuch", "--seconds", "1"]).exitCode == 2)
  }
}
