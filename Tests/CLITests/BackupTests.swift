import Cygnet
import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

@Suite("cygnet backup")
struct BackupTests {
  let profiles = try! TestProfiles()
  var folder: CommandLineTool.Folder { profiles.folder }

  /// A profile with a verified contact and a session, its recovery key and a backup in files.
  func prepare() async throws -> JSON {
    let made = try profiles.setUp()
    try profiles.setUp("bob")
    let card = try profiles.card("bob")
    let client = try await profiles.client()
    _ = try await client.addContact("bob", card: card, now: card.createdAt)
    _ = try await client.setVerified("bob", true, now: card.createdAt)
    _ = try await client.send(
      MessageContent(text: Array("salam".utf8)), to: "bob", now: card.createdAt)
    #expect(try profiles.run(["backup", "key", "-o", folder.file("recovery")]).exitCode == 0)
    #expect(try profiles.run(["backup", "create", "-o", folder.file("backup")]).exitCode == 0)
    return made
  }

  var options: [String] { ["--recovery-key-file", folder.file("recovery")] }

  @Test("a restored profile has identity, contacts and marks, and no session")
  func roundTrip() async throws {
    let made = try await prepare()
    #expect(try folder.permissions("backup") == 0o600)
    #expect(try folder.permissions("recovery") == 0o600)
    let restored = try profiles.json(["backup", "restore", folder.file("backup")] + options, "new")
    #expect(restored["identity"] == made["identity"])
    #expect(restored["address"] == made["address"])
    #expect(restored["restored_at"]?.int != nil)
    let status = try profiles.json(["store", "status"], "new")
    #expect(status["contacts"]?.int == 1)
    #expect(status["sessions"]?.int == 0)
    #expect(status["outgoing"]?.int == 0)
    #expect(try await profiles.client("new").contact("bob").isVerified)
    // The same key goes on opening the backups of the restored profile.
    let key = try profiles.run(["backup", "key"], "new")
    #expect(key.output == (try folder.read("recovery")))
  }

  @Test("the recovery key is one line in groups, always the same, and typed freely")
  func key() async throws {
    _ = try await prepare()
    let text = try profiles.run(["backup", "key"]).text
    #expect(text.hasPrefix("cygre-c1") && text.hasSuffix("\n"))
    let parts: [Substring] = text.split(separator: Character("-"))
    let groups = parts.map { $0.count }
    #expect(Set(groups.prefix(groups.count - 1)) == [5])
    #expect(
      try profiles.json(["backup", "key"])["recovery_key"]?.string == String(text.dropLast()))
    let plain = text.filter { $0 != "-" && $0 != "\n" }
    let lines = plain.uppercased().map { "\($0) " }.joined()
    for typed in [plain, plain.uppercased(), lines, "\n\(text)\n"] {
      try folder.write(Array(typed.utf8), "typed")
      try folder.setPermissions(0o600, "typed")
      let outcome = try profiles.run([
        "backup", "verify", "--recovery-key-file", folder.file("typed"), folder.file("backup"),
      ])
      #expect(outcome.exitCode == 0, "\(typed)")
    }
  }

  @Test("one mistyped character of the recovery key is refused, and its place told")
  func mistypedPlace() async throws {
    _ = try await prepare()
    var typed = try folder.read("recovery")
    let index = typed.count - 12
    typed[index] = typed[index] == UInt8(ascii: "q") ? UInt8(ascii: "p") : UInt8(ascii: "q")
    try folder.write(typed, "typed")
    try folder.setPermissions(0o600, "typed")
    let outcome = try profiles.run([
      "backup", "verify", "--recovery-key-file", folder.file("typed"), folder.file("backup"),
    ])
    let place = typed[...index].count { $0 != UInt8(ascii: "-") }
    #expect(outcome.exitCode == 4)
    #expect(outcome.talk.contains("character \(place),"))
  }

  @Test("every letter mistyped, and every other key, is refused and restores nothing")
  func wrongKey() async throws {
    _ = try await prepare()
    let right = try folder.read("recovery")
    func code(_ key: [UInt8], mode: Int = 0o600) throws -> Int32 {
      try folder.write(key, "typed")
      try folder.setPermissions(mode, "typed")
      return try profiles.run(
        [
          "backup", "restore", "--recovery-key-file", folder.file("typed"), folder.file("backup"),
        ], "new"
      ).exitCode
    }
    for place in stride(from: 0, to: right.count - 1, by: 5) {
      var mistyped = right
      mistyped[place] = mistyped[place] == UInt8(ascii: "q") ? UInt8(ascii: "p") : UInt8(ascii: "q")
      #expect(try code(mistyped) == 4, "\(place)")
    }
    #expect(try code([]) == 4)
    #expect(try code(try folder.read("key")) == 4)
    #expect(try code(right, mode: 0o644) == 3)
    #expect(try code([UInt8](repeating: 0x71, count: 2000)) == 12)
    let other = try profiles.run(["backup", "key"], "bob").output
    #expect(try code(other) == 4)
    #expect(!folder.exists("home/new"))
    #expect(try code(right) == 0)
  }

  @Test("an altered, truncated, extended or foreign backup is refused and restores nothing")
  func badBackups() async throws {
    _ = try await prepare()
    let binary = try profiles.run(["backup", "create", "--binary"]).output
    func code(_ bytes: [UInt8]) throws -> Int32 {
      try folder.write(bytes, "bad")
      let line = [folder.file("bad")] + options
      let verified = try profiles.run(["backup", "verify"] + line)
      let restored = try profiles.run(["backup", "restore"] + line, "new")
      #expect(verified.exitCode == restored.exitCode)
      #expect(verified.output.isEmpty || verified.exitCode == 0)
      return restored.exitCode
    }
    for place in stride(from: 3, to: binary.count, by: 131) {
      var altered = binary
      altered[place] ^= 1
      #expect(try code(altered) == 4, "\(place)")
    }
    var newer = binary
    newer[1] = 2
    #expect(try code(newer) == 9)
    #expect(try code(binary.dropLast()) == 4)
    #expect(try code(binary + [0]) == 4)
    #expect(try code(Array(binary[..<40])) == 4)
    #expect(try code([]) == 4)
    #expect(try code(try profiles.run(["identity", "export"]).output) == 4)
    #expect(try code(try profiles.run(["identity", "export", "--binary"]).output) == 4)
    #expect(!folder.exists("home/new"))
    #expect(try code(binary) == 0)
  }

  @Test("a backup is verified with the profile's own key, without one with a key that is given")
  func verify() async throws {
    _ = try await prepare()
    let line = ["backup", "verify", folder.file("backup")]
    let own = try profiles.json(line)
    #expect(own["contacts"]?.int == 1)
    #expect(own["verified_contacts"]?.int == 1)
    #expect(own["address"]?["user"]?.string == "alice")
    let elsewhere = try profiles.tool.run(
      line + options + ["--json"], environment: ["CYGNET_HOME": folder.file("none")])
    #expect(try JSON(parsing: elsewhere.output)["contacts"]?.int == 1)
    // Bob's own key is another one.
    #expect(try profiles.run(line, "bob").exitCode == 4)
    let unasked = try profiles.tool.run(
      line + ["--no-input"], environment: ["CYGNET_HOME": folder.file("none")])
    #expect(unasked.exitCode == 6)
  }

  @Test("a profile that is there is not restored over, and a key may come by descriptor")
  func occupied() async throws {
    _ = try await prepare()
    let store = try folder.read(profiles.store())
    let outcome = try profiles.run(["backup", "restore", folder.file("backup")] + options)
    #expect(outcome.exitCode == 8)
    #expect(try folder.read(profiles.store()) == store)
    let both = try profiles.tool.shell(
      """
      { cat '\(folder.file("recovery"))'; echo rose; } | $cygnet backup restore --profile p \
        --recovery-key-fd 0 --passphrase-fd 0 --passphrase-cost small '\(folder.file("backup"))'
      """, environment: profiles.environment)
    #expect(both.exitCode == 0, "\(both.talk)")
    try folder.write(Array("rose".utf8), "p")
    try folder.setPermissions(0o600, "p")
    let opened = try profiles.tool.run(
      ["store", "status", "--profile", "p", "--passphrase-file", folder.file("p")],
      environment: profiles.environment)
    #expect(opened.exitCode == 0)
  }

  @Test("a recovery key is asked for at the terminal, unseen")
  func terminal() async throws {
    _ = try await prepare()
    let terminal = try PseudoTerminal(
      profiles.tool, ["backup", "verify", folder.file("backup")],
      environment: ["CYGNET_HOME": folder.file("none")])
    try terminal.wait(for: "Recovery key: ")
    #expect(!terminal.echoes)
    let key = String(decoding: try folder.read("recovery"), as: UTF8.self)
    terminal.type(key)
    #expect(try terminal.finish() == 0, "\(terminal.screen)")
    #expect(!terminal.screen.contains(key.prefix(11)))
  }
}
