import CygnetVectors
import TestSupport
import Testing

/// Sender keys event by event, as members and as sender, and what neither may do.
enum ConformanceSenderKeys {
  static let all = [
    ConformanceScenario(description: "sender keys with every intermediate value", run: trace),
    ConformanceScenario(description: "what a member takes and refuses", run: received),
    ConformanceScenario(description: "a sender at its bounds", run: sender),
  ]

  private static let now: JSON = 1_767_225_600

  // MARK: - Intermediate values

  private static func trace(_ client: ConformanceClient) throws {
    for (group, tests) in try VectorFiles.groups("sender-keys/trace.json") {
      let (id, name) = (try group.at("distribution_id"), try group.at("sender"))
      let context = try client.ask(
        "sender_chain.context", ["distribution_id": id, "sender": name], for: "context")
      #expect(try context == group.at("context"))
      var scene = Scene(client: client, id: id, name: name)
      for test in tests {
        switch try test.at("event").string {
        case "begin": try scene.begin(test)
        case "share": try scene.share(test)
        case "send": try scene.send(test)
        default: try scene.receive(test)
        }
      }
    }
  }

  private struct Scene {
    let client: ConformanceClient
    let id: JSON
    let name: JSON
    var sender: JSON?
    var seed = JSON.null
    var members: [String: JSON] = [:]
    var sent: [String: JSON] = [:]

    mutating func begin(_ test: JSON) throws {
      seed = try test.at("signature_seed")
      let draws = try VectorFiles.joined(test.at("first_chain_key"), seed)
      if let sender {
        _ = try client.ask(
          "sender_key.rotate", ["sender_key": sender, "now": now, "random": draws])
      } else {
        sender = try client.ask(
          "sender_key.generate",
          [
            "distribution_id": id, "sender": name, "message_count": 1000, "age": 604_800,
            "hard_limit": 2000, "now": now, "random": draws,
          ], for: "sender_key")
      }
      let shown = try client.ask("sender_key.show", ["sender_key": sender ?? .null, "now": now])
      #expect(try shown.at("chain_id") == test.at("chain_id"))
      #expect(shown["iteration"] == 0 && shown["needs_rotation"] == false)
      #expect(
        try client.ask("ed25519.public_key", ["seed": seed], for: "public")
          == test.at("signature_key"))
    }

    mutating func share(_ test: JSON) throws {
      let bytes = try client.ask(
        "sender_key.share", ["sender_key": sender ?? .null], for: "distribution")
      #expect(try bytes == test.at("distribution"))
      let parts = try client.ask("sender_chain.share_decode", ["distribution": bytes])
      for name in ["chain_id", "iteration", "chain_key"] {
        #expect(try parts.at(name) == test.at(name))
      }
      let joined = try client.ask(
        "sender_chain.share_encode",
        [
          "distribution_id": id, "chain_id": parts.at("chain_id"),
          "iteration": parts.at("iteration"), "chain_key": parts.at("chain_key"),
          "signature_key": parts.at("signature_key"),
        ], for: "distribution")
      #expect(joined == bytes)
      let party = try test.at("party").string ?? ""
      if let member = members[party] {
        _ = try client.ask("member_key.process", ["member_key": member, "distribution": bytes])
      } else {
        members[party] = try client.ask(
          "member_key.begin", ["distribution": bytes, "sender": name], for: "member_key")
      }
    }

    mutating func send(_ test: JSON) throws {
      let step = try client.ask("sender_chain.step", ["chain_key": test.at("chain_key")])
      #expect(try step.at("message_key") == test.at("message_key"))
      #expect(try step.at("next_chain_key") == test.at("next_chain_key"))
      let keys = try client.ask("sender_chain.expand", ["message_key": test.at("message_key")])
      for name in ["key", "commitment", "nonce"] { #expect(try keys.at(name) == test.at(name)) }
      let sealed = try client.ask(
        "sender_chain.seal",
        [
          "distribution_id": id, "sender": name, "chain_id": test.at("chain_id"),
          "iteration": test.at("iteration"), "message_key": test.at("message_key"),
          "signature_seed": seed, "plaintext": test.at("plaintext"),
          "authenticating": test.at("authenticating"),
        ])
      for name in ["associated_data", "signed_content", "message"] {
        #expect(try sealed.at(name) == test.at(name))
      }
      let real = try client.ask(
        "sender_key.encrypt",
        [
          "sender_key": sender ?? .null, "plaintext": test.at("plaintext"),
          "authenticating": test.at("authenticating"),
        ], for: "message")
      #expect(try real == test.at("message"))
      let parts = try client.ask("sender_chain.message_decode", ["message": real])
      for name in ["chain_id", "iteration", "commitment", "ciphertext", "signature"] {
        #expect(try parts.at(name) == test.at(name))
      }
      sent[try test.at("message_id").string ?? ""] = real
    }

    mutating func receive(_ test: JSON) throws {
      let member = try #require(members[try test.at("party").string ?? ""])
      let members: KeyValuePairs<String, JSON> = [
        "member_key": member, "message": sent[try test.at("message_id").string ?? ""] ?? .null,
        "authenticating": try test.at("authenticating"),
      ]
      #expect(
        try client.ask("member_key.decrypt", members, for: "plaintext") == test.at("plaintext"))
      #expect(try client.refusal("member_key.decrypt", members) == "duplicate")
      var skipped = 0
      let shown = try client.ask("member_key.show", ["member_key": member], for: "chains")
      for chain in shown.array ?? [] { skipped += chain["skipped_key_count"]?.int ?? 0 }
      #expect(JSON.integer(skipped) == (try test.at("skipped_key_count")))
    }
  }

  // MARK: - Verdicts

  private static func received(_ client: ConformanceClient) throws {
    for (group, tests) in try VectorFiles.groups("sender-keys/received.json") {
      for test in tests {
        let member = try client.ask(
          "member_key.import", ["state": group.at("state")], for: "member_key")
        let outcome: (value: JSON?, error: String?)
        if let distribution = test["distribution"] {
          outcome = try client.attempt(
            "member_key.process", ["member_key": member, "distribution": distribution],
            for: "processed")
          #expect(outcome.value == test["processed"])
        } else {
          outcome = try client.attempt(
            "member_key.decrypt",
            [
              "member_key": member, "message": test.at("message"),
              "authenticating": test.at("authenticating"),
            ], for: "plaintext")
          #expect(outcome.value == test["plaintext"])
        }
        #expect(outcome.error == test["error"]?.string, "\(test["comment"]?.string ?? "?")")
        let after = try client.ask("member_key.export", ["member_key": member], for: "state")
        if outcome.error != nil { #expect(try after == group.at("state")) }
        _ = try client.ask("objects.release", ["object": member])
      }
    }
  }

  // MARK: - Without vectors

  private static func sender(_ client: ConformanceClient) throws {
    let draws = JSON.hex([UInt8](repeating: 5, count: 64))
    func members(_ count: JSON, _ limit: JSON) -> KeyValuePairs<String, JSON> {
      [
        "distribution_id": .hex([UInt8](repeating: 1, count: 16)), "sender": "61",
        "message_count": count, "age": 10, "hard_limit": limit, "now": now, "random": draws,
      ]
    }
    #expect(try client.refusal("sender_key.generate", members(3, 2)) == "limitExceeded")
    let sender = try client.ask("sender_key.generate", members(1, 2), for: "sender_key")
    for _ in 0..<2 {
      _ = try client.ask("sender_key.encrypt", ["sender_key": sender, "plaintext": "00"])
    }
    let state = try client.ask("sender_key.export", ["sender_key": sender], for: "state")
    #expect(
      try client.refusal("sender_key.encrypt", ["sender_key": sender, "plaintext": "00"])
        == "limitExceeded")
    #expect(try client.ask("sender_key.export", ["sender_key": sender], for: "state") == state)
    let copy = try client.ask("sender_key.import", ["state": state], for: "sender_key")
    let shown = try client.ask("sender_key.show", ["sender_key": copy, "now": now])
    #expect(shown["needs_rotation"] == true && shown["iteration"] == 2)
    #expect(shown["started_at"] == now)
    _ = try client.ask("sender_key.rotate", ["sender_key": copy, "now": now, "random": draws])
    _ = try client.ask("sender_key.encrypt", ["sender_key": copy, "plaintext": "00"])
    let key = JSON.hex([UInt8](repeating: 1, count: 32))
    #expect(
      try client.refusal(
        "sender_chain.share_encode",
        [
          "distribution_id": .hex([UInt8](repeating: 1, count: 16)), "chain_id": 0,
          "iteration": 0, "chain_key": key, "signature_key": key,
        ]) == "malformed")
  }
}
