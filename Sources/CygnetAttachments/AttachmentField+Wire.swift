public import CygnetPrimitives
public import CygnetWire

/// Data of the fields, in the order of their types:
///
///      1 media_type      opaque ascii[]            9 voice_note   uint8 version; opaque samples<V>
///      2 file_name       opaque utf8[]            10 flags        uint32
///      3 caption         opaque utf8[]            11 alt_text     opaque utf8[]
///      4 dimensions      uint32 width, height     12 renditions   AttachmentPointer pointers[]
///      5 duration        uint64 milliseconds      13 album        opaque id[16]; uint16 index, count
///      6 placeholder     uint8 algorithm;         14 client_uuid  opaque[16]
///                        opaque bytes[]           15 digest       opaque[32]
///      7 thumbnail       opaque image[]           16 document     uint32 pages; opaque utf8[]
///      8 thumbnail       AttachmentPointer        0x8001 view_once  uint8 policy = 1
///     0x8002 expiry      uint8 mode; uint32 s     0x8003 do_not_forward  (empty)
///
/// `[]` runs to the end of the data.
extension AttachmentField: WireEncodable, WireDecodable {
  @usableFromInline
  package func encode(into writer: inout Writer) throws(CygnetError) {
    try check()
    writer.write(type)
    try writer.vector { (writer) throws(CygnetError) in try encodeData(into: &writer) }
  }

  @usableFromInline
  package init(from reader: inout Reader) throws(CygnetError) {
    let type = try reader.readUInt16()
    self = try reader.vector(0...AttachmentLimits.maxPointerByteCount) {
      (reader) throws(CygnetError) in try Self.decodeData(type, from: &reader)
    }
    try check()
  }

  /// A field of a pointer that is inside a field: depth one is the deepest, so no input recurses.
  init(nestedFrom reader: inout Reader) throws(CygnetError) {
    let type = try reader.readUInt16()
    guard type != 8, type != 12 else {
      throw CygnetError(.ruleViolation, "a nested attachment holds no further ones")
    }
    self = try reader.vector(0...AttachmentLimits.maxPointerByteCount) {
      (reader) throws(CygnetError) in try Self.decodeData(type, from: &reader)
    }
    try check()
  }

  private func encodeData(into writer: inout Writer) throws(CygnetError) {
    switch self {
    case .mediaType(let text), .fileName(let text), .caption(let text), .altText(let text):
      writer.write(fixed: Array(text.utf8))
    case .dimensions(let width, let height):
      writer.write(width)
      writer.write(height)
    case .duration(let milliseconds):
      writer.write(milliseconds)
    case .placeholder(let algorithm, let bytes):
      writer.write(algorithm)
      writer.write(fixed: bytes)
    case .voiceNote(let version, let waveform):
      writer.write(version)
      try writer.write(opaque: waveform)
    case .flags(let flags):
      writer.write(flags.rawValue)
    case .album(let id, let index, let count):
      writer.write(fixed: id)
      writer.write(index)
      writer.write(count)
    case .document(let pageCount, let title):
      writer.write(pageCount)
      writer.write(fixed: Array(title.utf8))
    case .viewOnce:
      writer.write(Self.viewOncePolicy)
    case .expiry(let mode, let seconds):
      writer.write(mode.rawValue)
      writer.write(seconds)
    case .doNotForward:
      break
    case .thumbnail, .renditions:
      for pointer in nested { try pointer.encode(into: &writer) }
    case .inlineThumbnail(let bytes), .clientUUID(let bytes), .contentDigest(let bytes),
      .other(_, let bytes):
      writer.write(fixed: bytes)
    }
  }

  private static let viewOncePolicy: UInt8 = 1

  private static func decodeData(
    _ type: UInt16, from reader: inout Reader
  ) throws(CygnetError) -> AttachmentField {
    switch type {
    case 1: return .mediaType(try text(&reader))
    case 2: return .fileName(try text(&reader))
    case 3: return .caption(try text(&reader))
    case 4: return .dimensions(width: try reader.readUInt32(), height: try reader.readUInt32())
    case 5: return .duration(try reader.readUInt64())
    case 6: return .placeholder(algorithm: try reader.readUInt8(), try rest(&reader))
    case 7: return .inlineThumbnail(try rest(&reader))
    case 8: return .thumbnail(try AttachmentPointer(nestedFrom: &reader))
    case 9:
      return .voiceNote(
        version: try reader.readUInt8(),
        waveform: try reader.readOpaque(0...AttachmentLimits.maxWaveformSampleCount))
    case 10: return .flags(AttachmentFlags(rawValue: try reader.readUInt32()))
    case 11: return .altText(try text(&reader))
    case 12: return .renditions(try pointers(&reader))
    case 13:
      return .album(
        id: try reader.readFixed(16), index: try reader.readUInt16(),
        count: try reader.readUInt16())
    case 14: return .clientUUID(try reader.readFixed(16))
    case 15: return .contentDigest(try reader.readFixed(32))
    case 16: return .document(pageCount: try reader.readUInt32(), title: try text(&reader))
    default: return try decodeCritical(type, from: &reader)
    }
  }

  private static func decodeCritical(
    _ type: UInt16, from reader: inout Reader
  ) throws(CygnetError) -> AttachmentField {
    switch type {
    case 0x8001:
      guard try reader.readUInt8() == viewOncePolicy else {
        throw CygnetError(.unsupported, "unknown policy of a view-once attachment")
      }
      return .viewOnce
    case 0x8002:
      guard let mode = ExpiryMode(rawValue: try reader.readUInt8()) else {
        throw CygnetError(.unsupported, "unknown expiry of an attachment")
      }
      return .expiry(after: mode, seconds: try reader.readUInt32())
    case 0x8003:
      return .doNotForward
    default:
      guard type & criticalBit == 0 else {
        throw CygnetError(.unsupported, "unknown critical field of an attachment")
      }
      return .other(type: type, data: try rest(&reader))
    }
  }

  private static func rest(_ reader: inout Reader) throws(CygnetError) -> [UInt8] {
    try reader.readFixed(reader.remaining)
  }

  private static func text(_ reader: inout Reader) throws(CygnetError) -> String {
    guard let text = String(validating: try rest(&reader), as: UTF8.self) else {
      throw CygnetError(.malformed, "text is not UTF-8")
    }
    return text
  }

  private static func pointers(
    _ reader: inout Reader
  ) throws(CygnetError) -> [AttachmentPointer] {
    var pointers: [AttachmentPointer] = []
    while reader.remaining > 0 {
      guard pointers.count < AttachmentLimits.maxRenditionCount else {
        throw CygnetError(.malformed, "too many renditions")
      }
      pointers.append(try AttachmentPointer(nestedFrom: &reader))
    }
    return pointers
  }
}

extension AttachmentField {
  /// The rules of each field, the same for what is sent and what arrives.
  func check() throws(CygnetError) {
    switch self {
    case .mediaType(let text):
      try Self.demand(1...AttachmentLimits.maxMediaTypeByteCount, text.utf8.count)
      for byte in text.utf8 where byte < 0x20 || byte > 0x7e {
        throw CygnetError(.malformed, "a media type is printable ASCII")
      }
    case .fileName(let text):
      try Self.demand(1...AttachmentLimits.maxFileNameByteCount, text.utf8.count)
    case .caption(let text):
      try Self.demand(0...AttachmentLimits.maxCaptionByteCount, text.utf8.count)
    case .altText(let text):
      try Self.demand(0...AttachmentLimits.maxAltTextByteCount, text.utf8.count)
    case .document(_, let title):
      try Self.demand(0...AttachmentLimits.maxTitleByteCount, title.utf8.count)
    case .placeholder(_, let bytes):
      try Self.demand(0...AttachmentLimits.maxPlaceholderByteCount, bytes.count)
    case .inlineThumbnail(let bytes):
      try Self.demand(1...AttachmentLimits.maxThumbnailByteCount, bytes.count)
    case .voiceNote(_, let waveform):
      try Self.demand(0...AttachmentLimits.maxWaveformSampleCount, waveform.count)
    case .clientUUID(let bytes):
      try Self.demand(16...16, bytes.count)
    case .contentDigest(let bytes):
      try Self.demand(32...32, bytes.count)
    case .renditions(let pointers):
      try Self.demand(1...AttachmentLimits.maxRenditionCount, pointers.count)
    case .other(let type, let data):
      try Self.checkOther(type: type, count: data.count)
    case .dimensions, .album, .expiry:
      try checkNumbers()
    case .duration, .flags, .thumbnail, .viewOnce, .doNotForward:
      break
    }
    for pointer in nested where pointer.fields.contains(where: { !$0.nested.isEmpty }) {
      throw CygnetError(.ruleViolation, "a nested attachment holds no further ones")
    }
  }

  private func checkNumbers() throws(CygnetError) {
    switch self {
    case .dimensions(let width, let height) where width == 0 || height == 0:
      throw CygnetError(.malformed, "a picture has a width and a height")
    case .album(let id, let index, let count):
      try Self.demand(16...16, id.count)
      guard index < count else {
        throw CygnetError(.malformed, "an index lies outside its album")
      }
    case .expiry(_, let seconds) where seconds == 0:
      throw CygnetError(.malformed, "an expiry is not zero seconds")
    default:
      break
    }
  }

  private static func checkOther(type: UInt16, count: Int) throws(CygnetError) {
    guard type > 16, type & criticalBit == 0 else {
      throw CygnetError(.malformed, "a known or critical type in a field of an unknown type")
    }
    try demand(0...AttachmentLimits.maxPointerByteCount, count)
  }

  private static func demand(
    _ bounds: ClosedRange<Int>, _ count: Int
  ) throws(CygnetError) {
    guard bounds.contains(count) else {
      throw CygnetError(.malformed, "a field's length lies outside its bounds")
    }
  }
}
