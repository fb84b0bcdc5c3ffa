import CygnetVectors
import TestSupport
import Testing

/// Identities, bundles and the key agreement, compared with every value that the vectors state.
enum ConformanceAgreement {
  static let all = [
    ConformanceScenario(description: "the key agreement, value by value and as two devices") {
      client in
      for test in try VectorFiles.tests("x3dh/agreement.json", "X3DH") {
        let parties = try identities(test, client)
        try bundle(test, parties, client)
        try agreement(test, parties, client)
        try conversation(test, parties, client)
      }
    },
    ConformanceScenario(description: "bundles to take and to refuse", run: bundles),
    ConformanceScenario(description: "initial messages to take and to refuse", run: accept),
    ConformanceScenario(description: "prekeys: more, rotated, stored, used up", run: preKeys),
    ConformanceScenario(description: "identities: stored, and what they sign", run: identity),
  ]

  private typealias Parties = (initiator: JSON, responder: JSON)

  private static let now: JSON = 1_767_225_600

  private static func identities(_ test: JSON, _ client: ConformanceClient) throws -> Parties {
    var handles: [JSON] = []
    for role in ["initiator", "responder"] {
      let made = try client.ask(
        "identity.from_seed", ["seed": test.at("\(role)_identity_seed")])
      #expect(try made.at("identity_key") == test.at("\(role)_identity_key"))
      #expect(try made.at("x25519_private") == test.at("\(role)_identity_x25519_private"))
      #expect(try made.at("x25519_public") == test.at("\(role)_identity_x25519"))
      handles.append(try made.at("identity"))
    }
    return (handles[0], handles[1])
  }

  /// The bundle made from its parts, and taken apart again.
  private static func bundle(
    _ test: JSON, _ parties: Parties, _ client: ConformanceClient
  ) throws {
    let content = try client.ask(
      "bundle.signed_content",
      [
        "suite": 1, "address": test.at("responder_address"), "signed_pre_key_id": 1,
        "created_at": test.at("created_at"), "key": test.at("signed_pre_key"),
      ])
    #expect(try content.at("signed_content") == test.at("signed_content"))
    let signed = try client.ask(
      "identity.sign",
      [
        "identity": parties.responder, "label": "SignedPreKey", "content": content.at("content"),
      ])
    #expect(try signed.at("signature") == test.at("signature"))
    #expect(try signed.at("signed_content") == test.at("signed_content"))
    var oneTime = JSON.null
    if try !test.at("one_time_pre_key").isNull {
      oneTime = ["id": 1, "key": try test.at("one_time_pre_key")]
    }
    let fields: KeyValuePairs<String, JSON> = [
      "suite": 1, "identity_key": try test.at("responder_identity_key"),
      "address": try test.at("responder_address"),
      "signed_pre_key": [
        "id": 1, "created_at": try test.at("created_at"), "key": try test.at("signed_pre_key"),
        "signature": try signed.at("signature"),
      ], "one_time_pre_key": oneTime,
    ]
    let bundle = try test.at("bundle")
    #expect(try client.ask("bundle.encode", fields, for: "bundle") == bundle)
    let decoded = try client.ask("bundle.decode", ["bundle": bundle])
    for (name, value) in fields { #expect(try decoded.at(name) == value) }
    let verified = try client.ask("bundle.verify", ["bundle": bundle, "now": now])
    #expect(try verified.at("identity_key") == test.at("responder_identity_key"))
    #expect(verified["has_one_time_pre_key"]?.bool == !oneTime.isNull)
  }

  /// Each step of X3DH on its own.
  private static func agreement(
    _ test: JSON, _ parties: Parties, _ client: ConformanceClient
  ) throws {
    var agreements: [JSON] = []
    let pairs = [
      ("initiator_identity_x25519_private", "signed_pre_key"),
      ("ephemeral_private", "responder_identity_x25519"), ("ephemeral_private", "signed_pre_key"),
      ("ephemeral_private", "one_time_pre_key"),
    ]
    for (index, (own, peer)) in pairs.enumerated() where try !test.at(peer).isNull {
      let shared = try client.ask(
        "x25519.agree", ["private": test.at(own), "public": test.at(peer)], for: "shared")
      #expect(try shared == test.at("dh\(index + 1)"))
      agreements.append(shared)
    }
    let secret = try test.at("shared_secret")
    #expect(
      try client.ask(
        "x3dh.kdf", ["agreements": .array(agreements), "info": test.at("info")],
        for: "shared_secret") == secret)
    #expect(
      try client.ask(
        "x3dh.initiate",
        [
          "identity": parties.initiator, "ephemeral_private": test.at("ephemeral_private"),
          "bundle": test.at("bundle"), "now": now,
        ], for: "shared_secret") == secret)
    #expect(
      try client.ask(
        "x3dh.accept",
        [
          "identity": parties.responder,
          "signed_pre_key_private": test.at("signed_pre_key_private"),
          "one_time_pre_key_private": test.at("one_time_pre_key_private"),
          "peer_identity_key": test.at("initiator_identity_key"),
          "ephemeral_key": test.at("ephemeral_key"),
        ], for: "shared_secret") == secret)
    let data = try client.ask(
      "x3dh.associated_data",
      [
        "suite": 1, "initiator_identity_key": test.at("initiator_identity_key"),
        "responder_identity_key": test.at("responder_identity_key"),
        "initiator_address": test.at("initiator_address"),
        "responder_address": test.at("responder_address"),
      ])
    #expect(try data.at("associated_data") == test.at("associated_data"))
    #expect(try data.at("digest") == test.at("associated_data_digest"))
    let handshake = try client.ask(
      "x3dh.handshake",
      [
        "suite": 1, "identity_key": test.at("initiator_identity_key"),
        "ephemeral_key": test.at("ephemeral_key"), "signed_pre_key_id": 1,
        "one_time_pre_key_id": test.at("one_time_pre_key").isNull ? .null : 1,
      ])
    #expect(try handshake.at("handshake") == test.at("handshake"))
    #expect(try handshake.at("handshake_id") == test.at("handshake_id"))
  }

  /// Two devices: first this library is the initiator, then the responder to the vector's message.
  private static func conversation(
    _ test: JSON, _ parties: Parties, _ client: ConformanceClient
  ) throws {
    let session = try client.ask(
      "session.initiate",
      [
        "identity": parties.initiator, "address": test.at("initiator_address"),
        "bundle": test.at("bundle"), "now": now, "expecting": test.at("responder_identity_key"),
        "random": VectorFiles.joined(test["ephemeral_private"], test["ratchet_private"]),
      ], for: "session")
    let message = try client.ask(
      "session.encrypt",
      [
        "session": session, "plaintext": test.at("plaintext"),
        "authenticating": test.at("authenticating"), "random": test.at("header_nonce"),
      ], for: "message")
    #expect(try message == test.at("message"))
    let parts = try client.ask("message.decode", ["message": message])
    #expect(try parts.at("handshake") == test.at("handshake"))
    #expect(try parts.at("handshake_id") == test.at("handshake_id"))
    let joined = try client.ask(
      "message.encode",
      [
        "handshake": parts.at("handshake"), "sealed_header": parts.at("sealed_header"),
        "ciphertext": parts.at("ciphertext"),
      ], for: "message")
    #expect(joined == message)

    let hasOneTime = try !test.at("one_time_pre_key").isNull
    let preKeys = try client.ask(
      "pre_keys.generate",
      [
        "identity": parties.responder, "address": test.at("responder_address"),
        "now": test.at("created_at"), "one_time_count": hasOneTime ? 1 : 0,
        "random": VectorFiles.joined(
          test["signed_pre_key_private"], test["one_time_pre_key_private"]),
      ], for: "pre_keys")
    let bundle = try client.ask(
      "pre_keys.take_bundle",
      [
        "pre_keys": preKeys, "identity_key": test.at("responder_identity_key"),
        "address": test.at("responder_address"),
      ], for: "bundle")
    #expect(try bundle == test.at("bundle"))
    let accepted = try client.ask(
      "session.accept",
      [
        "identity": parties.responder, "address": test.at("responder_address"),
        "pre_keys": preKeys, "message": test.at("message"),
        "sender": test.at("initiator_address"), "authenticating": test.at("authenticating"),
      ])
    #expect(try accepted.at("plaintext") == test.at("plaintext"))
    try answer(accepted.at("session"), session, client)
  }

  /// A reply, after which no handshake travels any more.
  private static func answer(
    _ responder: JSON, _ initiator: JSON, _ client: ConformanceClient
  ) throws {
    let draws = JSON.hex([UInt8](1...48))
    let reply = try client.ask(
      "session.encrypt", ["session": responder, "plaintext": "c0ffee", "random": draws],
      for: "message")
    #expect(try client.ask("session.show", ["session": initiator], for: "is_established") == false)
    #expect(
      try client.ask(
        "session.decrypt", ["session": initiator, "message": reply], for: "plaintext") == "c0ffee")
    let shown = try client.ask("session.show", ["session": initiator])
    #expect(shown["is_established"] == true && shown["sending"] == "due")
    #expect(
      try client.refusal("session.decrypt", ["session": initiator, "message": reply])
        == "duplicate")
  }

  // MARK: - Files of verdicts

  private static func bundles(_ client: ConformanceClient) throws {
    let identity = try client.ask("identity.generate", ["random": draws(1)], for: "identity")
    for test in try VectorFiles.tests("x3dh/bundles.json", "PreKeyBundle") {
      let verified = try client.attempt(
        "bundle.verify",
        [
          "bundle": test.at("bundle"), "now": test.at("at"),
          "expecting": test.at("expected_identity"),
        ], for: "address")
      // Keys of low order show only when a session starts.
      let started = try client.attempt(
        "session.initiate",
        [
          "identity": identity, "address": address, "bundle": test.at("bundle"),
          "now": test.at("at"), "expecting": test.at("expected_identity"), "random": draws(2),
        ], for: "session")
      let comment = test["comment"]?.string ?? "?"
      #expect(started.error == test["error"]?.string, "\(comment)")
      #expect(verified.error == nil || verified.error == started.error, "\(comment)")
    }
  }

  private static func accept(_ client: ConformanceClient) throws {
    for (group, tests) in try VectorFiles.groups("x3dh/initial-messages.json") {
      let identity = try client.ask(
        "identity.import", ["state": group.at("identity_state")], for: "identity")
      for test in tests {
        let preKeys = try client.ask(
          "pre_keys.import", ["state": group.at("pre_keys_state")], for: "pre_keys")
        let (session, error) = try client.attempt(
          "session.accept",
          [
            "identity": identity, "address": group.at("address"), "pre_keys": preKeys,
            "message": test.at("message"), "sender": test.at("sender"),
            "expecting": test.at("expected_identity"),
          ], for: "session")
        #expect(error == test["error"]?.string, "\(test["comment"]?.string ?? "?")")
        let after = try client.ask("pre_keys.export", ["pre_keys": preKeys], for: "state")
        if let session {
          let state = try client.ask("session.export", ["session": session], for: "state")
          #expect(try state == test.at("session_state"))
          #expect(try after == test.at("pre_keys_after"))
        } else {
          #expect(try after == group.at("pre_keys_state"), "a refused message changed the prekeys")
        }
        _ = try client.ask("objects.release", ["object": preKeys])
      }
    }
  }

  // MARK: - Without vectors

  private static let address: JSON = ["user": "626f62", "device": 7]

  private static func draws(_ count: Int) -> JSON {
    .hex([UInt8](repeating: UInt8(truncatingIfNeeded: count), count: 32 * count))
  }

  private static func preKeys(_ client: ConformanceClient) throws {
    let made = try client.ask("identity.generate", ["random": draws(1)])
    let (identity, key) = (try made.at("identity"), try made.at("identity_key"))
    let preKeys = try client.ask(
      "pre_keys.generate",
      [
        "identity": identity, "address": address, "now": now, "one_time_count": 1,
        "random": draws(2),
      ], for: "pre_keys")
    _ = try client.ask(
      "pre_keys.add_one_time", ["pre_keys": preKeys, "count": 2, "random": draws(2)])
    for _ in 0..<5 {
      _ = try client.ask(
        "pre_keys.rotate",
        [
          "pre_keys": preKeys, "identity": identity, "address": address, "now": now,
          "random": draws(1),
        ])
    }
    let shown = try client.ask("pre_keys.show", ["pre_keys": preKeys])
    #expect(shown["signed"]?.array?.compactMap { $0["id"]?.int } == [3, 4, 5, 6])
    #expect(shown["one_time_count"] == 3 && shown["unused_one_time_count"] == 3)

    let members: KeyValuePairs<String, JSON> = [
      "pre_keys": preKeys, "identity_key": key, "address": address,
    ]
    var oneTime: [Int?] = []
    for _ in 0..<4 {
      let bundle = try client.ask("pre_keys.take_bundle", members, for: "bundle")
      let parts = try client.ask("bundle.decode", ["bundle": bundle])
      #expect(parts["signed_pre_key"]?["id"] == 6)
      oneTime.append(parts["one_time_pre_key"]?["id"]?.int)
    }
    #expect(oneTime == [1, 2, 3, nil])
    let plain = try client.ask("pre_keys.plain_bundle", members, for: "bundle")
    #expect(try client.ask("bundle.decode", ["bundle": plain])["one_time_pre_key"]?.isNull == true)

    let state = try client.ask("pre_keys.export", ["pre_keys": preKeys], for: "state")
    let copy = try client.ask("pre_keys.import", ["state": state], for: "pre_keys")
    #expect(copy != preKeys)
    #expect(try client.ask("pre_keys.export", ["pre_keys": copy], for: "state") == state)
    #expect(
      try client.refusal(
        "pre_keys.add_one_time", ["pre_keys": preKeys, "count": 5_000, "random": ""])
        == "limitExceeded")
    #expect(try client.ask("pre_keys.export", ["pre_keys": preKeys], for: "state") == state)
  }

  private static func identity(_ client: ConformanceClient) throws {
    let made = try client.ask("identity.generate", ["random": draws(1)])
    let state = try client.ask("identity.export", ["identity": made.at("identity")], for: "state")
    let again = try client.ask("identity.import", ["state": state])
    #expect(try again.at("identity_key") == made.at("identity_key"))
    let signed = try client.ask(
      "identity.sign",
      ["identity": again.at("identity"), "label": "SignedPreKey", "content": "0102"])
    let members: (JSON) throws -> KeyValuePairs<String, JSON> = { content in
      [
        "identity_key": try made.at("identity_key"), "label": "SignedPreKey", "content": content,
        "signature": try signed.at("signature"),
      ]
    }
    _ = try client.ask("identity.verify", members("0102"))
    #expect(try client.refusal("identity.verify", members("0103")) == "authenticationFailed")
    #expect(try client.refusal("identity.import", ["state": "0001"]) == "malformed")
    #expect(
      try client.refusal(
        "identity.import", ["state": .hex([0, 2] + [UInt8](repeating: 0, count: 33))])
        == "unsupported")
  }
}
