internal import CygnetAttachments
internal import CygnetPrimitives

/// Stored states of interrupted encryptions, layout version 1: which content they continue with.
enum AttachmentStateVectors {
  static let suite = OwnVectorSuite(
    name: "state/v1/attachments", kind: .check, subject: "attachments",
    spec: "Cygnet Specification: Attachments, Stored state",
    notes: [
      .init(
        flag: "Resumed", description: "the content is the same",
        effect: "an interrupted encryption starts anew"),
      .init(
        flag: "SourceChanged", description: "the content is another than before",
        effect: "two contents are sealed under one key, which gives both away"),
      .init(
        flag: "CodePoint", description: "an unknown version, type, role, padding or digest",
        effect: "bytes are taken for something else"),
      .init(
        flag: "Sizes", description: "sizes that contradict each other", effect: "a state that lies"),
      .init(
        flag: "Truncated", description: "the last byte is missing", effect: "reads beyond the end"),
      .init(
        flag: "Trailing", description: "one byte too many", effect: "two encodings of one value"),
    ],
    write: write)

  /// Loads `state`, writes it back, and seals the content from its start.
  static func run(_ test: inout VectorLedger) throws(CygnetError) {
    let stored = try test.secret("state")
    let flipped = try test.bool("last_byte_changed")
    let resumption = try AttachmentResumption(decoding: stored)
    guard try resumption.encoded() == stored else { throw test.failure("re-encodes differently") }
    var content = AttachmentTrace.content(Int(resumption.size))
    if flipped, let last = content.last { content[content.count - 1] = last ^ 1 }
    let outcome = VectorLedger.attempt { () throws(CygnetError) in
      var encryptor = try ResumableEncryptor(resuming: resumption)
      var blob: [UInt8] = []
      while encryptor.nextPartByteCount > 0 {
        let count = encryptor.nextPartByteCount
        blob += try encryptor.seal(part: Array(content.prefix(count)))
        content.removeFirst(count)
      }
      let after = try encryptor.resumption.encoded()
      let (tail, pointer) = try encryptor.finish()
      return (digest: SHA256.hash(blob + tail), pointer: pointer, after: after)
    }
    guard let result = try test.settle(outcome) else { return }
    try test.expect("digest", bytes: result.digest)
    try test.expect("pointer", bytes: try result.pointer.encoded())
    try test.expect("state_after", secret: result.after)
  }

  // MARK: - Writing

  private static func write(_ writer: inout OwnVectorWriter) throws(CygnetError) {
    var tests: [OwnVectorWriter.Test] = []
    var states: [[UInt8]] = []
    for (size, padding, begun) in [(20_000, Padding.padme, true), (20_000, .none, false)] {
      var encryptor = try ResumableEncryptor(
        size: UInt64(size), role: .original, padding: padding, digest: .flat,
        using: &writer.random)
      if begun { _ = try encryptor.seal(part: AttachmentTrace.content(size)) }
      states.append(try encryptor.resumption.encoded().exposed())
    }
    tests.append(test("a part was begun, the content is the same", states[0], "Resumed", nil))
    tests.append(test("nothing was begun", states[1], "Resumed", nil))
    tests.append(
      test("a part was begun, the content is another", states[0], "SourceChanged", .sourceChanged))
    tests.append(
      test(
        "nothing was begun, so any content will do", states[1], "SourceChanged", nil, changed: true)
    )
    try writer.group(.resumption, tests)
    let state = states[0]
    try writer.group(
      .wire, ["wire_type": "AttachmentResumption"],
      WireVectors.common([("a part begun", state), ("nothing begun", states[1])]) + [
        WireVectors.invalid(
          "layout version 2", "CodePoint", state.replacing(at: 0, [0, 2]), .unsupported),
        WireVectors.invalid("type of a pointer", "CodePoint", state.replacing(at: 2, [8])),
        WireVectors.invalid("role 7", "CodePoint", state.replacing(at: 59, [7]), .unsupported),
        WireVectors.invalid("padding 2", "CodePoint", state.replacing(at: 60, [2]), .unsupported),
        WireVectors.invalid("digest 3", "CodePoint", state.replacing(at: 61, [3]), .unsupported),
        WireVectors.invalid(
          "digest of parts on a small blob", "Sizes", state.replacing(at: 61, [2]), .ruleViolation),
        WireVectors.invalid(
          "more digests than the content has parts", "Sizes",
          Array(state[..<70]) + [0x40, 64] + Array(state[71...]) + Array(state[71...])),
      ])
  }

  private static func test(
    _ comment: String, _ state: [UInt8], _ flag: String, _ error: CygnetError.Code?,
    changed: Bool = false
  ) -> OwnVectorWriter.Test {
    var members: [(String, JSON)] = [
      ("state", .hex(state)), ("last_byte_changed", .bool(changed || error != nil)),
      ("result", error == nil ? "valid" : "invalid"),
    ]
    if let error { members.append(("error", .string(error.name))) }
    return OwnVectorWriter.Test(comment, flags: [flag], members: members)
  }
}
