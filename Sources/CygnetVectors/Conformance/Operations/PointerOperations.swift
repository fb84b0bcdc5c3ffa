internal import CygnetAttachments
internal import CygnetPrimitives
internal import CygnetWire

/// Pointers to attachments, member by member.
enum PointerOperations {
  static let all: [Operation] = [
    Operation(
      "pointer.decode", "Takes a pointer apart",
      takes: [AttachmentOperations.pointerField], gives: fields,
      { (call: inout Call) throws(CygnetError) in
        try describe(AttachmentOperations.pointer(call.arguments))
      }),
    Operation(
      "pointer.encode", "Puts a pointer together",
      takes: fields, gives: [AttachmentOperations.pointerField], encode),
  ]

  private static let fieldFields = [Field("type", .uint16), Field("data", .hex)]
  private static let fields = [
    Field("role", .uint8), AttachmentOperations.paddingField, Field("key", .hex(32)),
    Field("size", .uint64), Field("blob_size", .uint64),
    AttachmentOperations.digestAlgorithmField, Field("digest", .hex), Field("locator", .text),
    Field("uploaded_at_ms", .uint64), Field("blob_expires_ms", .uint64),
    Field("fields", .list(.object(fieldFields, name: "type and data"))),
  ]

  private static func describe(_ pointer: AttachmentPointer) throws(CygnetError) -> JSONObject {
    var list: [JSON] = []
    for field in pointer.fields {
      let form = try FieldForm(wire: field.wireEncoded())
      list.append(["type": .integer(Int(form.type)), "data": .hex(form.data)])
    }
    return .of([
      "role": .integer(Int(pointer.role.rawValue)),
      "padding": .integer(Int(pointer.padding.rawValue)), "key": .hex(pointer.key.bytes),
      "size": .counting(pointer.size), "blob_size": .counting(pointer.blobSize),
      "digest_algorithm": .integer(Int(pointer.digestAlgorithm.rawValue)),
      "digest": .hex(pointer.digest), "locator": .string(pointer.locator),
      "uploaded_at_ms": .counting(pointer.uploadedAtMilliseconds),
      "blob_expires_ms": .counting(pointer.blobExpiresMilliseconds), "fields": .array(list),
    ])
  }

  private static func encode(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let arguments = call.arguments
    var pointer = try AttachmentPointer(
      role: AttachmentRole(checking: arguments.uint8("role")),
      padding: AttachmentOperations.padding(arguments), key: AttachmentKey(arguments.secret("key")),
      size: arguments.uint64("size"), blobSize: arguments.uint64("blob_size"),
      digestAlgorithm: AttachmentOperations.digestAlgorithm(arguments),
      digest: arguments.bytes("digest"))
    try pointer.setLocator(arguments.text("locator"))
    pointer.uploadedAtMilliseconds = try arguments.uint64("uploaded_at_ms")
    pointer.blobExpiresMilliseconds = try arguments.uint64("blob_expires_ms")
    var fields: [AttachmentField] = []
    for value in try arguments.list("fields") {
      guard case .members(let members) = value else { throw Call.slip }
      let form = FieldForm(type: try members.uint16("type"), data: try members.bytes("data"))
      fields.append(try AttachmentField(wire: form.wireEncoded()))
    }
    try pointer.setFields(fields)
    return .of(["pointer": .hex(try pointer.encoded())])
  }
}

/// A field of any type: what every field looks like from outside.
private struct FieldForm: WireEncodable, WireDecodable {
  let type: UInt16
  let data: [UInt8]

  init(type: UInt16, data: [UInt8]) {
    self.type = type
    self.data = data
  }

  init(from reader: inout Reader) throws(CygnetError) {
    type = try reader.readUInt16()
    data = try reader.readOpaque(0...AttachmentLimits.maxPointerByteCount)
  }

  func encode(into writer: inout Writer) throws(CygnetError) {
    writer.write(type)
    try writer.write(opaque: data)
  }
}
