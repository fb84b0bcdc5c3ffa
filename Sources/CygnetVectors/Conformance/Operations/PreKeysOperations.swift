internal import CygnetPairwise
internal import CygnetPrimitives

/// The prekeys of a device.
enum PreKeysOperations {
  static let all: [Operation] = [
    Operation(
      "pre_keys.generate", "Makes a signed prekey and one-time prekeys, with numbers from 1 on",
      takes: [
        IdentityOperations.identityField, Field("address", .address), Field("now", .uint64),
        Field("one_time_count", .uint32),
        Field(
          "after", .nullable(.object(lastFields, name: "signed and one_time")),
          "the numbers that were used last"),
        Field("suite", .nullable(.number(1...2)), "1 where it is left out"),
        .random(
          "32 bytes for the signed prekey, in suite 2 64 for its last resort, then 32 for each "
            + "one-time prekey, then 64 for each one-time KEM prekey"),
      ], gives: [preKeysField], generate),
    Operation(
      "pre_keys.add_one_time", "Makes further one-time prekeys",
      takes: [preKeysField, Field("count", .uint32), .random("32 bytes for each")],
      { (call: inout Call) throws(CygnetError) in
        var preKeys = try call.preKeys()
        try preKeys.addOneTimePreKeys(call.arguments.int("count"), using: &call.random)
        try call.replace("pre_keys", .preKeys(preKeys))
        return JSONObject()
      }),
    Operation(
      "pre_keys.add_one_time_kem", "Makes further one-time KEM prekeys",
      takes: [
        preKeysField, IdentityOperations.identityField, Field("address", .address),
        Field("now", .uint64), Field("count", .uint32), .random("64 bytes for each"),
      ], addOneTimeKEM),
    Operation(
      "pre_keys.rotate", "Makes the next signed prekey; the oldest of five goes",
      takes: [
        preKeysField, IdentityOperations.identityField, Field("address", .address),
        Field("now", .uint64), .random("32 bytes, in suite 2 then 64 for its last resort"),
      ], rotate),
    Operation(
      "pre_keys.upgrade", "Takes prekeys of suite 1 over to suite 2",
      takes: [
        preKeysField, IdentityOperations.identityField, Field("address", .address),
        Field("now", .uint64),
        .random("32 bytes for the signed prekey, then 64 for its last resort"),
      ], upgrade),
    Operation(
      "pre_keys.take_bundle",
      "Gives a bundle with the next one-time prekey, or without one when none is left",
      takes: [
        preKeysField, Field("identity_key", .hex, "IdentityKey"), Field("address", .address),
      ],
      gives: [Field("bundle", .hex, "PreKeyBundle")],
      { (call: inout Call) throws(CygnetError) in
        var preKeys = try call.preKeys()
        let bundle = try preKeys.takeBundle(
          for: call.arguments.identityKey("identity_key"), at: call.arguments.address("address"))
        try call.replace("pre_keys", .preKeys(preKeys))
        return .of(["bundle": .hex(try bundle.encoded())])
      }),
    Operation(
      "pre_keys.plain_bundle", "Gives a bundle without a one-time prekey",
      takes: [
        preKeysField, Field("identity_key", .hex, "IdentityKey"), Field("address", .address),
      ],
      gives: [Field("bundle", .hex, "PreKeyBundle")],
      { (call: inout Call) throws(CygnetError) in
        let bundle = try call.preKeys().bundleWithoutOneTimePreKey(
          for: call.arguments.identityKey("identity_key"), at: call.arguments.address("address"))
        return .of(["bundle": .hex(try bundle.encoded())])
      }),
    Operation(
      "pre_keys.show", "Tells what is held",
      takes: [preKeysField],
      gives: [
        Field("signed", .list(.object(signedFields, name: "id and created_at")), "oldest first"),
        Field("one_time_count", .uint32), Field("unused_one_time_count", .uint32),
        Field("answered_count", .uint32, "handshakes without a one-time prekey"),
        Field("suite", .uint16), Field("last_resort_count", .uint32),
        Field("one_time_kem_count", .uint32), Field("unused_one_time_kem_count", .uint32),
      ], show),
    Operation(
      "pre_keys.export", "Gives the stored form",
      takes: [preKeysField], gives: [Field("state", .hex, "PreKeysState")],
      { (call: inout Call) throws(CygnetError) in
        .of(["state": .hex(try call.preKeys().state())])
      }),
    Operation(
      "pre_keys.import", "Restores a stored form",
      takes: [Field("state", .hex, "PreKeysState")], gives: [preKeysField],
      { (call: inout Call) throws(CygnetError) in
        let preKeys = try PreKeys(restoring: call.arguments.secret("state"))
        return .of(["pre_keys": call.create(.preKeys(preKeys))])
      }),
  ]

  static let preKeysField = Field("pre_keys", .handle(.preKeys))
  private static let signedFields = [Field("id", .uint32), Field("created_at", .uint64)]

  private static let lastFields = [
    Field("signed", .uint32), Field("one_time", .uint32), Field("kem", .nullable(.uint32)),
  ]

  private static func generate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var last = PreKeys.LastIDs.none
    if call.arguments.has("after") {
      let after = try call.arguments.members("after")
      last = PreKeys.LastIDs(
        signed: try after.uint32("signed"), oneTime: try after.uint32("one_time"),
        kem: after.has("kem") ? try after.uint32("kem") : 0)
    }
    let isPostQuantum =
      call.arguments.has("suite") ? try call.arguments.uint16("suite") == 2 : false
    let preKeys = try PreKeys.generate(
      for: call.identity(), at: call.arguments.address("address"), now: call.arguments.now(),
      oneTimeCount: call.arguments.int("one_time_count"), suite: isPostQuantum ? .pqxdh : .x3dh,
      after: last,
      using: &call.random)
    return .of(["pre_keys": call.create(.preKeys(preKeys))])
  }

  private static func addOneTimeKEM(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var preKeys = try call.preKeys()
    try preKeys.addOneTimeKEMPreKeys(
      call.arguments.int("count"), for: call.identity(), at: call.arguments.address("address"),
      now: call.arguments.now(), using: &call.random)
    try call.replace("pre_keys", .preKeys(preKeys))
    return JSONObject()
  }

  private static func upgrade(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var preKeys = try call.preKeys()
    try preKeys.upgrade(
      for: call.identity(), at: call.arguments.address("address"), now: call.arguments.now(),
      using: &call.random)
    try call.replace("pre_keys", .preKeys(preKeys))
    return JSONObject()
  }

  private static func rotate(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var preKeys = try call.preKeys()
    try preKeys.rotateSignedPreKey(
      for: call.identity(), at: call.arguments.address("address"), now: call.arguments.now(),
      using: &call.random)
    try call.replace("pre_keys", .preKeys(preKeys))
    return JSONObject()
  }

  private static func show(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let summary = try call.preKeys().summary
    var signed: [JSON] = []
    for key in summary.signed {
      signed.append([
        "id": .counting(UInt64(key.id.rawValue)), "created_at": .counting(key.createdAt.seconds),
      ])
    }
    return .of([
      "signed": .array(signed), "one_time_count": .integer(summary.oneTimeCount),
      "unused_one_time_count": .integer(summary.unusedOneTimeCount),
      "answered_count": .integer(summary.answeredCount),
      "suite": .integer(Int(summary.suite.rawValue)),
      "last_resort_count": .integer(summary.lastResortCount),
      "one_time_kem_count": .integer(summary.oneTimeKEMCount),
      "unused_one_time_kem_count": .integer(summary.unusedOneTimeKEMCount),
    ])
  }
}
