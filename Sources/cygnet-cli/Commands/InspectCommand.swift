internal import Cygnet
internal import CygnetPrimitives
internal import CygnetVectors
internal import CygnetWire

/// `cygnet inspect`
enum InspectCommand {
  /// Beyond this a file can only be an attachment.
  private static let maxObjectByteCount = 32 << 20
  /// Bytes of a blob that are looked at.
  private static let headByteCount = 1 << 16

  static let command = Command(
    name: "inspect",
    summary: "Name an object and its fields, without keys",
    discussion: """
      Reads a message, a contact card, a prekey bundle, a backup, a stored state, any message of MLS \
      (a key package, an invitation, the state of a group among them), an attachment pointer or blob, \
      a safety number's code, a key as text or a vector file, in armor or not, and prints what it is \
      and what its fields say. No key is needed, and none is printed: identity keys appear as \
      fingerprints, the first 16 bytes of their SHA-256. Nothing is verified.
      """,
    positionals: [
      Positional(name: "FILE", summary: "The object; - is standard input")
    ],
    examples: [
      Example(line: "cygnet inspect bundle.bin", meaning: "Whose bundle it is, and how old"),
      Example(line: "cygnet inspect bob.card", meaning: "Whose card it is, and when it was made"),
      Example(line: "cygnet inspect --json - < message.bin", meaning: "The same for a program"),
    ],
    exitCodes: [.authentication, .stale, .limit],
    run: run)

  @Sendable static func run(_ invocation: Invocation) throws -> ExitCode {
    let (arguments, output) = (invocation.arguments, invocation.output)
    let path = arguments.argumentPath("FILE") ?? Path("-")
    let file = try InputFile(path)
    let (inspection, size) = try inspect(file)
    try output.line("\(inspection.type), \(size.asByteCount): \(inspection.meaning)")
    for line in inspection.lines() { try output.line(line) }
    try output.result([
      "type": .string(inspection.type),
      "meaning": .string(inspection.meaning),
      "bytes": .counting(size),
      "fields": .object(inspection.fields),
    ])
    return .ok
  }

  private static func inspect(_ file: InputFile) throws -> (Inspection, UInt64) {
    if let size = file.size, size > UInt64(maxObjectByteCount) {
      guard let blob = Inspection.blob(try file.read(upTo: headByteCount), size: size) else {
        throw CommandFailure(.authentication, "\(file.name): not an object of this library")
      }
      return (blob, size)
    }
    let bytes = try file.readAll(limit: maxObjectByteCount)
    let size = UInt64(bytes.count)
    if let vectors = VectorFileInspection.of(bytes) { return (vectors, size) }
    do {
      if let text = try TextInspection.of(bytes) { return (text, size) }
    } catch {
      var failure = error
      failure.message = "\(file.name): \(failure.message)"
      throw failure
    }
    do {
      return (try Inspection.of(bytes), size)
    } catch {
      // A blob has no mark of its own, so it is what remains.
      let isObject = MLSObject.isOne(bytes) || (try? WireType.peek(bytes)) != nil
      if !isObject, let blob = Inspection.blob(Array(bytes.prefix(headByteCount)), size: size) {
        return (blob, size)
      }
      var failure = CommandFailure(ExitCode(for: error.code), "\(file.name): \(error.reason)")
      failure.libraryCode = error.code.name
      throw failure
    }
  }
}
