internal import CygnetPrimitives
internal import CygnetVectors

/// The command `cygnet`.
@main
enum Main {
  /// Not `async`: that would hand this thread to the runtime, which takes signals of all kinds in it,
  /// and `Interruption` would never see them.
  static func main() {
    ProcessSetup.prepare()
    Interruption.install()
    let words = ProcessSetup.arguments
    let end = Monitor<ExitCode?>(nil)
    Task.detached {
      let code = await run(words)
      end.withLock { $0 = code }
    }
    ProcessSetup.exit(end.wait { $0 })
  }

  private static func run(_ words: [Argument]) async -> ExitCode {
    var output = provisionalOutput(words)
    do {
      if let request = ArgumentParser.helpRequest(words, root: CommandTable.root) {
        try HelpCommand.show(request.command, path: request.path, output)
        return .ok
      }
      let arguments = try ArgumentParser.parse(words, root: CommandTable.root)
      output = try Output(arguments: arguments)
      return try await run(Invocation(arguments: arguments, output: output))
    } catch {
      let failure = CommandFailure(error)
      output.failure(failure)
      return failure.exitCode
    }
  }

  private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = invocation.arguments
    if let run = arguments.command.run { return try await run(invocation) }
    if arguments.path.isEmpty && arguments.has("version") {
      return try VersionCommand.run(invocation)
    }
    let line = (["cygnet"] + arguments.path + ["--help"]).joined(separator: " ")
    let names = arguments.command.children.map(\.name).joined(separator: ", ")
    throw CommandFailure.usage("a command is missing: \(names)", hint: "try '\(line)'")
  }

  /// Where to report a command line that cannot be read.
  private static func provisionalOutput(_ words: [Argument]) -> Output {
    let open = words.prefix { $0.text != "--" }
    return Output(
      path: [], isJSON: open.contains { $0.text == "--json" }, detail: .normal,
      color: !open.contains { $0.text == "--color=never" })
  }
}
