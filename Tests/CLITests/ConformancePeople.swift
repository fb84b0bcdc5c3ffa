import CygnetVectors
import TestSupport
import Testing

/// Keys and objects as text, cards, envelopes and contents.
enum ConformancePeople {
  static let all = [
    ConformanceScenario(description: "keys as text, each of its own kind", run: keys),
    ConformanceScenario(description: "objects in armor", run: armor),
    ConformanceScenario(description: "cards that verify and cards that do not", run: cards),
    ConformanceScenario(description: "envelopes and contents", run: envelopes),
  ]

  private static let now: JSON = 1_767_225_600

  private static func keys(_ client: ConformanceClient) throws {
    for (prefix, count) in [("cygid", 33), ("cygnum", 74), ("cygkey", 32), ("cygrec", 32)] {
      let bytes = JSON.hex([UInt8](0..<UInt8(count)))
      let text = try client.ask(
        "text.bech32m_encode", ["prefix": .string(prefix), "bytes": bytes], for: "text")
      #expect(text.string?.hasPrefix("\(prefix)1") == true)
      for spelling in [text, .string(text.string?.uppercased() ?? "")] {
        let back = try client.ask(
          "text.bech32m_decode", ["prefix": .string(prefix), "text": spelling], for: "bytes")
        #expect(back == bytes)
      }
      let other: JSON = prefix == "cygkey" ? "cygrec" : "cygkey"
      #expect(
        try client.refusal("text.bech32m_decode", ["prefix": other, "text": text]) == "malformed")
      #expect(
        try client.refusal("text.bech32m_encode", ["prefix": .string(prefix), "bytes": "00"])
          == "malformed")
    }
    let key = JSON.hex([UInt8](repeating: 7, count: 32))
    let text = try client.ask("text.recovery_key", ["key": key], for: "text")
    let typed = text.string?.replacing("-", with: "  ").uppercased() ?? ""
    #expect(try client.ask("text.read_recovery_key", ["text": .string(typed)], for: "key") == key)
    #expect(
      try client.refusal("text.read_recovery_key", ["text": .string(typed + "q")]) == "malformed")
  }

  private static func armor(_ client: ConformanceClient) throws {
    let bytes = JSON.hex([UInt8](0..<100))
    let text = try client.ask(
      "text.armor", ["label": "CONTACT CARD", "bytes": bytes], for: "text")
    #expect(text.string?.hasPrefix("-----BEGIN CYGNET CONTACT CARD-----\n") == true)
    let read = try client.ask(
      "text.dearmor", ["label": "CONTACT CARD", "text": text], for: "bytes")
    #expect(read == bytes)
    #expect(try client.refusal("text.dearmor", ["label": "MESSAGE", "text": text]) == "malformed")
    #expect(try client.refusal("text.armor", ["label": "KEY", "bytes": ""]) == "badMember")
  }

  /// An identity, and a bundle of it without a one-time prekey.
  private static func person(_ client: ConformanceClient) throws -> (JSON, bundle: JSON) {
    let made = try client.ask(
      "identity.generate", ["random": .hex([UInt8](repeating: 3, count: 32))])
    let preKeys = try client.ask(
      "pre_keys.generate",
      [
        "identity": made.at("identity"), "address": ["user": "616e6e", "device": 1], "now": now,
        "one_time_count": 1, "after": ["signed": 8, "one_time": 20],
        "random": .hex([UInt8](repeating: 4, count: 64)),
      ], for: "pre_keys")
    let bundle = try client.ask(
      "pre_keys.take_bundle",
      [
        "pre_keys": preKeys, "identity_key": made.at("identity_key"),
        "address": ["user": "616e6e", "device": 1],
      ], for: "bundle")
    let parts = try client.ask("bundle.decode", ["bundle": bundle])
    #expect(parts["signed_pre_key"]?["id"] == 9 && parts["one_time_pre_key"]?["id"] == 21)
    return (made, bundle)
  }

  private static func cards(_ client: ConformanceClient) throws {
    let (made, bundle) = try person(client)
    let card = try client.ask(
      "card.make",
      ["identity": made.at("identity"), "bundle": bundle, "name": "416e6e", "now": now],
      for: "card")
    let parts = try client.ask("card.decode", ["card": card])
    let verified = try client.ask(
      "card.verify", ["card": card, "now": now, "expecting": made.at("identity_key")])
    for name in ["bundle", "name", "created_at"] {
      #expect(try parts.at(name) == verified.at(name))
    }
    #expect(verified["bundle"] == bundle && verified["name"] == "416e6e")
    // The signature covers the encoding up to itself, so it verifies on its own as well.
    let content = String((card.string ?? "").dropLast(128))
    let signed: KeyValuePairs<String, JSON> = [
      "identity_key": try made.at("identity_key"), "label": "ContactCard",
      "content": .string(content), "signature": try parts.at("signature"),
    ]
    _ = try client.ask("identity.verify", signed)
    var forged = card.hexBytes ?? []
    forged[forged.count - 1] ^= 1
    #expect(
      try client.refusal("card.verify", ["card": .hex(forged), "now": now])
        == "authenticationFailed")
    #expect(
      try client.refusal("card.verify", ["card": card, "now": 1_900_000_000]) == "ruleViolation")
    let other = try client.ask(
      "identity.generate", ["random": .hex([UInt8](repeating: 9, count: 32))])
    #expect(
      try client.refusal(
        "card.verify", ["card": card, "now": now, "expecting": other.at("identity_key")])
        == "identityChanged")
    #expect(
      try client.refusal(
        "card.make",
        ["identity": other.at("identity"), "bundle": bundle, "name": "", "now": now])
        == "wrongState")
  }

  private static func envelopes(_ client: ConformanceClient) throws {
    let test = try #require(VectorFiles.tests("x3dh/agreement.json", "X3DH").first)
    let parts: KeyValuePairs<String, JSON> = [
      "sender": try test.at("initiator_address"), "recipient": try test.at("responder_address"),
      "message": try test.at("message"),
    ]
    let envelope = try client.ask("envelope.encode", parts, for: "envelope")
    let opened = try client.ask("envelope.decode", ["envelope": envelope])
    for (name, value) in parts { #expect(try opened.at(name) == value) }
    #expect(try client.ask("wire.peek", ["encoded": envelope], for: "wire_type") == 10)
    #expect(
      try client.refusal("envelope.decode", ["envelope": test.at("message")]) == "malformed")

    let pointer = try #require(
      VectorFiles.tests("attachments/pointers.json", "Wire").first?["encoded"])
    let content = try client.ask(
      "content.encode", ["text": "68656c6c6f", "attachments": [pointer, pointer]], for: "content")
    let read = try client.ask("content.decode", ["content": content])
    #expect(read["text"] == "68656c6c6f" && read["attachments"] == [pointer, pointer])
    let many = JSON.array([JSON](repeating: pointer, count: 33))
    #expect(
      try client.refusal("content.encode", ["text": "", "attachments": many]) == "limitExceeded")
  }
}
