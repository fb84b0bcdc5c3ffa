import CygnetVectors
import TestSupport
import Testing

/// The post-quantum key agreement, compared with every value that the vectors state.
enum ConformancePostQuantum {
  static let all = [
    ConformanceScenario(
      description: "the post-quantum key agreement, value by value and as two devices"
    ) { client in
      for test in try VectorFiles.tests("pqxdh/agreement.json", "PQXDH") {
        try agreement(test, client)
        try bundle(test, client)
        try conversation(test, client)
      }
    },
    ConformanceScenario(description: "KEM prekeys: more, taken over, refused", run: preKeys),
  ]

  private static let now: JSON = 1_767_225_600

  private static func identity(
    _ role: String, _ test: JSON, _ client: ConformanceClient
  ) throws -> JSON {
    try client.ask(
      "identity.from_seed", ["seed": test.at("\(role)_identity_seed")], for: "identity")
  }

  private static func isOneTime(_ test: JSON) throws -> Bool {
    try !test.at("one_time_kem_seed").isNull
  }

  private static func kemFields(_ test: JSON) throws -> KeyValuePairs<String, JSON> {
    [
      "kem_pre_key_id": try isOneTime(test) ? 2 : 1,
      "kind": try isOneTime(test) ? "one_time" : "last_resort",
    ]
  }

  private static func agreement(_ test: JSON, _ client: ConformanceClient) throws {
    let secret = try test.at("shared_secret")
    let made = try client.ask(
      "pqxdh.initiate",
      [
        "identity": identity("initiator", test, client),
        "ephemeral_private": test.at("ephemeral_private"),
        "encapsulation_message": test.at("encapsulation_message"), "bundle": test.at("bundle"),
        "now": now,
      ])
    #expect(try made.at("shared_secret") == secret)
    #expect(try made.at("kem_ciphertext") == test.at("kem_ciphertext"))
    #expect(try made.at("kem_shared_secret") == test.at("kem_shared_secret"))
    #expect(
      try client.ask(
        "pqxdh.accept",
        [
          "identity": identity("responder", test, client),
          "signed_pre_key_private": test.at("signed_pre_key_private"),
          "one_time_pre_key_private": test.at("one_time_pre_key_private"),
          "kem_seed": test.at(isOneTime(test) ? "one_time_kem_seed" : "last_resort_seed"),
          "kem_ciphertext": test.at("kem_ciphertext"),
          "peer_identity_key": test.at("initiator_identity_key"),
          "ephemeral_key": test.at("ephemeral_key"),
        ], for: "shared_secret") == secret)
    var agreements: [JSON] = []
    for index in 1...4 where try !test.at("dh\(index)").isNull {
      agreements.append(try test.at("dh\(index)"))
    }
    #expect(
      try client.ask(
        "pqxdh.kdf",
        [
          "agreements": .array(agreements), "kem_shared_secret": test.at("kem_shared_secret"),
          "info": test.at("info"),
        ], for: "shared_secret") == secret)
    let data = try client.ask(
      "pqxdh.associated_data",
      [
        "initiator_identity_key": test.at("initiator_identity_key"),
        "responder_identity_key": test.at("responder_identity_key"),
        "initiator_address": test.at("initiator_address"),
        "responder_address": test.at("responder_address"),
        "kem_pre_key": test.at("kem_pre_key"), "handshake_digest": test.at("handshake_digest"),
      ])
    #expect(try data.at("associated_data") == test.at("associated_data"))
    #expect(try data.at("digest") == test.at("associated_data_digest"))
    let handshake = try client.ask(
      "pqxdh.handshake",
      members: [
        ("identity_key", test.at("initiator_identity_key")),
        ("ephemeral_key", test.at("ephemeral_key")), ("signed_pre_key_id", 1),
        ("one_time_pre_key_id", test.at("one_time_pre_key").isNull ? .null : 1),
        ("kem_ciphertext", test.at("kem_ciphertext")),
      ] + kemFields(test).map { ($0.key, $0.value) })
    for name in ["handshake", "handshake_digest", "handshake_id", "base_key_use"] {
      #expect(try handshake.at(name) == test.at(name))
    }
  }

  private static func bundle(_ test: JSON, _ client: ConformanceClient) throws {
    let content = try client.ask(
      "pqxdh.signed_content",
      members: [
        ("address", test.at("responder_address")), ("created_at", test.at("created_at")),
        ("key", test.at("kem_pre_key")),
      ] + kemFields(test).map { ($0.key, $0.value) })
    #expect(try content.at("signed_content") == test.at("kem_signed_content"))
    let bundle = try test.at("bundle")
    let decoded = try client.ask("bundle.decode", ["bundle": bundle])
    #expect(try decoded.at("suite") == 2)
    #expect(try decoded.at("kem_pre_key").at("key") == test.at("kem_pre_key"))
    #expect(try decoded.at("kem_pre_key").at("signature") == test.at("kem_signature"))
    let encoded = try client.ask(
      "bundle.encode",
      [
        "suite": 2, "identity_key": decoded.at("identity_key"),
        "address": decoded.at("address"), "signed_pre_key": decoded.at("signed_pre_key"),
        "one_time_pre_key": decoded.at("one_time_pre_key"),
        "kem_pre_key": decoded.at("kem_pre_key"),
      ], for: "bundle")
    #expect(encoded == bundle)
    let verified = try client.ask(
      "bundle.verify", ["bundle": bundle, "now": now, "policy": "post_quantum_only"])
    #expect(
      try verified.at("kem_pre_key_kind") == (isOneTime(test) ? "one_time" : "last_resort"))
  }

  /// Two devices: first this library is the initiator, then the responder to the vector's message.
  private static func conversation(_ test: JSON, _ client: ConformanceClient) throws {
    let session = try client.ask(
      "session.initiate",
      [
        "identity": identity("initiator", test, client), "address": test.at("initiator_address"),
        "bundle": test.at("bundle"), "now": now,
        "random": VectorFiles.joined(
          test["ephemeral_private"], test["encapsulation_message"], test["ratchet_private"]),
      ], for: "session")
    let message = try client.ask(
      "session.encrypt",
      [
        "session": session, "plaintext": test.at("plaintext"),
        "authenticating": test.at("authenticating"),
        "random": VectorFiles.joined(test["ratchet_kem_seed"], test["header_nonce"]),
      ], for: "message")
    #expect(try message == test.at("message"))
    let parts = try client.ask("message.decode", ["message": message])
    #expect(try parts.at("sealed_header") == test.at("sealed_header"))
    let joined = try client.ask(
      "message.encode",
      [
        "handshake": parts.at("handshake"), "sealed_header": parts.at("sealed_header"),
        "ciphertext": parts.at("ciphertext"),
      ], for: "message")
    #expect(joined == message)

    let responder = try identity("responder", test, client)
    let preKeys = try client.ask(
      "pre_keys.generate",
      [
        "identity": responder, "address": test.at("responder_address"),
        "now": test.at("created_at"), "one_time_count": 0, "suite": 2,
        "random": VectorFiles.joined(test["signed_pre_key_private"], test["last_resort_seed"]),
      ], for: "pre_keys")
    if try !test.at("one_time_pre_key").isNull {
      _ = try client.ask(
        "pre_keys.add_one_time",
        ["pre_keys": preKeys, "count": 1, "random": test.at("one_time_pre_key_private")])
    }
    if try isOneTime(test) {
      _ = try client.ask(
        "pre_keys.add_one_time_kem",
        [
          "pre_keys": preKeys, "identity": responder, "address": test.at("responder_address"),
          "now": test.at("created_at"), "count": 1, "random": test.at("one_time_kem_seed"),
        ])
    }
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
        "identity": responder, "address": test.at("responder_address"), "pre_keys": preKeys,
        "message": test.at("message"), "sender": test.at("initiator_address"),
        "authenticating": test.at("authenticating"),
      ])
    #expect(try accepted.at("plaintext") == test.at("plaintext"))
    #expect(
      try client.ask("session.export", ["session": accepted.at("session")], for: "state")
        == test.at("responder_state"))
    #expect(
      try client.ask("pre_keys.export", ["pre_keys": preKeys], for: "state")
        == test.at("pre_keys_after"))
  }

  // MARK: - Without vectors

  private static let address: JSON = ["user": "626f62", "device": 7]

  private static func draws(_ count: Int) -> JSON {
    .hex([UInt8](repeating: UInt8(truncatingIfNeeded: count), count: count))
  }

  private static func preKeys(_ client: ConformanceClient) throws {
    let made = try client.ask("identity.generate", ["random": draws(32)])
    let (identity, key) = (try made.at("identity"), try made.at("identity_key"))
    let preKeys = try client.ask(
      "pre_keys.generate",
      [
        "identity": identity, "address": address, "now": now, "one_time_count": 0,
        "after": ["signed": 4, "one_time": 9, "kem": 6], "random": draws(32),
      ], for: "pre_keys")
    let members: KeyValuePairs<String, JSON> = [
      "pre_keys": preKeys, "identity_key": key, "address": address,
    ]
    let classical = try client.ask("pre_keys.plain_bundle", members, for: "bundle")
    #expect(
      try client.refusal(
        "bundle.verify", ["bundle": classical, "now": now, "policy": "post_quantum_only"])
        == "ruleViolation")
    #expect(
      try client.refusal(
        "pqxdh.initiate",
        [
          "identity": identity, "ephemeral_private": draws(32),
          "encapsulation_message": draws(32), "bundle": classical, "now": now,
        ]) == "ruleViolation")
    let more: KeyValuePairs<String, JSON> = [
      "pre_keys": preKeys, "identity": identity, "address": address, "now": now, "count": 1,
      "random": draws(64),
    ]
    #expect(try client.refusal("pre_keys.add_one_time_kem", more) == "wrongState")
    _ = try client.ask(
      "pre_keys.upgrade",
      [
        "pre_keys": preKeys, "identity": identity, "address": address, "now": now,
        "random": draws(96),
      ])
    _ = try client.ask("pre_keys.add_one_time_kem", more)
    let shown = try client.ask("pre_keys.show", ["pre_keys": preKeys])
    #expect(shown["suite"] == 2 && shown["last_resort_count"] == 1)
    #expect(shown["one_time_kem_count"] == 1 && shown["unused_one_time_kem_count"] == 1)
    let bundle = try client.ask("pre_keys.take_bundle", members, for: "bundle")
    #expect(
      try client.ask("bundle.verify", ["bundle": bundle, "now": now], for: "kem_pre_key_kind")
        == "one_time")
    let decoded = try client.ask("bundle.decode", ["bundle": bundle])
    for suite in [1, 2] as [JSON] {
      let kem: JSON = suite == 1 ? try decoded.at("kem_pre_key") : .null
      #expect(
        try client.refusal(
          "bundle.encode",
          [
            "suite": suite, "identity_key": key, "address": address,
            "signed_pre_key": decoded.at("signed_pre_key"), "one_time_pre_key": .null,
            "kem_pre_key": kem,
          ]) == "ruleViolation")
    }
    #expect(
      try client.refusal(
        "x3dh.initiate",
        ["identity": identity, "ephemeral_private": draws(32), "bundle": bundle, "now": now])
        == "ruleViolation")
  }
}
