internal import CygnetPrimitives
internal import CygnetStorage

/// How a store is opened and its records are sealed. No store is kept here.
enum StorageOperations {
  static let all: [Operation] = [
    Operation(
      "store.wrap", "Wraps a master key under a passphrase or a key file's secret",
      takes: [
        masterKeyField, storeIDField, secretKindField, secretField,
        Field("memory_kib", .uint32, "of no effect for a key file"), Field("passes", .uint32),
        .random("16 bytes of salt, then 24 of nonce"),
      ], gives: [Field("slot", .hex(129), "KeySlot")], wrap),
    Operation(
      "store.header", "Writes the header of a store",
      takes: [storeIDField, Field("slots", .list(.hex), "1 to 8 KeySlot")],
      gives: [headerField], header),
    Operation(
      "store.unwrap", "Opens a header",
      takes: [headerField, secretKindField, secretField],
      gives: [masterKeyField, storeIDField],
      { (call: inout Call) throws(CygnetError) in
        let opened = try StorageSteps.unwrap(
          call.arguments.bytes("header"), with: secret(call.arguments))
        return .of(["master_key": .hex(opened.masterKey), "store_id": .hex(opened.storeID)])
      }),
    Operation(
      "record.keys", "Derives the keys of one kind of record, and the integrity tree's",
      takes: [masterKeyField, storeIDField, kindField],
      gives: [
        Field("sealing_key", .hex(32)), Field("naming_key", .hex(32)), Field("tree_key", .hex(32)),
      ],
      { (call: inout Call) throws(CygnetError) in
        let keys = try place(call.arguments, generation: 0).keys()
        return .of([
          "sealing_key": .hex(keys.sealing), "naming_key": .hex(keys.naming),
          "tree_key": .hex(keys.tree),
        ])
      }),
    Operation(
      "record.seal", "Names and seals a record",
      takes: [
        masterKeyField, storeIDField, kindField, generationField, keyField, valueField,
        .random("24 bytes of nonce"),
      ], gives: [recordIDField, sealedField], seal),
    Operation(
      "record.open", "Opens a record for its place",
      takes: [
        masterKeyField, storeIDField, kindField, generationField, recordIDField, sealedField,
      ],
      gives: [keyField, valueField], open),
  ]

  private static let masterKeyField = Field("master_key", .hex(32))
  private static let storeIDField = Field("store_id", .hex(16))
  private static let secretKindField = Field("secret_kind", .choice(["passphrase", "key file"]))
  private static let secretField = Field("secret", .hex)
  private static let headerField = Field("header", .hex, "StoreHeader")
  private static let kindField = Field("kind", .uint8)
  private static let generationField = Field("generation", .uint64)
  private static let keyField = Field("key", .hex, "what the record is found by")
  private static let valueField = Field("value", .hex)
  private static let recordIDField = Field("record_id", .hex(16))
  private static let sealedField = Field("sealed", .hex, "SealedRecord")

  private static func secret(_ arguments: Arguments) throws(CygnetError) -> StoreSecret {
    let secret = try arguments.secret("secret")
    return try arguments.text("secret_kind") == "passphrase"
      ? .passphrase(secret) : .keyFile(secret)
  }

  private static func place(
    _ arguments: Arguments, generation: UInt64
  ) throws(CygnetError) -> StorageSteps.Place {
    try StorageSteps.Place(
      masterKey: arguments.secret("master_key"), storeID: arguments.bytes("store_id"),
      kind: arguments.uint8("kind"), generation: generation)
  }

  private static func wrap(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let cost = PassphraseCost(
      memoryKiB: try call.arguments.uint32("memory_kib"),
      passes: try call.arguments.uint32("passes"))
    let slot = try StorageSteps.slot(
      masterKey: call.arguments.secret("master_key"), storeID: call.arguments.bytes("store_id"),
      secret: secret(call.arguments), cost: cost, using: &call.random)
    return .of(["slot": .hex(slot)])
  }

  private static func header(_ call: inout Call) throws(CygnetError) -> JSONObject {
    var slots: [[UInt8]] = []
    for value in try call.arguments.list("slots") {
      guard case .bytes(let bytes) = value else { throw Call.slip }
      slots.append(bytes)
    }
    let header = try StorageSteps.header(storeID: call.arguments.bytes("store_id"), slots: slots)
    return .of(["header": .hex(header)])
  }

  private static func seal(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let place = try place(call.arguments, generation: call.arguments.uint64("generation"))
    let key = try call.arguments.bytes("key")
    let sealed = try place.seal(call.arguments.secret("value"), under: key, using: &call.random)
    return .of(["record_id": .hex(try place.id(of: key)), "sealed": .hex(sealed)])
  }

  private static func open(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let place = try place(call.arguments, generation: call.arguments.uint64("generation"))
    let opened = try place.open(
      call.arguments.bytes("sealed"), id: call.arguments.bytes("record_id"))
    return .of(["key": .hex(opened.key), "value": .hex(opened.value)])
  }
}
