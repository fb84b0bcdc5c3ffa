internal import CygnetPrimitives

/// A program that asks a person for a secret, as `CYGNET_ASKPASS` names it: the question is its
/// argument, and the answer the first line it prints.
enum Askpass {
  /// - Throws: `locked` if the program fails, as when the person cancels; `inputOutput` if it cannot
  ///   be started.
  static func ask(
    _ program: Path, _ question: String, limit: Int
  ) throws(CommandFailure) -> SecretBytes? {
    let child = try ChildProcess(program, [question])
    let line = try child.output.readSecretLine(program.description, limit: limit)
    guard child.wait() == 0 else {
      throw CommandFailure(.locked, "the program in CYGNET_ASKPASS, \(program), gave no answer")
    }
    return line
  }
}
