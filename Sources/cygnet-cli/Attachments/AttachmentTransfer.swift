internal import CygnetAttachments
internal import CygnetPrimitives

/// Encrypts and decrypts attachments from file to file, in constant memory.
enum AttachmentTransfer {
  /// Bytes read at a time.
  private static let pieceByteCount = 1 << 20

  /// What is asked of an encryption.
  struct Request {
    var role = AttachmentRole.original
    var padding = Padding.padme
    var digest = DigestAlgorithm.flat
    var maxSize = AttachmentLimits.defaultMaxSize
  }

  /// Seals `source` into `blob`, which is left to the caller to commit. Files on all cores, pipes as
  /// a stream.
  static func encrypt(
    _ source: InputFile, size: UInt64, into blob: OutputFile, _ request: Request,
    progress: ProgressBar
  ) throws -> AttachmentPointer {
    if source.size != nil, let descriptor = blob.positioned {
      let name = blob.name
      let pointer = try unwrapping { () throws(CygnetError) in
        try ParallelSealer(
          size: size, role: request.role, padding: request.padding, digest: request.digest,
          maxSize: request.maxSize
        ).run(read: source.positionedRead(progress), write: positionedWrite(descriptor, name))
      }
      try source.demandUnchanged()
      return pointer
    }
    return try encryptStream(source, size: size, into: blob, request, progress: progress)
  }

  private static func encryptStream(
    _ source: InputFile, size: UInt64, into blob: OutputFile, _ request: Request,
    progress: ProgressBar
  ) throws -> AttachmentPointer {
    var encryptor = try AttachmentEncryptor(
      size: size, role: request.role, padding: request.padding, digest: request.digest,
      maxSize: request.maxSize)
    var left = size
    while left > 0 {
      let piece = try source.read(upTo: Int(min(left, UInt64(pieceByteCount))))
      guard !piece.isEmpty else {
        throw source.becameShorter
      }
      try blob.write(encryptor.update(piece))
      left -= UInt64(piece.count)
      progress.advance(by: piece.count)
    }
    guard try source.read(upTo: 1).isEmpty else {
      throw CommandFailure(.inputOutput, "\(source.name) became longer while it was read")
    }
    var padding = try encryptor.pad()
    while !padding.isEmpty {
      try blob.write(padding)
      padding = try encryptor.pad()
    }
    let (tail, pointer) = try encryptor.finish()
    try blob.write(tail)
    return pointer
  }

  /// Opens `blob` into `target`, which is left to the caller to commit: only when this returns is
  /// what was written the attachment.
  static func decrypt(
    _ blob: InputFile, _ pointer: AttachmentPointer, into target: OutputFile, maxSize: UInt64,
    progress: ProgressBar
  ) throws {
    if let size = blob.size { try checkSize(size, of: blob, pointer) }
    if let size = blob.size, let descriptor = target.positioned {
      let name = target.name
      do {
        try unwrapping { () throws(CygnetError) in
          try ParallelOpener(pointer, blobSize: size, maxSize: maxSize).run(
            read: blob.positionedRead(progress), write: positionedWrite(descriptor, name))
        }
      } catch let error as CygnetError { throw CommandFailure(error, about: blob.path) }
      return
    }
    var decryptor = try AttachmentDecryptor(pointer, maxSize: maxSize)
    while true {
      let piece = try blob.read(upTo: pieceByteCount)
      guard !piece.isEmpty else { break }
      try target.write(
        opening(blob) { () throws(CygnetError) in try decryptor.update(piece).bytes })
      progress.advance(by: piece.count)
    }
    do throws(CygnetError) { try decryptor.finish() } catch {
      throw CommandFailure(error, about: blob.path)
    }
  }

  /// Content bytes in `range`, fetched from the blob a few chunks at a time.
  static func read(
    _ range: Range<UInt64>, of blob: InputFile, _ pointer: AttachmentPointer, maxSize: UInt64,
    into target: OutputFile
  ) throws {
    let header = try blob.read(at: 0, upTo: AttachmentLimits.headerByteCount)
    let reader = try opening(blob) { () throws(CygnetError) in
      try AttachmentReader(pointer, header: header, maxSize: maxSize)
    }
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(range.upperBound, start + UInt64(AttachmentLimits.partByteCount))
      let bytes = try opening(blob) { () throws(CygnetError) in
        try reader.read(start..<end) { (place) throws(CygnetError) in
          do { return try blob.read(at: place.lowerBound, upTo: place.count) } catch {
            throw CygnetError(.storage, "the blob cannot be read", underlying: error)
          }
        }
      }
      try target.write(bytes.bytes)
      start = end
    }
  }

  /// Checks a blob without a key.
  static func verify(_ blob: InputFile, _ verifier: consuming BlobVerifier, progress: ProgressBar)
    throws -> [UInt8]
  {
    var verifier = verifier
    while true {
      let piece = try blob.read(upTo: pieceByteCount)
      guard !piece.isEmpty else { break }
      do throws(CygnetError) { try verifier.update(piece) } catch {
        throw CommandFailure(error, about: blob.path)
      }
      progress.advance(by: piece.count)
    }
    do throws(CygnetError) { return try verifier.finish() } catch {
      throw CommandFailure(error, about: blob.path)
    }
  }

  private static func positionedWrite(
    _ descriptor: Descriptor, _ name: String
  ) -> PositionedWrite {
    { (offset, bytes) throws(CygnetError) in
      if let error = descriptor.write(bytes, at: offset) {
        throw CygnetError(
          .storage, "the output cannot be written",
          underlying: error.failure("cannot write to \(name)"))
      }
    }
  }

  /// Gives the failure that a read or write of ours put into the library's error.
  private static func unwrapping<Value>(
    _ body: () throws(CygnetError) -> Value
  ) throws -> Value {
    do throws(CygnetError) { return try body() } catch {
      throw error.underlying ?? error
    }
  }

  private static func checkSize(
    _ size: UInt64, of blob: InputFile, _ pointer: AttachmentPointer
  ) throws(CommandFailure) {
    if size < pointer.blobSize {
      throw CommandFailure(
        CygnetError(.truncated, "the blob is shorter than its pointer says"), about: blob.path)
    }
    if size > pointer.blobSize {
      throw CommandFailure(
        CygnetError(.malformed, "the blob is longer than its pointer says"), about: blob.path)
    }
  }

  /// Names the blob in what goes wrong with it.
  private static func opening<Value>(
    _ blob: InputFile, _ body: () throws(CygnetError) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(CygnetError) { return try body() } catch {
      throw CommandFailure(error, about: blob.path)
    }
  }
}
