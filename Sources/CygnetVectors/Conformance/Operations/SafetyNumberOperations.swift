internal import CygnetPairwise
internal import CygnetPrimitives

/// What two people compare.
enum SafetyNumberOperations {
  static let all: [Operation] = [
    Operation(
      "safety_number.compute", "Gives the digits and the payload of the code",
      takes: parties,
      gives: [
        Field("digits", .text), Field("grouped", .text), Field("scannable", .hex(74)),
      ], compute),
    Operation(
      "safety_number.matches", "Compares a payload that was scanned from the peer",
      takes: parties + [Field("scanned", .hex)], gives: [Field("matches", .bool)],
      { (call: inout Call) throws(CygnetError) in
        let scanned = try call.arguments.bytes("scanned")
        return .of(["matches": .bool(try number(call).matches(scanned: scanned))])
      }),
    Operation(
      "safety_number.matches_digits", "Compares sixty digits that were read out",
      takes: parties + [Field("digits", .text)], gives: [Field("matches", .bool)],
      { (call: inout Call) throws(CygnetError) in
        let digits = try call.arguments.text("digits")
        return .of(["matches": .bool(try number(call).matches(digits: digits))])
      }),
    Operation(
      "safety_number.fingerprint", "Iterates the hash of one side",
      takes: [
        Field("identity_key", .hex, "IdentityKey"), Field("user", .hex(1...255)),
        Field("iterations", .number(2...100_000), "5200 in a safety number"),
      ], gives: [Field("fingerprint", .hex(64)), Field("digits", .text, "that side's thirty")],
      fingerprint),
  ]

  private static let parties = [
    Field("own_identity_key", .hex, "IdentityKey"), Field("own_user", .hex(1...255)),
    Field("peer_identity_key", .hex, "IdentityKey"), Field("peer_user", .hex(1...255)),
  ]

  private static func number(_ call: Call) throws(CygnetError) -> SafetyNumber {
    SafetyNumber(
      own: try call.arguments.identityKey("own_identity_key"),
      ownUser: try call.arguments.bytes("own_user"),
      peer: try call.arguments.identityKey("peer_identity_key"),
      peerUser: try call.arguments.bytes("peer_user"))
  }

  private static func compute(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let number = try number(call)
    return .of([
      "digits": .string(number.digits), "grouped": .string(number.grouped),
      "scannable": .hex(number.scannable),
    ])
  }

  private static func fingerprint(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let fingerprint = SafetyNumber.fingerprint(
      of: try call.arguments.identityKey("identity_key").encoded(),
      id: try call.arguments.bytes("user"), iterations: try call.arguments.int("iterations"))
    return .of([
      "fingerprint": .hex(fingerprint), "digits": .string(SafetyNumber.digits(of: fingerprint)),
    ])
  }
}
