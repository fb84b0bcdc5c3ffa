/// One optional fact in an attachment's pointer. What a peer says here is its claim: nothing but the
/// content itself is checked against it.
///
///     struct {
///       uint16 type;                    // bit 15: critical
///       opaque data<V>;
///     } AttachmentField;
///
/// An unknown field is kept as it came, unless its type is critical: then the attachment is refused.
public indirect enum AttachmentField: Equatable, Sendable {
  /// ASCII, 1 to 127 bytes. Receivers go by it and never guess from content.
  case mediaType(String)
  /// UTF-8, 1 to 255 bytes, as the peer wrote it. Show and use `FileName.sanitised` of it only.
  case fileName(String)
  /// UTF-8, at most 4 KiB.
  case caption(String)
  /// Pixels after rotation, neither of them zero.
  case dimensions(width: UInt32, height: UInt32)
  /// Milliseconds.
  case duration(UInt64)
  /// Something to show while the content loads: algorithm 1 is blurhash, 2 thumbhash; at most 64
  /// bytes.
  case placeholder(algorithm: UInt8, [UInt8])
  /// A JPEG or WebP image of at most 8 KiB. Not together with `viewOnce`.
  case inlineThumbnail([UInt8])
  /// A thumbnail that is an attachment of its own. It holds neither thumbnails nor renditions.
  case thumbnail(AttachmentPointer)
  /// A version and at most 128 samples of the waveform.
  case voiceNote(version: UInt8, waveform: [UInt8])
  case flags(AttachmentFlags)
  /// UTF-8, at most 4 KiB, for those who do not see the picture.
  case altText(String)
  /// 1 to 8 other renditions, each an attachment of its own as for `thumbnail`.
  case renditions([AttachmentPointer])
  /// 16 bytes that name the album, and the place in it.
  case album(id: [UInt8], index: UInt16, count: UInt16)
  /// 16 bytes, the same on all of a person's devices.
  case clientUUID([UInt8])
  /// SHA-256 of the content, 32 bytes, for a person's own devices.
  case contentDigest([UInt8])
  /// Pages, and a title of at most 255 bytes of UTF-8.
  case document(pageCount: UInt32, title: String)
  /// To be opened once, on devices that declare the capability, and deleted then. Critical.
  case viewOnce
  /// To be deleted some seconds, not zero, after an event. Critical.
  case expiry(after: ExpiryMode, seconds: UInt32)
  /// A request, not a protection. Critical.
  case doNotForward
  /// A field that is unknown here and not critical.
  case other(type: UInt16, data: [UInt8])

  /// From which event an expiry counts.
  public enum ExpiryMode: UInt8, Sendable {
    case sending = 1
    case opening = 2
  }

  /// The bit of a type that makes its field critical.
  static let criticalBit: UInt16 = 0x8000

  /// The field's type on the wire.
  public var type: UInt16 {
    switch self {
    case .mediaType: 1
    case .fileName: 2
    case .caption: 3
    case .dimensions: 4
    case .duration: 5
    case .placeholder: 6
    case .inlineThumbnail: 7
    case .thumbnail: 8
    case .voiceNote: 9
    case .flags: 10
    case .altText: 11
    case .renditions: 12
    case .album: 13
    case .clientUUID: 14
    case .contentDigest: 15
    case .document: 16
    case .viewOnce: 0x8001
    case .expiry: 0x8002
    case .doNotForward: 0x8003
    case .other(let type, _): type
    }
  }

  /// The pointers inside.
  var nested: [AttachmentPointer] {
    switch self {
    case .thumbnail(let pointer): [pointer]
    case .renditions(let pointers): pointers
    default: []
    }
  }
}

/// How an attachment wants to be shown. Bits that are unknown here are kept.
public struct AttachmentFlags: OptionSet, Sendable {
  /// The bits on the wire.
  public let rawValue: UInt32
  /// Any bits.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Plays again and again, without sound.
  public static let loops = AttachmentFlags(rawValue: 1)
  /// Shown without a frame.
  public static let borderless = AttachmentFlags(rawValue: 2)
  /// Hidden until it is asked for.
  public static let spoiler = AttachmentFlags(rawValue: 4)
  /// Shown as a sticker.
  public static let sticker = AttachmentFlags(rawValue: 8)
  /// Sent in its full resolution on purpose.
  public static let highDefinition = AttachmentFlags(rawValue: 16)
}
