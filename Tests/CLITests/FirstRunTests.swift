import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("The first run")
struct FirstRunTests {
  @Test("nine commands, as the README has them: keys, two messages, a photo, a safety number")
  func nineCommands() throws {
    let tool = try CommandLineTool()
    let folder = try CommandLineTool.Folder()
    var random = SeededRandomSource(seed: [9], label: "photo")
    let photo = random.bytes(200_000)
    try folder.write(photo, "photo.jpg")
    let askpass = try folder.write(
      Array("#!/bin/sh\necho correct horse battery staple\n".utf8), "askpass")
    try folder.makeExecutable("askpass")
    let environment = ["CYGNET_HOME": folder.file("home"), "CYGNET_ASKPASS": askpass]
    func run(_ line: String, input: String = "") throws -> CommandLineTool.Outcome {
      let words = line.split(separator: " ").map(String.init)
      let outcome = try tool.run(
        words, input: Array(input.utf8), environment: environment, in: folder.path)
      #expect(outcome.exitCode == 0, "\(line): \(outcome.talk)")
      return outcome
    }
    _ = try run("init --profile alice")
    _ = try run("init --profile bob")
    _ = try run("identity export --public --profile bob -o bob.card")
    _ = try run("contact add bob bob.card --profile alice")
    _ = try run("send bob --profile alice -o m1", input: "salam\n")
    let first = try run("receive m1 --profile bob")
    #expect(first.text == "alice (unverified, first contact): salam\n")
    _ = try run("send alice --attach photo.jpg -m look --profile bob -o m2")
    #expect(try folder.names().contains("m2.blob"))
    try folder.makeFolder("saved")
    let second = try run("receive m2 --profile alice --save-dir saved")
    #expect(second.text.hasPrefix("bob (unverified): look\n"))
    #expect(try folder.read("saved/photo.jpg") == photo)
    let ours = try run("verify bob --profile alice --json")
    let theirs = try run("verify alice --profile bob --json")
    let number = try #require(JSON(parsing: ours.output)["number"]?.string)
    #expect(number.count == 60)
    #expect(try JSON(parsing: theirs.output)["number"]?.string == number)
    #expect(try run("verify bob --profile alice").text.contains(number.prefix(5)))
    _ = try run("verify bob --profile alice --number \(number)")
    let scanned = try #require(JSON(parsing: ours.output)["scannable"]?.string)
    _ = try run("verify alice --profile bob --scan \(scanned)")
  }
}
