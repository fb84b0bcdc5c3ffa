import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet demo")
struct DemoTests {
  let tool = try! CommandLineTool()

  @Test("plays the whole conversation and leaves nothing behind")
  func plays() throws {
    let folder = try CommandLineTool.Folder()
    let outcome = try tool.run(["demo"], environment: ["TMPDIR": folder.path])
    #expect(outcome.exitCode == 0)
    #expect(outcome.text.contains("byte for byte"))
    #expect(outcome.text.contains("both see"))
    #expect(try folder.names() == [])
  }

  @Test("sends the files that are named, whatever their size")
  func files() throws {
    let folder = try CommandLineTool.Folder()
    let empty = try folder.write([], "empty file")
    let text = try folder.write(Array("hello".utf8), "\u{202E}gpj.exe")
    let large = try folder.write([UInt8](repeating: 7, count: 600_000), "large")
    let outcome = try tool.run(["demo", empty, text, large, "--json"])
    #expect(outcome.exitCode == 0)
    let json = try JSON(parsing: outcome.output)
    #expect(json["schema"]?.string == "cygnet.demo.v1")
    #expect(json["files"]?.int == 3)
    #expect(json["safety_number"]?.string?.count == 60)
    let narrated = try tool.run(["demo", text])
    #expect(!narrated.text.contains("\u{202E}"))
  }

  @Test("keeps its folder when asked")
  func keeps() throws {
    let folder = try CommandLineTool.Folder()
    let outcome = try tool.run(["demo", "--keep"], environment: ["TMPDIR": folder.path])
    #expect(outcome.exitCode == 0)
    #expect(try folder.names().count == 1)
  }

  @Test("a file that is not there ends it with 3")
  func missing() throws {
    #expect(try tool.run(["demo", "/nonexistent/photo.jpg"]).exitCode == 3)
    #expect(try tool.run(["demo", "/"]).exitCode == 3)
  }
}
