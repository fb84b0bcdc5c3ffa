import CygnetAttachments
import CygnetPrimitives
import CygnetVectors
import CygnetWire
import TestSupport
import Testing

@Suite struct PointerTests {
  static func pointer(_ fields: [AttachmentField] = [], size: Int = 100) throws -> AttachmentPointer
  {
    var pointer = try Fixture.encrypt(Fixture.content(size)).pointer
    try pointer.setLocator("https://example.org/blob/1")
    pointer.uploadedAtMilliseconds = 1_767_225_600_000
    pointer.blobExpiresMilliseconds = 1_769_817_600_000
    try pointer.setFields(fields)
    return pointer
  }

  static func fields() throws -> [AttachmentField] {
    [
      .mediaType("image/jpeg"), .fileName("été.jpg"), .caption("x"),
      .dimensions(width: 4000, height: 3000), .duration(90_000),
      .placeholder(algorithm: 2, [1, 2, 3]), .thumbnail(try pointer([.mediaType("image/webp")])),
      .voiceNote(version: 1, waveform: [1, 9, 3]), .flags([.spoiler, .highDefinition]),
      .altText("a boat"), .renditions([try pointer(), try pointer([.caption("small")])]),
      .album(id: [UInt8](repeating: 3, count: 16), index: 2, count: 3),
      .clientUUID([UInt8](repeating: 4, count: 16)),
      .contentDigest([UInt8](repeating: 5, count: 32)), .document(pageCount: 3, title: "Title"),
      .other(type: 0x4a4a, data: [1]), .viewOnce, .expiry(after: .opening, seconds: 60),
      .doNotForward,
    ]
  }

  @Test("a pointer comes back byte for byte, and neither shorter nor longer")
  func law() throws {
    let all = try Self.pointer(Self.fields().shuffled())
    let thumbnail = try Self.pointer([.inlineThumbnail([0xff, 0xd8])])
    for pointer in [try Self.pointer(), all, thumbnail] {
      let encoded = try pointer.encoded()
      #expect(try AttachmentPointer(decoding: encoded) == pointer)
      #expect(wireLawViolations(AttachmentPointer.self, encoded) == [])
    }
    let file = try AttachmentPointerFile(all).wireEncoded()
    #expect(Array(file[..<3]) == [0, 1, 8])
    #expect(wireLawViolations(AttachmentPointerFile.self, file) == [])
  }

  @Test("the layout is the documented one")
  func layout() throws {
    let pointer = try Self.pointer([.caption("hi")])
    var expected: [UInt8] = [1, 0, 1] + (0..<32).map { UInt8($0) }
    expected += [0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 4, 0x48, 1]
    expected += pointer.digest + [26] + Array("https://example.org/blob/1".utf8)
    expected += [0, 0, 1, 0x9b, 0x76, 0xda, 0xa8, 0x00]
    let encoded = try pointer.encoded()
    #expect(Array(encoded[..<expected.count]) == expected)
    #expect(Array(encoded[(expected.count + 8)...]) == [5, 0, 3, 2] + Array("hi".utf8))
  }

  @Test("whatever bits are flipped, a pointer that decodes encodes to the same bytes")
  func flippedBits() throws {
    let encoded = try Self.pointer(Self.fields()).encoded()
    var accepted = 0
    try everyBitFlip(of: encoded) { bit, flipped in
      guard let pointer = try? AttachmentPointer(decoding: flipped) else { return }
      accepted += 1
      let encodedAgain = try pointer.encoded()
      #expect(encodedAgain == flipped, "bit \(bit)")
    }
    #expect(accepted > 256)
  }

  @Test("unknown schemes, roles, paddings, digests and critical fields are unsupported")
  func unsupported() throws {
    let encoded = try Self.pointer().encoded()
    for (offset, value) in [(0, 0), (0, 2), (1, 7), (1, 255), (2, 2), (51, 0), (51, 3)] {
      var changed = encoded
      changed[offset] = UInt8(value)
      #expect(failureCode { try AttachmentPointer(decoding: changed) } == .unsupported)
    }
    for (fields, code) in Self.rawFields {
      let changed = Array(encoded.dropLast()) + fields
      #expect(failureCode { try AttachmentPointer(decoding: changed) } == code, "\(fields)")
    }
  }

  /// Fields vectors as bytes, with what must become of them.
  static let rawFields: [([UInt8], CygnetError.Code?)] = [
    ([0], nil),
    ([3, 0x80, 0x04, 0], .unsupported),  // unknown critical
    ([3, 0xff, 0xff, 0], .unsupported),
    ([3, 0x7f, 0xff, 0], nil),  // unknown, not critical
    ([3, 0, 0, 0], .malformed),  // type 0 is none
    ([4, 0x80, 0x01, 1, 1], nil),  // view once
    ([4, 0x80, 0x01, 1, 2], .unsupported),
    ([3, 0x80, 0x01, 0], .malformed),
    ([8, 0x80, 0x02, 5, 1, 0, 0, 0, 1], nil),  // expiry
    ([8, 0x80, 0x02, 5, 3, 0, 0, 0, 1], .unsupported),
    ([8, 0x80, 0x02, 5, 1, 0, 0, 0, 0], .malformed),
    ([4, 0x80, 0x03, 1, 0], .malformed),  // do not forward holds nothing
    ([8, 0, 3, 1, 97, 0, 3, 1, 98], .malformed),  // twice
    ([8, 0, 11, 1, 97, 0, 3, 1, 98], .malformed),  // descending
    ([4, 0, 3, 1, 0xff], .malformed),  // not UTF-8
    ([4, 0, 1, 1, 0x7f], .malformed),  // not printable ASCII
    ([3, 0, 1, 0], .malformed),  // empty media type
    ([3, 0, 2, 0], .malformed),  // empty file name
    ([11, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 1], .malformed),  // no width
    ([10, 0, 4, 7, 0, 0, 0, 1, 0, 0, 1], .malformed),
    ([12, 0, 4, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0], .malformed),
    ([8, 0, 7, 1, 1, 0x80, 0x01, 1, 1], .ruleViolation),  // thumbnail of a view-once
    ([3, 0, 12, 0], .malformed),  // no rendition
    ([3, 0, 13, 0], .malformed),
    ([1], .malformed),
  ]

  @Test("lengths of every field are bounded")
  func bounds() throws {
    let long = { (count: Int) in String(repeating: "a", count: count) }
    let bytes = { (count: Int) in [UInt8](repeating: 1, count: count) }
    let cases: [(AttachmentField, Bool)] = [
      (.mediaType(long(127)), true), (.mediaType(long(128)), false), (.mediaType("ä"), false),
      (.fileName(long(255)), true), (.fileName(long(256)), false), (.fileName(""), false),
      (.caption(long(4096)), true), (.caption(long(4097)), false),
      (.altText(long(4096)), true), (.altText(long(4097)), false),
      (.document(pageCount: 0, title: long(255)), true),
      (.document(pageCount: 0, title: long(256)), false),
      (.placeholder(algorithm: 1, bytes(64)), true), (.placeholder(algorithm: 1, bytes(65)), false),
      (.inlineThumbnail(bytes(8192)), true), (.inlineThumbnail(bytes(8193)), false),
      (.inlineThumbnail([]), false), (.voiceNote(version: 1, waveform: bytes(128)), true),
      (.voiceNote(version: 1, waveform: bytes(129)), false),
      (.album(id: bytes(16), index: 0, count: 1), true),
      (.album(id: bytes(15), index: 0, count: 1), false),
      (.album(id: bytes(16), index: 1, count: 1), false), (.clientUUID(bytes(15)), false),
      (.contentDigest(bytes(33)), false), (.dimensions(width: 1, height: 0), false),
      (.expiry(after: .sending, seconds: 0), false), (.renditions([]), false),
      (.other(type: 3, data: []), false), (.other(type: 0x8004, data: []), false),
      (.renditions(try (0..<8).map { _ in try Self.pointer() }), true),
      (.renditions(try (0..<9).map { _ in try Self.pointer() }), false),
    ]
    for (field, isGood) in cases {
      #expect(failureCode { try Self.pointer([field]) } == (isGood ? nil : .malformed), "\(field)")
      guard isGood else { continue }
      let encoded = try Self.pointer([field]).encoded()
      #expect(try AttachmentPointer(decoding: encoded).fields == [field])
    }
  }

  @Test("the whole pointer is bounded, and so is its locator")
  func wholeBound() throws {
    var pointer = try Self.pointer()
    let before = pointer
    let big = (0..<3).map {
      AttachmentField.other(type: UInt16(100 + $0), data: [UInt8](repeating: 0, count: 6000))
    }
    #expect(failureCode { try pointer.setFields(big) } == .limitExceeded)
    #expect(
      failureCode { try pointer.setLocator(String(repeating: "a", count: 2049)) } == .malformed)
    #expect(failureCode { try pointer.setLocator("a\nb") } == .malformed)
    #expect(pointer == before)
    let long = [UInt8](repeating: 0, count: 16_385)
    #expect(failureCode { try AttachmentPointer(decoding: long) } == .limitExceeded)
  }

  @Test("attachments nest once and no deeper")
  func nesting() throws {
    let once = try Self.pointer([.thumbnail(try Self.pointer())])
    for field in [AttachmentField.thumbnail(once), .renditions([once])] {
      #expect(failureCode { try Self.pointer([field]) } == .ruleViolation)
    }
    // The same as bytes: the outer pointer's fields hold one whose own fields hold one.
    let inner = try once.encoded()
    let data = [0, 8, 0x40 | UInt8(inner.count >> 8), UInt8(inner.count & 255)] + inner
    let vector = [0x40 | UInt8(data.count >> 8), UInt8(data.count & 255)] + data
    let outer = Array(try Self.pointer().encoded().dropLast()) + vector
    #expect(failureCode { try AttachmentPointer(decoding: outer) } == .ruleViolation)
  }

  @Test("sizes that do not fit are refused before anything else is believed")
  func sizes() throws {
    let encoded = try Self.pointer().encoded()
    for (offset, value, code) in [
      (42, 101, nil), (49, 0, CygnetError.Code.malformed), (36, 1, .malformed),
      (35, 0x80, .limitExceeded), (35, 0xff, .limitExceeded), (43, 0xff, .malformed),
    ] {
      var changed = encoded
      changed[offset] = UInt8(value)
      #expect(failureCode { try AttachmentPointer(decoding: changed) } == code, "byte \(offset)")
    }
  }

  @Test("the digest of parts on a small blob is against the rules")
  func partedDigest() throws {
    var encoded = try Self.pointer().encoded()
    encoded[51] = 2
    #expect(failureCode { try AttachmentPointer(decoding: encoded) } == .ruleViolation)
  }

  @Test("printing a pointer or a key shows neither key nor content")
  func redaction() throws {
    let pointer = try Self.pointer([.caption("secret words")])
    var dumped = ""
    dump(pointer, to: &dumped)
    dump(try Fixture.key, to: &dumped)
    dump(try Self.resumption(), to: &dumped)
    let texts = [
      "\(pointer)", String(reflecting: pointer), dumped, "\(try Fixture.key)",
      String(reflecting: try Fixture.key), "\(try Self.resumption())", "\([pointer])",
    ]
    for text in texts {
      #expect(!text.contains("secret words"))
      #expect(!text.contains("0, 1, 2, 3") && !text.contains("00010203"))
    }
    #expect("\(pointer)" == "AttachmentPointer(original, 100 bytes)")
  }

  static func resumption() throws -> AttachmentResumption {
    var random = FixedSource()
    return try ResumableEncryptor(
      size: 100, role: .original, padding: .padme, digest: .flat, using: &random
    ).resumption
  }

  /// Gives 0, 1, 2, … so that a key would show.
  struct FixedSource: RandomSource {
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
      for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index) }
    }
  }
}
