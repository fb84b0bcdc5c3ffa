internal import CygnetPrimitives

/// Hashes and what is made from them.
enum HashOperations {
  static let all: [Operation] = [
    Operation(
      "hash.digest", "Hashes", takes: [hashField, Field("data", .hex)],
      gives: [Field("digest", .hex(32...64))],
      { (call: inout Call) throws(CygnetError) in
        let data = try call.arguments.bytes("data")
        return .of(["digest": .hex(try isSHA256(call) ? SHA256.hash(data) : SHA512.hash(data))])
      }),
    Operation(
      "hmac.tag", "Authenticates with HMAC",
      takes: [hashField, Field("key", .hex), Field("data", .hex)],
      gives: [Field("tag", .hex(32...64))], tag),
    Operation(
      "hkdf.derive", "Extracts and expands (RFC 5869)",
      takes: [
        hashField, Field("salt", .hex), Field("input_key_material", .hex), Field("info", .hex),
        lengthField,
      ],
      gives: [Field("pseudorandom_key", .hex(32...64)), Field("output", .hex)], derive),
    Operation(
      "hkdf.expand", "Expands a key that is uniform already",
      takes: [hashField, Field("pseudorandom_key", .hex), Field("info", .hex), lengthField],
      gives: [Field("output", .hex)],
      { (call: inout Call) throws(CygnetError) in
        .of(["output": .hex(try expand(call.arguments.secret("pseudorandom_key"), call))])
      }),
    Operation(
      "argon2id.derive", "Derives a key from a passphrase",
      takes: [
        Field("passphrase", .hex), Field("salt", .hex(PasswordHash.saltByteCount)),
        Field("memory_kib", .uint32), Field("passes", .uint32),
        Field("length", .number(16...1_024)),
      ], gives: [Field("output", .hex(16...1_024))], argon2id),
  ]

  private static let hashField = Field("hash", .choice(["SHA-256", "SHA-512"]))
  private static let lengthField = Field("length", .number(0...20_000), "bytes of output")

  private static func isSHA256(_ call: Call) throws(CygnetError) -> Bool {
    try call.arguments.text("hash") == "SHA-256"
  }

  private static func tag(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let tag = try hmac(
      of: call.arguments.bytes("data"), key: call.arguments.bytes("key"), call)
    return .of(["tag": .hex(tag)])
  }

  private static func hmac(
    of data: [UInt8], key: [UInt8], _ call: Call
  ) throws(CygnetError) -> SecretBytes {
    let isShort = try isSHA256(call)
    return data.withBytes { data in
      key.withBytes { key in
        isShort ? HMACSHA256.tag(of: data, key: key) : HMACSHA512.tag(of: data, key: key)
      }
    }
  }

  private static func derive(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let key = try hmac(
      of: call.arguments.bytes("input_key_material"), key: call.arguments.bytes("salt"), call)
    return .of(["pseudorandom_key": .hex(key), "output": .hex(try expand(key, call))])
  }

  private static func expand(_ key: SecretBytes, _ call: Call) throws(CygnetError) -> SecretBytes {
    let info = try call.arguments.bytes("info")
    let count = try call.arguments.int("length")
    let isShort = try isSHA256(call)
    return try key.withBytes { (key) throws(CygnetError) in
      isShort
        ? try HKDFSHA256.expand(pseudorandomKey: key, info: info, count: count)
        : try HKDFSHA512.expand(pseudorandomKey: key, info: info, count: count)
    }
  }

  private static func argon2id(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let cost = PasswordHash.Cost(
      memoryKiB: try call.arguments.uint32("memory_kib"),
      passes: try call.arguments.uint32("passes"))
    let output = try PasswordHash.derive(
      passphrase: call.arguments.secret("passphrase"), salt: call.arguments.bytes("salt"),
      cost: cost, count: call.arguments.int("length"))
    return .of(["output": .hex(output)])
  }
}
