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
      takes: [
        bundleField, Field("now", .uint64), expectingField,
        Field(
          "policy", .nullable(.choice(["post_quantum_only", "classical_allowed"])),
          "classical_allowed where it is left out"),
      ],
      gives: [
        Field("suite", .uint16), Field("identity_key", .hex(33), "IdentityKey"),
        Field("address", .address), Field("has_one_time_pre_key", .bool),
        Field("kem_pre_key_kind", .nullable(.choice(["one_time", "last_resort"]))),
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
    Field(
      "kem_pre_key",
      .nullable(.object(kemFields, name: "id, kind, created_at, key and signature")),
      "in suite 2"),
  ]
  private static let kemFields = [
    Field("id", .uint32), PQXDHOperations.kindField, Field("created_at", .uint64),
    Field("key", .hex(1184)), Field("signature", .hex(64)),
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
      "kem_pre_key": bundle.kemPreKey.map(describe) ?? .null,
    ])
  }

  private static func describe(_ key: KEMPreKey) -> JSON {
    [
      "id": .counting(UInt64(key.id.rawValue)), "kind": PQXDHOperations.name(key.kind),
      "created_at": .counting(key.createdAt.seconds), "key": .hex(key.key.bytes),
      "signature": .hex(key.signature),
    ]
  }

  private static func kemPreKey(_ arguments: Arguments) throws(CygnetError) -> KEMPreKey? {
    guard arguments.has("kem_pre_key") else { return nil }
    let key = try arguments.members("kem_pre_key")
    return KEMPreKey(
      id: KEMPreKeyID(try key.uint32("id")), kind: try PQXDHOperations.kind(key),
      createdAt: Timestamp(seconds: try key.uint64("created_at")),
      key: try MLKEM768.EncapsulationKey(key.bytes("key")), signature: try key.bytes("signature"))
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
      oneTimePreKey: oneTime, kemPreKey: try kemPreKey(arguments))
    guard bundle.suite.isPostQuantum == (bundle.kemPreKey != nil) else {
      throw CygnetError(.ruleViolation, "a KEM prekey belongs to suite 2 and to no other")
    }
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
  static func verified(
    _ call: Call, policy: SuitePolicy = .classicalAllowed
  ) throws(CygnetError) -> VerifiedPreKeyBundle {
    try PreKeyBundle(decoding: call.arguments.bytes("bundle")).verified(
      now: call.arguments.now(), expecting: call.arguments.optionalIdentityKey("expecting"),
      policy: policy)
  }

  private static func verify(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var policy = SuitePolicy.classicalAllowed
    if call.arguments.has("policy"), try call.arguments.text("policy") == "post_quantum_only" {
      policy = .postQuantumOnly
    }
    let bundle = try verified(call, policy: policy)
    return .of([
      "suite": .integer(Int(bundle.suite.rawValue)),
      "identity_key": .hex(bundle.identity.encoded()), "address": bundle.address.json,
      "has_one_time_pre_key": .bool(bundle.hasOneTimePreKey),
      "kem_pre_key_kind": bundle.kemPreKey.map { PQXDHOperations.name($0.kind) } ?? .null,
    ])
  }
}
