import CygnetVectors
import TestSupport
import Testing

/// Primitives with published figures, encodings, and safety numbers.
enum ConformancePrimitives {
  static let all = [
    ConformanceScenario(description: "hashes and derivations", run: hashes),
    ConformanceScenario(description: "curves", run: curves),
    ConformanceScenario(description: "authenticated encryption", run: aead),
    ConformanceScenario(description: "the shared secret and chain of other applications") {
      client in
      for test in try VectorFiles.tests("published/pairwise.json", "Chain") {
        try chain(test, client)
      }
    },
    ConformanceScenario(description: "every encoding, to take and to refuse", run: wire),
    ConformanceScenario(description: "safety numbers and scanned codes", run: safetyNumbers),
  ]

  private static func hashes(_ client: ConformanceClient) throws {
    #expect(
      try client.ask("hash.digest", ["hash": "SHA-512", "data": ""], for: "digest")
        .string?.hasPrefix("cf83e1357eefb8bd") == true)
    for test in try VectorFiles.tests("published/kdf.json", "HMAC") {
      for (hash, expected) in [("SHA-256", "hmac_sha256"), ("SHA-512", "hmac_sha512")] {
        let tag = try client.ask(
          "hmac.tag", ["hash": .string(hash), "key": test.at("key"), "data": test.at("data")],
          for: "tag")
        #expect(try tag == test.at(expected))
      }
    }
    for test in try VectorFiles.tests("published/kdf.json", "HKDF") {
      let derived = try client.ask(
        "hkdf.derive",
        [
          "hash": "SHA-256", "salt": test.at("salt"), "input_key_material": test.at("ikm"),
          "info": test.at("info"), "length": test.at("length"),
        ])
      #expect(try derived.at("pseudorandom_key") == test.at("prk"))
      #expect(try derived.at("output") == test.at("okm"))
      let expanded = try client.ask(
        "hkdf.expand",
        [
          "hash": "SHA-256", "pseudorandom_key": test.at("prk"), "info": test.at("info"),
          "length": test.at("length"),
        ], for: "output")
      #expect(try expanded == test.at("okm"))
    }
    // The subkey of an attachment is expanded with SHA-512.
    for test in try VectorFiles.tests("attachments/blobs.json", "Attachment") {
      let output = try client.ask(
        "hkdf.expand",
        [
          "hash": "SHA-512", "pseudorandom_key": test.at("key"), "info": test.at("info"),
          "length": 32,
        ], for: "output")
      #expect(try output == test.at("subkey"))
    }
    // The password hash of libsodium's own test suite is checked elsewhere; here, that its inputs
    // arrive in their places.
    let derive: (JSON, JSON) -> KeyValuePairs<String, JSON> = { passphrase, memory in
      [
        "passphrase": passphrase, "salt": "000102030405060708090a0b0c0d0e0f",
        "memory_kib": memory, "passes": 1, "length": 32,
      ]
    }
    let first = try client.ask("argon2id.derive", derive("70617373", 64), for: "output")
    #expect(try client.ask("argon2id.derive", derive("70617373", 64), for: "output") == first)
    #expect(try client.ask("argon2id.derive", derive("70617374", 64), for: "output") != first)
    #expect(try client.ask("argon2id.derive", derive("70617373", 65), for: "output") != first)
    #expect(
      try client.refusal("argon2id.derive", derive("70617373", 4_294_967_295)) == "limitExceeded")
  }

  private static func curves(_ client: ConformanceClient) throws {
    for test in try VectorFiles.tests("published/curve25519.json", "X25519")
    where test["iterations"] == 1 {
      let shared = try client.ask(
        "x25519.agree", ["private": test.at("scalar"), "public": test.at("u")], for: "shared")
      #expect(try shared == test.at("out"))
    }
    for test in try VectorFiles.tests("published/curve25519.json", "Ed25519") {
      let key = try client.ask("ed25519.public_key", ["seed": test.at("seed")], for: "public")
      #expect(try key == test.at("public"))
      let signature = try client.ask(
        "ed25519.sign", ["seed": test.at("seed"), "message": test.at("msg")], for: "signature")
      #expect(try signature == test.at("sig"))
      _ = try client.ask(
        "ed25519.verify", ["public": key, "message": test.at("msg"), "signature": signature])
      let other: KeyValuePairs<String, JSON> = [
        "public": key, "message": "ff00ff", "signature": signature,
      ]
      #expect(try client.refusal("ed25519.verify", other) == "authenticationFailed")
    }
    for test in try VectorFiles.tests("published/curve25519.json", "Ed25519ToX25519") {
      let converted = try client.ask(
        "ed25519.to_x25519", ["public": test.at("ed25519_public")], for: "x25519_public")
      #expect(try converted == test.at("x25519_public"))
      let made = try client.ask(
        "x25519.public_key", ["private": test.at("x25519_private")], for: "public")
      #expect(made == converted)
    }
    let zeros = JSON.hex([UInt8](repeating: 0, count: 32))
    #expect(
      try client.refusal("x25519.agree", ["private": zeros, "public": zeros])
        == "authenticationFailed")
    #expect(try client.refusal("ed25519.to_x25519", ["public": zeros]) == "malformed")
  }

  private static func aead(_ client: ConformanceClient) throws {
    for test in try VectorFiles.tests("published/aead.json", "AEAD") {
      let sealed = try client.ask(
        "aead.seal",
        [
          "aead": test.at("aead"), "key": test.at("key"), "nonce": test.at("nonce"),
          "associated_data": test.at("aad"), "plaintext": test.at("plaintext"),
        ], for: "ciphertext")
      #expect(sealed == VectorFiles.joined(test["ciphertext"], test["tag"]))
      let open: (JSON, JSON) throws -> KeyValuePairs<String, JSON> = { ciphertext, data in
        [
          "aead": try test.at("aead"), "key": try test.at("key"), "nonce": try test.at("nonce"),
          "associated_data": data, "ciphertext": ciphertext,
        ]
      }
      let opened = try client.ask("aead.open", open(sealed, test.at("aad")), for: "plaintext")
      #expect(try opened == test.at("plaintext"))
      #expect(try client.refusal("aead.open", open(sealed, "aa")) == "authenticationFailed")
      #expect(try client.refusal("aead.open", open("", "")) == "authenticationFailed")
    }
    let wrong: KeyValuePairs<String, JSON> = [
      "aead": "XChaCha20Poly1305", "key": .hex([UInt8](repeating: 1, count: 32)),
      "nonce": .hex([UInt8](repeating: 1, count: 12)), "associated_data": "", "plaintext": "",
    ]
    #expect(try client.refusal("aead.seal", wrong) == "malformed")
  }

  private static func chain(_ test: JSON, _ client: ConformanceClient) throws {
    var chainKey = try test.at("initial_chain_key")
    for messageKey in try test.at("message_keys").array ?? [] {
      let step = try client.ask("ratchet.kdf_ck", ["chain_key": chainKey])
      #expect(try step.at("message_key") == messageKey)
      chainKey = try step.at("next_chain_key")
    }
    #expect(try chainKey == test.at("last_chain_key"))
  }

  private static func wire(_ client: ConformanceClient) throws {
    let known = try client.ask("wire.types", for: "types").array ?? []
    var met: Set<String> = []
    for file in RepositoryFiles.list(RepositoryFiles.path("Vectors"), suffix: ".json") {
      for group in try VectorFiles.json(file)["groups"]?.array ?? [] where group["type"] == "Wire" {
        let type = try group.at("wire_type")
        #expect(known.contains(type))
        met.insert(type.string ?? "")
        for test in group["tests"]?.array ?? [] {
          let (encoded, error) = try client.attempt(
            "wire.reencode", ["type": type, "encoded": test.at("encoded")], for: "encoded")
          #expect(
            error == test["error"]?.string, "\(type.compact), \(test["comment"]?.string ?? "?")")
          if let encoded { #expect(try encoded == test.at("encoded")) }
        }
      }
    }
    #expect(met.count >= 18)
    #expect(try client.ask("wire.peek", ["encoded": "000104ff"], for: "wire_type") == 4)
    #expect(try client.refusal("wire.peek", ["encoded": "0001ff"]) == "unsupported")
    #expect(try client.refusal("wire.peek", ["encoded": "00"]) == "malformed")
    let unknown: KeyValuePairs<String, JSON> = ["type": "Nonsense", "encoded": ""]
    #expect(try client.refusal("wire.reencode", unknown) == "notFound")
  }

  private static func safetyNumbers(_ client: ConformanceClient) throws {
    for test in try VectorFiles.tests("safety-number/safety-numbers.json", "SafetyNumber") {
      let number = try client.ask(
        "safety_number.compute",
        [
          "own_identity_key": test.at("own_identity_key"), "own_user": test.at("own_user"),
          "peer_identity_key": test.at("peer_identity_key"), "peer_user": test.at("peer_user"),
        ])
      for name in ["digits", "grouped", "scannable"] {
        #expect(try number.at(name) == test.at(name))
      }
      for (digits, matches) in [(try number.at("grouped"), true), ("0", false)] {
        let same = try client.ask(
          "safety_number.matches_digits",
          [
            "own_identity_key": test.at("own_identity_key"), "own_user": test.at("own_user"),
            "peer_identity_key": test.at("peer_identity_key"), "peer_user": test.at("peer_user"),
            "digits": digits,
          ], for: "matches")
        #expect(same == .bool(matches))
      }
      for side in ["own", "peer"] {
        let made = try client.ask(
          "safety_number.fingerprint",
          [
            "identity_key": test.at("\(side)_identity_key"), "user": test.at("\(side)_user"),
            "iterations": 5_200,
          ])
        #expect(try made.at("fingerprint") == test.at("\(side)_fingerprint"))
        let half = try made.at("digits").string ?? "?"
        #expect(test["digits"]?.string?.contains(half) == true)
      }
    }
    for (group, tests) in try VectorFiles.groups("safety-number/safety-numbers.json")
    where group["type"] == "Scan" {
      for test in tests {
        let (matches, error) = try client.attempt(
          "safety_number.matches",
          [
            "own_identity_key": group.at("own_identity_key"), "own_user": group.at("own_user"),
            "peer_identity_key": group.at("peer_identity_key"), "peer_user": group.at("peer_user"),
            "scanned": test.at("scanned"),
          ], for: "matches")
        #expect(error == test["error"]?.string)
        if let matches { #expect(try matches == test.at("matches")) }
      }
    }
  }
}
