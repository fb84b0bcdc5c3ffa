import Cygnet
import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet contact, verify and session")
struct ContactCommandTests {
  @Test("a contact is added, renamed, blocked, verified and removed")
  func life() throws {
    let people = try People("alice", "bob")
    try people.introduce("bob", to: "alice")
    #expect(try people.run("alice", ["contact", "rename", "bob", "Robert"]).exitCode == 0)
    #expect(try people.run("alice", ["contact", "show", "bob"]).exitCode == 8)
    #expect(try people.run("alice", ["contact", "block", "robert"]).exitCode == 0)
    #expect(try people.run("alice", ["send", "Robert", "-m", "x", "-o", "m"]).exitCode == 8)
    #expect(try people.run("alice", ["contact", "unblock", "robert"]).exitCode == 0)
    let number = try #require(people.json("alice", ["verify", "robert"])["number"]?.string)
    let wrong = String(number.dropLast()) + (number.last == "0" ? "1" : "0")
    #expect(try people.run("alice", ["verify", "robert", "--number", wrong]).exitCode == 10)
    #expect(try people.run("alice", ["verify", "robert", "--number", "123"]).exitCode == 2)
    #expect(try people.run("alice", ["verify", "robert", "--number", number]).exitCode == 0)
    let listed = try people.json("alice", ["contact", "list"])["contacts"]?.array?.first
    #expect(listed?["name"]?.string == "Robert")
    #expect(listed?["verified_at"]?.string == nil && listed?["verified_at"] != .null)
    #expect(try people.run("alice", ["unverify", "robert"]).text.contains("unverified"))
    #expect(try people.run("alice", ["contact", "remove", "robert"]).exitCode == 0)
    #expect(try people.run("alice", ["contact", "show", "robert"]).exitCode == 8)
  }

  @Test("a changed identity: exit 5, both numbers, nothing sent; with the new number it goes on")
  func changedIdentity() throws {
    let people = try People("alice", "bob", "new")
    try people.introduce("bob", to: "alice")
    try people.send("1", from: "alice", to: "bob", "m1")
    try people.run("bob", ["receive", "m1"])
    let old = try #require(people.json("alice", ["verify", "bob"])["number"]?.string)
    // The same user begins anew on another machine.
    let other = try People()
    #expect(try other.run("bob", ["init", "--user", "bob"]).exitCode == 0)
    try other.run("bob", ["identity", "export", "--public", "-o", people.folder.file("new.card")])
    try other.run("bob", ["prekeys", "bundle", "-o", people.folder.file("new.bundle")])
    let before = try people.storeBytes("alice")
    let refused = try people.run("alice", ["contact", "add", "bob", "new.card"])
    #expect(refused.exitCode == 5)
    let number = try Self.acceptedNumber(in: refused.talk)
    #expect(number != old)
    #expect(refused.talk.filter(\.isNumber).contains(old))
    let unsent = try people.run(
      "alice", ["send", "bob", "-m", "x", "--bundle", "new.bundle", "-o", "m2"])
    #expect(unsent.exitCode == 5)
    #expect(try Self.acceptedNumber(in: unsent.talk) == number)
    #expect(!people.folder.exists("m2"))
    #expect(try people.storeBytes("alice") == before)
    let guessed = try people.run(
      "alice", ["contact", "add", "bob", "new.card", "--accept-change", old])
    #expect(guessed.exitCode == 5)
    #expect(try people.storeBytes("alice") == before)
    let accepted = try people.run(
      "alice", ["contact", "add", "bob", "new.card", "--accept-change", number])
    #expect(accepted.exitCode == 0, "\(accepted.talk)")
    try people.send("2", from: "alice", to: "bob", "m3")
    try other.folder.write(people.folder.read("m3"), "m3")
    #expect(try other.run("bob", ["receive", "m3"]).text.hasSuffix(": 2\n"))
  }

  @Test("a first message under another identity is refused with both numbers")
  func changedSender() throws {
    let people = try People("alice", "bob")
    try people.introduce("bob", to: "alice")
    try people.send("1", from: "alice", to: "bob", "m1")
    try people.run("bob", ["receive", "m1"])
    let other = try People()
    #expect(try other.run("alice", ["init", "--user", "alice"]).exitCode == 0)
    try other.folder.write(people.folder.read("bob.card"), "bob.card")
    try other.run("alice", ["contact", "add", "bob", "bob.card"])
    try other.send("it is me", from: "alice", to: "bob", "m2")
    try people.folder.write(other.folder.read("m2"), "m2")
    let before = try people.storeBytes("bob")
    let refused = try people.run("bob", ["receive", "m2"])
    #expect(refused.exitCode == 5)
    #expect(refused.text.isEmpty)
    #expect(try people.storeBytes("bob") == before)
    let number = try Self.acceptedNumber(in: refused.talk)
    let shown = try people.run("bob", ["receive", "m2", "--accept-change", number])
    #expect(shown.text == "alice (unverified): it is me\n")
  }

  /// The number in the last `--accept-change` of a refusal.
  private static func acceptedNumber(in talk: String) throws -> String {
    let word = try #require(talk.split(separator: " ").last)
    return String(word.filter(\.isNumber))
  }

  @Test("a session is shown and begun anew")
  func session() throws {
    let people = try People("alice", "bob")
    try people.introduce("bob", to: "alice")
    #expect(try people.run("alice", ["session", "show", "bob"]).exitCode == 8)
    #expect(try people.run("alice", ["session", "reset", "bob"]).exitCode == 8)
    try people.send("1", from: "alice", to: "bob", "m1")
    try people.run("bob", ["receive", "m1"])
    try people.run("bob", ["send", "alice", "-m", "2", "-o", "m2"])
    try people.run("alice", ["receive", "m2"])
    let session = try people.json("alice", ["session", "show", "bob"])["session"]
    #expect(session?["established"] == .bool(true))
    #expect(try people.run("alice", ["session", "reset", "bob"]).exitCode == 0)
    try people.run("bob", ["send", "alice", "-m", "lost", "-o", "m3"])
    #expect(try people.run("alice", ["receive", "m3"]).exitCode == 8)
    try people.send("anew", from: "alice", to: "bob", "m4")
    #expect(try people.run("bob", ["receive", "m4"]).text == "alice (unverified): anew\n")
  }
}
