import CygnetPairwise
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite("cygnet inspect of text")
struct InspectTextTests {
  let tool = try! CommandLineTool()

  func inspect(_ bytes: [UInt8]) throws -> JSON {
    let outcome = try tool.run(["inspect", "--json", "-"], input: bytes)
    #expect(outcome.exitCode == 0)
    return try JSON(parsing: outcome.output)
  }

  @Test("cards, bundles and messages are named in armor as without it")
  func armor() throws {
    var bob = try TestDevice("bob")
    let alice = try TestDevice("alice")
    let bundle = try bob.bundleWithoutOneTimePreKey()
    let card = try ContactCard.make(
      bundle, name: Array("Bob \u{1b}[31m".utf8), by: bob.identity, now: TestDevice.now)
    var session = try alice.initiate(to: &bob)
    let envelope = Envelope(
      sender: alice.address, recipient: bob.address, message: try session.encrypt([1]))
    for (label, bytes, type) in [
      (Armor.Label.contactCard, try card.encoded(), "ContactCard"),
      (.preKeyBundle, try bundle.encoded(), "PreKeyBundle"),
      (.message, try envelope.encoded(), "Envelope"),
    ] {
      let plain = try inspect(bytes)
      let armored = try inspect(Armor.encode(bytes, label: label))
      #expect(plain["type"]?.string == type && armored["type"]?.string == type)
      #expect(armored["fields"]?["armor"]?.string == label.rawValue)
      #expect(armored["fields"]?["object_bytes"]?.int == bytes.count)
      for member in plain["fields"]?.object?.members ?? [] {
        #expect(armored["fields"]?[member.key] == member.value)
      }
      // A label that says something else, and damage.
      let other = Armor.Label.allCases.first { $0 != label } ?? .backup
      let wrong = try tool.run(["inspect", "-"], input: Armor.encode(bytes, label: other))
      #expect(wrong.exitCode == 4 && wrong.output.isEmpty)
      let cut = try tool.run(
        ["inspect", "-"], input: Armor.encode(bytes, label: label).dropLast(9))
      #expect(cut.exitCode == 4 && cut.output.isEmpty)
    }
    #expect(try inspect(card.encoded())["fields"]?["bundle"]?["address"]?["user"]?.string == "bob")
    #expect(
      try inspect(envelope.encoded())["fields"]?["message_type"]?.string == "InitialMessage")
    let shown = try tool.run(["inspect", "-"], input: card.encoded())
    #expect(!shown.output.contains(0x1b))
    let unknown = Array("-----BEGIN CYGNET SONG-----\nAAAA\n-----END CYGNET SONG-----\n".utf8)
    #expect(try tool.run(["inspect", "-"], input: unknown).exitCode == 9)
  }

  @Test("public keys and codes as text say what their bytes say")
  func publicText() throws {
    let (alice, bob) = (try TestDevice("alice"), try TestDevice("bob"))
    let text = try alice.identity.publicKey.text
    let bundle = try inspect(alice.bundleWithoutOneTimePreKey().encoded())
    for variant in [text, text + "\n", " " + text.uppercased() + "\r\n"] {
      let result = try inspect(Array(variant.utf8))
      #expect(result["type"]?.string == "IdentityKey")
      #expect(
        result["fields"]?["identity_fingerprint"] == bundle["fields"]?["identity_fingerprint"])
    }
    let number = SafetyNumber(
      own: alice.identity.publicKey, ownUser: alice.address.user, peer: bob.identity.publicKey,
      peerUser: bob.address.user)
    let code = try inspect(Array(number.scannableText().utf8))
    #expect(code["type"]?.string == "ScannableSafetyNumber")
    #expect(code["fields"] == (try inspect(number.scannable))["fields"])
  }

  @Test("a secret is named and never shown, in whatever form it is given")
  func secrets() throws {
    let recovery = RecoveryKey.generate()
    let storeKey = SecretBytes(copying: [UInt8](1...32))
    let texts = [
      ("RecoveryKey", try recovery.text().exposed(), recovery.secret),
      (
        "StoreKey",
        try Bech32m.encode(storeKey, prefix: TextPrefix.storeKey).exposed() + [10], storeKey
      ),
    ]
    for (type, text, secret) in texts {
      #expect(try inspect(text)["type"]?.string == type)
      var mistyped = text
      mistyped[30] = text[30] == UInt8(ascii: "q") ? UInt8(ascii: "p") : UInt8(ascii: "q")
      for (input, code) in [(text, 0), (mistyped, 4), (text.dropLast(2), 4)] as [([UInt8], Int32)] {
        for arguments in [["inspect", "-"], ["inspect", "--json", "-"], ["inspect", "-v", "-"]] {
          let outcome = try tool.run(arguments, input: Array(input))
          #expect(outcome.exitCode == code)
          let printed = outcome.text + outcome.talk
          #expect(!printed.contains(Hex.encode(secret.exposed())))
          let plain = String(decoding: text, as: UTF8.self).filter { $0 != "-" }
          let shown = printed.filter { $0 != "-" }
          for start in 7..<50 {
            let from = plain.index(plain.startIndex, offsetBy: start)
            #expect(!shown.contains(plain[from...].prefix(8)))
          }
        }
      }
      let hint = try tool.run(["inspect", "-"], input: mistyped).talk
      let place = text[..<30].count { $0 != UInt8(ascii: "-") } + 1
      #expect(hint.contains("character \(place)"))
    }
  }
}
