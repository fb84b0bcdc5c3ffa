internal import CygnetAttachments
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet attach verify`
enum AttachVerifyCommand {
  static let command = Command(
    name: "verify",
    summary: "Check a blob without its key, as a server does",
    discussion: """
      Checks that the length is one that a blob can have, that it is a padded one, and the digest \
      where one is given. Whether the bytes are a blob at all, only the key tells.
      """,
    options: [
      Option(long: "digest", valueName: "HEX", summary: "The digest the blob must have"),
      AttachCommand.pointerOption,
      Option(
        long: "digest-alg", valueName: "N", value: .choice(["1", "2"]),
        summary: "Digest of the blob: 1 SHA-256, 2 of 8 MiB parts (1, or the pointer's)"),
      Option(long: "no-padding", summary: "Take lengths that padding does not give"),
      AttachCommand.maxSizeOption,
    ],
    positionals: [Positional(name: "BLOB", summary: "The blob")],
    examples: [
      Example(
        line: "cygnet attach verify upload.blob --max-size 104857600",
        meaning: "What a server asks before it stores an upload")
    ],
    exitCodes: [.authentication, .limit],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let blob = try AttachCommand.input(arguments, "BLOB")
    guard let size = blob.size else {
      throw CommandFailure.usage("a blob is checked in a file, not in a pipe")
    }
    let pointer: AttachmentPointer? =
      arguments.has("pointer") ? try AttachCommand.pointer(arguments) : nil
    var expected = pointer?.digest
    if let text = try arguments.text("digest") {
      guard let digest = Hex.decode(text), digest.count == 32 else {
        throw CommandFailure.usage("--digest takes 64 lower-case hex digits")
      }
      expected = digest
    }
    var algorithm = pointer?.digestAlgorithm ?? .flat
    if let text = try arguments.text("digest-alg") { algorithm = text == "2" ? .parts : .flat }
    let isUnpadded = arguments.has("no-padding") || pointer?.padding == Padding.none
    if let pointer, pointer.blobSize != size {
      throw CommandFailure(
        CygnetError(
          size < pointer.blobSize ? .truncated : .malformed,
          "the blob has another length than its pointer says"), about: blob.path)
    }
    let quota = try arguments.count("max-size") ?? .max
    let verifier: BlobVerifier
    do throws(CygnetError) {
      verifier = try BlobVerifier(
        size: size, digest: expected, algorithm: algorithm, padding: isUnpadded ? .none : .padme,
        maxSize: quota)
    } catch { throw CommandFailure(error, about: blob.path) }
    let progress = ProgressBar("checking", total: size, output: output)
    let digest = try AttachmentTransfer.verify(blob, verifier, progress: progress)
    progress.finish()
    try output.line("\(blob.path)  \(size) bytes, a length that a blob can have")
    try output.line("digest  \(Hex.encode(digest))\(expected == nil ? "" : "  as expected")")
    try output.result([
      "blob_size": .integer(size), "digest": .hex(digest),
      "digest_alg": .integer(Int(algorithm.rawValue)), "digest_expected": .bool(expected != nil),
    ])
    return .ok
  }
}
