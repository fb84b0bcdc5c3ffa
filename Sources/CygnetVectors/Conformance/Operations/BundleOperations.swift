internal import CygnetPairwise
internal import CygnetPrimitives
internal import CygnetWire

/// Bundles of prekeys.
enum BundleOperations {
  static let all: [Operation] = [
    Operation(
      "bundle.decode", "Reads a bundle and verifies nothing",
      takes: [bundleField], gives: fields,
      { (call: inout Call) throws(CygnetError) in
        describe(try PreKeyBundle(decoding: call.arguments.bytes("bundle")))
      }),
    Operation(
      "bundle.encode", "Writes a bundle from its fields, whether they verify or not",
      takes: fields, gives: [bundleField], encode),
    Operation(
      "bundle.signed_content", "Gives what the signature of a signed prekey covers",
      takes: [
        Field("suite", .uint16), Field("address", .address),
        Field("signed_pre_key_id", .uint32), Field("created_at", .uint64), Field("key", .hex(32)),
      ],
      gives: [
        Field("content", .hex, "SignedPreKeyContent"),
        Field("signed_content", .hex, "SignedContent: the content behind its label"),
      ], signedContent),
    Operation(
      "bundle.verify", "Checks identity key, signature and age",
      takes: [bundleField, Field("now", .uint64), expectingField],
      gives: [
        Field("suite", .uint16), Field("identity_key", .hex(33), "IdentityKey"),
        Field("address", .address), Field("has_one_time_pre_key", .bool),
      ], verify),
  ]

  static let bundleField = Field("bundle", .hex, "PreKeyBundle")
  static let expectingField = Field(
    "expecting", .nullable(.hex), "the IdentityKey on record")
  private static let signedFields = [
    Field("id", .uint32), Field("created_at", .uint64), Field("key", .hex(32)),
    Field("signature", .hex(64)),
  ]
  private static let fields = [
    Field("suite", .uint16), Field("identity_key", .hex(33), "IdentityKey"),
    Field("address", .address),
    Field("signed_pre_key", .object(signedFields, name: "id, created_at, key and signature")),
    Field(
      "one_time_pre_key",
      .nullable(.object([Field("id", .uint32), Field("key", .hex(32))], name: "id and key"))),
  ]

  private static func describe(_ bundle: PreKeyBundle) -> JSONObject {
    let signed = bundle.signedPreKey
    var oneTime = JSON.null
    if let key = bundle.oneTimePreKey {
      oneTime = ["id": .counting(UInt64(key.id.rawValue)), "key": .hex(key.key.bytes)]
    }
    return .of([
      "suite": .integer(Int(bundle.suite.rawValue)),
      "identity_key": .hex([KeyType.ed25519.rawValue] + bundle.identity.bytes),
      "address": bundle.address.json,
      "signed_pre_key": [
        "id": .counting(UInt64(signed.id.rawValue)),
        "created_at": .counting(signed.createdAt.seconds), "key": .hex(signed.key.bytes),
        "signature": .hex(signed.signature),
      ],
      "one_time_pre_key": oneTime,
    ])
  }

  private static func encode(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let arguments = call.arguments
    let signed = try arguments.members("signed_pre_key")
    var oneTime: OneTimePreKey?
    if arguments.has("one_time_pre_key") {
      let key = try arguments.members("one_time_pre_key")
      oneTime = OneTimePreKey(
        id: OneTimePreKeyID(try key.uint32("id")), key: try key.curveKey("key"))
    }
    let bundle = PreKeyBundle(
      suite: Suite(rawValue: try arguments.uint16("suite")),
      identity: try Ed25519.PublicKey(wire: arguments.bytes("identity_key")),
      address: try arguments.address("address"),
      signedPreKey: SignedPreKey(
        id: SignedPreKeyID(try signed.uint32("id")),
        createdAt: Timestamp(seconds: try signed.uint64("created_at")),
        key: try signed.curveKey("key"), signature: try signed.bytes("signature")),
      oneTimePreKey: oneTime)
    return .of(["bundle": .hex(try bundle.encoded())])
  }

  private static func signedContent(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let content = SignedPreKeyContent(
      suite: Suite(rawValue: try call.arguments.uint16("suite")),
      address: try call.arguments.address("address"),
      id: SignedPreKeyID(try call.arguments.uint32("signed_pre_key_id")),
      createdAt: Timestamp(seconds: try call.arguments.uint64("created_at")),
      key: try call.arguments.curveKey("key"))
    return .of([
      "content": .hex(try content.wireEncoded()),
      "signed_content": .hex(try SignedContent.bytes(.signedPreKey, content)),
    ])
  }

  /// The bundle of a request, checked by its `now` and `expecting`.
  static func verified(_ call: Call) throws(CygnetError) -> VerifiedPreKeyBundle {
    try PreKeyBundle(decoding: call.arguments.bytes("bundle")).verified(
      now: call.arguments.now(), expecting: call.arguments.optionalIdentityKey("expecting"))
  }

  private static func verify(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let bundle = try verified(call)
    return .of([
      "suite": .integer(Int(bundle.suite.rawValue)),
      "identity_key": .hex(bundle.identity.encoded()), "address": bundle.address.json,
      "has_one_time_pre_key": .bool(bundle.hasOneTimePreKey),
    ])
  }
}
