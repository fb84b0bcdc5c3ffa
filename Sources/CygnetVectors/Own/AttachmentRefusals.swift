internal import CygnetAttachments
internal import CygnetPrimitives

/// Blobs that were changed on their way, opened with the pointer that was sent. Each test makes one
/// change to the group's blob.
enum AttachmentRefusals {
  static let suite = OwnVectorSuite(
    name: "attachments/refusals", kind: .check, subject: "attachments",
    spec: "Cygnet Specification: Attachments",
    notes: [
      .init(
        flag: "Length", description: "bytes are missing or too many",
        effect: "an attachment is cut or lengthened unnoticed"),
      .init(
        flag: "Chunks", description: "chunks moved, doubled or taken out",
        effect: "content is rearranged unnoticed"),
      .init(
        flag: "Header", description: "salt, commitment, key or role are others",
        effect: "one blob opens to two contents under two keys"),
      .init(flag: "BitFlip", description: "one bit of a chunk", effect: "forged content"),
      .init(
        flag: "Padding", description: "padding that is not zero",
        effect: "a hidden channel, and two blobs for one content"),
      .init(
        flag: "Digest", description: "another blob than the pointer names",
        effect: "a sender shows different content to different people"),
    ],
    write: write)

  // MARK: - Running

  static func open(_ group: inout VectorLedger) throws(CygnetError) -> OwnGroupType.TestRunner {
    let inputs = try AttachmentTrace.Inputs(&group)
    let content = AttachmentTrace.content(inputs.size)
    let (blob, pointer) = try AttachmentTrace.encrypt(inputs, content: content)
    try group.expect("blob_sha256", bytes: SHA256.hash(blob))
    try group.expect("pointer", bytes: try pointer.encoded())
    return { (test: inout VectorLedger) throws(CygnetError) in
      let changed = try edited(blob, pointer, inputs, &test)
      try test.expect("changed_sha256", bytes: SHA256.hash(changed.blob))
      var released: [UInt8] = []
      let outcome = VectorLedger.attempt { () throws(CygnetError) in
        try decrypt(changed.blob, changed.pointer, released: &released)
      }
      _ = try test.settle(outcome)
      try test.expect("released_sha256", bytes: SHA256.hash(released))
      try test.expect("released_bytes", .integer(released.count))
    }
  }

  /// The header first, then chunk by chunk, as the pointer's layout cuts them; what is too much goes
  /// in last.
  private static func decrypt(
    _ blob: [UInt8], _ pointer: AttachmentPointer, released: inout [UInt8]
  ) throws(CygnetError) {
    var decryptor = try AttachmentDecryptor(pointer)
    let declared = min(blob.count, Int(pointer.blobSize))
    var start = 0
    var end = min(56, declared)
    while start < declared {
      released += try decryptor.update(Array(blob[start..<end])).bytes
      (start, end) = (end, min(end + 16_400, declared))
    }
    if blob.count > declared {
      released += try decryptor.update(Array(blob[declared...])).bytes
    }
    try decryptor.finish()
  }

  /// Makes the change that the test names.
  private static func edited(
    _ blob: [UInt8], _ pointer: AttachmentPointer, _ inputs: AttachmentTrace.Inputs,
    _ test: inout VectorLedger
  ) throws(CygnetError) -> (blob: [UInt8], pointer: AttachmentPointer) {
    var blob = blob
    var pointer = pointer
    let change = try test.text("change")
    switch change {
    case "none": break
    case "truncate":
      blob = Array(blob.prefix(Int(try test.uint32("to"))))
    case "append":
      blob += try test.bytes("bytes")
    case "xor":
      let offset = Int(try test.uint32("offset"))
      guard offset < blob.count else { throw test.failure("\"offset\" lies outside the blob") }
      blob[offset] ^= 1
    case "order":
      blob = try reordered(blob, &test)
    case "pointer":
      pointer = try AttachmentPointer(decoding: try test.bytes("pointer"))
    case "padding":
      (blob, pointer) = try withPadding(try test.bytes("byte"), inputs)
    default: throw test.failure("unknown change")
    }
    return (blob, pointer)
  }

  /// Header, then the chunks with the numbers in `chunks`.
  private static func reordered(
    _ blob: [UInt8], _ test: inout VectorLedger
  ) throws(CygnetError) -> [UInt8] {
    var result = Array(blob[..<56])
    guard let list = try test.value("chunks").array else {
      throw test.failure("\"chunks\" is not an array")
    }
    for entry in list {
      guard let index = entry.int, index >= 0, 56 + index * 16_400 < blob.count else {
        throw test.failure("no such chunk")
      }
      let start = 56 + index * 16_400
      result += blob[start..<min(start + 16_400, blob.count)]
    }
    return result
  }

  /// The content with its padding sealed by hand, the last byte of padding being `byte`; the digest
  /// in the pointer is this blob's.
  private static func withPadding(
    _ byte: [UInt8], _ inputs: AttachmentTrace.Inputs
  ) throws(CygnetError) -> ([UInt8], AttachmentPointer) {
    let layout = try BlobLayout(contentSize: UInt64(inputs.size), padding: inputs.padding)
    var plaintext = AttachmentTrace.content(inputs.size)
    plaintext += [UInt8](repeating: 0, count: Int(layout.plainSize) - plaintext.count)
    plaintext.replaceSubrange((plaintext.count - 1)..., with: byte)
    var encryptor = try AttachmentEncryptor(
      size: layout.plainSize, role: inputs.role, padding: .none, digest: .flat,
      key: AttachmentKey(inputs.key), salt: inputs.salt)
    var blob = try encryptor.update(plaintext)
    blob += try encryptor.finish().tail
    let pointer = try AttachmentPointer(
      role: inputs.role, padding: inputs.padding, key: AttachmentKey(inputs.key),
      size: UInt64(inputs.size), blobSize: layout.blobSize, digestAlgorithm: .flat,
      digest: SHA256.hash(blob))
    return (blob, pointer)
  }

  // MARK: - Writing

  private typealias Test = OwnVectorWriter.Test

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    let shared: KeyValuePairs<String, JSON> = [
      "key": .hex(writer.random.bytes(32)), "salt": .hex(writer.random.bytes(24)), "role": 0,
      "padding": 0, "size": 36_000,
    ]
    try writer.group(
      .attachmentChange, shared,
      lengths(blobSize: 36_104) + chunks() + flips(blobSize: 36_104)
        + (try pointers(shared, &writer.random)))
    let padded: KeyValuePairs<String, JSON> = [
      "key": .hex(writer.random.bytes(32)), "salt": .hex(writer.random.bytes(24)), "role": 0,
      "padding": 1, "size": 1_000,
    ]
    try writer.group(
      .attachmentChange, padded,
      [
        test("as it was sent", "Padding", nil, ["change": "none"]),
        test(
          "the last byte of padding is 1", "Padding", .ruleViolation,
          ["change": "padding", "byte": "01"]),
        test("the same blob made by hand", "Padding", nil, ["change": "padding", "byte": "00"]),
      ])
    // Two chunks exactly, so that the third is empty.
    let whole: KeyValuePairs<String, JSON> = [
      "key": .hex(writer.random.bytes(32)), "salt": .hex(writer.random.bytes(24)), "role": 0,
      "padding": 0, "size": 32_768,
    ]
    try writer.group(
      .attachmentChange, whole,
      [
        test("as it was sent", "Chunks", nil, ["change": "none"]),
        test(
          "the empty last chunk taken out", "Chunks", .truncated,
          ["change": "order", "chunks": [0, 1]]),
      ])
  }

  private static func test(
    _ comment: String, _ flag: String, _ error: CygnetError.Code?,
    _ change: KeyValuePairs<String, JSON>
  ) -> Test {
    var inputs: [(String, JSON)] = []
    for (key, value) in change { inputs.append((key, value)) }
    inputs.append(("result", error == nil ? "valid" : "invalid"))
    if let error { inputs.append(("error", .string(error.name))) }
    return Test(comment, flags: [flag], members: inputs)
  }

  private static func lengths(blobSize: Int) -> [Test] {
    [
      test("as it was sent", "Length", nil, ["change": "none"]),
      test(
        "last byte dropped", "Length", .truncated,
        ["change": "truncate", "to": .integer(blobSize - 1)]),
      test("one byte appended", "Length", .malformed, ["change": "append", "bytes": "00"]),
      test(
        "cut at the end of a chunk", "Length", .truncated,
        ["change": "truncate", "to": .integer(56 + 16_400)]),
      test("cut inside the header", "Length", .truncated, ["change": "truncate", "to": 55]),
      test("empty", "Length", .truncated, ["change": "truncate", "to": 0]),
    ]
  }

  private static func chunks() -> [Test] {
    [
      test(
        "two chunks swapped", "Chunks", .authenticationFailed,
        ["change": "order", "chunks": [1, 0, 2]]),
      test(
        "a chunk in place of another", "Chunks", .authenticationFailed,
        ["change": "order", "chunks": [0, 0, 2]]),
      test(
        "a chunk doubled", "Chunks", .authenticationFailed,
        ["change": "order", "chunks": [0, 1, 1, 2]]),
      test(
        "a chunk taken out", "Chunks", .truncated,
        ["change": "order", "chunks": [0, 2]]),
      test(
        "the last chunk taken out", "Chunks", .truncated, ["change": "order", "chunks": [0, 1]]),
    ]
  }

  private static func flips(blobSize: Int) -> [Test] {
    let rows: [(String, String, Int)] = [
      ("a bit of the salt", "Header", 0), ("a bit of the commitment", "Header", 24),
      ("a bit of the first chunk", "BitFlip", 56), ("a bit of its tag", "BitFlip", 56 + 16_399),
      ("a bit of the last chunk", "BitFlip", 56 + 2 * 16_400),
      ("a bit of the last tag", "BitFlip", blobSize - 1),
    ]
    var tests: [Test] = []
    for (comment, flag, offset) in rows {
      tests.append(
        test(
          comment, flag, .authenticationFailed, ["change": "xor", "offset": .integer(offset)]))
    }
    return tests
  }

  /// The same blob under pointers that are others.
  private static func pointers(
    _ shared: KeyValuePairs<String, JSON>, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> [Test] {
    var ledger = VectorLedger(JSON.object(shared).object ?? JSONObject(), mode: .emitting)
    let inputs = try AttachmentTrace.Inputs(&ledger)
    let (blob, good) = try AttachmentTrace.encrypt(
      inputs, content: AttachmentTrace.content(inputs.size))
    let encoded = try good.encoded()
    let rows: [(String, String, [UInt8])] = [
      ("another role", "Header", encoded.replacing(at: 1, [1])),
      ("another key", "Header", encoded.replacing(at: 3, random.bytes(32))),
      ("another digest", "Digest", encoded.replacing(at: 52, SHA256.hash(blob + [0]))),
    ]
    var tests: [Test] = []
    for (comment, flag, pointer) in rows {
      tests.append(
        test(
          comment, flag, .authenticationFailed, ["change": "pointer", "pointer": .hex(pointer)]))
    }
    return tests
  }
}
