import Cygnet
import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite("What is post-quantum, on the command line")
struct ClassicalSessionTests {
  /// What a device of the time before suite 2 hands out, in the folder of the people.
  private func makeClassicalFiles(_ name: String, in people: People) throws {
    let now = Timestamp(seconds: UInt64(time(nil)))
    let identity = try IdentityKeyPair.generate()
    let address = try DeviceAddress(user: Array(name.utf8), device: 1)
    var preKeys = try PreKeys.generate(
      for: identity, at: address, now: now, oneTimeCount: 1, suite: .x3dh)
    let bundle = try preKeys.takeBundle(for: identity.publicKey, at: address)
    try people.folder.write(bundle.encoded(), "\(name).bundle")
    let card = try ContactCard.make(
      preKeys.bundleWithoutOneTimePreKey(for: identity.publicKey, at: address),
      name: Array(name.utf8), by: identity, now: now)
    try people.folder.write(card.encoded(), "\(name).card")
    try preKeys.upgrade(for: identity, at: address, now: now)
    let newCard = try ContactCard.make(
      preKeys.bundleWithoutOneTimePreKey(for: identity.publicKey, at: address),
      name: Array(name.utf8), by: identity, now: now)
    try people.folder.write(newCard.encoded(), "\(name)-new.card")
  }

  /// What `prekeys check`, which needs no profile, says of a file.
  private func check(_ name: String, in people: People) throws -> String {
    try people.tool.run(["prekeys", "check", people.folder.file(name)]).text
  }

  @Test("sessions, contacts, bundles and prekeys say that they are post-quantum")
  func byDefault() throws {
    let people = try People("alice", "bob")
    try people.introduce("bob", to: "alice")
    let sent = try people.json("alice", ["send", "bob", "-m", "x", "-o", "m1"])
    #expect(sent["post_quantum"] == .bool(true))
    #expect(try people.run("alice", ["session", "list"]).text.contains("yes"))
    let shown = try people.run("alice", ["session", "show", "bob"])
    #expect(shown.text.contains("suite    2 (PQXDH), post-quantum: yes\n"))
    let session = try people.json("alice", ["session", "show", "bob"])["session"]
    #expect(session?["suite"]?.int == 2 && session?["post_quantum"] == .bool(true))
    let contact = try people.run("alice", ["contact", "show", "bob"])
    #expect(contact.text.contains("bundle    at hand: suite 2 (PQXDH), post-quantum: yes\n"))
    #expect(contact.text.contains("session   2 (PQXDH), post-quantum: yes\n"))
    let known = try people.json("alice", ["contact", "show", "bob"])
    #expect(known["contact"]?["bundle_suite"]?.int == 2)
    #expect(known["session"]?["post_quantum"] == .bool(true))
    #expect(try people.json("bob", ["contact", "list"])["contacts"]?.array?.isEmpty == true)
    let status = try people.json("bob", ["prekeys", "status"])
    #expect(status["post_quantum"] == .bool(true) && status["suite"]?.int == 2)
    #expect(status["one_time_kem_pre_keys"]?.int == 100)
    let bundle = try people.json("bob", ["prekeys", "bundle", "-o", "b"])
    #expect(bundle["has_one_time_kem_pre_key"] == .bool(true))
    #expect(try check("b", in: people).contains("suite        2 (PQXDH), post-quantum: yes\n"))
    #expect(try people.json("bob", ["store", "status"])["one_time_kem_pre_keys"]?.int == 100)
  }

  @Test("a classical card is refused with what to do, and taken when that is allowed")
  func card() throws {
    let people = try People("alice")
    try makeClassicalFiles("bob", in: people)
    let before = try people.storeBytes("alice")
    let refused = try people.run("alice", ["contact", "add", "bob", "bob.card"])
    #expect(refused.exitCode == 4 && refused.text.isEmpty)
    #expect(refused.talk.contains("the card of bob is not post-quantum"))
    #expect(refused.talk.contains("--allow-classical"))
    #expect(try people.storeBytes("alice") == before)
    let taken = try people.run("alice", ["contact", "add", "bob", "bob.card", "--allow-classical"])
    #expect(taken.exitCode == 0)
    #expect(taken.talk.contains("warning: a session from this card is not post-quantum"))
    #expect(taken.text.contains("bundle    at hand: suite 1 (X3DH), post-quantum: no\n"))
    // The first message asks again.
    let unsent = try people.run("alice", ["send", "bob", "-m", "x", "-o", "m1"])
    #expect(unsent.exitCode == 4 && !people.folder.exists("m1"))
    #expect(unsent.talk.contains("--allow-classical"))
    let sent = try people.run(
      "alice", ["send", "bob", "-m", "x", "-o", "m1", "--allow-classical"])
    #expect(sent.exitCode == 0)
    #expect(sent.talk.contains("warning: the session with bob is not post-quantum"))
    // The next does not, and says it all the same.
    let next = try people.run("alice", ["send", "bob", "-m", "y", "-o", "m2"])
    #expect(next.exitCode == 0)
    #expect(next.talk.contains("the session with bob is not post-quantum"))
    #expect(!next.talk.contains("warning"))
    let session = try people.json("alice", ["session", "show", "bob"])["session"]
    #expect(session?["suite"]?.int == 1 && session?["post_quantum"] == .bool(false))
    // The way out that the pages name.
    let renewed = try people.run("alice", ["contact", "add", "bob", "bob-new.card"])
    #expect(renewed.exitCode == 0)
    #expect(renewed.talk.contains("not post-quantum and goes on; after 'cygnet session reset bob"))
    #expect(try people.run("alice", ["session", "reset", "bob"]).exitCode == 0)
    let anew = try people.json("alice", ["send", "bob", "-m", "z", "-o", "m3"])
    #expect(anew["post_quantum"] == .bool(true))
  }

  @Test("a server that serves a classical bundle of a contact with newer ones is refused")
  func bundle() throws {
    let people = try People("alice")
    try makeClassicalFiles("bob", in: people)
    #expect(try people.run("alice", ["contact", "add", "bob", "bob-new.card"]).exitCode == 0)
    let before = try people.storeBytes("alice")
    let refused = try people.run(
      "alice", ["send", "bob", "-m", "x", "--bundle", "bob.bundle", "-o", "m1"])
    #expect(refused.exitCode == 4 && !people.folder.exists("m1"))
    #expect(refused.talk.contains("the bundle of bob is not post-quantum"))
    #expect(refused.talk.contains("a server may have put it in"))
    #expect(try people.storeBytes("alice") == before)
    #expect(try check("bob.bundle", in: people).contains("1 (X3DH), post-quantum: no\n"))
  }

  @Test("a store of an earlier version needs no step: it goes on, says what it is, and moves on")
  func earlierStore() throws {
    let people = try People()
    for name in ["alice", "bob"] { try people.placeEarlierStore(name) }
    let shown = try people.run("alice", ["session", "show", "bob"])
    #expect(shown.exitCode == 0, "\(shown.talk)")
    #expect(shown.text.contains("suite    1 (X3DH), post-quantum: no\n"))
    try people.send("on", from: "alice", to: "bob", "m1")
    #expect(try people.run("bob", ["receive", "m1"]).text.hasSuffix(": on\n"))
    let status = try people.json("bob", ["prekeys", "status"])
    #expect(status["post_quantum"] == .bool(false))
    #expect(try people.run("bob", ["prekeys", "bundle", "-o", "bundle"]).exitCode == 0)
    #expect(try people.json("bob", ["prekeys", "status"])["post_quantum"] == .bool(true))
    let moved = try people.json(
      "alice", ["send", "bob", "-m", "moved", "--bundle", "bundle", "-o", "m2"])
    #expect(moved["post_quantum"] == .bool(true))
    #expect(try people.run("bob", ["receive", "m2"]).text.hasSuffix(": moved\n"))
    let session = try people.json("bob", ["session", "show", "alice"])["session"]
    #expect(session?["post_quantum"] == .bool(true) && session?["older"]?.int == 1)
  }
}
