/// `cygnet conformance`
enum ConformanceCommand {
  static let command = Command(
    name: "conformance",
    summary: "Let another implementation be tested against this one",
    children: [ConformanceServeCommand.command])
}
