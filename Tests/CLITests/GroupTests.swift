import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet group")
struct GroupTests {
  /// Alice's group, which Bob has joined and Carol was not asked into.
  private func pair() throws -> People {
    let people = try People("alice", "bob", "carol")
    try people.ok("alice", ["group", "create", "friends"])
    try people.invite("bob", by: "alice", to: "friends", "c0")
    return people
  }

  @Test("three people, from the first key package to an empty group")
  func startToEnd() throws {
    let people = try People("alice", "bob", "carol")
    try people.ok("bob", ["group", "join", "-o", "bob.keys"])
    try people.ok("carol", ["group", "join", "-o", "carol.keys"])
    try people.ok("alice", ["group", "create", "friends"])
    let added = try people.ok(
      "alice", ["group", "invite", "friends", "bob.keys", "carol.keys", "-o", "c1"])
    #expect(added.text == "friends: you invited bob and carol\n")
    // With nobody else in the group there is no change to carry.
    #expect(!people.folder.exists("c1") && people.folder.exists("c1.welcome"))
    for name in ["bob", "carol"] {
      let shown = try people.ok(name, ["receive", "c1.welcome"])
      #expect(shown.text.contains("alice (not on record) invites you into “friends”"))
      #expect(shown.text.contains("nothing is joined"))
      #expect(try people.json(name, ["group", "list"])["groups"]?.array?.isEmpty == true)
      #expect(try people.json(name, ["group", "list"])["invitations"]?.int == 1)
      try people.ok(name, ["group", "accept"])
    }
    try people.folder.write([UInt8](repeating: 9, count: 100_000), "photo.jpg")
    try people.folder.makeFolder("saved")
    try people.ok(
      "bob", ["send", "friends", "-m", "look", "--attach", "photo.jpg", "-o", "m1"])
    for name in ["alice", "carol"] {
      let shown = try people.ok(name, ["receive", "m1", "--save-dir", "saved"])
      #expect(shown.text.hasPrefix("friends: bob (unverified): look\n"))
    }
    for file in ["saved/photo.jpg", "saved/photo-2.jpg"] {
      #expect(try people.folder.read(file).count == 100_000)
    }
    #expect(try people.ok("bob", ["receive", "m1"]).text.contains("of your own"))
    #expect(try people.codes("friends").count == 1)

    try people.ok("carol", ["group", "remove", "friends", "bob", "-o", "c2"])
    #expect(
      try people.ok("alice", ["receive", "c2"]).text
        == "friends: carol (unverified) removed bob\n")
    #expect(try people.ok("bob", ["receive", "c2"]).text.contains("the group is forgotten here"))
    try people.ok("alice", ["send", "friends", "-m", "secret", "-o", "m2"])
    #expect(try people.run("bob", ["receive", "m2"]).exitCode == 8)
    #expect(try people.ok("carol", ["receive", "m2"]).text.hasSuffix(": secret\n"))

    try people.ok("carol", ["group", "leave", "friends", "-o", "bye"])
    #expect(try people.ok("alice", ["receive", "bye"]).text.contains("wants to leave"))
    #expect(try people.run("alice", ["send", "friends", "-m", "x", "-o", "m3"]).exitCode == 8)
    #expect(!people.folder.exists("m3"))
    try people.ok("alice", ["group", "update", "friends", "-o", "c3"])
    try people.ok("carol", ["receive", "c3"])
    #expect(try people.json("carol", ["group", "list"])["groups"]?.array?.isEmpty == true)
    try people.ok("alice", ["group", "leave", "friends", "-o", "none"])
    #expect(!people.folder.exists("none"))
    for name in ["alice", "bob", "carol"] { try people.ok(name, ["store", "check"]) }
  }

  @Test("declining joins nothing, uses the key package up, and tells nobody")
  func decline() throws {
    let people = try pair()
    try people.ok("carol", ["group", "join", "-o", "carol.keys"])
    try people.ok("alice", ["group", "invite", "friends", "carol.keys", "-o", "c1"])
    let before = try people.folder.names()
    try people.ok("carol", ["receive", "c1.welcome"])
    let waiting = try people.json("carol", ["group", "pending"])["invitations"]?.array?.first
    let id = try #require(waiting?["id"]?.string)
    #expect(waiting?["inviter"]?["address"]?["user"]?.string == "alice")
    #expect(waiting?["members"]?.array?.count == 3)
    try people.ok("carol", ["group", "decline", String(id.prefix(8))])
    #expect(try people.folder.names() == before)
    #expect(try people.json("carol", ["contact", "list"])["contacts"]?.array?.isEmpty == true)
    #expect(try people.run("carol", ["receive", "c1.welcome"]).exitCode == 8)
    #expect(try people.run("carol", ["group", "accept", "friends"]).exitCode == 8)
    // Whoever declined is in the way of the next invitation.
    try people.ok("carol", ["group", "join", "-o", "more.keys"])
    try people.ok("alice", ["receive", "more.keys"])
    let again = try people.run("alice", ["group", "add", "friends", "carol", "-o", "c2"])
    #expect(again.exitCode == 4 && again.talk.contains("removed"))
    try people.ok("bob", ["receive", "c1"])
    try people.ok("alice", ["group", "remove", "friends", "carol", "-o", "c3"])
    try people.ok("alice", ["group", "add", "friends", "carol", "-o", "c4"])
    try people.ok("bob", ["receive", "c3", "c4"])
    try people.ok("carol", ["receive", "c4.welcome"])
    try people.ok("carol", ["group", "accept", "friends", "--as", "family"])
    try people.ok("carol", ["send", "family", "-m", "here", "-o", "m1"])
    #expect(try people.ok("bob", ["receive", "m1"]).text == "friends: carol (unverified): here\n")
  }

  @Test("things that come in the wrong order are told so, and open in the right one")
  func order() throws {
    let people = try pair()
    try people.ok("alice", ["group", "update", "friends", "-o", "c1"])
    try people.ok("alice", ["group", "update", "friends", "--title", "all of us", "-o", "c2"])
    try people.ok("alice", ["send", "friends", "-m", "x", "-o", "m1"])
    let before = try people.storeBytes("bob")
    for file in ["m1", "c2"] {
      let early = try people.run("bob", ["receive", file])
      #expect(early.exitCode == 8 && early.talk.contains("before it"), "\(file)")
    }
    #expect(try people.storeBytes("bob") == before)
    let shown = try people.ok("bob", ["receive", "c1", "c2", "m1"])
    #expect(
      shown.text == """
        friends: alice (unverified) made fresh keys
        friends: alice (unverified) calls the group “all of us”
        friends: alice (unverified): x

        """)
    for file in ["c1", "c2", "m1"] {
      #expect(try people.run("bob", ["receive", file]).exitCode == 7, "\(file)")
    }
  }

  @Test("after two changes at the same time one comes back; nobody else can")
  func rejoin() throws {
    let people = try pair()
    try people.ok("alice", ["group", "update", "friends", "-o", "c1"])
    try people.ok("bob", ["group", "update", "friends", "-o", "c2"])
    #expect(try people.run("bob", ["receive", "c1"]).talk.contains("rejoin"))
    try people.ok("alice", ["group", "export-info", "friends", "-o", "info"])
    #expect(try people.run("bob", ["receive", "info"]).talk.contains("rejoin"))
    #expect(try people.run("carol", ["group", "rejoin", "info", "-o", "x"]).exitCode == 8)
    #expect(!people.folder.exists("x"))
    try people.ok("bob", ["group", "rejoin", "info", "-o", "back"])
    #expect(
      try people.ok("alice", ["receive", "back"]).text == "friends: bob (unverified) came back\n")
    #expect(try people.codes("friends", of: ["alice", "bob"]).count == 1)
    try people.ok("bob", ["send", "friends", "-m", "again", "-o", "m1"])
    try people.ok("alice", ["receive", "m1"])
  }

  @Test("a change that waits takes effect when it is delivered, comes back, or not at all")
  func wait() throws {
    let people = try pair()
    for (index, answer) in ["--delivered", "receive", "--withdraw"].enumerated() {
      let file = "w\(index)"
      try people.ok("alice", ["group", "update", "friends", "--wait", "-o", file])
      #expect(
        try people.ok("alice", ["group", "pending", "friends"]).text
          .contains("once the others have it"))
      #expect(try people.run("alice", ["group", "update", "friends", "-o", "y"]).exitCode == 8)
      if answer == "receive" {
        try people.ok("alice", ["receive", file])
      } else {
        try people.ok("alice", ["group", "pending", "friends", answer])
      }
      if answer != "--withdraw" { try people.ok("bob", ["receive", file]) }
      #expect(try people.codes("friends", of: ["alice", "bob"]).count == 1, "\(answer)")
    }
    #expect(try people.run("alice", ["group", "pending", "friends", "--delivered"]).exitCode == 8)
    #expect(try people.run("alice", ["group", "pending", "--delivered"]).exitCode == 2)
  }

  @Test("a proposal is granted by who takes it up")
  func propose() throws {
    let people = try pair()
    try people.ok("carol", ["group", "join", "-o", "carol.keys"])
    try people.ok(
      "bob", ["group", "invite", "friends", "carol.keys", "--propose", "-o", "p1"])
    #expect(try people.ok("alice", ["receive", "p1"]).text.contains("wants to invite carol"))
    #expect(try people.ok("alice", ["group", "pending"]).text.contains("wants to invite carol"))
    try people.ok("alice", ["group", "update", "friends", "-o", "c1"])
    try people.ok("bob", ["receive", "c1"])
    try people.join("carol", "c1.welcome")
    #expect(try people.codes("friends").count == 1)
    #expect(
      try people.run(
        "bob", ["group", "remove", "friends", "alice", "carol", "--propose", "-o", "p2"]
      ).exitCode == 2)
    try people.ok("bob", ["group", "remove", "friends", "alice", "--propose", "-o", "p3"])
    try people.ok("bob", ["group", "pending", "friends", "--discard"])
    try people.ok("bob", ["send", "friends", "-m", "x", "-o", "m1"])
  }

  @Test("foreign, altered and mistaken files have their exit codes, and change nothing")
  func refusals() throws {
    let people = try pair()
    try people.ok("alice", ["group", "create", "more"])
    try people.ok("carol", ["group", "join", "-o", "carol.keys"])
    try people.ok("alice", ["group", "invite", "more", "carol.keys", "-o", "c1"])
    try people.ok("alice", ["send", "friends", "-m", "x", "-o", "m1", "--binary"])
    try people.ok("alice", ["send", "more", "-m", "x", "-o", "m2"])
    try people.ok("bob", ["group", "join", "-o", "bob.keys"])
    try people.introduce("bob", to: "alice")
    try people.send("hi", from: "alice", to: "bob", "p1")
    var altered = try people.folder.read("m1")
    altered[altered.count - 1] ^= 1
    try people.folder.write(altered, "altered")
    try people.folder.write(Array(altered.dropLast(5)), "cut")
    let before = try people.storeBytes("bob")
    let expected: [(arguments: [String], code: Int32)] = [
      (["receive", "altered"], 4), (["receive", "cut"], 4), (["receive", "m2"], 8),
      (["receive", "c1.welcome"], 8), (["receive", "bob.keys"], 8),
      (["group", "invite", "friends", "p1", "-o", "x"], 4),
      (["group", "invite", "friends", "m1", "-o", "x"], 4),
      (["group", "invite", "friends", "bob.keys", "-o", "x"], 8),
      (["group", "invite", "nothing", "carol.keys", "-o", "x"], 8),
      (["group", "invite", "friends", "carol.keys"], 2),
      (["group", "rejoin", "m1", "-o", "x"], 4), (["group", "rejoin", "bob.keys", "-o", "x"], 4),
      (["group", "remove", "friends", "carol", "-o", "x"], 8),
      (["group", "remove", "friends", "bob", "-o", "x"], 8),
      (["group", "add", "friends", "carol", "-o", "x"], 8),
      (["group", "show", "alice"], 8), (["group", "create", "friends"], 8),
      (["group", "create", "alice"], 8), (["group", "create", "a\u{7}b"], 4),
      (["contact", "rename", "alice", "friends"], 8), (["send", "nobody", "-m", "x"], 8),
      (["group", "accept"], 8), (["group", "decline", "friends"], 8),
      (["send", "friends", "--unsent", "-o", "x"], 8),
    ]
    for (arguments, code) in expected {
      let outcome = try people.run("bob", arguments)
      #expect(outcome.exitCode == code, "\(arguments): \(outcome.talk)")
    }
    #expect(try people.storeBytes("bob") == before)
    #expect(!people.folder.exists("x") && !people.folder.exists("x.welcome"))
    #expect(try people.ok("bob", ["receive", "m1"]).text.hasSuffix(": x\n"))
    // Files that are there are kept, and nothing is made for them.
    try people.folder.write([1], "there.welcome")
    let store = try people.storeBytes("bob")
    #expect(
      try people.run("bob", ["group", "invite", "friends", "carol.keys", "-o", "there"]).exitCode
        == 3)
    #expect(try people.storeBytes("bob") == store)
    #expect(try people.folder.read("there.welcome") == [1] && !people.folder.exists("there"))
  }

  @Test(
    "another identity key than on record is refused with both numbers, and taken with the new one")
  func identity() throws {
    let people = try pair()
    try people.ok("alice", ["identity", "rotate", "--yes"])
    try people.ok("alice", ["group", "update", "friends", "-o", "c1"])
    let refused = try people.run("bob", ["receive", "c1"])
    #expect(refused.exitCode == 5 && refused.talk.contains("--accept-change"))
    let number = try #require(refused.talk.split(separator: " ").last)
    try people.ok(
      "bob", ["receive", "c1", "--accept-change", String(number.filter(\.isNumber))])
    #expect(try people.codes("friends", of: ["alice", "bob"]).count == 1)
  }

  @Test("what could not be written is kept, and written later, invitations as well")
  func unsent() throws {
    let people = try pair()
    try people.ok("carol", ["group", "join", "-o", "carol.keys"])
    #expect(
      try people.run("alice", ["group", "update", "friends", "-o", "/dev/full"]).exitCode == 3)
    #expect(
      try people.run("alice", ["send", "friends", "-m", "kept", "-o", "/dev/full"]).exitCode == 3)
    #expect(try people.json("alice", ["group", "pending"])["unsent"]?.array?.count == 2)
    for file in ["u1", "u2"] {
      try people.ok("alice", ["send", "friends", "--unsent", "-o", file])
    }
    #expect(try people.ok("bob", ["receive", "u1", "u2"]).text.hasSuffix(": kept\n"))
    #expect(try people.run("alice", ["send", "friends", "--unsent", "-o", "u3"]).exitCode == 8)
  }

  @Test("titles and names from others never reach the terminal as they are")
  func escaping() throws {
    let people = try pair()
    let hostile = "\u{1b}[2J\u{202e}x\nbob: y"
    try people.ok("alice", ["group", "update", "friends", "--title", hostile, "-o", "c1"])
    for outcome in [
      try people.ok("bob", ["receive", "c1"]), try people.ok("bob", ["group", "show", "friends"]),
    ] {
      #expect(!outcome.output.contains(0x1b) && !outcome.text.contains("\u{202e}"))
      #expect(!outcome.text.split(separator: "\n").contains { $0.hasPrefix("bob: y") })
    }
    try people.ok("carol", ["group", "join", "-o", "carol.keys"])
    try people.ok("alice", ["group", "invite", "friends", "carol.keys", "-o", "c2"])
    let shown = try people.ok("carol", ["receive", "c2.welcome"])
    #expect(!shown.output.contains(0x1b))
    // No fit name, so it is called something else here.
    #expect(try people.ok("carol", ["group", "accept"]).text.hasPrefix("name     group\n"))
  }

  @Test("inspect tells what every object of a group is")
  func inspect() throws {
    let people = try pair()
    try people.ok("bob", ["group", "join", "--last-resort", "-o", "bob.keys", "--binary"])
    try people.ok("alice", ["send", "friends", "-m", "x", "-o", "m1"])
    try people.ok("alice", ["group", "export-info", "friends", "-o", "info"])
    try people.ok("bob", ["group", "rejoin", "info", "-o", "back"])
    let expected = [
      ("bob.keys", "MLSKeyPackage"), ("c0.welcome", "MLSWelcome"), ("m1", "MLSPrivateMessage"),
      ("info", "MLSGroupInfo"), ("back", "MLSPublicMessage"),
    ]
    for (file, type) in expected {
      let json = try people.toolJSON(["inspect", file])
      #expect(json["type"]?.string == type)
    }
    #expect(try people.toolJSON(["inspect", "info"])["fields"]?["title"]?.string == "friends")
    #expect(
      try people.toolJSON(["inspect", "bob.keys"])["fields"]?["owner"]?["user"]?.string == "bob")
    // An armor that says something else than it holds.
    let text = String(decoding: try people.folder.read("m1"), as: UTF8.self)
    try people.folder.write(
      Array(text.replacing("GROUP MESSAGE", with: "KEY PACKAGE").utf8), "wrong")
    #expect(try people.tool.run(["inspect", "wrong"], in: people.folder.path).exitCode == 4)
  }
}

extension People {
  /// A command that must succeed.
  @discardableResult
  func ok(
    _ name: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> CommandLineTool.Outcome {
    let outcome = try run(name, arguments)
    #expect(
      outcome.exitCode == 0, "\(name): \(arguments): \(outcome.talk)",
      sourceLocation: sourceLocation)
    return outcome
  }

  /// `guest` gives a key package away, is invited, and accepts.
  func invite(_ guest: String, by host: String, to group: String, _ file: String) throws {
    try ok(guest, ["group", "join", "-o", "\(guest).join", "--force"])
    try ok(host, ["group", "invite", group, "\(guest).join", "-o", file])
    try join(guest, "\(file).welcome")
  }

  func join(_ guest: String, _ welcome: String) throws {
    try ok(guest, ["receive", welcome])
    try ok(guest, ["group", "accept"])
  }

  /// What members see of the state of a group: one code where all agree.
  func codes(
    _ group: String, of names: [String] = ["alice", "bob", "carol"]
  ) throws -> Set<String> {
    var codes: Set<String> = []
    for name in names {
      codes.insert(
        try json(name, ["group", "show", group])["group"]?["code"]?.string ?? "none at \(name)")
    }
    return codes
  }

  func toolJSON(_ arguments: [String]) throws -> JSON {
    try JSON(parsing: tool.run(arguments + ["--json"], in: folder.path).output)
  }
}
