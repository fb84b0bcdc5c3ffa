import Cygnet
import CygnetPrimitives
import TestSupport
import Testing

/// A process that ends at any of its writes leaves a group that goes on: no key is used twice, and
/// nothing is lost that others have.
@Suite(
  "A kill at each write in a group",
  .enabled(if: !CommandLineTool.isSanitized, "nothing can be preloaded under a sanitizer"))
struct GroupKillTests {
  private func pair() throws -> People {
    let people = try People("alice", "bob")
    try people.ok("alice", ["group", "create", "friends"])
    try people.invite("bob", by: "alice", to: "friends", "c0")
    return people
  }

  /// Everything of Alice's that exists, and what she makes next, is of use to Bob.
  private static func checkMade(_ people: People, _ file: String) async throws -> [String] {
    let waiting = try await people.client("alice").outgoingGroupMessages()
    #expect(waiting.count <= 1)
    var files: [String] = []
    if people.folder.exists(file) { files.append(file) }
    if !waiting.isEmpty {
      try people.ok("alice", ["send", "friends", "--unsent", "-o", "late", "--binary"])
      if files.isEmpty { files.append("late") }
      #expect(try people.folder.read(files[0]) == people.folder.read("late"))
    }
    try people.ok("alice", ["send", "friends", "-m", "next", "-o", "next"])
    var shown: [String] = []
    for file in files + ["next"] {
      let outcome = try people.ok("bob", ["receive", file])
      shown.append(outcome.text.split(separator: ":").last.map { String($0) } ?? "")
    }
    #expect(try people.codes("friends", of: ["alice", "bob"]).count == 1)
    #expect(try await people.client("alice").check().isSound)
    return shown
  }

  @Test("sending: still to be sent, or sent; and no key twice")
  func send() async throws {
    let start = try pair()
    let count = try await Killing(start: start).run(
      "alice", ["send", "friends", "-m", "killed", "-o", "m1", "--binary"]
    ) { people, _, isKilled in
      let shown = try await Self.checkMade(people, "m1")
      #expect(shown == [" next\n"] || shown == [" killed\n", " next\n"])
      if !isKilled { #expect(shown.count == 2) }
    }
    #expect(count > 8)
  }

  @Test("a change: made with its file kept, or not made")
  func change() async throws {
    let start = try pair()
    let count = try await Killing(start: start, isTorn: true).run(
      "alice", ["group", "update", "friends", "-o", "c1", "--binary"]
    ) { people, _, isKilled in
      let shown = try await Self.checkMade(people, "c1")
      if !isKilled { #expect(shown.count == 2) }
    }
    #expect(count > 8)
  }

  @Test("receiving a message and a change: shown at least once, taken in once")
  func receive() async throws {
    let start = try pair()
    try start.ok("alice", ["send", "friends", "-m", "killed", "-o", "m1"])
    try start.ok("alice", ["group", "update", "friends", "-o", "c1"])
    let lines = [
      "m1": "friends: alice (unverified): killed\n",
      "c1": "friends: alice (unverified) made fresh keys\n",
    ]
    for (file, line) in lines {
      let count = try await Killing(start: start, stride: 2).run("bob", ["receive", file]) {
        people, outcome, isKilled in
        let wasShown = outcome.text == line
        if !isKilled { #expect(wasShown) }
        let again = try people.run("bob", ["receive", file])
        if again.exitCode == 7 {
          #expect(wasShown, "what was never shown is gone")
        } else {
          #expect(again.exitCode == 0 && again.text == line, "\(again.talk)")
        }
        #expect(try people.run("bob", ["receive", file]).exitCode == 7)
        if file == "m1" { try people.ok("bob", ["receive", "c1"]) }
        #expect(try people.codes("friends", of: ["alice", "bob"]).count == 1)
        #expect(try await people.client("bob").check().isSound)
      }
      #expect(count > 8)
    }
  }

  @Test("accepting: joined and the key package gone, or an invitation still")
  func accept() async throws {
    let start = try People("alice", "bob")
    try start.ok("alice", ["group", "create", "friends"])
    try start.ok("bob", ["group", "join", "-o", "bob.keys"])
    try start.ok("alice", ["group", "invite", "friends", "bob.keys", "-o", "c1"])
    try start.ok("bob", ["receive", "c1.welcome"])
    let count = try await Killing(start: start, stride: 2).run("bob", ["group", "accept"]) {
      people, _, isKilled in
      let status = try await people.client("bob").storeStatus()
      #expect(status.groupCount + status.invitationCount == 1)
      #expect(status.keyPackageCount == status.invitationCount)
      if status.invitationCount == 1 {
        #expect(isKilled)
        try people.ok("bob", ["group", "accept"])
      }
      #expect(try people.codes("friends", of: ["alice", "bob"]).count == 1)
      #expect(try await people.client("bob").check().isSound)
    }
    #expect(count > 8)
  }
}
