internal import CygnetAttachments
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet attach encrypt`
enum AttachEncryptCommand {
  static let command = Command(
    name: "encrypt",
    summary: "Encrypt a file into a blob and its pointer",
    discussion: """
      The blob gets a fresh random key and is padded, so that its length tells little of the \
      file's. The pointer file is written for you alone; put its bytes into an encrypted message.

      With --resume an interrupted run leaves the blob so far in BLOB.part and its key in \
      BLOB.resume; the same command goes on. It refuses a file that changed meanwhile, since \
      sealing other content under the same key would give both away.
      """,
    options: [
      .output,
      Option(
        long: "pointer", short: "p", valueName: "FILE", value: .file,
        summary: "Write the pointer, which holds the key, to FILE"),
      Option(
        long: "role", valueName: "ROLE", value: .choice(AttachmentRole.allCases.map { "\($0)" }),
        summary: "What the file is to its message (original)"),
      Option(long: "no-padding", summary: "Let the blob's length tell the file's exact size"),
      Option(
        long: "digest-alg", valueName: "N", value: .choice(["1", "2"]),
        summary: "Digest of the blob: 1 SHA-256, 2 of 8 MiB parts, from 64 MiB on"),
      Option(
        long: "resume",
        summary: "Keep what is needed to continue if interrupted, and continue what was"),
      AttachCommand.maxSizeOption, .force,
    ],
    positionals: [Positional(name: "FILE", summary: "What to encrypt")],
    examples: [
      Example(
        line: "cygnet attach encrypt photo.jpg -o photo.blob -p photo.pointer",
        meaning: "photo.blob can be uploaded anywhere"),
      Example(
        line: "cygnet attach encrypt film.mp4 -o film.blob -p film.pointer --resume",
        meaning: "The same again goes on where this was interrupted"),
    ],
    exitCodes: [.stale, .limit, .interrupted],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    guard let target = arguments.path("output"), let pointerPath = arguments.path("pointer") else {
      throw CommandFailure.usage("--output and --pointer are needed, for blob and pointer")
    }
    let source = try AttachCommand.input(arguments, "FILE")
    guard let size = source.size else {
      throw CommandFailure(
        .inputOutput, "\(source.name) has no size yet", hint: "write it to a file first")
    }
    var request = AttachmentTransfer.Request()
    request.maxSize = try AttachCommand.maxSize(arguments)
    if arguments.has("no-padding") { request.padding = .none }
    if try arguments.text("digest-alg") == "2" { request.digest = .parts }
    if let name = try arguments.text("role") {
      for role in AttachmentRole.allCases where "\(role)" == name { request.role = role }
    }
    let force = arguments.has("force")
    if !force, FileStatus.of(pointerPath) != nil {
      throw CommandFailure(
        .inputOutput, "\(pointerPath) exists", hint: "use --force to overwrite it")
    }
    let progress = ProgressBar("encrypting", total: size, output: output)
    let start = ContinuousClock.now
    let product = try encrypt(source, size: size, to: target, request, progress, invocation)
    let pointer = product.pointer
    progress.finish()
    let duration = ContinuousClock.now - start
    // The pointer first: a blob without its key would be lost.
    let pointerByteCount = try PointerFile.write(pointer, to: pointerPath, force: force)
    try product.commit()
    output.note(
      "\(source.name): \(size.asByteCount) in \(duration.asText), "
        + AttachCommand.rate(size, duration))
    try output.line("blob     \(target)  \(pointer.blobSize) bytes")
    try output.line("pointer  \(pointerPath)  \(pointerByteCount) bytes, holds the key")
    try output.line("sha256   \(Hex.encode(pointer.digest))")
    try output.result([
      "size": .integer(size), "blob_size": .integer(pointer.blobSize),
      "role": .string("\(pointer.role)"), "padding": .string("\(pointer.padding)"),
      "digest_alg": .integer(Int(pointer.digestAlgorithm.rawValue)),
      "digest": .hex(pointer.digest), "pointer_size": .integer(pointerByteCount),
      "nanoseconds": .integer(duration.nanoseconds),
    ])
    return .ok
  }

  private static func encrypt(
    _ source: InputFile, size: UInt64, to target: Path, _ request: AttachmentTransfer.Request,
    _ progress: ProgressBar, _ invocation: Invocation
  ) throws -> (pointer: AttachmentPointer, commit: () throws -> Void) {
    let force = invocation.arguments.has("force")
    guard invocation.arguments.has("resume") else {
      let blob = try OutputFile(target, force: force, inputs: [source])
      let pointer = try AttachmentTransfer.encrypt(
        source, size: size, into: blob, request, progress: progress)
      return (pointer, { try blob.commit() })
    }
    guard !target.isStandardStream, !source.path.isStandardStream else {
      throw CommandFailure.usage("--resume works from file to file")
    }
    guard FileStatus.of(target)?.identity != source.status.identity else {
      throw CommandFailure(.inputOutput, "\(target) is the file being read")
    }
    let transfer = ResumableTransfer(target: target, force: force)
    let (pointer, part) = try transfer.encrypt(
      source, size: size, request, progress: progress, output: invocation.output)
    return (pointer, { try transfer.finish(part, pointer) })
  }
}
