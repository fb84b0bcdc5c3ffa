internal import CygnetAttachments
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet attach`
enum AttachCommand {
  static let command = Command(
    name: "attach",
    summary: "Encrypt, decrypt and check attachments",
    discussion: """
      An attachment is a blob, which any server may store, and a pointer, which holds its key and \
      belongs into an encrypted message. Whoever has the pointer can read the blob.
      """,
    children: [
      AttachEncryptCommand.command, AttachDecryptCommand.command, AttachCatCommand.command,
      AttachVerifyCommand.command,
    ])

  static let pointerOption = Option(
    long: "pointer", short: "p", valueName: "FILE", value: .file,
    summary: "The attachment's pointer, which holds its key")
  static let maxSizeOption = Option(
    long: "max-size", valueName: "BYTES", value: .count,
    summary: "Refuse anything larger (4294967296)")

  static func maxSize(_ arguments: Arguments) throws(CommandFailure) -> UInt64 {
    try arguments.count("max-size") ?? AttachmentLimits.defaultMaxSize
  }

  /// The pointer that `--pointer` names.
  static func pointer(_ arguments: Arguments) throws(CommandFailure) -> AttachmentPointer {
    guard let path = arguments.path("pointer") else {
      throw .usage("the pointer is missing", hint: "name it with --pointer FILE")
    }
    return try PointerFile.read(path)
  }

  /// The one positional argument.
  static func input(
    _ arguments: Arguments, _ name: String
  ) throws(CommandFailure) -> InputFile {
    guard let path = arguments.argumentPath(name) else { throw .usage("\(name) is missing") }
    return try InputFile(path)
  }

  static func rate(_ count: UInt64, _ duration: Duration) -> String {
    "\(count.scaled(by: 1_000_000_000, over: max(1, duration.nanoseconds)).asByteCount)/s"
  }
}
