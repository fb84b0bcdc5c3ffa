public import CygnetPrimitives

/// Encrypts a file on all cores, in constant memory. The blob is the one `AttachmentEncryptor` makes.
///
/// Reading and writing are the caller's. Under the flat digest one thread at a time computes it in
/// order, which bounds the speed; under the digest of parts everything runs in parallel.
public struct ParallelSealer: ~Copyable {
  private let size: UInt64
  private let role: AttachmentRole
  private let padding: Padding
  private let algorithm: DigestAlgorithm
  private let key: AttachmentKey
  private let salt: [UInt8]
  private let layout: BlobLayout
  private let threadCount: Int

  /// - Parameters:
  ///   - size: bytes of content that will be read, exactly.
  ///   - role: bound into the key derivation.
  ///   - padding: `.none` lets everyone who sees the blob know the exact size.
  ///   - digest: the digest of parts is for blobs of 64 MiB and more.
  ///   - maxSize: the largest content that is taken.
  ///   - threadCount: 1 to 16 threads; nil for one per processor.
  /// - Throws: `limitExceeded` for a size above the limit; `ruleViolation` for the digest of parts
  ///   on a small blob.
  public init(
    size: UInt64, role: AttachmentRole = .original, padding: Padding = .padme,
    digest: DigestAlgorithm = .flat, maxSize: UInt64 = AttachmentLimits.defaultMaxSize,
    threadCount: Int? = nil
  ) throws(CygnetError) {
    var random = SystemRandomSource()
    try self.init(
      size: size, role: role, padding: padding, digest: digest, maxSize: maxSize,
      threadCount: threadCount, using: &random)
  }

  /// Draws the key (32 bytes), then the salt (24 bytes).
  package init(
    size: UInt64, role: AttachmentRole, padding: Padding, digest: DigestAlgorithm,
    maxSize: UInt64 = AttachmentLimits.defaultMaxSize, threadCount: Int?,
    using random: inout some RandomSource
  ) throws(CygnetError) {
    try BlobLayout.checkLimit(size, maxSize: maxSize)
    let layout = try BlobLayout(contentSize: size, padding: padding)
    try digest.check(blobSize: layout.blobSize)
    self.layout = layout
    self.size = size
    self.role = role
    self.padding = padding
    algorithm = digest
    key = AttachmentKey.generate(using: &random)
    salt = random.bytes(AttachmentHeader.saltByteCount)
    self.threadCount = ParallelThreads.count(threadCount)
  }

  /// Bytes that the whole blob will have.
  public var blobSize: UInt64 { layout.blobSize }

  /// Seals everything, once. The content must not change meanwhile: a blob of changed content may
  /// not open.
  /// - Parameters:
  ///   - read: gives content; never asked beyond the declared size.
  ///   - write: takes the blob.
  /// - Throws: what `read` and `write` throw, the first of it; what was written is then worthless.
  public consuming func run(
    read: @escaping PositionedRead, write: @escaping PositionedWrite
  ) throws(CygnetError) -> AttachmentPointer {
    let aead = try ChunkedAEAD(key: key, salt: salt, role: role)
    let header = aead.header.bytes
    try header.withBytes { (header) throws(CygnetError) in try write(0, header) }
    let work = SealingWork(layout: layout, size: size, aead: aead, read: read, write: write)
    let digest =
      switch algorithm {
      case .flat: try FlatRun(work: work, threadCount: threadCount).run(header: header)
      case .parts: try PartedRun(work: work, threadCount: threadCount).run(header: header)
      }
    return try AttachmentPointer(
      role: role, padding: padding, key: key, size: size, blobSize: layout.blobSize,
      digestAlgorithm: algorithm, digest: digest)
  }
}

enum ParallelThreads {
  static func count(_ wanted: Int?) -> Int {
    min(max(wanted ?? Threads.processorCount, 1), AttachmentLimits.maxThreadCount)
  }
}
