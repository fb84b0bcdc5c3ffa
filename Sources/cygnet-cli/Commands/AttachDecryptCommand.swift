internal import CygnetAttachments
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet attach decrypt`
enum AttachDecryptCommand {
  static let command = Command(
    name: "decrypt",
    summary: "Decrypt a blob with its pointer",
    discussion: """
      The file appears only when the whole blob has verified: every chunk, the padding, and the \
      digest that the pointer names.
      """,
    options: [AttachCommand.pointerOption, .output, AttachCommand.maxSizeOption, .force],
    positionals: [Positional(name: "BLOB", summary: "The blob, by name or - for standard input")],
    examples: [
      Example(
        line: "cygnet attach decrypt -p photo.pointer photo.blob -o photo.jpg",
        meaning: "Back to the picture")
    ],
    exitCodes: [.authentication, .stale, .limit],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let pointer = try AttachCommand.pointer(arguments)
    let blob = try AttachCommand.input(arguments, "BLOB")
    let path = arguments.path("output")
    if path == nil || path?.isStandardStream == true {
      output.warning("bytes go out before the whole is verified: use them only on exit code 0")
    }
    let target = try OutputFile(path, force: arguments.has("force"), inputs: [blob])
    let progress = ProgressBar("decrypting", total: pointer.blobSize, output: output)
    let start = ContinuousClock.now
    try AttachmentTransfer.decrypt(
      blob, pointer, into: target, maxSize: AttachCommand.maxSize(arguments), progress: progress)
    progress.finish()
    try target.commit()
    let duration = ContinuousClock.now - start
    output.note(
      "\(pointer.size.asByteCount) verified in \(duration.asText), "
        + AttachCommand.rate(pointer.size, duration))
    if let path, !path.isStandardStream {
      try output.line("\(path)  \(pointer.size) bytes")
      try output.result([
        "size": .integer(pointer.size), "digest": .hex(pointer.digest),
        "nanoseconds": .integer(duration.nanoseconds),
      ])
    }
    return .ok
  }
}
