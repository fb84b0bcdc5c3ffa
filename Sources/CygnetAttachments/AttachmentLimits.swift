/// Every bound of the attachment layer, with its reason.
public enum AttachmentLimits {
  /// Plaintext bytes in one chunk. 16 KiB costs 0.1 % of size and lets a reader seek finely.
  public static let chunkByteCount = 16_384
  /// Bytes that a full chunk takes in a blob: the plaintext and its tag.
  public static let sealedChunkByteCount = chunkByteCount + 16
  /// Salt and commitment, in front of the first chunk.
  public static let headerByteCount = 56
  /// The shortest blob: a header and the tag of an empty chunk.
  public static let minBlobSize: UInt64 = 72
  /// Content that is encrypted or decrypted unless the application says otherwise: 4 GiB, what
  /// phones and common file systems handle. A pointer from a peer cannot make anyone fetch more.
  public static let defaultMaxSize: UInt64 = 1 << 32
  /// Chunks in one blob, whatever the application says. Keeps every sum of lengths far from the end
  /// of 64 bits, and chunks under one key far below the cipher's bound.
  public static let maxChunkCount: UInt64 = 1 << 38
  /// The first plaintext length that would need more chunks.
  static let plainSizeBound = maxChunkCount * UInt64(chunkByteCount)

  /// Chunks in a part, the unit of resumption and of parallel work: 8 MiB of plaintext.
  public static let partChunkCount = 512
  /// Plaintext bytes in a part.
  public static let partByteCount = partChunkCount * chunkByteCount
  /// Bytes of a blob in one part of digest algorithm 2: 8 MiB, the size at which object stores cut
  /// composite checksums.
  public static let digestPartByteCount = 8_388_608
  /// The smallest blob for digest algorithm 2. Below it a flat digest is quick enough.
  public static let minPartedBlobSize: UInt64 = 64 << 20

  /// A whole pointer with its fields: it travels inside a message, which is 256 KiB at most.
  public static let maxPointerByteCount = 16_384
  /// UTF-8 bytes of a locator.
  public static let maxLocatorByteCount = 2_048
  /// ASCII bytes of a media type: two names of RFC 6838 and a slash.
  public static let maxMediaTypeByteCount = 127
  /// What common file systems allow for a name.
  public static let maxFileNameByteCount = 255
  /// UTF-8 bytes of a caption.
  public static let maxCaptionByteCount = 4_096
  /// UTF-8 bytes of an alternative text.
  public static let maxAltTextByteCount = 4_096
  /// UTF-8 bytes of a document's title.
  public static let maxTitleByteCount = 255
  /// Bytes of a placeholder; a blurhash takes about 30.
  public static let maxPlaceholderByteCount = 64
  /// An inline thumbnail leaves room in the pointer for the rest.
  public static let maxThumbnailByteCount = 8_192
  /// Samples of a waveform: more than a screen shows.
  public static let maxWaveformSampleCount = 128
  /// Renditions of one attachment.
  public static let maxRenditionCount = 8
  /// Fields in one pointer: known ones are 19, the rest is room for what later versions add.
  public static let maxFieldCount = 64

  /// Chunks that one step of a parallel run handles: small enough for a core's cache.
  static let sliceChunkCount = 32
  /// Threads of a parallel run. Memory grows by about 2 MiB for each, so 16 stay below 64 MiB.
  static let maxThreadCount = 16
}
