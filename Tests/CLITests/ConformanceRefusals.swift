import CygnetVectors
import TestSupport
import Testing

/// Requests that are wrong: each is answered, changes nothing, and the next one is served.
enum ConformanceRefusals {
  static let all = [
    ConformanceScenario(description: "lines that are no requests", run: lines),
    ConformanceScenario(description: "members that the table does not have", run: members),
    ConformanceScenario(description: "ids of every kind come back as they were", run: ids),
    ConformanceScenario(description: "random bytes are used up exactly, or nothing happens") {
      try random($0)
    },
    ConformanceScenario(description: "objects have names, kinds and an end", run: objects),
    ConformanceScenario(description: "a line above the bound is answered as such", run: longLine),
  ]

  private static func error(_ line: String, _ client: ConformanceClient) throws -> String {
    let answer = try client.exchange(line)
    #expect(answer["ok"] == false)
    #expect(answer.object?.keys == ["id", "ok", "error", "reason"])
    return answer["error"]?.string ?? "none"
  }

  private static func lines(_ client: ConformanceClient) throws {
    for line in [
      "", " ", "nonsense", "{", "{}{}", "{\"id\":1,\"id\":2,\"op\":\"help\"}", "{\"id\":01}",
      "{\"id\":1,\"op\":\"help\",}", "\u{feff}{}", String(repeating: "[", count: 100),
      "{\"id\":\"\\ud800\",\"op\":\"help\"}",
    ] {
      #expect(try error(line, client) == "notJSON", "\(line)")
    }
    for line in [
      "1", "null", "[]", "\"help\"", "{}", "{\"op\":\"help\"}", "{\"id\":1}",
      "{\"id\":1,\"op\":2}", "{\"id\":[1],\"op\":\"help\"}", "{\"id\":{},\"op\":\"help\"}",
    ] {
      #expect(try error(line, client) == "badRequest", "\(line)")
    }
    #expect(try client.refusal("nothing.of_the_kind") == "unknownOperation")
    #expect(try client.refusal("Help") == "unknownOperation")
    #expect(try client.ask("help", ["about": "help"])["operations"]?.array?.count == 1)
    #expect(try client.refusal("help", ["about": "nothing"]) == "notFound")
  }

  private static func members(_ client: ConformanceClient) throws {
    #expect(try client.refusal("help", ["more": 1]) == "unknownMember")
    #expect(try client.refusal("hash.digest", ["hash": "SHA-256"]) == "missingMember")
    #expect(
      try client.refusal("hash.digest", ["hash": "SHA-256", "data": .null]) == "badMember")
    let bad: [(String, KeyValuePairs<String, JSON>)] = [
      ("hash.digest", ["hash": "MD5", "data": ""]),
      ("hash.digest", ["hash": "SHA-256", "data": "0"]),
      ("hash.digest", ["hash": "SHA-256", "data": "0A"]),
      ("hash.digest", ["hash": "SHA-256", "data": "0x"]),
      ("hash.digest", ["hash": "SHA-256", "data": 1]),
      ("identity.from_seed", ["seed": "00"]),
      ("attachment.layout", ["size": -1, "padding": 0]),
      ("attachment.layout", ["size": "1", "padding": 0]),
      ("attachment.layout", ["size": .number("1.0"), "padding": 0]),
      ("attachment.layout", ["size": .number("18446744073709551615"), "padding": 0]),
      ("attachment.layout", ["size": 1, "padding": 256]),
      ("attachment.file_name", ["name": true]),
      ("x3dh.kdf", ["agreements": "00", "info": ""]),
      ("x3dh.kdf", ["agreements": ["00"], "info": ""]),
      ("objects.release", ["object": 1]),
    ]
    for (operation, members) in bad {
      #expect(try client.refusal(operation, members) == "badMember", "\(operation) \(members)")
    }
    let key = JSON.hex([UInt8](repeating: 1, count: 32))
    let content: (JSON) -> KeyValuePairs<String, JSON> = { address in
      ["suite": 1, "address": address, "signed_pre_key_id": 1, "created_at": 0, "key": key]
    }
    #expect(try client.refusal("bundle.signed_content", content(["device": 1])) == "missingMember")
    #expect(
      try client.refusal("bundle.signed_content", content(["user": "61", "device": 1, "x": 1]))
        == "unknownMember")
    #expect(
      try client.refusal("bundle.signed_content", content(["user": "", "device": 1]))
        == "badMember")
    #expect(try client.refusal("x3dh.kdf", ["agreements": [], "info": ""]) == "ruleViolation")
  }

  private static func ids(_ client: ConformanceClient) throws {
    for id in ["null", "true", "-0", "1e400", "123456789012345678901", "\"\"", "\"\\u202e\""] {
      let answer = try client.exchange("{\"id\":\(id),\"op\":\"wire.types\"}")
      #expect(answer["ok"] == true)
      #expect(try answer["id"] == JSON(parsing: id), "\(id)")
      let refusal = try client.exchange("{\"op\":\"wire.types\",\"extra\":0,\"id\":\(id)}")
      #expect(refusal["ok"] == false)
      #expect(try refusal["id"] == JSON(parsing: id), "\(id)")
    }
  }

  private static func random(_ client: ConformanceClient) throws {
    let seed = JSON.hex([UInt8](repeating: 5, count: 32))
    let identity = try client.ask("identity.generate", ["random": seed])
    let generate: (String) throws -> KeyValuePairs<String, JSON> = { digits in
      [
        "identity": try identity.at("identity"), "address": ["user": "61", "device": 1], "now": 1,
        "one_time_count": 1, "random": .string(digits),
      ]
    }
    let exact = String(repeating: "07", count: 64)
    #expect(try client.refusal("pre_keys.generate", generate("")) == "randomTooShort")
    #expect(
      try client.refusal("pre_keys.generate", generate(String(exact.dropLast(2))))
        == "randomTooShort")
    #expect(try client.refusal("pre_keys.generate", generate(exact + "07")) == "randomTooLong")
    let preKeys = try client.ask("pre_keys.generate", generate(exact), for: "pre_keys")
    let state = try client.ask("pre_keys.export", ["pre_keys": preKeys], for: "state")
    let rotate: KeyValuePairs<String, JSON> = [
      "pre_keys": preKeys, "identity": try identity.at("identity"),
      "address": ["user": "61", "device": 1], "now": 2, "random": "00",
    ]
    #expect(try client.refusal("pre_keys.rotate", rotate) == "randomTooShort")
    #expect(try client.ask("pre_keys.export", ["pre_keys": preKeys], for: "state") == state)
  }

  private static func objects(_ client: ConformanceClient) throws {
    let seed = JSON.hex([UInt8](repeating: 5, count: 32))
    let first = try client.ask("identity.from_seed", ["seed": seed], for: "identity")
    #expect(first == "identity-1")
    let most = try #require(client.help["max_objects"]?.int)
    for _ in 1..<most { _ = try client.ask("identity.from_seed", ["seed": seed]) }
    #expect(try client.refusal("identity.from_seed", ["seed": seed]) == "tooManyObjects")
    _ = try client.ask("objects.release", ["object": first])
    #expect(try client.refusal("objects.release", ["object": first]) == "unknownObject")
    #expect(try client.refusal("identity.export", ["identity": first]) == "unknownObject")
    #expect(
      try client.refusal("session.export", ["session": "identity-2"]) == "unknownObject")
    let next = try client.ask("identity.from_seed", ["seed": seed], for: "identity")
    #expect(next == .string("identity-\(most + 1)"), "a handle came back")
    let list = try client.ask("objects.list", for: "objects").array
    #expect(list?.count == most && list?.first == "identity-2" && list?.last == next)
    #expect(try client.ask("objects.release_all", for: "released") == .integer(most))
    #expect(try client.ask("objects.list", for: "objects") == [])
  }

  private static func longLine(_ client: ConformanceClient) throws {
    let most = try #require(client.help["max_line_bytes"]?.int)
    let start = "{\"id\":1,\"op\":\"hash.digest\",\"hash\":\"SHA-256\",\"data\":\""
    let room = most - start.utf8.count - 2
    let longest = start + String(repeating: "00", count: room / 2) + "\"}"
    #expect(try client.exchange(longest)["ok"] == true)
    let padding = String(repeating: " ", count: most + 1 - longest.utf8.count)
    #expect(try error(longest + padding, client) == "lineTooLong")
    #expect(try client.ask("wire.types")["ok"] == true)
  }
}
