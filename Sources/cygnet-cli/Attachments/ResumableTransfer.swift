internal import CygnetAttachments
internal import CygnetPrimitives

/// Encrypts a file so that an interrupted run can be continued by the next.
///
/// Beside the blob's name stand `.part`, the blob so far, and `.resume`, which holds its key and
/// what the source was. A part is written only after `.resume` covers it, so that nothing sealed is
/// ever seen of which the source was not recorded.
struct ResumableTransfer {
  let target: Path
  let force: Bool

  private var partPath: Path { target.adding(suffix: ".part") }
  private var statePath: Path { target.adding(suffix: ".resume") }

  /// Seals `source` into the partial file, up to its end. `finish` makes it the blob.
  func encrypt(
    _ source: InputFile, size: UInt64, _ request: AttachmentTransfer.Request,
    progress: ProgressBar, output: Output
  ) throws -> (pointer: AttachmentPointer, part: PartialFile) {
    let isKnown = FileStatus.of(target, followingLinks: false) != nil
    guard force || !isKnown else { throw OutputFile.exists(target) }
    let part = try PartialFile(partPath)
    var encryptor = try resumed(source, size: size, request, output: output)
    var offset: UInt64 = 0
    var written: UInt64 = 0
    while encryptor.nextPartByteCount > 0 {
      let count = encryptor.nextPartByteCount
      let content = try source.read(at: offset, upTo: count)
      guard content.count == count else { throw source.becameShorter }
      let storedCount = encryptor.resumption.partCount
      let sealed = try sealing(source) { () throws(CygnetError) in
        try encryptor.seal(part: content)
      }
      if encryptor.resumption.partCount > storedCount { try store(encryptor.resumption) }
      try part.write(sealed, at: written)
      offset += UInt64(count)
      written += UInt64(sealed.count)
      progress.advance(by: count)
    }
    try source.demandUnchanged()
    var padding = try encryptor.pad()
    while !padding.isEmpty {
      try part.write(padding, at: written)
      written += UInt64(padding.count)
      padding = try encryptor.pad()
    }
    let (tail, pointer) = try encryptor.finish()
    try part.write(tail, at: written)
    return (pointer, part)
  }

  /// Gives the blob its name and removes what was kept to continue.
  func finish(_ part: PartialFile, _ pointer: AttachmentPointer) throws(CommandFailure) {
    try part.commit(size: pointer.blobSize, as: target, force: force)
    PartialFile.remove(statePath)
  }

  /// An encryptor that goes on where `.resume` says, or a new one.
  private func resumed(
    _ source: InputFile, size: UInt64, _ request: AttachmentTransfer.Request, output: Output
  ) throws -> ResumableEncryptor {
    guard FileStatus.of(statePath, followingLinks: false) != nil else {
      let encryptor = try ResumableEncryptor(
        size: size, role: request.role, padding: request.padding, digest: request.digest,
        maxSize: request.maxSize)
      return encryptor
    }
    let state = try read()
    guard
      state.role == request.role, state.padding == request.padding,
      state.digestAlgorithm == request.digest
    else {
      throw CommandFailure.usage("\(statePath) was begun with other options", hint: beginAnew)
    }
    guard state.size == size else { throw changed(source) }
    let done = min(size, UInt64(state.partCount) * UInt64(AttachmentLimits.partByteCount))
    output.note("continuing: \(done.asByteCount) of \(size.asByteCount) are checked first")
    return try ResumableEncryptor(resuming: state)
  }

  private func read() throws(CommandFailure) -> AttachmentResumption {
    let file = try InputFile(statePath)
    // 32 bytes for each part, and a part is 8 MiB.
    let bytes = try file.readAll(limit: 8 << 20)
    do throws(CygnetError) {
      return try AttachmentResumption(decoding: SecretBytes(copying: bytes))
    } catch { throw CommandFailure(error, about: statePath) }
  }

  private func store(_ state: AttachmentResumption) throws {
    let file = try OutputFile(statePath, force: true)
    try state.encoded().withBytes { (bytes) throws(CommandFailure) in try file.write(bytes) }
    try file.commit()
  }

  private func sealing<Value>(
    _ source: InputFile, _ body: () throws(CygnetError) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(CygnetError) { return try body() } catch {
      throw error.code == .sourceChanged ? changed(source) : CommandFailure(error)
    }
  }

  private func changed(_ source: InputFile) -> CommandFailure {
    var failure = CommandFailure(
      CygnetError(.sourceChanged, "is not what it was when the encryption was begun"),
      about: source.path)
    failure.hint = beginAnew
    return failure
  }

  private var beginAnew: String { "to begin anew remove \(statePath) and \(partPath)" }
}
