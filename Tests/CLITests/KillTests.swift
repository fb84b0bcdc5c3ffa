import Cygnet
import CygnetPrimitives
import TestSupport
import Testing

/// A process that ends at any of its writes loses nothing and uses no key twice.
@Suite(
  "A kill at each write",
  .enabled(if: !CommandLineTool.isSanitized, "nothing can be preloaded under a sanitizer"))
struct KillTests {
  /// Alice and Bob know each other and have talked, or have not.
  private func pair(talked: Bool) throws -> People {
    let people = try People("alice", "bob")
    try people.introduce("bob", to: "alice")
    guard talked else { return people }
    try people.send("1", from: "alice", to: "bob", "t1")
    try people.run("bob", ["receive", "t1"])
    try people.run("bob", ["send", "alice", "-m", "2", "-o", "t2"])
    try people.run("alice", ["receive", "t2"])
    return people
  }

  @Test("sending: still to be sent, or sent; and no message key twice", arguments: [false, true])
  func send(talked: Bool) async throws {
    for isTorn in [false, true] {
      let start = try pair(talked: talked)
      let count = try await Killing(start: start, isTorn: isTorn).run(
        "alice", ["send", "bob", "-m", "killed", "-o", "m1", "--binary"]
      ) { people, _, isKilled in
        try await Self.checkSent(people, isKilled)
      }
      #expect(count > 8)
    }
  }

  /// Whatever exists of the message opens at Bob, and so does the one that is sent next. Had both the
  /// same key, the second would be a duplicate.
  private static func checkSent(_ people: People, _ isKilled: Bool) async throws {
    let alice = try await people.client("alice")
    var envelopes: Set<[UInt8]> = []
    for message in try await alice.outgoing() { envelopes.insert(message.envelope) }
    let isWaiting = !envelopes.isEmpty
    if people.folder.exists("m1") { envelopes.insert(try people.folder.read("m1")) }
    #expect(envelopes.count <= 1, "what waits and what was written are the same message")
    if !isKilled { #expect(!isWaiting && envelopes.count == 1) }
    if isWaiting {
      let late = try people.run("alice", ["send", "bob", "--unsent", "-o", "late", "--binary"])
      #expect(late.exitCode == 0, "\(late.talk)")
      envelopes.insert(try people.folder.read("late"))
      #expect(envelopes.count == 1)
    }
    #expect(
      try people.run("alice", ["send", "bob", "-m", "next", "-o", "m2", "--binary"]).exitCode == 0)
    var shown: [String] = []
    for (index, envelope) in (Array(envelopes) + [try people.folder.read("m2")]).enumerated() {
      try people.folder.write(envelope, "in\(index)")
      let outcome = try people.run("bob", ["receive", "in\(index)"])
      #expect(outcome.exitCode == 0, "\(outcome.talk)")
      shown.append(String(outcome.text.split(separator: " ").last ?? ""))
    }
    #expect(shown == (envelopes.isEmpty ? ["next\n"] : ["killed\n", "next\n"]))
    #expect(try await people.client("alice").check().isSound)
  }

  @Test("receiving: shown at least once, decrypted once", arguments: [false, true])
  func receive(talked: Bool) async throws {
    for isTorn in [false, true] {
      let start = try pair(talked: talked)
      try start.send("killed", from: "alice", to: "bob", "m1")
      let count = try await Killing(start: start, isTorn: isTorn).run(
        "bob", ["receive", "m1"]
      ) { people, outcome, isKilled in
        let wasShown = outcome.text.hasSuffix(": killed\n")
        if !isKilled { #expect(wasShown) }
        let again = try people.run("bob", ["receive", "m1"])
        if again.exitCode == 7 {
          #expect(wasShown, "a message that was never shown is gone")
        } else {
          #expect(again.exitCode == 0, "\(again.talk)")
          #expect(again.text.hasSuffix(": killed\n"))
        }
        #expect(try people.run("bob", ["receive", "m1"]).exitCode == 7)
        try await Self.checkAnswer(people)
      }
      #expect(count > 8)
    }
  }

  private static func checkAnswer(_ people: People) async throws {
    let answer = try people.run("bob", ["send", "alice", "-m", "answer", "-o", "a1"])
    #expect(answer.exitCode == 0, "\(answer.talk)")
    #expect(try people.run("alice", ["receive", "a1"]).text == "bob (unverified): answer\n")
    #expect(try await people.client("bob").check().isSound)
  }

  @Test("one-time prekeys of both kinds go in the transaction that stores their session")
  func oneTimePreKeys() async throws {
    let start = try pair(talked: false)
    #expect(try start.run("bob", ["prekeys", "bundle", "-o", "bundle"]).exitCode == 0)
    let sent = try start.run(
      "alice", ["send", "bob", "-m", "x", "--bundle", "bundle", "-o", "m1", "--binary"])
    #expect(sent.exitCode == 0, "\(sent.talk)")
    _ = try await Killing(start: start).run("bob", ["receive", "m1"]) { people, _, _ in
      let bob = try await people.client("bob")
      let (sessions, held) = (try await bob.sessions(), try await bob.preKeyStatus())
      #expect(held.oneTimeCount == 100 - sessions.count)
      #expect(held.oneTimeKEMCount == 100 - sessions.count)
      for session in sessions { #expect(session.suite == .pqxdh) }
      #expect(try await bob.contacts().count == sessions.count)
    }
  }

  @Test("prekeys of an earlier version are taken over to suite 2 whole or not at all")
  func upgrade() async throws {
    let start = try People()
    try start.placeEarlierStore("bob")
    let count = try await Killing(start: start, stride: 5).run(
      "bob", ["prekeys", "bundle", "-o", "bundle"]
    ) { people, _, isKilled in
      let bob = try await people.client("bob")
      let status = try await bob.preKeyStatus()
      let isUpgraded = status.suite.isPostQuantum
      #expect(status.oneTimeKEMCount == (isUpgraded ? 100 : 0))
      #expect(status.signedPreKeysCreatedAt.count == (isUpgraded ? 2 : 1))
      if !isKilled { #expect(isUpgraded) }
      #expect(try await bob.check().isSound)
    }
    #expect(count > 8)
  }

  @Test("a new profile is there whole or not at all")
  func initialise() async throws {
    let start = try People()
    try start.folder.write(start.keyFileText, "carol.key")
    try start.folder.restrict("carol.key")
    let count = try await Killing(start: start, stride: 3).run(
      "carol", ["init", "--user", "carol"]
    ) { people, _, isKilled in
      if (try? await people.client("carol").profile()) == nil {
        #expect(isKilled)
        let again = try people.run("carol", ["init", "--user", "carol"])
        #expect(again.exitCode == 0, "\(again.talk)")
      }
      let status = try await people.client("carol").preKeyStatus()
      #expect(status.oneTimeCount == 100 && status.oneTimeKEMCount == 100)
      #expect(try await people.client("carol").check().isSound)
    }
    #expect(count > 8)
  }

  @Test("a contact is added whole or not at all, and its name leads to it")
  func contact() async throws {
    let start = try pair(talked: true)
    try start.run("bob", ["identity", "export", "--public", "-o", "b.card", "--force"])
    let count = try await Killing(start: start).run(
      "alice", ["contact", "rename", "bob", "robert"]
    ) { people, _, _ in
      let alice = try await people.client("alice")
      let names = try await alice.contacts().map(\.name)
      #expect(names == ["bob"] || names == ["robert"])
      for name in names { _ = try await alice.contact(name) }
      #expect(try await people.client("alice").check().isSound)
    }
    #expect(count > 4)
  }

  @Test("a store whose key file is replaced opens with the old one or with the new one")
  func passphrase() async throws {
    let start = try pair(talked: true)
    let count = try await Killing(start: start).run(
      "alice", ["store", "passphrase", "--new-key-file", "new.key"]
    ) { people, _, isKilled in
      let old = try? await people.client("alice").profile()
      let new =
        people.folder.exists("new.key")
        ? try? await people.client("alice", keyFile: "new.key").profile() : nil
      #expect((old == nil) != (new == nil), "one opens, and one only")
      if !isKilled { #expect(new != nil) }
    }
    #expect(count > 4)
  }

  @Test("a store under a new master key is whole, or still under the old one")
  func rekey() async throws {
    let start = try pair(talked: true)
    let count = try await Killing(start: start, stride: 3).run(
      "alice", ["store", "rekey", "--yes"]
    ) { people, _, _ in
      let alice = try await people.client("alice")
      #expect(try await alice.check().isSound)
      #expect(try await alice.preKeyStatus().oneTimeCount == 100)
      try people.send("after", from: "alice", to: "bob", "m1")
      #expect(try people.run("bob", ["receive", "m1"]).text.hasSuffix(": after\n"))
    }
    #expect(count > 8)
  }

  @Test("a backup is restored whole or not at all")
  func restore() async throws {
    let start = try pair(talked: true)
    #expect(try start.run("alice", ["backup", "create", "-o", "b"]).exitCode == 0)
    try start.folder.write(start.run("alice", ["backup", "key"]).output, "recovery")
    try start.folder.write(start.keyFileText, "dave.key")
    for name in ["recovery", "dave.key"] { try start.folder.restrict(name) }
    let restore = ["backup", "restore", "b", "--recovery-key-file", "recovery"]
    let count = try await Killing(start: start, stride: 3).run("dave", restore) {
      people, _, isKilled in
      if (try? await people.client("dave").profile()) == nil {
        #expect(isKilled)
        let again = try people.run("dave", restore)
        #expect(again.exitCode == 0, "\(again.talk)")
      }
      let dave = try await people.client("dave")
      #expect(try await dave.contacts().map(\.name) == ["bob"])
      #expect(try await dave.sessions().isEmpty)
      #expect(try await dave.check().isSound)
    }
    #expect(count > 8)
  }
}
