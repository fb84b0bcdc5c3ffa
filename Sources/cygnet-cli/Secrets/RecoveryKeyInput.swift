internal import CygnetPairwise
internal import CygnetPrimitives

/// Where a recovery key comes from: a file, a descriptor, the program in `CYGNET_ASKPASS` or the
/// terminal, the first that is given.
enum RecoveryKeyInput {
  /// Characters of a recovery key with everything that people put between.
  private static let maxCount = 1024

  static let options: [Option] = [fileOption, descriptorOption]

  private static let fileOption = Option(
    long: "recovery-key-file", valueName: "FILE", value: .file,
    summary: "Read the recovery key from a file that only you can read")
  private static let descriptorOption = Option(
    long: "recovery-key-fd", valueName: "N", value: .count,
    summary: "Read the recovery key, one line, from file descriptor N")

  /// Whether an option names a source.
  static func isGiven(_ arguments: Arguments) -> Bool {
    options.contains { arguments.has($0.long) }
  }

  /// - Throws: `locked` if none can be had, `authentication` for a mistyped one.
  static func read(_ invocation: Invocation) throws(CommandFailure) -> RecoveryKey {
    guard let text = try text(invocation) else {
      throw CommandFailure(.locked, "there is no recovery key: the input ended")
    }
    do { return try RecoveryKey(text: text) } catch {
      var failure = CommandFailure(
        .authentication, "this is no recovery key: \(error.reason)",
        hint: "it begins with cygrec1, in groups of five characters; one mistyped is noticed")
      if let place = RecoveryKey.mistypedCharacter(in: text) {
        failure.hint = "look at character \(place), counted without spaces and hyphens"
      }
      failure.libraryCode = error.code.name
      throw failure
    }
  }

  private static func text(_ invocation: Invocation) throws(CommandFailure) -> SecretBytes? {
    let arguments = invocation.arguments
    if let path = arguments.path(fileOption.long) {
      let file = try SecretFile.open(path)
      return try file.descriptor.readWholeSecret(file.name, limit: maxCount)
    }
    if let number = try arguments.count(descriptorOption.long, in: 0...UInt64(Int32.max)) {
      return try Descriptor.inherited(number).readSecretLine(
        "file descriptor \(number)", limit: maxCount)
    }
    let question = "Recovery key: "
    let ways = "give it with --recovery-key-file or --recovery-key-fd"
    guard !arguments.has(Option.noInput.long) else {
      throw CommandFailure(
        .locked, "the recovery key is needed, and --no-input forbids to ask", hint: ways)
    }
    if let program = Environment.path("CYGNET_ASKPASS") {
      return try Askpass.ask(program, question, limit: maxCount)
    }
    guard let terminal = ControllingTerminal() else {
      throw CommandFailure(
        .locked, "there is no terminal to ask for the recovery key at", hint: ways)
    }
    return try terminal.hidingInput { (terminal) throws(CommandFailure) in
      try terminal.ask(question)
    }
  }
}
