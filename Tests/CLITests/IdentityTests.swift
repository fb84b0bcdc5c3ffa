import Cygnet
import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("cygnet identity and prekeys")
struct IdentityTests {
  let profiles = try! TestProfiles()
  var folder: CommandLineTool.Folder { profiles.folder }

  @Test("a card is armored text or bytes, signed, and names whom it is told to")
  func export() throws {
    let made = try profiles.setUp()
    let card = try profiles.card("alice")
    let verified = try card.verified(
      now: Timestamp(seconds: card.createdAt.seconds + 60), policy: .classicalAllowed)
    #expect(try verified.bundle.identity.text == made["identity"]?.string)
    #expect(verified.name == Array("alice".utf8))
    #expect(!verified.bundle.hasOneTimePreKey)

    let path = folder.file("card")
    let told = try profiles.json(["identity", "export", "--name", "Alice ☃", "-o", path])
    #expect(told["file"]?.string == path)
    #expect(told["name"]?.string == "Alice ☃")
    #expect(try folder.permissions("card") == 0o600)
    let binary = try profiles.run(["identity", "export", "--binary"])
    #expect(try ContactCard(decoding: binary.output).name == Array("alice".utf8))
    let inside = try profiles.json(["identity", "export"])["text"]?.string ?? ""
    #expect(inside.hasPrefix("-----BEGIN CYGNET CONTACT CARD-----\n"))
    #expect(try profiles.json(["identity", "export", "--binary"])["bytes"]?.hexBytes != nil)
  }

  @Test("an existing file is kept without --force, and a name that is too long is refused")
  func exportRefuses() throws {
    try profiles.setUp()
    try folder.write([1], "card")
    let line = ["identity", "export", "-o", folder.file("card")]
    #expect(try profiles.run(line).exitCode == 3)
    #expect(try folder.read("card") == [1])
    #expect(try profiles.run(line + ["--force"]).exitCode == 0)
    #expect(try folder.read("card").count > 100)
    let long = String(repeating: "x", count: 256)
    #expect(try profiles.run(["identity", "export", "--name", long]).exitCode == 4)
  }

  @Test("fingerprints are those of inspect, one's own and a contact's")
  func fingerprint() async throws {
    try profiles.setUp()
    let bob = try profiles.setUp("bob")
    let own = try profiles.run(["identity", "fingerprint"], "bob")
    let plain = own.text.filter { $0.isHexDigit }
    #expect(plain == bob["fingerprint"]?.string)
    #expect(own.text.count == 32 + 7 + 1)
    let card = try profiles.card("bob")
    let now = card.createdAt
    _ = try await profiles.client().addContact("bob", card: card, now: now)
    let known = try profiles.json(["identity", "fingerprint", "bob"])
    #expect(known["fingerprint"] == bob["fingerprint"])
    #expect(try profiles.run(["identity", "fingerprint", "eve"]).exitCode == 8)
    let bundle = try profiles.run(["prekeys", "bundle", "--binary"], "bob").output
    let inspected = try JSON(
      parsing: profiles.tool.run(["inspect", "--json", "-"], input: bundle).output)
    #expect(inspected["fields"]?["identity_fingerprint"] == bob["fingerprint"])
  }

  @Test("a rotated identity is another one at the same address, and unverifies contacts")
  func rotate() async throws {
    let before = try profiles.setUp()
    try profiles.setUp("bob")
    let card = try profiles.card("bob")
    _ = try await profiles.client().addContact("bob", card: card, now: card.createdAt)
    _ = try await profiles.client().setVerified("bob", true, now: card.createdAt)
    let after = try profiles.json(["identity", "rotate", "-y"])
    #expect(after["identity"] != before["identity"])
    #expect(after["address"] == before["address"])
    #expect(try profiles.json(["identity", "show"])["identity"] == after["identity"])
    #expect(try await profiles.client().contact("bob").verifiedAt == nil)
    #expect(try profiles.json(["prekeys", "status"])["not_handed_out"]?.int == 100)
  }

  // MARK: - Prekeys

  @Test("each bundle takes a one-time prekey, and says so when none is left")
  func bundles() throws {
    try profiles.setUp()
    var ids: Set<UInt32> = []
    for _ in 0..<3 {
      let bytes = try profiles.run(["prekeys", "bundle", "--binary"]).output
      let bundle = try PreKeyBundle(decoding: bytes)
      ids.insert(try #require(bundle.oneTimePreKey).id.rawValue)
    }
    #expect(ids.count == 3)
    let status = try profiles.json(["prekeys", "status"])
    #expect(status["one_time_pre_keys"]?.int == 100)
    #expect(status["not_handed_out"]?.int == 97)
    for _ in 0..<97 { #expect(try profiles.run(["prekeys", "bundle"]).exitCode == 0) }
    let last = try profiles.run(["prekeys", "bundle"])
    #expect(last.exitCode == 0)
    #expect(last.talk.contains("warning: no one-time prekey"))
    // Nothing is taken for a bundle that has nowhere to go.
    try folder.write([1], "there")
    #expect(try profiles.run(["prekeys", "generate", "-n", "1"]).exitCode == 0)
    #expect(try profiles.run(["prekeys", "bundle", "-o", folder.file("there")]).exitCode == 3)
    #expect(try profiles.json(["prekeys", "status"])["not_handed_out"]?.int == 1)
  }

  @Test("prekeys are made up to the bound, and a signed prekey is replaced")
  func generate() throws {
    try profiles.setUp()
    #expect(try profiles.json(["prekeys", "generate"])["one_time_pre_keys"]?.int == 200)
    #expect(try profiles.json(["prekeys", "generate", "-n", "5"])["one_time_pre_keys"]?.int == 205)
    let before = try profiles.json(["prekeys", "status"])
    #expect(before["rotation_due"]?.bool == false)
    let after = try profiles.json(["prekeys", "generate", "--kind", "signed"])
    #expect(after["signed_pre_key_id"] != before["signed_pre_key_id"])
    #expect(after["signed_pre_keys_created_at"]?.array?.count == 2)
    #expect(after["one_time_pre_keys"]?.int == 205)
    let full = try profiles.run(["prekeys", "generate", "-n", "5000"])
    #expect(full.exitCode == 12)
    #expect(try profiles.json(["prekeys", "status"])["one_time_pre_keys"]?.int == 205)
    for bad in [
      ["-n", "0"], ["-n", "5001"], ["-n", "x"], ["--kind", "last"],
      ["--kind", "signed", "-n", "1"],
    ] {
      #expect(try profiles.run(["prekeys", "generate"] + bad).exitCode == 2, "\(bad)")
    }
    #expect(try profiles.json(["prekeys", "prune"])["deleted"]?.int == 0)
  }

  @Test("old signed prekeys are deleted, and the current one is not")
  func prune() async throws {
    try profiles.setUp()
    let day: UInt64 = 24 * 3600
    let card = try profiles.card("alice")
    let client = try await profiles.client()
    let past = Timestamp(seconds: card.createdAt.seconds - 100 * day)
    try await client.rotateSignedPreKey(now: past)
    try await client.rotateSignedPreKey(now: past)
    let due = try profiles.json(["prekeys", "status"])
    #expect(due["rotation_due"]?.bool == true)
    #expect(due["signed_pre_keys_created_at"]?.array?.count == 3)
    #expect(try profiles.run(["prekeys", "check", "-"]).exitCode != 0)
    let stale = try profiles.run(["prekeys", "bundle"])
    let checked = try profiles.tool.run(["prekeys", "check", "-"], input: stale.output)
    #expect(checked.exitCode == 4)
    #expect(try profiles.json(["prekeys", "prune"])["deleted"]?.int == 1)
    #expect(try profiles.json(["prekeys", "prune"])["deleted"]?.int == 0)
    #expect(
      try profiles.json(["prekeys", "status"])["signed_pre_keys_created_at"]?.array?.count == 2)
  }

  @Test("anyone can check a bundle or a card, in either form, and against an identity")
  func check() throws {
    let made = try profiles.setUp()
    let other = try profiles.setUp("bob")
    let identity = try #require(made["identity"]?.string)
    for (command, kind, hasOneTime) in [
      (["prekeys", "bundle"], "prekey bundle", true),
      (["identity", "export"], "contact card", false),
    ] {
      for form in [[], ["--binary"]] {
        let object = try profiles.run(command + form).output
        let outcome = try profiles.tool.run(
          ["prekeys", "check", "--json", "--identity", identity, "-"], input: object)
        #expect(outcome.exitCode == 0)
        let json = try JSON(parsing: outcome.output)
        #expect(json["kind"]?.string == kind)
        #expect(json["identity"]?.string == identity)
        #expect(json["has_one_time_pre_key"]?.bool == hasOneTime)
        let foreign = try profiles.tool.run(
          ["prekeys", "check", "--identity", other["identity"]?.string ?? "", "-"], input: object)
        #expect(foreign.exitCode == 5)
        #expect(foreign.output.isEmpty)
      }
    }
  }

  @Test("what is no sound bundle or card is refused")
  func checkRefuses() throws {
    try profiles.setUp()
    let armored = try profiles.run(["identity", "export"]).output
    let binary = try profiles.run(["identity", "export", "--binary"]).output
    func code(_ bytes: [UInt8], _ more: [String] = []) throws -> Int32 {
      let outcome = try profiles.tool.run(["prekeys", "check", "-"] + more, input: bytes)
      #expect(outcome.exitCode == 0 || outcome.output.isEmpty)
      return outcome.exitCode
    }
    for place in stride(from: 3, to: binary.count, by: 17) {
      var altered = binary
      altered[place] ^= 1
      #expect([4, 9].contains(try code(altered)), "\(place)")
    }
    #expect(try code(binary.dropLast()) == 4)
    #expect(try code(binary + [0]) == 4)
    #expect(try code([]) == 4)
    #expect(try code(Array("a letter".utf8)) != 0)
    #expect(try code([UInt8](repeating: 0, count: 200_000)) != 0)
    // What pasting does to the end of a text is let pass, and nothing else.
    #expect(try code(Array(armored.dropLast())) == 0)
    #expect(try code(armored + Array("\n \r\n".utf8)) == 0)
    #expect(try code(Array("\n".utf8) + armored) != 0)
    #expect(try code(armored + Array("x".utf8)) == 4)
    let text = String(decoding: armored, as: UTF8.self)
    #expect(try code(Array(text.replacing("CONTACT CARD", with: "MESSAGE").utf8)) == 4)
    #expect(try code(Array(text.replacing("CONTACT CARD", with: "PREKEY BUNDLE").utf8)) == 0)
    #expect(try code(binary, ["--identity", "cygid1qqqq"]) == 2)
    #expect(try code(binary, ["--identity", "cygkey1qqqq"]) == 2)
  }
}
