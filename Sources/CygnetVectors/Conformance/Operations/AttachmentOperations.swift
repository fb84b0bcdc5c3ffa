internal import CygnetAttachments
internal import CygnetPrimitives

/// Attachments that fit in one line. Larger ones go through the streams.
enum AttachmentOperations {
  static let all: [Operation] = [
    Operation(
      "attachment.encrypt", "Encrypts content under a key and a salt that are given",
      takes: settings + [Field("content", .hex)], gives: [blobField, pointerField], encrypt),
    Operation(
      "attachment.decrypt", "Decrypts a whole blob",
      takes: [blobField, pointerField, maxSizeField], gives: [Field("content", .hex)], decrypt),
    Operation(
      "attachment.range", "Reads a range of the content from the chunks that hold it",
      takes: [
        blobField, pointerField, Field("from", .uint64), Field("to", .uint64, "not included"),
        maxSizeField,
      ],
      gives: [
        Field("content", .hex),
        Field(
          "fetched", .list(.object(rangeFields, name: "from and to")), "what was read of the blob"),
      ], range),
    Operation(
      "attachment.verify", "Checks what can be checked without the key",
      takes: [
        blobField, Field("digest", .nullable(.hex)), digestAlgorithmField, paddingField,
        Field("max_size", .uint64, "the quota for the blob"),
      ], gives: [Field("digest", .hex(32))], verify),
    Operation(
      "attachment.layout", "Computes the lengths of a blob",
      takes: [Field("size", .uint64), paddingField],
      gives: [
        Field("plain_size", .uint64, "content and padding"), Field("chunk_count", .uint64),
        Field("blob_size", .uint64),
      ], layout),
    Operation(
      "attachment.file_name", "Makes a peer's file name safe",
      takes: [Field("name", .text)], gives: [Field("name", .text)],
      { (call: inout Call) throws(CygnetError) in
        .of(["name": .string(FileName.sanitised(try call.arguments.text("name")))])
      }),
  ]

  static let blobField = Field("blob", .hex)
  static let pointerField = Field("pointer", .hex, "AttachmentPointer")
  static let paddingField = Field("padding", .uint8, "0 none, 1 Padmé")
  static let digestAlgorithmField = Field("digest_algorithm", .uint8, "1 flat, 2 of parts")
  static let maxSizeField = Field(
    "max_size", .nullable(.uint64), "the largest content that is taken; 4 GiB without it")
  static let settings = [
    Field("key", .hex(32)), Field("salt", .hex(24)), Field("role", .uint8), paddingField,
    digestAlgorithmField,
  ]
  private static let rangeFields = [Field("from", .uint64), Field("to", .uint64)]

  static func padding(_ arguments: Arguments) throws(CygnetError) -> Padding {
    try Padding(checking: arguments.uint8("padding"))
  }

  static func digestAlgorithm(_ arguments: Arguments) throws(CygnetError) -> DigestAlgorithm {
    try DigestAlgorithm(checking: arguments.uint8("digest_algorithm"))
  }

  static func pointer(_ arguments: Arguments) throws(CygnetError) -> AttachmentPointer {
    try AttachmentPointer(decoding: arguments.bytes("pointer"))
  }

  static func maxSize(_ arguments: Arguments) throws(CygnetError) -> UInt64 {
    arguments.has("max_size")
      ? try arguments.uint64("max_size") : AttachmentLimits.defaultMaxSize
  }

  /// An encryptor from `settings` and the size of the content.
  static func encryptor(
    _ arguments: Arguments, size: UInt64
  ) throws(CygnetError) -> AttachmentEncryptor {
    try AttachmentEncryptor(
      size: size, role: AttachmentRole(checking: arguments.uint8("role")),
      padding: padding(arguments), digest: digestAlgorithm(arguments),
      key: AttachmentKey(arguments.secret("key")), salt: arguments.bytes("salt"))
  }

  private static func encrypt(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let content = try call.arguments.bytes("content")
    var stream = try encryptor(call.arguments, size: UInt64(content.count))
    var blob = try stream.update(content)
    let (tail, pointer) = try stream.finish()
    blob += tail
    return .of(["blob": .hex(blob), "pointer": .hex(try pointer.encoded())])
  }

  private static func decrypt(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let content = try AttachmentDecryptor.decrypt(
      call.arguments.bytes("blob"), pointer(call.arguments), maxSize: maxSize(call.arguments))
    return .of(["content": .hex(content)])
  }

  private static func range(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let blob = try call.arguments.bytes("blob")
    let from = try call.arguments.uint64("from")
    let to = try call.arguments.uint64("to")
    guard from <= to else { throw CygnetError(.limitExceeded, "the range ends before it begins") }
    let reader = try AttachmentReader(
      pointer(call.arguments), header: Array(blob.prefix(AttachmentLimits.headerByteCount)),
      maxSize: maxSize(call.arguments))
    var fetched: [JSON] = []
    let part = try reader.read(from..<to) { (place) throws(CygnetError) in
      fetched.append(["from": .counting(place.lowerBound), "to": .counting(place.upperBound)])
      let end = min(place.upperBound, UInt64(blob.count))
      return Array(blob[Int(min(place.lowerBound, end))..<Int(end)])
    }
    return .of(["content": .hex(part.bytes), "fetched": .array(fetched)])
  }

  private static func verify(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let blob = try call.arguments.bytes("blob")
    var verifier = try verifier(call.arguments, size: UInt64(blob.count))
    try verifier.update(blob)
    return .of(["digest": .hex(try verifier.finish())])
  }

  static func verifier(_ arguments: Arguments, size: UInt64) throws(CygnetError) -> BlobVerifier {
    try BlobVerifier(
      size: size, digest: arguments.optionalBytes("digest"),
      algorithm: digestAlgorithm(arguments), padding: padding(arguments),
      maxSize: arguments.uint64("max_size"))
  }

  private static func layout(_ call: inout Call) throws(CygnetError) -> JSONObject {
    let layout = try BlobLayout(
      contentSize: call.arguments.uint64("size"), padding: padding(call.arguments))
    return .of([
      "plain_size": .counting(layout.plainSize), "chunk_count": .counting(layout.chunkCount),
      "blob_size": .counting(layout.blobSize),
    ])
  }
}
