import CygnetVectors
import TestSupport
import Testing

/// HPKE through the server: every test of the files of vectors.
enum ConformanceHPKE {
  static let all = [
    ConformanceScenario(description: "contexts of HPKE, value by value", run: contexts),
    ConformanceScenario(description: "what HPKE opens, seals and exports or refuses", run: checks),
  ]

  private static func kem(_ group: JSON) throws -> ConformanceClient.Member {
    ("kem", try group.at("kem_id") == 32 ? "X25519" : "X-Wing")
  }

  private static func suite(_ group: JSON) throws -> [ConformanceClient.Member] {
    [
      try kem(group),
      ("kdf", try group.at("kdf_id") == 1 ? "HKDF-SHA256" : "HKDF-SHA512"),
      ("aead", try group.at("aead_id") == 3 ? "ChaCha20Poly1305" : "export-only"),
    ]
  }

  /// The members of `test` with these names.
  private static func members(_ test: JSON, _ names: String...) throws -> [ConformanceClient.Member]
  {
    try names.map { ($0, try test.at($0)) }
  }

  private static func contexts(_ client: ConformanceClient) throws {
    for (group, tests) in try VectorFiles.groups("hpke/contexts.json") {
      for test in tests {
        try keys(group, test, client)
        try schedule(group, test, client)
        try messages(group, test, client)
      }
    }
  }

  private static func keys(_ group: JSON, _ test: JSON, _ client: ConformanceClient) throws {
    let kem = try kem(group)
    for party in ["recipient", "sender"] where try test.at("\(party)_public") != .null {
      let key = try client.ask(
        "hpke.derive_key_pair",
        members: [kem, ("input_key_material", try test.at("\(party)_key_material"))])
      #expect(try key.at("private") == test.at("\(party)_private"))
      #expect(try key.at("public") == test.at("\(party)_public"))
    }
    let made = try client.ask(
      "hpke.encapsulate",
      members: [kem, ("random", try test.at("ephemeral_private"))]
        + members(test, "recipient_public", "sender_private"))
    #expect(try made.at("enc") == test.at("enc"))
    #expect(try made.at("shared_secret") == test.at("shared_secret"))
    let found = try client.ask(
      "hpke.decapsulate",
      members: [kem] + members(test, "recipient_private", "sender_public", "enc"))
    #expect(try found.at("shared_secret") == test.at("shared_secret"))
  }

  private static func schedule(
    _ group: JSON, _ test: JSON, _ client: ConformanceClient
  ) throws {
    let schedule = try client.ask(
      "hpke.schedule",
      members: suite(group) + members(test, "shared_secret", "info", "psk", "psk_id") + [
        ("authenticated", .bool(try test.at("sender_public") != .null))
      ])
    for name in ["key_schedule_context", "secret", "key", "base_nonce", "exporter_secret"] {
      #expect(try schedule.at(name) == test.at(name), "\(name)")
    }
  }

  private static func messages(
    _ group: JSON, _ test: JSON, _ client: ConformanceClient
  ) throws {
    let (suite, shared) = (try suite(group), try members(test, "info", "psk", "psk_id"))
    let receiving =
      try suite + shared + members(test, "recipient_private", "sender_public", "enc")
    for (index, message) in (test["messages"]?.array ?? []).enumerated() {
      let sealed = try client.ask(
        "hpke.seal",
        members: suite + shared + members(test, "recipient_public", "sender_private")
          + members(message, "plaintext", "authenticating") + [
            ("sequence_number", .integer(index)), ("random", try test.at("ephemeral_private")),
          ])
      #expect(try sealed.at("enc") == test.at("enc"))
      #expect(try sealed.at("ciphertext") == message.at("ciphertext"))
      let opened = try client.ask(
        "hpke.open",
        members: receiving + members(message, "ciphertext", "authenticating") + [
          ("sequence_number", .integer(index))
        ])
      #expect(try opened.at("plaintext") == message.at("plaintext"))
    }
    for export in test["exports"]?.array ?? [] {
      let made = try client.ask(
        "hpke.export",
        members: receiving + [
          ("context", try export.at("context")), ("length", try export.at("count")),
        ])
      #expect(try made.at("output") == export.at("value"))
    }
  }

  private static func checks(_ client: ConformanceClient) throws {
    for (group, tests) in try VectorFiles.groups("hpke/refusals.json") {
      let suite = try suite(group)
      for test in tests {
        let comment = test["comment"]?.string ?? "?"
        switch group["type"]?.string {
        case "HPKEOpen":
          let (plaintext, error) = try client.attempt(
            "hpke.open",
            members: suite
              + members(
                test, "recipient_private", "info", "sender_public", "psk", "psk_id", "enc",
                "sequence_number", "ciphertext", "authenticating"), for: "plaintext")
          #expect(error == test["error"]?.string, "\(comment)")
          #expect(plaintext == test["plaintext"], "\(comment)")
        case "HPKESeal":
          let (ciphertext, error) = try client.attempt(
            "hpke.seal",
            members: suite
              + members(test, "recipient_public", "info", "sequence_number", "authenticating") + [
                ("plaintext", try test.at("message")),
                ("random", try test.at("ephemeral_private")),
              ], for: "ciphertext")
          #expect(error == test["error"]?.string, "\(comment)")
          #expect(ciphertext == test["ciphertext"], "\(comment)")
        default:
          // A length of more than 32 bits is no member of a request.
          guard let count = test["count"]?.uint64, count < 1 << 32 else { continue }
          let (_, error) = try client.attempt(
            "hpke.export",
            members: suite + members(test, "recipient_private", "info", "enc", "context") + [
              ("length", .integer(Int(count)))
            ], for: "output")
          #expect(error == test["error"]?.string, "\(comment)")
        }
      }
    }
  }
}
