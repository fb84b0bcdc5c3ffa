public import CygnetPrimitives

/// Decrypts one attachment as a stream, in constant memory.
///
/// Bytes of the blob go in, in pieces of any size; content comes out chunk by chunk, each verified,
/// as `ProvisionalBytes`. Only when `finish()` returns is the attachment complete: then the padding
/// was zero and the digest of the whole blob was the pointer's. Write to a temporary place until
/// then. After any failure all further calls fail with `wrongState`.
public struct AttachmentDecryptor: ~Copyable {
  private let pointer: AttachmentPointer
  private let layout: BlobLayout
  private var aead: ChunkedAEAD?
  private var digest: BlobDigest
  /// Bytes of the header or of the chunk that is not complete yet.
  private var pending: [UInt8] = []
  private var nextChunk: UInt64 = 0
  private var taken: UInt64 = 0
  private var hasFailed = false

  /// - Parameters:
  ///   - pointer: what came in the message.
  ///   - maxSize: the largest content that is taken.
  /// - Throws: `limitExceeded` for content above the limit.
  public init(
    _ pointer: AttachmentPointer, maxSize: UInt64 = AttachmentLimits.defaultMaxSize
  ) throws(CygnetError) {
    let layout = try pointer.layout
    try BlobLayout.checkLimit(pointer.size, maxSize: maxSize)
    self.layout = layout
    self.pointer = pointer
    digest = BlobDigest(pointer.digestAlgorithm)
  }

  /// Takes the next piece of the blob and gives the content of the chunks it completes.
  /// - Throws: `malformed` for more bytes than the blob has, `authenticationFailed`, or
  ///   `ruleViolation` for padding that is not zero.
  public mutating func update(_ blob: [UInt8]) throws(CygnetError) -> ProvisionalBytes {
    guard !hasFailed else { throw CygnetError(.wrongState, "the attachment was refused before") }
    hasFailed = true
    guard UInt64(blob.count) <= layout.blobSize - taken else {
      throw CygnetError(.malformed, "the blob is longer than its pointer says")
    }
    taken += UInt64(blob.count)
    let content = try blob.withBytes { (blob) throws(CygnetError) in try take(blob) }
    blob.withBytes { blob in digest.update(blob) }
    hasFailed = false
    return ProvisionalBytes(content)
  }

  /// Checks that the blob ended and that its digest is the pointer's. When this returns, everything
  /// that was given out is the attachment's content.
  /// - Throws: `truncated` when bytes are missing, `authenticationFailed` for another digest.
  public consuming func finish() throws(CygnetError) {
    guard !hasFailed else { throw CygnetError(.wrongState, "the attachment was refused before") }
    guard taken == layout.blobSize else {
      throw CygnetError(.truncated, "the blob is shorter than its pointer says")
    }
    guard ConstantTime.areEqual(digest.close(), pointer.digest) else {
      throw CygnetError(.authenticationFailed, "the attachment does not verify")
    }
  }

  /// Decrypts a blob that is in memory as a whole.
  /// - Throws: as the methods above.
  public static func decrypt(
    _ blob: [UInt8], _ pointer: AttachmentPointer,
    maxSize: UInt64 = AttachmentLimits.defaultMaxSize
  ) throws(CygnetError) -> [UInt8] {
    var decryptor = try AttachmentDecryptor(pointer, maxSize: maxSize)
    let content = try decryptor.update(blob)
    try decryptor.finish()
    return content.bytes
  }

  private mutating func take(_ blob: RawSpan) throws(CygnetError) -> [UInt8] {
    var offset = 0
    if aead == nil {
      offset = fill(to: AttachmentLimits.headerByteCount, from: blob)
      guard pending.count == AttachmentLimits.headerByteCount else { return [] }
      aead = try ChunkedAEAD(
        key: pointer.key, role: pointer.role, header: AttachmentHeader(decoding: pending))
      pending.removeAll(keepingCapacity: true)
    }
    var output: [UInt8] = []
    if !pending.isEmpty, offset < blob.byteCount {
      offset += fill(
        to: sealedByteCount(ofChunk: nextChunk),
        from: blob.extracting(offset..<blob.byteCount))
      guard pending.count == sealedByteCount(ofChunk: nextChunk) else { return [] }
      let complete = pending
      pending.removeAll(keepingCapacity: true)
      output = try complete.withBytes { (bytes) throws(CygnetError) in try open(bytes) }
    }
    let rest = blob.extracting(offset..<blob.byteCount)
    let count = completeByteCount(rest.byteCount)
    if count > 0 {
      let opened = try open(rest.extracting(0..<count))
      if output.isEmpty { output = opened } else { output += opened }
    }
    _ = fill(to: .max, from: rest.extracting(count..<rest.byteCount))
    return output
  }

  /// How many of the next `available` bytes are whole chunks.
  private func completeByteCount(_ available: Int) -> Int {
    guard nextChunk < layout.chunkCount else { return 0 }
    let toEnd = layout.blobSize - layout.blobOffset(ofChunk: nextChunk)
    if UInt64(available) == toEnd { return available }
    let chunk = AttachmentLimits.sealedChunkByteCount
    return available / chunk * chunk
  }

  private func sealedByteCount(ofChunk index: UInt64) -> Int {
    layout.plainByteCount(ofChunk: index) + 16
  }

  /// Moves bytes to `pending` until it holds `count`, and says how many.
  private mutating func fill(to count: Int, from bytes: RawSpan) -> Int {
    let moved = min(count - pending.count, bytes.byteCount)
    pending.append(copying: bytes.extracting(0..<moved))
    return moved
  }

  /// Opens whole chunks and cuts the padding off, which must be zero.
  private mutating func open(_ sealed: RawSpan) throws(CygnetError) -> [UInt8] {
    guard let aead else { throw CygnetError(.wrongState, "no header yet") }
    let start = layout.plainOffset(ofChunk: nextChunk)
    let sealedChunk = AttachmentLimits.sealedChunkByteCount
    let chunkCount = (sealed.byteCount + sealedChunk - 1) / sealedChunk
    let first = nextChunk
    var plaintext = try filledBytes(count: sealed.byteCount - 16 * chunkCount) {
      (output) throws(CygnetError) in try aead.open(sealed, first: first, over: &output)
    }
    nextChunk += UInt64(chunkCount)
    let contentCount = Padding.contentByteCount(
      at: start, count: plaintext.count, size: pointer.size)
    try plaintext.withBytes { (plaintext) throws(CygnetError) in
      try Padding.demandZero(plaintext.extracting(contentCount..<plaintext.byteCount))
    }
    plaintext.removeLast(plaintext.count - contentCount)
    return plaintext
  }
}

extension Padding {
  /// How many of `count` bytes of plaintext, beginning at `offset`, are content of `size` bytes.
  static func contentByteCount(at offset: UInt64, count: Int, size: UInt64) -> Int {
    offset >= size ? 0 : Int(min(UInt64(count), size - offset))
  }

  /// Padding is zero, so that it can carry no hidden message and no second form of the content.
  static func demandZero(_ padding: RawSpan) throws(CygnetError) {
    guard ConstantTime.isZero(padding) else {
      throw CygnetError(.ruleViolation, "padding that is not zero")
    }
  }
}
