public import CygnetPrimitives

/// Encrypts one attachment as a stream, in constant memory.
///
/// The size is declared first, content follows in pieces of any size, and what comes back is the
/// blob, piece by piece. Key and salt are fresh and random, and leave in the pointer only at the end:
/// an encryption that is abandoned leaves nothing that could be used twice.
public struct AttachmentEncryptor: ~Copyable {
  private let size: UInt64
  private let role: AttachmentRole
  private let padding: Padding
  private let key: AttachmentKey
  private let layout: BlobLayout
  private let aead: ChunkedAEAD
  private let algorithm: DigestAlgorithm
  private var digest: BlobDigest
  /// Plaintext of the chunk that is not full yet.
  private var pending: [UInt8] = []
  private var nextChunk: UInt64 = 0
  /// Content and padding taken so far.
  private var taken: UInt64 = 0
  private var hasBegun = false

  /// - Parameters:
  ///   - size: bytes of content that will follow, exactly.
  ///   - role: bound into the key derivation.
  ///   - padding: `.none` lets everyone who sees the blob know the exact size.
  ///   - digest: the digest of parts is for blobs of 64 MiB and more.
  ///   - maxSize: the largest content that is taken.
  /// - Throws: `limitExceeded` for a size above the limit; `ruleViolation` for the digest of parts
  ///   on a small blob.
  public init(
    size: UInt64, role: AttachmentRole = .original, padding: Padding = .padme,
    digest: DigestAlgorithm = .flat, maxSize: UInt64 = AttachmentLimits.defaultMaxSize
  ) throws(CygnetError) {
    var random = SystemRandomSource()
    try self.init(
      size: size, role: role, padding: padding, digest: digest, maxSize: maxSize, using: &random)
  }

  /// Draws the key (32 bytes), then the salt (24 bytes).
  package init(
    size: UInt64, role: AttachmentRole, padding: Padding, digest: DigestAlgorithm,
    maxSize: UInt64 = AttachmentLimits.defaultMaxSize, using random: inout some RandomSource
  ) throws(CygnetError) {
    try BlobLayout.checkLimit(size, maxSize: maxSize)
    let key = AttachmentKey.generate(using: &random)
    try self.init(
      size: size, role: role, padding: padding, digest: digest, key: key,
      salt: random.bytes(AttachmentHeader.saltByteCount))
  }

  /// With a key and a salt that are given. For test vectors, and for those here that know that the
  /// pair never meets other content.
  package init(
    size: UInt64, role: AttachmentRole, padding: Padding, digest: DigestAlgorithm,
    key: AttachmentKey, salt: [UInt8]
  ) throws(CygnetError) {
    let layout = try BlobLayout(contentSize: size, padding: padding)
    try digest.check(blobSize: layout.blobSize)
    let aead = try ChunkedAEAD(key: key, salt: salt, role: role)
    self.layout = layout
    self.aead = aead
    self.size = size
    self.role = role
    self.padding = padding
    self.key = key
    algorithm = digest
    self.digest = BlobDigest(digest)
  }

  /// Bytes that the whole blob will have.
  public var blobSize: UInt64 { layout.blobSize }

  /// Takes the next piece of content and gives the next piece of the blob, which may be empty.
  /// - Throws: `limitExceeded` for more content than was declared; nothing is taken then.
  public mutating func update(_ content: [UInt8]) throws(CygnetError) -> [UInt8] {
    guard UInt64(content.count) <= size - min(taken, size) else {
      throw CygnetError(.limitExceeded, "more content than was declared")
    }
    return try content.withBytes { (content) throws(CygnetError) in try take(content) }
  }

  /// Gives the next piece, up to 1 MiB, of what padding adds to the blob; empty when no more than a
  /// chunk is left. Optional: `finish` gives what is left, but for a large file that is much at once.
  /// - Throws: `wrongState` before all content was taken.
  public mutating func pad() throws(CygnetError) -> [UInt8] {
    try demandAllContent()
    let chunk = UInt64(AttachmentLimits.chunkByteCount)
    let left = layout.plainSize - taken
    guard left > chunk else { return [] }
    return try takeZeros(Int(min(left, 64 * chunk)))
  }

  /// Gives the end of the blob, and the pointer to put into a message.
  /// - Throws: `truncated` when less content came than was declared.
  public consuming func finish() throws(CygnetError) -> (tail: [UInt8], pointer: AttachmentPointer)
  {
    try demandAllContent()
    var tail: [UInt8] = []
    var piece = try pad()
    while !piece.isEmpty {
      tail += piece
      piece = try pad()
    }
    tail += try takeZeros(Int(layout.plainSize - taken))
    tail += try sealLast()
    let pointer = try AttachmentPointer(
      role: role, padding: padding, key: key, size: size, blobSize: layout.blobSize,
      digestAlgorithm: algorithm, digest: digest.close())
    return (tail, pointer)
  }

  /// Encrypts content that is in memory as a whole.
  /// - Throws: as `init(size:role:padding:digest:maxSize:)`.
  public static func encrypt(
    _ content: [UInt8], role: AttachmentRole = .original, padding: Padding = .padme
  ) throws(CygnetError) -> (blob: [UInt8], pointer: AttachmentPointer) {
    var encryptor = try AttachmentEncryptor(
      size: UInt64(content.count), role: role, padding: padding)
    var blob = try encryptor.update(content)
    let (tail, pointer) = try encryptor.finish()
    blob += tail
    return (blob, pointer)
  }

  private func demandAllContent() throws(CygnetError) {
    guard taken >= size else {
      throw CygnetError(.truncated, "less content than was declared")
    }
  }

  private mutating func takeZeros(_ count: Int) throws(CygnetError) -> [UInt8] {
    try [UInt8](repeating: 0, count: count).withBytes { (zeros) throws(CygnetError) in
      try take(zeros)
    }
  }

  /// Seals all full chunks of `pending` and `plaintext` together and keeps the rest.
  private mutating func take(_ plaintext: RawSpan) throws(CygnetError) -> [UInt8] {
    let chunk = AttachmentLimits.chunkByteCount
    var output: [UInt8] = []
    if !hasBegun {
      output = aead.header.bytes
      hasBegun = true
    }
    var offset = 0
    if !pending.isEmpty {
      offset = min(chunk - pending.count, plaintext.byteCount)
      append(plaintext.extracting(0..<offset))
      if pending.count == chunk {
        var complete = takePending()
        defer { ConstantTime.wipe(&complete) }
        output += try complete.withBytes { (bytes) throws(CygnetError) in
          try seal(bytes, isLast: false)
        }
      }
    }
    let end = offset + (plaintext.byteCount - offset) / chunk * chunk
    if end > offset {
      let sealed = try seal(plaintext.extracting(offset..<end), isLast: false)
      if output.isEmpty { output = sealed } else { output += sealed }
    }
    append(plaintext.extracting(end..<plaintext.byteCount))
    taken += UInt64(plaintext.byteCount)
    output.withBytes { output in digest.update(output) }
    return output
  }

  private mutating func append(_ plaintext: RawSpan) {
    guard plaintext.byteCount > 0 else { return }
    pending.reserveCapacity(AttachmentLimits.chunkByteCount)
    pending.append(copying: plaintext)
  }

  /// What waits for a full chunk, which nobody else holds then: whoever takes it wipes it.
  private mutating func takePending() -> [UInt8] {
    var taken: [UInt8] = []
    swap(&taken, &pending)
    return taken
  }

  private mutating func sealLast() throws(CygnetError) -> [UInt8] {
    var rest = takePending()
    defer { ConstantTime.wipe(&rest) }
    let sealed = try rest.withBytes { (rest) throws(CygnetError) in
      try seal(rest, isLast: true)
    }
    sealed.withBytes { sealed in digest.update(sealed) }
    return sealed
  }

  private mutating func seal(_ plaintext: RawSpan, isLast: Bool) throws(CygnetError) -> [UInt8] {
    let count = ChunkedAEAD.sealedByteCount(plaintext.byteCount, isLast: isLast)
    let (aead, first) = (aead, nextChunk)
    let sealed = try filledBytes(count: count) { (output) throws(CygnetError) in
      try aead.seal(plaintext, first: first, isLast: isLast, over: &output)
    }
    nextChunk += UInt64(plaintext.byteCount / AttachmentLimits.chunkByteCount)
    return sealed
  }
}
