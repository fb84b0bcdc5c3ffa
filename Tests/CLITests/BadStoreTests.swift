import CygnetPrimitives
import CygnetSQLite
import CygnetStorage
import CygnetVectors
import TestSupport
import Testing

@Suite("Stores that cannot be used")
struct BadStoreTests {
  let profiles = try! TestProfiles()
  var folder: CommandLineTool.Folder { profiles.folder }

  /// A command must end like this, print nothing and leave the store as it was.
  func refuses(
    _ arguments: [String], _ exitCode: Int32, _ code: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let before = try folder.read(profiles.store())
    let outcome = try profiles.run(arguments + ["--json"])
    #expect(outcome.exitCode == exitCode, "\(outcome.talk)", sourceLocation: sourceLocation)
    #expect(
      outcome.talk.contains("\"code\":\"\(code)\""), "\(outcome.talk)",
      sourceLocation: sourceLocation)
    if arguments != ["store", "check"] {
      #expect(outcome.output.isEmpty, sourceLocation: sourceLocation)
    }
    #expect(try folder.read(profiles.store()) == before, sourceLocation: sourceLocation)
  }

  @Test("a wrong key file or passphrase opens nothing")
  func locked() throws {
    try profiles.setUp()
    let key = try folder.read("key")
    try folder.remove("key")
    try profiles.setUp("other")
    try refuses(["identity", "show"], 6, "locked")
    try refuses(["store", "rekey"], 6, "locked")
    // A key of another kind is no key file.
    let recovery = try profiles.run(["backup", "key"], "other")
    try folder.write(recovery.output.filter { $0 != UInt8(ascii: "-") }, "key")
    try refuses(["identity", "show"], 4, "malformed")
    try folder.write(key, "key")
    #expect(try profiles.run(["identity", "show"]).exitCode == 0)
  }

  /// The kinds of which a store has many: one-time prekeys, and one-time KEM prekeys.
  private static let spareKinds: [UInt8] = [3, 14]

  @Test(
    "an altered record is found where it is used, and by the check", arguments: spareKinds)
  func altered(kind: UInt8) async throws {
    try profiles.setUp()
    let profile = try #require(try await profiles.records(ofKind: 1).first)
    try await profiles.put([profile.altered])
    try refuses(["identity", "show"], 4, "storeDamaged")
    try refuses(["store", "check"], 4, "storeDamaged")
    try await profiles.put([profile])
    #expect(try profiles.json(["store", "check"])["sound"]?.bool == true)
    let spare = try #require(try await profiles.records(ofKind: kind).last)
    try await profiles.put([spare.altered])
    #expect(try profiles.run(["identity", "show"]).exitCode == 0)
    let check = try profiles.run(["store", "check", "--json"])
    #expect(check.exitCode == 4)
    #expect(check.talk.contains("storeDamaged"))
    let found = try JSON(parsing: check.output)
    #expect(found["sound"]?.bool == false)
    #expect(found["altered_records"]?.int == 1)
    #expect(found["damaged_places"]?.int == 1)
  }

  @Test(
    "a record that went back to what it was is found, and so is one that is gone",
    arguments: spareKinds)
  func rolledBack(kind: UInt8) async throws {
    try profiles.setUp()
    let before = try await profiles.records(ofKind: 2)
    #expect(before.count == 1)
    #expect(try profiles.run(["prekeys", "bundle"]).exitCode == 0)
    let after = try await profiles.records(ofKind: 2)
    #expect(before != after)
    try await profiles.put(before)
    try refuses(["prekeys", "bundle"], 4, "storeDamaged")
    try refuses(["store", "check"], 4, "storeDamaged")
    try await profiles.put(after)
    #expect(try profiles.run(["prekeys", "bundle"]).exitCode == 0)
    let spare = try #require(try await profiles.records(ofKind: kind).last)
    try await profiles.delete(spare)
    try refuses(["prekeys", "status"], 4, "storeDamaged")
    try refuses(["store", "check"], 4, "storeDamaged")
  }

  @Test("a header of a newer version, with a senseless cost, or cut short opens nothing")
  func header() async throws {
    try profiles.setUp()
    try await profiles.alterHeader { $0[1] = 2 }
    try refuses(["identity", "show"], 9, "unsupported")
    try await profiles.alterHeader { $0[1] = 1 }
    try await profiles.alterHeader { $0.removeLast() }
    try refuses(["identity", "show"], 4, "malformed")
    try folder.write(Array("rose".utf8), "p")
    try folder.setPermissions(0o600, "p")
    let line = ["--passphrase-file", folder.file("p"), "--profile", "b"]
    let made = try profiles.tool.run(
      ["init", "--passphrase-cost", "small"] + line, environment: profiles.environment)
    #expect(made.exitCode == 0)
    // Header, store id, length, kind and salt stand before the memory that a try takes, in KiB.
    try await profiles.alterHeader("b") { $0.replaceSubrange(38..<42, with: [0x7f, 0, 0, 0]) }
    let greedy = try profiles.tool.run(
      ["identity", "show", "--json"] + line, environment: profiles.environment)
    #expect(greedy.exitCode == 12)
    #expect(greedy.talk.contains("limitExceeded"))
  }

  /// Replaces the database file, which stays for its owner alone.
  func overwrite(_ bytes: [UInt8]) throws {
    try folder.write(bytes, profiles.store())
    try folder.setPermissions(0o600, profiles.store())
  }

  @Test("a file of another kind, of a newer program, or cut short is no store")
  func files() throws {
    try profiles.setUp()
    let sound = try folder.read(profiles.store())
    // SQLite's header has the user version at 60 and the application at 68.
    var newer = sound
    newer[63] &+= 100
    var foreign = sound
    foreign[68] ^= 0x55
    for (bytes, exitCode, code) in [
      (newer, 9, "unsupported"), (foreign, 4, "malformed"),
      (Array("a letter that somebody put there\n".utf8), 4, "malformed"),
      ([UInt8](repeating: 0xa5, count: sound.count), 4, "malformed"),
      (Array(sound[..<(sound.count / 2)]), 4, "storeDamaged"),
    ] as [([UInt8], Int32, String)] {
      try overwrite(bytes)
      try refuses(["identity", "show"], exitCode, code)
      #expect([exitCode, 8].contains(try profiles.run(["init"]).exitCode))
      #expect(try folder.read(profiles.store()) == bytes)
    }
    try overwrite(sound)
    #expect(try profiles.run(["identity", "show"]).exitCode == 0)
    try folder.remove(profiles.store())
    try folder.makeFolder(profiles.store())
    #expect(try profiles.run(["identity", "show"]).exitCode == 3)
  }

  @Test("a set-up that was cut off before anything was written can be done again")
  func interruptedSetUp() throws {
    try folder.makeFolder("home/alice")
    try folder.setPermissions(0o700, "home/alice")
    try overwrite([])
    #expect(try profiles.run(["identity", "show"]).exitCode == 8)
    try profiles.setUp()
    #expect(try profiles.run(["identity", "show"]).exitCode == 0)
  }

  @Test("what cannot be written any more is an error, and nothing is lost")
  func noRoom() throws {
    try profiles.setUp()
    let size = folder.size(profiles.store())
    // Files may grow no further than the store is long: its journal does not fit.
    let script = """
      trap '' XFSZ; ulimit -f \(size / 512 / 4)
      exec $cygnet prekeys generate -n 2000 --profile alice --key-file '\(profiles.keyFile)' --json
      """
    let outcome = try profiles.tool.shell(script, environment: profiles.environment)
    #expect(outcome.exitCode == 3, "\(outcome.talk)")
    #expect(outcome.talk.contains("\"code\":\"storage\""))
    #expect(try profiles.json(["prekeys", "status"])["one_time_pre_keys"]?.int == 100)
    #expect(try profiles.run(["store", "check"]).exitCode == 0)
  }

  @Test("a folder that cannot be written is an error, and nothing is lost")
  func readOnly() throws {
    guard let runner = Unprivileged() else {
      print("skipped: setpriv is not installed, and root writes everywhere")
      return
    }
    let home = folder.file("theirs")
    try folder.makeFolder("theirs")
    try runner.give(folder.path)
    try runner.give(home)
    let line = "--home '\(home)' --profile p --key-file '\(home)/key'"
    func run(_ command: String) throws -> CommandLineTool.Outcome {
      try profiles.tool.shell(runner.command("$cygnet \(command) \(line)"))
    }
    #expect(try run("init").exitCode == 0)
    let store = try folder.read("theirs/p/store.db")
    try folder.setPermissions(0o500, "theirs/p")
    for command in ["prekeys bundle", "store rekey", "identity rotate -y"] {
      let outcome = try run(command)
      #expect(outcome.exitCode == 3, "\(command): \(outcome.talk)")
      #expect(outcome.output.isEmpty)
    }
    try folder.setPermissions(0o500, "theirs")
    let elsewhere = try profiles.tool.shell(
      runner.command("$cygnet init --home '\(home)' --profile q --key-file '\(home)/key'"))
    #expect(elsewhere.exitCode == 3)
    try folder.setPermissions(0o700, "theirs")
    try folder.setPermissions(0o700, "theirs/p")
    #expect(try folder.read("theirs/p/store.db") == store)
    #expect(try run("identity show").exitCode == 0)
    // Root may read everything, and would leave files behind that their owner cannot use.
    if runner.isChange {
      let outcome = try profiles.tool.shell("$cygnet identity show \(line)")
      #expect(outcome.exitCode == 3)
      #expect(outcome.talk.contains("another user"))
    }
  }

  @Test("processes that write at once all succeed, one after the other")
  func atOnce() async throws {
    try profiles.setUp()
    let profiles = profiles
    let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
      for _ in 0..<6 {
        group.addTask { try profiles.run(["prekeys", "generate", "-n", "10"]).exitCode }
      }
      var codes: [Int32] = []
      for try await code in group { codes.append(code) }
      return codes
    }
    #expect(codes == [0, 0, 0, 0, 0, 0])
    #expect(try profiles.json(["prekeys", "status"])["one_time_pre_keys"]?.int == 160)
    #expect(try profiles.json(["store", "check"])["sound"]?.bool == true)
  }
}
