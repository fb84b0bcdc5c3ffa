internal import CygnetAttachments
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet attach cat`
enum AttachCatCommand {
  static let command = Command(
    name: "cat",
    summary: "Print a range of an attachment's content",
    discussion: """
      Reads and verifies only the chunks that hold the range. The blob as a whole is not checked: \
      decrypt does that.
      """,
    options: [
      AttachCommand.pointerOption,
      Option(
        long: "range", valueName: "A-B",
        summary: "Bytes from A up to and including B, as in HTTP; A- is to the end"),
      .output, AttachCommand.maxSizeOption, .force,
    ],
    positionals: [Positional(name: "BLOB", summary: "The blob")],
    examples: [
      Example(
        line: "cygnet attach cat -p film.pointer --range 1000000-1999999 film.blob > part",
        meaning: "A megabyte out of the middle")
    ],
    exitCodes: [.authentication, .stale, .limit],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let arguments = invocation.arguments
    let pointer = try AttachCommand.pointer(arguments)
    let range = try range(arguments.text("range"), size: pointer.size)
    let blob = try AttachCommand.input(arguments, "BLOB")
    guard blob.size != nil else {
      throw CommandFailure.usage("a range is read from a file, not from a pipe")
    }
    let target = try OutputFile(
      arguments.path("output"), force: arguments.has("force"), inputs: [blob])
    try AttachmentTransfer.read(
      range, of: blob, pointer, maxSize: AttachCommand.maxSize(arguments), into: target)
    try target.commit()
    return .ok
  }

  /// `A-B`, both included, or `A-`.
  private static func range(
    _ text: String?, size: UInt64
  ) throws(CommandFailure) -> Range<UInt64> {
    guard let text else { return 0..<size }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 2, let first = UInt64(parts[0]) else {
      throw .usage("--range takes A-B or A-, not '\(text.escaped)'")
    }
    guard first <= size else {
      throw CommandFailure(.limit, "the range begins behind the content's \(size) bytes")
    }
    if parts[1].isEmpty { return first..<size }
    guard let last = UInt64(parts[1]), last >= first else {
      throw .usage("--range takes A-B or A-, not '\(text.escaped)'")
    }
    guard last < size else {
      throw CommandFailure(.limit, "the range ends behind the content's \(size) bytes")
    }
    return first..<(last + 1)
  }
}
