import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("The conformance server")
struct ConformanceTests {
  let tool = try! CommandLineTool()

  static let scenarios =
    ConformanceAgreement.all + ConformancePostQuantum.all + ConformanceRatchet.all
    + ConformanceSenderKeys.all
    + ConformanceAttachments.all
    + ConformancePeople.all + ConformanceStorage.all + ConformancePrimitives.all
    + ConformanceHPKE.all + ConformanceRefusals.all

  @Test("a client in another process drives it through pipes", arguments: scenarios)
  func scenario(_ scenario: ConformanceScenario) throws {
    let client = try ConformanceClient(tool)
    try scenario.run(client)
    let end = try client.end()
    #expect(end.exitCode == 0)
    #expect(end.rest.isEmpty, "something else came out")
  }

  @Test("every operation of the table and every error code is reached")
  func coverage() throws {
    var names: Set<String> = []
    var reached: Set<String> = []
    var codes: Set<String> = []
    var errors: Set<String> = []
    for scenario in Self.scenarios {
      let client = try ConformanceClient(tool)
      try scenario.run(client)
      names = client.names
      reached.formUnion(client.reached)
      for row in client.help["errors"]?.array ?? [] { codes.insert(row["error"]?.string ?? "") }
      errors.formUnion(client.errors)
      _ = try client.end()
    }
    #expect(names.count > 70)
    #expect(names.subtracting(reached).sorted() == [], "operations without a test")
    #expect(codes.count > 20)
    #expect(codes.symmetricDifference(errors).sorted() == [], "codes never met, or not listed")
  }

  @Test("1,000 random lines are answered one by one, and the server lives")
  func randomLines() throws {
    let client = try ConformanceClient(tool)
    var random = SeededRandomSource(1, label: "conformance lines")
    let names = client.names.sorted()
    for index in 0..<1_000 {
      var line = random.bytes(Int(random.bytes(1)[0]))
      if index % 2 == 0 {
        // Half of them are requests with something wrong in the end.
        let name = names[Int(random.bytes(1)[0]) % names.count]
        line = Array("{\"id\":\(index),\"op\":\"\(name)\",\"x\":\"".utf8) + line
      }
      line.removeAll { $0 == 0x0A }
      try client.send(line)
      let answer = try client.receive()
      #expect(answer["ok"] == false || answer["op"] == nil)
      #expect(answer.object?.keys.prefix(2) == ["id", "ok"])
    }
    #expect(try client.ask("wire.types")["ok"] == true)
    #expect(try client.end().exitCode == 0)
  }

  @Test("the last line needs no end, and lines may end with a carriage return")
  func lineEnds() throws {
    let input = "{\"id\":1,\"op\":\"wire.types\"}\r\n{\"id\":2,\"op\":\"wire.types\"}"
    let outcome = try tool.run(["conformance", "serve", "--stdio"], input: Array(input.utf8))
    #expect(outcome.exitCode == 0)
    #expect(outcome.text.split(separator: "\n").count == 2)
    #expect(outcome.talk.contains("Test keys only"))
    let quiet = try tool.run(["conformance", "serve", "--stdio", "-q"])
    #expect(quiet.exitCode == 0 && quiet.output.isEmpty && quiet.talk.isEmpty)
  }

  @Test("it says that it is for test keys only, and where it serves must be said")
  func warnings() throws {
    let help = try tool.run(["conformance", "serve", "--help"])
    #expect(help.text.contains("TEST KEYS ONLY"))
    let outcome = try tool.run(["conformance", "serve"])
    #expect(outcome.exitCode == 2 && outcome.talk.contains("--stdio"))
    let full = try tool.run(
      ["conformance", "serve", "--stdio"], input: Array("{}\n".utf8), outputPath: "/dev/full")
    #expect(full.exitCode == 3)
  }
}
