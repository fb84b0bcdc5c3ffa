import Cygnet
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet store")
struct StoreCommandTests {
  let profiles = try! TestProfiles()
  var folder: CommandLineTool.Folder { profiles.folder }

  @Test("status tells what opens the store and how much is in it")
  func status() async throws {
    try profiles.setUp()
    try profiles.setUp("bob")
    let card = try profiles.card("bob")
    _ = try await profiles.client().addContact("bob", card: card, now: card.createdAt)
    _ = try await profiles.client().send(
      MessageContent(text: Array("salam".utf8)), to: "bob", now: card.createdAt)
    let status = try profiles.json(["store", "status"])
    #expect(status["schema"]?.string == "cygnet.store.status.v1")
    #expect(status["bytes"]?.int == folder.size(profiles.store()))
    #expect(status["opened_by"]?.array?.count == 1)
    #expect(status["opened_by"]?[0]?["kind"]?.string == "key_file")
    #expect(status["contacts"]?.int == 1)
    #expect(status["sessions"]?.int == 1)
    #expect(status["outgoing"]?.int == 1)
    #expect(status["incoming"]?.int == 0)
    let human = try profiles.run(["store", "status"])
    #expect(human.text.contains("key file"))
  }

  @Test("another key file takes the place of the first, and the store is not written anew")
  func passphrase() async throws {
    let made = try profiles.setUp()
    let line = [
      "store", "passphrase", "--new-key-file", folder.file("new"), "--profile", "alice", "--json",
    ]
    let id = try profiles.json(["store", "status"])["store_id"]
    let records = try await profiles.records(ofKind: 3)
    #expect(try profiles.run(Array(line.dropLast(3))).exitCode == 0)
    #expect(try folder.permissions("new") == 0o600)
    #expect(try profiles.run(["identity", "show"]).exitCode == 6)
    try folder.remove("key")
    try folder.copy("new", to: "key")
    #expect(try profiles.json(["identity", "show"])["identity"] == made["identity"])
    #expect(try profiles.json(["store", "status"])["store_id"] == id)
    #expect(try await profiles.records(ofKind: 3) == records)
  }

  @Test("the cost of a passphrase is what was asked for, and is written in the store")
  func cost() throws {
    try profiles.setUp()
    try folder.write(Array("rose\n".utf8), "p")
    try folder.setPermissions(0o600, "p")
    let small = try profiles.json([
      "store", "passphrase", "--new-passphrase-file", folder.file("p"), "--passphrase-cost",
      "small",
    ])
    #expect(small["opened_by"]?[0]?["memory_kib"]?.int == 64 * 1024)
    #expect(small["opened_by"]?[0]?["passes"]?.int == 3)
    let usual = try profiles.tool.run(
      ["store", "rekey", "--profile", "alice", "--passphrase-file", folder.file("p"), "--json"],
      environment: profiles.environment)
    #expect(usual.exitCode == 0)
    let slots = try JSON(parsing: usual.output)["opened_by"]
    #expect(slots?[0]?["memory_kib"]?.int == 256 * 1024)
    #expect(slots?[0]?["passes"]?.int == 3)
  }

  @Test("after a rekey no record is as it was, and everything is there")
  func rekey() async throws {
    let made = try profiles.setUp()
    let before = try await profiles.records(ofKind: 3)
    #expect(try profiles.run(["store", "rekey"]).exitCode == 0)
    let after = try await profiles.records(ofKind: 3)
    #expect(after.count == before.count)
    #expect(Set(after.map(\.id)).isDisjoint(with: before.map(\.id)))
    #expect(try profiles.json(["identity", "show"])["identity"] == made["identity"])
    #expect(try profiles.json(["store", "check"])["sound"]?.bool == true)
    // What was sealed under the old key is a stranger now.
    try await profiles.put([before[0]])
    #expect(try profiles.run(["store", "check"]).exitCode == 4)
  }

  @Test("an export is JSON without keys, for its owner alone")
  func export() async throws {
    let made = try profiles.setUp()
    try profiles.setUp("bob")
    let card = try profiles.card("bob")
    let client = try await profiles.client()
    _ = try await client.addContact("bob", card: card, now: card.createdAt)
    let sent = try await client.send(
      MessageContent(text: Array("salam".utf8)), to: "bob", now: card.createdAt)
    _ = try await profiles.client("bob").receive(sent.envelope, now: card.createdAt)
    let path = folder.file("export.json")
    #expect(try profiles.json(["store", "export", "-o", path])["file"]?.string == path)
    #expect(try folder.permissions("export.json") == 0o600)
    let export = try JSON(parsing: folder.read("export.json"))
    #expect(export["schema"]?.string == "cygnet.store.export.v1")
    #expect(export["identity"] == made["identity"])
    #expect(export["contacts"]?[0]?["name"]?.string == "bob")
    #expect(export["sessions"]?[0]?["name"]?.string == "bob")
    #expect(export["outgoing"]?[0]?["envelope"]?.hexBytes == sent.envelope)
    let bob = try JSON(parsing: profiles.run(["store", "export"], "bob").output)
    #expect(bob["incoming"]?[0]?["text"]?.string == "salam")
    #expect(bob["incoming"]?[0]?["sender"]?["user"]?.string == "alice")
    #expect(try profiles.run(["store", "export", "-o", path]).exitCode == 3)
  }
}
