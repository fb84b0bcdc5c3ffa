public import CygnetPrimitives

/// Encrypts one attachment part by part, so that an interruption costs nothing that was sent.
///
/// Content comes in parts of exactly 8 MiB, the last may be shorter. After each part store
/// `resumption` **before** anything of what `seal(part:)` gave leaves the device. To go on after an
/// interruption make a new one from what was stored and give it the content from the start: it seals
/// the same bytes again, of which the caller drops those it has sent. Where the content is not the
/// same any more it fails with `sourceChanged`, before it seals the part: then begin anew.
public struct ResumableEncryptor: ~Copyable {
  /// What to store. It covers every part that was given to `seal(part:)`.
  public private(set) var resumption: AttachmentResumption

  /// Bytes that the whole blob will have.
  public let blobSize: UInt64

  // Shared by the two threads of one call, never by two calls.
  private let encryptor: Monitor<AttachmentEncryptor?>
  private let prefix = Monitor(SHA256())
  private var partIndex = 0
  private var taken: UInt64 = 0
  private var hasFailed = false

  /// The parameters are those of `AttachmentEncryptor`.
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
      resuming: AttachmentResumption(
        key: key, salt: random.bytes(AttachmentHeader.saltByteCount), role: role,
        padding: padding, digestAlgorithm: digest, size: size))
  }

  /// Continues what was stored.
  /// - Throws: `internalFault` only.
  public init(resuming resumption: AttachmentResumption) throws(CygnetError) {
    let encryptor = try AttachmentEncryptor(
      size: resumption.size, role: resumption.role, padding: resumption.padding,
      digest: resumption.digestAlgorithm, key: resumption.key, salt: resumption.salt)
    blobSize = encryptor.blobSize
    self.encryptor = Monitor(consume encryptor)
    self.resumption = resumption
  }

  /// Bytes of content that the next call to `seal(part:)` must be given; 0 when there is no more.
  public var nextPartByteCount: Int {
    Int(min(UInt64(AttachmentLimits.partByteCount), resumption.size - taken))
  }

  /// Seals the next part of the content. The first result begins with the blob's header, and each
  /// but the last ends where part k ends in the blob, at 56 + 8396800 (k + 1).
  /// - Throws: `limitExceeded` or `truncated` for a part of another size than `nextPartByteCount`;
  ///   `sourceChanged` when the content up to the part's end is not what it was; `wrongState` after
  ///   a failure.
  public mutating func seal(part: [UInt8]) throws(CygnetError) -> [UInt8] {
    guard !hasFailed else { throw CygnetError(.wrongState, "the encryption failed before") }
    guard part.count >= nextPartByteCount else {
      throw CygnetError(.truncated, "less content than was declared")
    }
    guard part.count == nextPartByteCount, !part.isEmpty else {
      throw CygnetError(.limitExceeded, "more content than a part or than was declared")
    }
    hasFailed = true
    let (digest, sealed) = hashAndSeal(part)
    let blob = try sealed.get()
    // What was sealed stays here unless the digest is right.
    try record(digest)
    partIndex += 1
    taken += UInt64(part.count)
    hasFailed = false
    return blob
  }

  /// As `AttachmentEncryptor.pad()`: gives what padding adds, up to 1 MiB at a time.
  /// - Throws: `truncated` when content is missing, `wrongState` after a failure.
  public mutating func pad() throws(CygnetError) -> [UInt8] {
    guard !hasFailed else { throw CygnetError(.wrongState, "the encryption failed before") }
    let padding: Result<[UInt8], CygnetError> = encryptor.withLock { encryptor in
      guard var taken = encryptor.take() else { return Self.gone() }
      let result = Result { () throws(CygnetError) in try taken.pad() }
      encryptor = consume taken
      return result
    }
    return try padding.get()
  }

  /// Gives the end of the blob, and the pointer to put into a message. The stored resumption can be
  /// deleted when the blob is where it belongs.
  /// - Throws: `truncated` when less content came than was declared, `wrongState` after a failure.
  public consuming func finish() throws(CygnetError) -> (tail: [UInt8], pointer: AttachmentPointer)
  {
    guard !hasFailed else { throw CygnetError(.wrongState, "the encryption failed before") }
    typealias End = (tail: [UInt8], pointer: AttachmentPointer)
    let end: Result<End, CygnetError> = encryptor.withLock { encryptor in
      guard let taken = encryptor.take() else { return Self.gone() }
      do throws(CygnetError) { return .success(try taken.finish()) } catch {
        return .failure(error)
      }
    }
    return try end.get()
  }

  private static func gone<R>() -> Result<R, CygnetError> {
    .failure(CygnetError(.wrongState, "the encryption failed before"))
  }

  /// Compares with what was stored, or adds to it.
  private mutating func record(_ digest: [UInt8]) throws(CygnetError) {
    guard partIndex < resumption.prefixDigests.count else {
      resumption.prefixDigests.append(digest)
      return
    }
    guard ConstantTime.areEqual(digest, resumption.prefixDigests[partIndex]) else {
      throw CygnetError(.sourceChanged, "the content is not what it was: begin anew")
    }
  }

  /// The two halves of the work on a part, on two threads: hashing the content costs about as much
  /// as sealing it and hashing the result.
  private func hashAndSeal(_ part: [UInt8]) -> ([UInt8], Result<[UInt8], CygnetError>) {
    let (encryptor, prefix) = (encryptor, prefix)
    let steps = Monitor(0)
    let results = Monitor(Results())
    Threads.run(2) {
      while true {
        let step = steps.withLock { next in
          next += 1
          return next
        }
        switch step {
        case 1:
          let sealed = Self.seal(part, encryptor)
          results.withLock { results in results.sealed = sealed }
        case 2:
          let digest = prefix.withLock { prefix in
            prefix.update(part)
            return prefix.currentDigest()
          }
          results.withLock { results in results.digest = digest }
        default:
          return
        }
      }
    }
    return results.withLock { results in (results.digest, results.sealed) }
  }

  private struct Results {
    var digest: [UInt8] = []
    var sealed: Result<[UInt8], CygnetError> = ResumableEncryptor.gone()
  }

  private static func seal(
    _ part: [UInt8], _ encryptor: Monitor<AttachmentEncryptor?>
  ) -> Result<[UInt8], CygnetError> {
    encryptor.withLock { encryptor in
      guard var taken = encryptor.take() else { return gone() }
      let result = Result { () throws(CygnetError) in try taken.update(part) }
      encryptor = consume taken
      return result
    }
  }
}
