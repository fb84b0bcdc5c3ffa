/// `cygnet vectors`
enum VectorsCommand {
  static let command = Command(
    name: "vectors",
    summary: "Write and run test vectors",
    children: [
      VectorsEmitCommand.command, VectorsListCommand.command, VectorsRunCommand.command,
    ])
}
