import CygnetVectors
import Testing

/// How a store is opened and its records are sealed, checked with the primitives as the
/// specification writes it.
enum ConformanceStorage {
  static let all = [
    ConformanceScenario(description: "the header of a store", run: header),
    ConformanceScenario(description: "records sealed for their place", run: records),
  ]

  private static let masterKey = JSON.hex([UInt8](repeating: 0x11, count: 32))
  private static let storeID = JSON.hex([UInt8](repeating: 0x22, count: 16))
  private static let draws = JSON.hex([UInt8](1...40))

  private static func wrap(
    _ kind: JSON, _ secret: JSON, memory: JSON, _ client: ConformanceClient
  ) throws -> JSON {
    try client.ask(
      "store.wrap",
      [
        "master_key": masterKey, "store_id": storeID, "secret_kind": kind, "secret": secret,
        "memory_kib": memory, "passes": 1, "random": draws,
      ], for: "slot")
  }

  private static func header(_ client: ConformanceClient) throws {
    let file = JSON.hex([UInt8](repeating: 0x33, count: 32))
    let slots = [
      try wrap("passphrase", "70617373", memory: 64, client),
      try wrap("key file", file, memory: 64, client),
    ]
    try check(slots, client)
    let header = try client.ask(
      "store.header", ["store_id": storeID, "slots": .array(slots)], for: "header")
    for (kind, secret) in [("passphrase", "70617373"), ("key file", file)] as [(JSON, JSON)] {
      let opened = try client.ask(
        "store.unwrap", ["header": header, "secret_kind": kind, "secret": secret])
      #expect(opened["master_key"] == masterKey && opened["store_id"] == storeID)
    }
    let open: (JSON, JSON) -> KeyValuePairs<String, JSON> = { header, secret in
      ["header": header, "secret_kind": "passphrase", "secret": secret]
    }
    #expect(try client.refusal("store.unwrap", open(header, "70617374")) == "locked")
    #expect(try client.refusal("store.unwrap", open(header, "")) == "malformed")
    var bytes = header.hexBytes ?? []
    bytes[bytes.count - 1 - 129] ^= 1
    #expect(try client.refusal("store.unwrap", open(.hex(bytes), "70617373")) == "storeDamaged")
    #expect(
      try client.refusal("store.header", ["store_id": storeID, "slots": []]) == "malformed")
  }

  /// Both slots, computed from primitives.
  private static func check(_ slots: [JSON], _ client: ConformanceClient) throws {
    let start = "00010c" + (storeID.string ?? "")
    let salt = JSON.hex([UInt8](1...16))
    let keys = [
      try client.ask(
        "argon2id.derive",
        ["passphrase": "70617373", "salt": salt, "memory_kib": 64, "passes": 1, "length": 64],
        for: "output"),
      try client.ask(
        "hkdf.derive",
        [
          "hash": "SHA-512", "salt": salt,
          "input_key_material": .hex([UInt8](repeating: 0x33, count: 32)),
          "info": .hex(Array("Cygnet 1.0 store key file".utf8)), "length": 64,
        ], for: "output"),
    ]
    for (index, slot) in slots.enumerated() {
      let derived = keys[index].string ?? ""
      let parameters = (index == 0 ? "01" : "02") + (salt.string ?? "")
      let cost = index == 0 ? "0000004000000001" : "0000000000000000"
      let wrapped = try client.ask(
        "aead.seal",
        [
          "aead": "XChaCha20Poly1305", "key": .string(String(derived.prefix(64))),
          "nonce": .hex([UInt8](17...40)),
          "associated_data": .string(start + parameters + cost), "plaintext": masterKey,
        ], for: "ciphertext")
      let nonce = JSON.hex([UInt8](17...40)).string ?? ""
      let expected = parameters + cost + nonce + derived.dropFirst(64) + (wrapped.string ?? "")
      #expect(slot == .string(expected))
    }
  }

  private static func records(_ client: ConformanceClient) throws {
    let keys = try client.ask(
      "record.keys", ["master_key": masterKey, "store_id": storeID, "kind": 7])
    for (name, label, hasKind) in [
      ("sealing_key", "Cygnet 1.0 record key", true),
      ("naming_key", "Cygnet 1.0 record name", true),
      ("tree_key", "Cygnet 1.0 record tree", false),
    ] {
      let context = (storeID.hexBytes ?? []) + (hasKind ? [7] : [])
      let key = try client.ask(
        "hkdf.expand",
        [
          "hash": "SHA-512", "pseudorandom_key": masterKey,
          "info": .hex(Array(label.utf8) + context), "length": 32,
        ], for: "output")
      #expect(try keys.at(name) == key)
    }
    let sealed = try client.ask(
      "record.seal",
      [
        "master_key": masterKey, "store_id": storeID, "kind": 7, "generation": 5, "key": "6b",
        "value": "c0ffee", "random": .hex([UInt8](1...24)),
      ])
    let id = try sealed.at("record_id")
    let tag = try client.ask(
      "hmac.tag", ["hash": "SHA-256", "key": keys.at("naming_key"), "data": "6b"], for: "tag")
    #expect(tag.string?.hasPrefix(id.string ?? "?") == true)
    let place =
      Array("Cygnet 1.0 record".utf8) + (storeID.hexBytes ?? []) + [7] + (id.hexBytes ?? [])
      + [0, 0, 0, 0, 0, 0, 0, 5]
    let content = [1, 0x6b, 0xc0, 0xff, 0xee, 0x80] + [UInt8](repeating: 0, count: 58)
    let ciphertext = try client.ask(
      "aead.seal",
      [
        "aead": "XChaCha20Poly1305", "key": keys.at("sealing_key"), "nonce": .hex([UInt8](1...24)),
        "associated_data": .hex(place), "plaintext": .hex(content),
      ], for: "ciphertext")
    #expect(try sealed.at("sealed") == .hex([1] + (1...24) + (ciphertext.hexBytes ?? [])))

    let open: (JSON, JSON) throws -> KeyValuePairs<String, JSON> = { kind, generation in
      [
        "master_key": masterKey, "store_id": storeID, "kind": kind, "generation": generation,
        "record_id": id, "sealed": try sealed.at("sealed"),
      ]
    }
    let opened = try client.ask("record.open", open(7, 5))
    #expect(opened["key"] == "6b" && opened["value"] == "c0ffee")
    #expect(try client.refusal("record.open", open(7, 4)) == "storeDamaged")
    #expect(try client.refusal("record.open", open(5, 5)) == "storeDamaged")
    #expect(try client.refusal("record.open", open(200, 5)) == "notFound")
  }
}
