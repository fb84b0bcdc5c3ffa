import CygnetVectors
import TestSupport
import Testing

@Suite("Profiles")
struct ProfileTests {
  let profiles = try! TestProfiles()
  var folder: CommandLineTool.Folder { profiles.folder }
  var tool: CommandLineTool { profiles.tool }

  @Test("a new profile is for its owner alone, from the folder to the last file")
  func permissions() throws {
    let made = try profiles.setUp()
    #expect(made["profile"]?.string == "alice")
    #expect(made["address"]?["user"]?.string == "alice")
    #expect(made["address"]?["device"]?.int == 1)
    #expect(made["identity"]?.string?.hasPrefix("cygid1") == true)
    #expect(try folder.permissions("key") == 0o600)
    #expect(try folder.permissions("home") == 0o700)
    #expect(try folder.permissions("home/alice") == 0o700)
    #expect(try folder.permissions("home/alice/store.db") == 0o600)
    #expect(try folder.permissions("home/alice/store.db.lock") == 0o600)
    let text = String(decoding: try folder.read("key"), as: UTF8.self)
    #expect(text.hasPrefix("cygkey1") && text.hasSuffix("\n"))
    let shown = try profiles.json(["identity", "show"])
    #expect(shown["identity"] == made["identity"])
    #expect(shown["restored_at"]?.isNull == true)
  }

  @Test("a profile is set up once, and its key file is never written over")
  func once() throws {
    try profiles.setUp()
    let key = try folder.read("key")
    let store = try folder.read(profiles.store())
    let again = try profiles.run(["init", "--json"])
    #expect(again.exitCode == 8)
    #expect(again.talk.contains("wrongState"))
    #expect(try folder.read(profiles.store()) == store)
    // A second profile may share the file, and finds it as it was.
    try profiles.setUp("bob")
    #expect(try folder.read("key") == key)
    #expect(try profiles.run(["identity", "show"], "bob").exitCode == 0)
  }

  @Test("a key file that is none, or open to others, is refused and kept")
  func foreignKeyFile() throws {
    try folder.write(Array("a letter\n".utf8), "key")
    try folder.setPermissions(0o600, "key")
    #expect(try profiles.run(["init"]).exitCode == 4)
    #expect(try folder.read("key") == Array("a letter\n".utf8))
    try folder.remove("key")
    try profiles.setUp("bob")
    try folder.setPermissions(0o640, "key")
    let outcome = try profiles.run(["identity", "show"], "bob")
    #expect(outcome.exitCode == 3)
    #expect(outcome.talk.contains("chmod 600"))
  }

  @Test("what is not set up ends with 8 and the way there")
  func notSetUp() throws {
    for line in [
      ["identity", "show"], ["identity", "export"], ["identity", "fingerprint"],
      ["identity", "rotate", "-y"], ["prekeys", "status"], ["prekeys", "generate"],
      ["prekeys", "bundle"], ["prekeys", "prune"], ["store", "status"], ["store", "passphrase"],
      ["store", "check"], ["store", "rekey"], ["store", "export"], ["backup", "create"],
      ["backup", "key"],
    ] {
      let outcome = try tool.run(line + ["--profile", "eve"], environment: profiles.environment)
      #expect(outcome.exitCode == 8, "\(line)")
      #expect(outcome.output.isEmpty, "\(line)")
      #expect(outcome.talk.contains("cygnet init --profile eve"), "\(line)")
    }
    #expect(!folder.exists("home"))
  }

  @Test(
    "names that could lead elsewhere or mislead are refused",
    arguments: ["", ".", "..", ".hidden", "a/b", "../x", "a b", "a\u{202e}b", "é", "-x", "a\nb"])
  func names(name: String) throws {
    let outcome = try tool.run(
      ["init", "--profile=\(name)", "--key-file", profiles.keyFile],
      environment: profiles.environment)
    #expect(outcome.exitCode == 2)
    #expect(!outcome.talk.contains("\u{202e}"))
    #expect(!folder.exists("key") && !folder.exists("home"))
  }

  @Test("the home is --home, CYGNET_HOME, XDG_DATA_HOME, and then the person's own folder")
  func homes() throws {
    var environment = [
      "HOME": folder.file("person"), "XDG_DATA_HOME": folder.file("data"),
      "CYGNET_HOME": folder.file("own"),
    ]
    func made(_ arguments: [String] = []) throws -> String? {
      let outcome = try tool.run(
        ["init", "--json", "--profile", "p", "--key-file", folder.file("k")] + arguments,
        environment: environment)
      #expect(outcome.exitCode == 0)
      return try JSON(parsing: outcome.output)["store"]?.string
    }
    #expect(try made(["--home", folder.file("given")]) == folder.file("given/p/store.db"))
    #expect(try made() == folder.file("own/p/store.db"))
    environment["CYGNET_HOME"] = ""
    #expect(try made() == folder.file("data/cygnet/p/store.db"))
    // A relative path there counts as none.
    environment["XDG_DATA_HOME"] = "data"
    #expect(try made() == folder.file("person/.local/share/cygnet/p/store.db"))
    #expect(try folder.permissions("person/.local/share/cygnet") == 0o700)
  }

  @Test(
    "a folder or store that others can read or change is refused, and mended as the hint says",
    arguments: [
      ("home/alice", 0o750, 0o700), ("home/alice", 0o702, 0o700),
      ("home/alice/store.db", 0o640, 0o600), ("home/alice/store.db", 0o602, 0o600),
      ("home/alice/store.db.lock", 0o604, 0o600),
    ])
  func others(name: String, mode: Int, right: Int) throws {
    try profiles.setUp()
    try folder.setPermissions(mode, name)
    let store = try folder.read(profiles.store())
    let outcome = try profiles.run(["prekeys", "bundle"])
    #expect(outcome.exitCode == 3)
    #expect(outcome.output.isEmpty)
    #expect(outcome.talk.contains("chmod \(String(right, radix: 8)) \(folder.file(name))"))
    #expect(try folder.read(profiles.store()) == store)
    try folder.setPermissions(right, name)
    #expect(try profiles.run(["prekeys", "bundle"]).exitCode == 0)
  }

  @Test("options that lead to a store may stand before the command, and only where there is one")
  func early() throws {
    let made = try profiles.setUp()
    for place in 0...2 {
      var line = ["identity", "show"]
      line.insert(
        contentsOf: ["--profile", "alice", "--key-file", profiles.keyFile, "--json"], at: place)
      let outcome = try tool.run(line, environment: profiles.environment)
      #expect(outcome.exitCode == 0, "\(outcome.talk)")
      #expect(try JSON(parsing: outcome.output)["identity"] == made["identity"])
    }
    for line in [
      ["--profile", "alice", "version"], ["version", "--profile", "alice"],
      ["attach", "--home", "x", "verify", "blob"], ["--profile", "alice"],
      ["--profile", "alice", "identity", "show", "--profile", "bob"],
    ] {
      #expect(try tool.run(line).exitCode == 2, "\(line)")
    }
  }

  @Test("a profile has the user and device that it is told")
  func address() throws {
    let made = try profiles.json(["init", "--user", "sara@example.org", "--device", "7"])
    #expect(made["address"]?["user"]?.string == "sara@example.org")
    #expect(made["address"]?["device"]?.int == 7)
    for arguments in [["--user", ""], ["--user", String(repeating: "x", count: 256)]] {
      #expect(try profiles.run(["init"] + arguments, "bob").exitCode == 2)
    }
    let usual = try profiles.tool.run(
      ["init", "--key-file", profiles.keyFile, "--json"],
      environment: profiles.environment.merging(["USER": "sara"]) { $1 })
    #expect(try JSON(parsing: usual.output)["address"]?["user"]?.string == "sara")
    #expect(try profiles.run(["init", "--device", "4294967296"], "eve").exitCode == 2)
  }
}
