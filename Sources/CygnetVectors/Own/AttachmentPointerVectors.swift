internal import CygnetAttachments
internal import CygnetPrimitives

/// Attachment pointers: encodings that must be taken and given back the same, or refused.
enum AttachmentPointerVectors {
  static let suite = OwnVectorSuite(
    name: "attachments/pointers", kind: .check, subject: "attachments",
    spec: "Cygnet Specification: Attachments",
    notes: [
      .init(
        flag: "Sizes", description: "sizes that contradict each other",
        effect: "memory or download for a length that lies"),
      .init(
        flag: "CodePoint", description: "an unknown scheme, role, padding, digest or field",
        effect: "bytes are taken for something else"),
      .init(
        flag: "Field", description: "the rules of a field", effect: "an implementation is confused"),
      .init(
        flag: "Order", description: "fields out of order or given twice",
        effect: "two encodings of one pointer"),
      .init(
        flag: "Truncated", description: "the last byte is missing", effect: "reads beyond the end"),
      .init(
        flag: "Trailing", description: "one byte too many", effect: "two encodings of one value"),
    ],
    write: write)

  private typealias Test = OwnVectorWriter.Test

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var pointer = try AttachmentPointer(
      role: .original, padding: .padme, key: AttachmentKey(writer.random.secret(32)), size: 100_000,
      blobSize: BlobLayout(contentSize: 100_000, padding: .padme).blobSize,
      digestAlgorithm: .flat, digest: writer.random.bytes(32))
    let bare = try pointer.encoded()
    try pointer.setLocator("https://files.example/3f")
    pointer.uploadedAtMilliseconds = OwnVectorSuite.now * 1000
    pointer.blobExpiresMilliseconds = (OwnVectorSuite.now + 2_592_000) * 1000
    let located = try pointer.encoded()
    try pointer.setFields(try fields(pointer, &writer.random))
    let full = try pointer.encoded()
    try writer.group(
      .wire, ["wire_type": "AttachmentPointer"],
      WireVectors.common([
        ("without fields", bare), ("with a locator and times", located), ("every field", full),
      ]) + values(bare) + fieldTests(bare))
  }

  /// One of each kind that goes together.
  private static func fields(
    _ pointer: AttachmentPointer, _ random: inout SeededRandomSource
  ) throws(CygnetError) -> [AttachmentField] {
    let small = try AttachmentPointer(
      role: .thumbnail, padding: .none, key: AttachmentKey(random.secret(32)), size: 500,
      blobSize: BlobLayout(contentSize: 500, padding: .none).blobSize, digestAlgorithm: .flat,
      digest: random.bytes(32))
    return [
      .mediaType("image/jpeg"), .fileName("Ünïcode 名.jpg"), .caption("at the lake"),
      .dimensions(width: 4032, height: 3024), .duration(0),
      .placeholder(algorithm: 1, Array("LEHV6nWB2yk8".utf8)), .inlineThumbnail(random.bytes(64)),
      .thumbnail(small), .voiceNote(version: 1, waveform: random.bytes(16)),
      .flags([.spoiler, .highDefinition]), .altText("a lake between mountains"),
      .renditions([small, small]), .album(id: random.bytes(16), index: 0, count: 3),
      .clientUUID(random.bytes(16)), .contentDigest(random.bytes(32)),
      .document(pageCount: 12, title: "Report"), .expiry(after: .opening, seconds: 3_600),
      .doNotForward, .other(type: 77, data: [1, 2, 3]),
    ]
  }

  /// Offsets in a pointer: scheme 0, role 1, padding 2, key 3, size 35, blob size 43, digest
  /// algorithm 51, digest 52, locator 84, times, and the fields' length as the last byte.
  private static func values(_ bare: [UInt8]) -> [Test] {
    [
      WireVectors.invalid("scheme 0", "CodePoint", bare.replacing(at: 0, [0]), .unsupported),
      WireVectors.invalid("scheme 2", "CodePoint", bare.replacing(at: 0, [2]), .unsupported),
      WireVectors.invalid("role 7", "CodePoint", bare.replacing(at: 1, [7]), .unsupported),
      WireVectors.invalid("padding 2", "CodePoint", bare.replacing(at: 2, [2]), .unsupported),
      WireVectors.invalid("digest 3", "CodePoint", bare.replacing(at: 51, [3]), .unsupported),
      WireVectors.invalid(
        "digest of parts on a small blob", "Sizes", bare.replacing(at: 51, [2]), .ruleViolation),
      WireVectors.invalid(
        "content larger than the blob", "Sizes", bare.replacing(at: 35, [0, 0, 0, 0, 0, 2])),
      WireVectors.invalid(
        "blob size off by one", "Sizes", bare.replacing(at: 50, [bare[50] &+ 1])),
      WireVectors.invalid(
        "size of 2^64 - 1", "Sizes",
        bare.replacing(at: 35, [UInt8](repeating: 0xff, count: 8)), .limitExceeded),
      WireVectors.invalid(
        "a control character in the locator", "Field", bare[..<84] + [1, 10] + bare[85...]),
      WireVectors.invalid(
        "a locator that is not UTF-8", "Field", bare[..<84] + [1, 0xff] + bare[85...]),
    ]
  }

  private static func fieldTests(_ bare: [UInt8]) -> [Test] {
    func pointer(_ fields: [UInt8]) -> [UInt8] {
      bare.dropLast() + [UInt8(fields.count)] + fields
    }
    func invalid(_ comment: String, _ fields: [UInt8], _ code: CygnetError.Code = .malformed)
      -> Test
    {
      WireVectors.invalid(comment, "Field", pointer(fields), code)
    }
    return [
      WireVectors.valid(
        "an unknown field that is not critical", pointer([0x12, 0x34, 2, 1, 2]),
        flags: ["CodePoint"]),
      WireVectors.invalid(
        "an unknown critical field", "CodePoint", pointer([0x92, 0x34, 0]), .unsupported),
      WireVectors.invalid("fields descending", "Order", pointer([0, 3, 1, 97, 0, 1, 1, 98])),
      WireVectors.invalid("a field twice", "Order", pointer([0, 3, 1, 97, 0, 3, 1, 98])),
      invalid("an empty media type", [0, 1, 0]),
      invalid("a media type that is not ASCII", [0, 1, 2, 0xc3, 0xbc]),
      invalid("an empty file name", [0, 2, 0]),
      invalid("a file name that is not UTF-8", [0, 2, 1, 0x80]),
      invalid("a picture without height", [0, 4, 8, 0, 0, 0, 1, 0, 0, 0, 0]),
      invalid("dimensions of seven bytes", [0, 4, 7, 0, 0, 0, 1, 0, 0, 1]),
      invalid("an empty inline thumbnail", [0, 7, 0]),
      invalid("no rendition", [0, 12, 0]),
      invalid(
        "an index outside its album",
        [0, 13, 20] + [UInt8](repeating: 5, count: 16) + [0, 3, 0, 3]),
      invalid("a client id of 15 bytes", [0, 14, 15] + [UInt8](repeating: 5, count: 15)),
      invalid("view once of policy 2", [0x80, 1, 1, 2], .unsupported),
      invalid("view once with an inline thumbnail", [0, 7, 1, 9, 0x80, 1, 1, 1], .ruleViolation),
      invalid("an expiry of zero seconds", [0x80, 2, 5, 1, 0, 0, 0, 0]),
      invalid("an expiry of mode 3", [0x80, 2, 5, 3, 0, 0, 0, 1], .unsupported),
      invalid("do not forward with data", [0x80, 3, 1, 0]),
    ]
  }
}
