import CygnetPrimitives
import CygnetVectors
import TestSupport
import Testing

/// The Double Ratchet event by event, sessions in every state, and whole conversations.
enum ConformanceRatchet {
  static let all = [
    ConformanceScenario(description: "the ratchet with every intermediate value", run: trace),
    ConformanceScenario(description: "messages that a session takes and refuses", run: received),
    ConformanceScenario(description: "the conversations of the vectors") { client in
      for name in ["first-messages", "in-order", "loss-and-reordering", "replay-and-tampering"] {
        for folder in ["conversations", "triple-ratchet"] {
          var player = try ConformancePlayer(VectorFiles.json("\(folder)/\(name).json"), client)
          try player.play("\(folder)/\(name)")
        }
      }
    },
    ConformanceScenario(description: "chains and sessions at their bounds", run: bounds),
  ]

  // MARK: - Intermediate values

  private static func trace(_ client: ConformanceClient) throws {
    for (group, tests) in try VectorFiles.groups("double-ratchet/trace.json") {
      let start = try client.ask("ratchet.start", ["shared_secret": group.at("shared_secret")])
      for name in ["root_key", "initiator_header_key", "responder_header_key"] {
        #expect(try start.at(name) == group.at(name))
      }
      try checkStep(group.at("first_step"), from: start.at("root_key"), client)
      let handles = [
        "initiator": try client.ask(
          "ratchet.initiate",
          [
            "shared_secret": group.at("shared_secret"),
            "peer_ratchet_key": group.at("responder_ratchet_key"),
            "random": group.at("initiator_ratchet_private"),
          ], for: "ratchet"),
        "responder": try client.ask(
          "ratchet.respond",
          [
            "shared_secret": group.at("shared_secret"),
            "ratchet_private": group.at("responder_ratchet_private"),
          ], for: "ratchet"),
      ]
      var sent: [String: JSON] = [:]
      for test in tests {
        let handle = try #require(handles[try test.at("party").string ?? ""])
        let id = try test.at("message_id").string ?? ""
        if test["event"] == "send" {
          try send(test, handle, group, client)
          sent[id] = test
        } else {
          try receive(test, try #require(sent[id]), handle, group, client)
        }
      }
    }
  }

  /// A step of the root key; its private half does not travel, so the agreement is taken as given.
  private static func checkStep(
    _ step: JSON, from rootKey: JSON, _ client: ConformanceClient
  ) throws {
    let made = try client.ask(
      "ratchet.kdf_rk", ["root_key": rootKey, "dh_output": step.at("dh_output")])
    for name in ["root_key", "chain_key", "next_header_key"] {
      #expect(try made.at(name) == step.at(name))
    }
  }

  private static func send(
    _ test: JSON, _ handle: JSON, _ group: JSON, _ client: ConformanceClient
  ) throws {
    let chain = try client.ask("ratchet.kdf_ck", ["chain_key": test.at("chain_key")])
    #expect(try chain.at("message_key") == test.at("message_key"))
    #expect(try chain.at("next_chain_key") == test.at("next_chain_key"))
    let header = try client.ask(
      "ratchet.open_header",
      ["header_key": test.at("header_key"), "sealed_header": test.at("sealed_header")])
    for name in ["header", "previous_chain_length", "n"] {
      #expect(try header.at(name) == test.at(name))
    }
    let sealed = try client.ask(
      "ratchet.seal_header",
      [
        "header_key": test.at("header_key"), "ratchet_key": header.at("ratchet_key"),
        "previous_chain_length": test.at("previous_chain_length"), "n": test.at("n"),
        "random": test.at("header_nonce"),
      ])
    #expect(try sealed.at("header") == test.at("header"))
    #expect(try sealed.at("sealed_header") == test.at("sealed_header"))
    let message: KeyValuePairs<String, JSON> = [
      "message_key": try test.at("message_key"), "plaintext": try test.at("plaintext"),
      "associated_data": try test.at("associated_data"),
    ]
    let ciphertext = try client.ask("ratchet.seal_message", message, for: "ciphertext")
    #expect(try ciphertext == test.at("ciphertext"))
    let real = try client.ask(
      "ratchet.encrypt",
      [
        "ratchet": handle, "session_data": group.at("session_data"),
        "plaintext": test.at("plaintext"), "authenticating": test.at("authenticating"),
        "random": VectorFiles.joined(test["ratchet_private"], test["header_nonce"]),
      ])
    #expect(try real.at("sealed_header") == test.at("sealed_header"))
    #expect(try real.at("ciphertext") == test.at("ciphertext"))
  }

  private static func receive(
    _ test: JSON, _ sent: JSON, _ handle: JSON, _ group: JSON, _ client: ConformanceClient
  ) throws {
    let plaintext = try client.ask(
      "ratchet.open_message",
      [
        "message_key": test.at("message_key"), "ciphertext": sent.at("ciphertext"),
        "associated_data": sent.at("associated_data"),
      ], for: "plaintext")
    #expect(try plaintext == test.at("plaintext"))
    let real = try client.ask(
      "ratchet.decrypt",
      [
        "ratchet": handle, "session_data": group.at("session_data"),
        "sealed_header": sent.at("sealed_header"), "ciphertext": sent.at("ciphertext"),
        "authenticating": test.at("authenticating"),
      ])
    #expect(try real.at("plaintext") == test.at("plaintext"))
    #expect(try real.at("skipped_key_count") == test.at("skipped_key_count"))
  }

  // MARK: - Verdicts

  private static func received(_ client: ConformanceClient) throws {
    for (group, tests) in try VectorFiles.groups("double-ratchet/received.json") {
      for test in tests {
        let session = try client.ask("session.import", ["state": group.at("state")], for: "session")
        let (plaintext, error) = try client.attempt(
          "session.decrypt",
          [
            "session": session, "message": test.at("message"),
            "authenticating": test.at("authenticating"),
          ], for: "plaintext")
        #expect(error == test["error"]?.string, "\(test["comment"]?.string ?? "?")")
        #expect(plaintext == test["plaintext"])
        let after = try client.ask("session.export", ["session": session], for: "state")
        if error == nil {
          let digest = try client.ask(
            "hash.digest", ["hash": "SHA-256", "data": after], for: "digest")
          #expect(try digest == test.at("state_after_sha256"))
          let shown = try client.ask("session.show", ["session": session])
          #expect(try shown.at("skipped_key_count") == test.at("skipped_key_count"))
        } else {
          #expect(try after == group.at("state"), "a refused message changed the session")
        }
        _ = try client.ask("objects.release", ["object": session])
      }
    }
  }

  // MARK: - Bounds

  private static func bounds(_ client: ConformanceClient) throws {
    let secret = JSON.hex([UInt8](repeating: 9, count: 32))
    let pair = JSON.hex([UInt8](repeating: 3, count: 32))
    let peer = try client.ask("x25519.public_key", ["private": pair], for: "public")
    let responder = try client.ask(
      "ratchet.respond", ["shared_secret": secret, "ratchet_private": pair], for: "ratchet")
    let members: KeyValuePairs<String, JSON> = [
      "ratchet": responder, "session_data": secret, "plaintext": "",
      "random": .hex([UInt8](repeating: 1, count: 16)),
    ]
    #expect(try client.refusal("ratchet.encrypt", members) == "wrongState")
    let initiator = try client.ask(
      "ratchet.initiate", ["shared_secret": secret, "peer_ratchet_key": peer, "random": pair],
      for: "ratchet")
    var last = JSON.null
    for _ in 0...2_001 {
      last = try client.ask(
        "ratchet.encrypt",
        [
          "ratchet": initiator, "session_data": secret, "plaintext": "",
          "random": .hex([UInt8](repeating: 1, count: 16)),
        ])
    }
    let late: KeyValuePairs<String, JSON> = [
      "ratchet": responder, "session_data": secret, "sealed_header": try last.at("sealed_header"),
      "ciphertext": try last.at("ciphertext"),
    ]
    #expect(try client.refusal("ratchet.decrypt", late) == "tooFarAhead")
  }
}

/// Plays a conversation of the vector files with the server on both sides.
struct ConformancePlayer {
  private struct Party {
    let identity: JSON
    let key: JSON
    let address: JSON
    var random: SeededRandomSource
    var preKeys: JSON?
    var session: JSON?
    let isPostQuantum: Bool
  }

  private struct Sent {
    let message: [UInt8]
    let sender: String
  }

  private let file: JSON
  private let client: ConformanceClient
  private var parties: [String: Party] = [:]
  private var messages: [String: Sent] = [:]

  init(_ file: JSON, _ client: ConformanceClient) throws {
    self.file = file
    self.client = client
    for member in try file.at("parties").object?.members ?? [] {
      let entry = member.value
      var random = SeededRandomSource(seed: try entry.at("seed").hexBytes ?? [])
      let made = try client.ask("identity.generate", ["random": .hex(random.bytes(32))])
      var preKeys: JSON?
      if let count = entry["one_time_pre_keys"]?.int {
        let suite = entry["suite"]?.int ?? 1
        preKeys = try client.ask(
          "pre_keys.generate",
          [
            "identity": made.at("identity"), "address": entry.at("address"), "now": file.at("now"),
            "suite": .integer(suite), "one_time_count": .integer(count),
            "random": .hex(random.bytes((suite == 2 ? 96 : 32) * (count + 1))),
          ], for: "pre_keys")
      }
      #expect(try made.at("identity_key") == entry.at("identity_key"))
      parties[member.key] = Party(
        identity: try made.at("identity"), key: try made.at("identity_key"),
        address: try entry.at("address"), random: random, preKeys: preKeys, session: nil,
        isPostQuantum: entry["suite"] != nil)
    }
  }

  mutating func play(_ name: String) throws {
    for (index, step) in (try file.at("steps").array ?? []).enumerated() {
      let place = "\(name), step \(index + 1)"
      guard let acted = try act(step, place) else { continue }
      guard let state = step["state"], let party = parties[acted] else { continue }
      if let session = party.session {
        let digest = try self.digest("session.export", ["session": session])
        #expect(digest == state[acted], "\(place)")
      }
      if let preKeys = party.preKeys {
        let digest = try self.digest("pre_keys.export", ["pre_keys": preKeys])
        #expect(digest == state["\(acted)_pre_keys"], "\(place)")
      }
    }
  }

  private func digest(
    _ operation: String, _ members: KeyValuePairs<String, JSON>
  ) throws -> JSON {
    let state = try client.ask(operation, members, for: "state")
    return try client.ask("hash.digest", ["hash": "SHA-256", "data": state], for: "digest")
  }

  /// The party that acted.
  private mutating func act(_ step: JSON, _ place: String) throws -> String? {
    if let initiate = step["initiate"] { return try self.initiate(initiate) }
    if let send = step["send"] { return try self.send(send, place) }
    if let deliver = step["deliver"] { return try self.deliver(deliver, step.at("expect"), place) }
    if let name = step["restore"]?.string { return try restore(name) }
    return nil
  }

  private mutating func initiate(_ step: JSON) throws -> String {
    let (from, to) = (try step.at("from").string ?? "", try step.at("to").string ?? "")
    var party = try #require(parties[from])
    let peer = try #require(parties[to])
    let bundle = try client.ask(
      "pre_keys.take_bundle",
      ["pre_keys": peer.preKeys ?? .null, "identity_key": peer.key, "address": peer.address],
      for: "bundle")
    #expect(try bundle == step.at("bundle"))
    party.session = try client.ask(
      "session.initiate",
      [
        "identity": party.identity, "address": party.address, "bundle": bundle,
        "now": file.at("now"),
        "random": .hex(party.random.bytes(peer.isPostQuantum ? 96 : 64)),
      ], for: "session")
    parties[from] = party
    return from
  }

  private mutating func send(_ step: JSON, _ place: String) throws -> String {
    let from = try step.at("from").string ?? ""
    var party = try #require(parties[from])
    let session = party.session ?? .null
    let shown = try client.ask("session.show", ["session": session])
    let drawn =
      try (shown.at("sending") == "due" ? 48 : 16) + (shown.at("sparse_draw_count").int ?? 0)
    let message = try client.ask(
      "session.encrypt",
      [
        "session": session, "plaintext": step.at("plaintext"),
        "authenticating": step["authenticating"] ?? .null,
        "random": .hex(party.random.bytes(drawn)),
      ], for: "message")
    #expect(try message == step.at("message"), "\(place)")
    parties[from] = party
    messages[try step.at("id").string ?? ""] = Sent(message: message.hexBytes ?? [], sender: from)
    return from
  }

  private mutating func deliver(_ step: JSON, _ expect: JSON, _ place: String) throws -> String {
    let to = try step.at("to").string ?? ""
    let sent = try #require(messages[try step.at("id").string ?? ""])
    var bytes = sent.message
    if let xor = step["xor"], let offset = xor["offset"]?.int, let mask = xor["mask"]?.hexBytes {
      for (index, byte) in mask.enumerated() { bytes[offset + index] ^= byte }
    }
    let (plaintext, error) = try receive(
      .hex(bytes), at: to, from: sent.sender, step["authenticating"] ?? .null)
    #expect(plaintext == expect["plaintext"], "\(place)")
    #expect(error == expect["error"]?.string, "\(place)")
    return to
  }

  /// What a device does with a message: see `ConversationPlayer`, which the vectors were made with.
  private mutating func receive(
    _ message: JSON, at name: String, from sender: String, _ authenticating: JSON
  ) throws -> (value: JSON?, error: String?) {
    var party = try #require(parties[name])
    let (handshake, error) = try client.attempt(
      "message.decode", ["message": message], for: "handshake")
    if let error { return (nil, error) }
    if handshake?.isNull == false {
      var isOwn = false
      if let session = party.session {
        isOwn =
          try client.ask(
            "session.belongs", ["session": session, "message": message], for: "belongs") == true
      }
      if !isOwn {
        guard let preKeys = party.preKeys else { return (nil, "notFound") }
        let members: KeyValuePairs<String, JSON> = [
          "identity": party.identity, "address": party.address, "pre_keys": preKeys,
          "message": message, "sender": parties[sender]?.address ?? .null,
          "authenticating": authenticating,
        ]
        let (plaintext, error) = try client.attempt("session.accept", members, for: "plaintext")
        if error == nil {
          let handles = try client.ask("objects.list", for: "objects").array ?? []
          party.session = handles.last
          parties[name] = party
        }
        return (plaintext, error)
      }
    }
    guard let session = party.session else { return (nil, "notFound") }
    return try client.attempt(
      "session.decrypt",
      ["session": session, "message": message, "authenticating": authenticating],
      for: "plaintext")
  }

  private mutating func restore(_ name: String) throws -> String {
    var party = try #require(parties[name])
    if let session = party.session {
      let state = try client.ask("session.export", ["session": session], for: "state")
      party.session = try client.ask("session.import", ["state": state], for: "session")
    }
    if let preKeys = party.preKeys {
      let state = try client.ask("pre_keys.export", ["pre_keys": preKeys], for: "state")
      party.preKeys = try client.ask("pre_keys.import", ["state": state], for: "pre_keys")
    }
    parties[name] = party
    return name
  }
}
