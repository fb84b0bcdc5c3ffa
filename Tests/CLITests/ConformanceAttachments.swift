import CygnetVectors
import TestSupport
import Testing

/// Attachments whole, in pieces and in part, and their pointers.
enum ConformanceAttachments {
  static let all = [
    ConformanceScenario(description: "attachments of the vectors, whole and in part", run: blobs),
    ConformanceScenario(description: "attachments in pieces", run: streams),
    ConformanceScenario(description: "streams that are refused", run: refusedStreams),
    ConformanceScenario(description: "pointers taken apart and put together", run: pointers),
    ConformanceScenario(description: "lengths and file names", run: lengths),
  ]

  /// The content that the vector files make, as `Vectors/README.md` says.
  private static func content(_ count: Int, _ client: ConformanceClient) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let number = UInt32(bytes.count / 32).bigEndian
      let data = Array("att1".utf8) + withUnsafeBytes(of: number) { [UInt8]($0) }
      let digest = try client.ask(
        "hash.digest", ["hash": "SHA-256", "data": .hex(data)], for: "digest")
      bytes += digest.hexBytes ?? []
    }
    return Array(bytes.prefix(count))
  }

  private static func digest(_ bytes: JSON, _ client: ConformanceClient) throws -> JSON {
    try client.ask("hash.digest", ["hash": "SHA-256", "data": bytes], for: "digest")
  }

  private static func settings(_ test: JSON) throws -> KeyValuePairs<String, JSON> {
    [
      "key": try test.at("key"), "salt": try test.at("salt"), "role": try test.at("role"),
      "padding": try test.at("padding"), "digest_algorithm": 1,
    ]
  }

  private static func blobs(_ client: ConformanceClient) throws {
    for test in try VectorFiles.tests("attachments/blobs.json", "Attachment") {
      let size = try #require(test["size"]?.int)
      let content = try content(size, client)
      let made = try client.ask(
        "attachment.encrypt",
        [
          "key": test.at("key"), "salt": test.at("salt"), "role": test.at("role"),
          "padding": test.at("padding"), "digest_algorithm": 1, "content": .hex(content),
        ])
      let blob = try made.at("blob")
      #expect(try digest(blob, client) == test.at("digest"))
      #expect(try made.at("pointer") == test.at("pointer"))
      let opened = try client.ask(
        "attachment.decrypt", ["blob": blob, "pointer": test.at("pointer")], for: "content")
      #expect(opened == .hex(content))
      let verified = try client.ask(
        "attachment.verify",
        [
          "blob": blob, "digest": test.at("digest"), "digest_algorithm": 1,
          "padding": test.at("padding"), "max_size": 1_000_000,
        ], for: "digest")
      #expect(try verified == test.at("digest"))
      let layout = try client.ask(
        "attachment.layout", ["size": test.at("size"), "padding": test.at("padding")])
      #expect(try layout.at("plain_size") == test.at("padded_size"))
      #expect(try layout.at("blob_size") == test.at("blob_size"))
      if size >= 40_000 { try range(blob, test, content, client) }
    }
    for test in try VectorFiles.tests("attachments/blobs.json", "Padme") {
      let (plain, error) = try client.attempt(
        "attachment.layout", ["size": test.at("size"), "padding": 1], for: "plain_size")
      // Above 2^38 chunks no blob exists, whatever its padded size would be.
      if error == nil { #expect(try plain == test.at("padded_size")) }
      #expect(error == nil || error == "limitExceeded")
    }
  }

  private static func range(
    _ blob: JSON, _ test: JSON, _ content: [UInt8], _ client: ConformanceClient
  ) throws {
    let part = try client.ask(
      "attachment.range",
      ["blob": blob, "pointer": test.at("pointer"), "from": 20_000, "to": 20_003])
    #expect(try part.at("content") == .hex(Array(content[20_000..<20_003])))
    #expect(try part.at("fetched") == [["from": 16_456, "to": 32_856]])
    let beyond: KeyValuePairs<String, JSON> = [
      "blob": blob, "pointer": try test.at("pointer"), "from": 0, "to": 1_000_000,
    ]
    #expect(try client.refusal("attachment.range", beyond) == "limitExceeded")
    let turned: KeyValuePairs<String, JSON> = [
      "blob": blob, "pointer": try test.at("pointer"), "from": 2, "to": 1,
    ]
    #expect(try client.refusal("attachment.range", turned) == "limitExceeded")
  }

  private static func streams(_ client: ConformanceClient) throws {
    let test = try #require(
      VectorFiles.tests("attachments/blobs.json", "Attachment").last {
        $0["size"]?.int == 100_000
      })
    let content = try content(100_000, client)
    let begun = try client.ask(
      "encryptor.begin",
      [
        "key": test.at("key"), "salt": test.at("salt"), "role": test.at("role"),
        "padding": test.at("padding"), "digest_algorithm": 1, "size": 100_000,
      ])
    #expect(try begun.at("blob_size") == test.at("blob_size"))
    let encryptor = try begun.at("encryptor")
    var blob: [UInt8] = []
    for start in stride(from: 0, to: 100_000, by: 7_000) {
      let piece = JSON.hex(Array(content[start..<min(start + 7_000, 100_000)]))
      let sealed = try client.ask(
        "encryptor.update", ["encryptor": encryptor, "content": piece], for: "blob")
      blob += sealed.hexBytes ?? []
    }
    #expect(
      try client.refusal("encryptor.update", ["encryptor": encryptor, "content": "00"])
        == "limitExceeded")
    let end = try client.ask("encryptor.finish", ["encryptor": encryptor])
    blob += try end.at("blob").hexBytes ?? []
    #expect(try end.at("pointer") == test.at("pointer"))
    #expect(try digest(.hex(blob), client) == test.at("digest"))
    #expect(try client.refusal("encryptor.finish", ["encryptor": encryptor]) == "unknownObject")

    let decryptor = try client.ask(
      "decryptor.begin", ["pointer": test.at("pointer")], for: "decryptor")
    let verifier = try client.ask(
      "verifier.begin",
      [
        "size": test.at("blob_size"), "digest": test.at("digest"), "digest_algorithm": 1,
        "padding": test.at("padding"), "max_size": 1_000_000,
      ], for: "verifier")
    var opened: [UInt8] = []
    for start in stride(from: 0, to: blob.count, by: 9_999) {
      let piece = JSON.hex(Array(blob[start..<min(start + 9_999, blob.count)]))
      let part = try client.ask(
        "decryptor.update", ["decryptor": decryptor, "blob": piece], for: "content")
      opened += part.hexBytes ?? []
      _ = try client.ask("verifier.update", ["verifier": verifier, "blob": piece])
    }
    _ = try client.ask("decryptor.finish", ["decryptor": decryptor])
    #expect(opened == content)
    let seen = try client.ask("verifier.finish", ["verifier": verifier], for: "digest")
    #expect(try seen == test.at("digest"))
    #expect(try client.ask("objects.list", for: "objects") == [])
  }

  private static func refusedStreams(_ client: ConformanceClient) throws {
    let test = try #require(VectorFiles.tests("attachments/blobs.json", "Attachment").first)
    let blob = try #require(test["blob"]?.hexBytes)
    let decryptor = try client.ask(
      "decryptor.begin", ["pointer": test.at("pointer")], for: "decryptor")
    var forged = blob
    forged[60] ^= 1
    let piece: (JSON) -> KeyValuePairs<String, JSON> = { ["decryptor": decryptor, "blob": $0] }
    #expect(try client.refusal("decryptor.update", piece(.hex(forged))) == "authenticationFailed")
    #expect(try client.refusal("decryptor.update", piece(.hex(blob))) == "wrongState")
    #expect(try client.refusal("decryptor.finish", ["decryptor": decryptor]) == "wrongState")
    #expect(try client.ask("objects.list", for: "objects") == [])

    let encryptor = try client.ask(
      "encryptor.begin",
      [
        "key": test.at("key"), "salt": test.at("salt"), "role": 0, "padding": 0,
        "digest_algorithm": 1, "size": 10,
      ], for: "encryptor")
    #expect(try client.refusal("encryptor.finish", ["encryptor": encryptor]) == "truncated")
    let verifier = try client.ask(
      "verifier.begin",
      ["size": 100, "digest_algorithm": 1, "padding": 0, "max_size": 100], for: "verifier")
    let long = JSON.hex([UInt8](repeating: 0, count: 101))
    #expect(
      try client.refusal("verifier.update", ["verifier": verifier, "blob": long]) == "malformed")
    #expect(try client.refusal("verifier.finish", ["verifier": verifier]) == "truncated")
    #expect(
      try client.refusal(
        "verifier.begin", ["size": 100, "digest_algorithm": 2, "padding": 0, "max_size": 100])
        == "ruleViolation")
    #expect(
      try client.refusal(
        "decryptor.begin", ["pointer": test.at("pointer").string.map { .string("00" + $0) } ?? ""])
        == "unsupported")
  }

  private static func pointers(_ client: ConformanceClient) throws {
    var count = 0
    for test in try VectorFiles.tests("attachments/pointers.json", "Wire") {
      let (role, error) = try client.attempt(
        "pointer.decode", ["pointer": test.at("encoded")], for: "role")
      #expect(error == test["error"]?.string, "\(test["comment"]?.string ?? "?")")
      guard role != nil else { continue }
      count += 1
      let parts = try client.ask("pointer.decode", ["pointer": test.at("encoded")])
      let again = try client.ask(
        "pointer.encode",
        [
          "role": parts.at("role"), "padding": parts.at("padding"), "key": parts.at("key"),
          "size": parts.at("size"), "blob_size": parts.at("blob_size"),
          "digest_algorithm": parts.at("digest_algorithm"), "digest": parts.at("digest"),
          "locator": parts.at("locator"), "uploaded_at_ms": parts.at("uploaded_at_ms"),
          "blob_expires_ms": parts.at("blob_expires_ms"), "fields": parts.at("fields"),
        ], for: "pointer")
      #expect(try again == test.at("encoded"), "\(test["comment"]?.string ?? "?")")
    }
    #expect(count > 2)
  }

  private static func lengths(_ client: ConformanceClient) throws {
    #expect(
      try client.ask("attachment.file_name", ["name": "../a\u{202e}b:c"], for: "name")
        == "_ab_c")
    let layout = try client.ask("attachment.layout", ["size": 0, "padding": 0])
    #expect(layout["blob_size"] == 72 && layout["chunk_count"] == 1)
    #expect(
      try client.refusal("attachment.layout", ["size": "18446744073709551615", "padding": 0])
        == "limitExceeded")
    #expect(try client.refusal("attachment.layout", ["size": 0, "padding": 9]) == "unsupported")
  }
}
