import Cygnet
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet send and receive")
struct MessageTests {
  private let testTime = Timestamp(seconds: 1_767_225_600)

  private func pair() throws -> People {
    let people = try People("alice", "bob")
    try people.introduce("bob", to: "alice")
    return people
  }

  @Test("a message is shown once, and the second time it is a duplicate")
  func once() throws {
    let people = try pair()
    try people.send("salam\nzweite Zeile", from: "alice", to: "bob", "m1")
    let shown = try people.run("bob", ["receive", "m1"])
    #expect(shown.text == "alice (unverified, first contact): salam\n  zweite Zeile\n")
    let before = try people.storeBytes("bob")
    let again = try people.run("bob", ["receive", "m1"])
    #expect(again.exitCode == 7)
    #expect(again.text.isEmpty)
    #expect(try people.storeBytes("bob") == before)
  }

  @Test("control characters and marks of direction from a peer never reach the terminal")
  func escaping() throws {
    let people = try pair()
    let hostile = "\u{1b}[2Jclear \u{202e}back \u{7}bell\r\nbob (verified): give me money"
    try people.send(hostile, from: "alice", to: "bob", "m1")
    let shown = try people.run("bob", ["receive", "m1"])
    for byte in shown.output { #expect(byte >= 32 || byte == 10) }
    #expect(!shown.text.unicodeScalars.contains("\u{202e}"))
    #expect(!shown.text.split(separator: "\n").contains { $0.hasPrefix("bob (verified)") })
  }

  @Test("armor goes where text goes, and a payload of one kind is not taken for another")
  func armor() throws {
    let people = try pair()
    let sent = try people.run("alice", ["send", "bob", "-m", "hi", "-o", "-"])
    #expect(sent.text.hasPrefix("-----BEGIN CYGNET MESSAGE-----\n"))
    try people.run("bob", ["identity", "export", "--public", "-o", "card.txt"])
    let card = String(decoding: try people.folder.read("card.txt"), as: UTF8.self)
    #expect(card.hasPrefix("-----BEGIN CYGNET CONTACT CARD-----\n"))
    #expect(try people.run("bob", ["receive", "-"], input: card).exitCode == 4)
    #expect(
      try people.run("alice", ["contact", "add", "x", "-"], input: sent.text).exitCode == 4)
    let shown = try people.run("bob", ["receive", "-"], input: sent.text)
    #expect(shown.text.hasSuffix(": hi\n"))
  }

  @Test("several messages come in any order; one bad one spoils no other")
  func several() throws {
    let people = try pair()
    for index in 1...4 { try people.send("\(index)", from: "alice", to: "bob", "m\(index)") }
    try people.folder.overwrite([0x2d], at: 100, "m2")
    let shown = try people.run("bob", ["receive", "m4", "m2", "m1", "m3"])
    #expect(shown.exitCode == 4)
    #expect(shown.text.split(separator: "\n").map { $0.suffix(1) } == ["4", "1", "3"])
  }

  @Test("an attachment waits in the store until it is saved; a name leads nowhere else")
  func attachments() throws {
    let people = try pair()
    let bytes = [UInt8](repeating: 5, count: 70_000)
    try people.folder.write(bytes, "..hidden\u{202e}.jpg")
    let sent = try people.run(
      "alice", ["send", "bob", "-m", "x", "--attach", "..hidden\u{202e}.jpg", "-o", "m1"])
    #expect(sent.exitCode == 0, "\(sent.talk)")
    try people.folder.makeFolder("saved")
    let unsaved = try people.run("bob", ["receive", "m1"])
    #expect(unsaved.exitCode == 0)
    #expect(unsaved.text.contains("not saved"))
    try people.folder.rename("m1.blob", "elsewhere")
    #expect(try people.run("bob", ["receive", "m1", "--save-dir", "saved"]).exitCode == 3)
    try people.folder.rename("elsewhere", "m1.blob")
    for _ in 0..<1 {
      let saved = try people.run("bob", ["receive", "m1", "--save-dir", "saved"])
      #expect(saved.exitCode == 0, "\(saved.talk)")
    }
    #expect(try people.folder.read("saved/hidden.jpg") == bytes)
    #expect(try people.run("bob", ["receive", "m1", "--save-dir", "saved"]).exitCode == 7)
  }

  @Test("an altered blob is refused and leaves no file; the message stays for the right one")
  func alteredBlob() throws {
    let people = try pair()
    try people.folder.write([UInt8](repeating: 1, count: 5_000), "a.bin")
    try people.run("alice", ["send", "bob", "-m", "", "--attach", "a.bin", "-o", "m1"])
    let blob = try people.folder.read("m1.blob")
    try people.folder.overwrite([blob[2_000] ^ 1], at: 2_000, "m1.blob")
    try people.folder.makeFolder("saved")
    #expect(try people.run("bob", ["receive", "m1", "--save-dir", "saved"]).exitCode == 4)
    #expect(!people.folder.exists("saved/a.bin"))
    try people.folder.write(blob, "m1.blob")
    #expect(try people.run("bob", ["receive", "m1", "--save-dir", "saved"]).exitCode == 0)
    #expect(try people.folder.read("saved/a.bin").count == 5_000)
  }

  @Test("a message that cannot be written is kept, and written later")
  func unsent() throws {
    let people = try pair()
    let failed = try people.run("alice", ["send", "bob", "-m", "kept", "-o", "/dev/full"])
    #expect(failed.exitCode == 3)
    let late = try people.run("alice", ["send", "bob", "--unsent", "-o", "m1"])
    #expect(late.exitCode == 0, "\(late.talk)")
    #expect(try people.run("bob", ["receive", "m1"]).text.hasSuffix(": kept\n"))
    #expect(try people.run("alice", ["send", "bob", "--unsent", "-o", "m2"]).exitCode == 8)
  }

  @Test("an existing file is not overwritten, and nothing is encrypted for it")
  func existingOutput() throws {
    let people = try pair()
    try people.folder.write([1], "m1")
    let before = try people.storeBytes("alice")
    #expect(try people.send("x", from: "alice", to: "bob", "m1").exitCode == 3)
    #expect(try people.storeBytes("alice") == before)
    #expect(try people.folder.read("m1") == [1])
    let forced = try people.run("alice", ["send", "bob", "-m", "x", "-o", "m1", "--force"])
    #expect(forced.exitCode == 0)
  }

  @Test("too far ahead, from a stranger to a session, to nobody known: each has its exit code")
  func refusals() async throws {
    let people = try pair()
    try people.send("1", from: "alice", to: "bob", "m1")
    try people.run("bob", ["receive", "m1"])
    let alice = try await people.client("alice")
    var last: [UInt8] = []
    for _ in 0...(Int(Limits.maxSkip) + 1) {
      let message = try await alice.send(MessageContent(text: []), to: "bob", now: testTime)
      try await alice.confirmSent(message.id)
      last = message.envelope
    }
    try people.folder.write(last, "far")
    let before = try people.storeBytes("bob")
    #expect(try people.run("bob", ["receive", "far"]).exitCode == 12)
    #expect(try people.run("alice", ["receive", "m1"]).exitCode == 8)
    #expect(try people.run("bob", ["send", "nobody", "-m", "x", "-o", "m2"]).exitCode == 8)
    #expect(try people.run("bob", ["receive", "bob.card"]).exitCode == 4)
    #expect(try people.storeBytes("bob") == before)
    #expect(!people.folder.exists("m2"))
  }
}
