/// Every command of the program.
///
/// Parser, help pages, completions, man page and their tests are all made from this table. To add a
/// command, put one file under `Commands/` with an enum that holds
///
///     static let command = Command(name: "…", summary: "…", …, run: { invocation in … })
///
/// and add its line here. In `run`: values come from `invocation.arguments` by the names in the
/// table; data goes to `invocation.output.line` and `.result` (or `.record`), talk to `.note`; files
/// are `InputFile` and `OutputFile`; long work has a `ProgressBar`. Throw `CygnetError` as it comes
/// or `CommandFailure` with an exit code of choice; return `.ok` otherwise. Options shared by many
/// commands (`.output`, `.force`) are in `CommonOptions.swift`; the global ones need no mention. A
/// group is a command with `children` and without `run`.
enum CommandTable {
  static let root = Command(
    name: "cygnet",
    summary: "End-to-end encrypted messages and files",
    discussion: """
      Data goes to standard output and talk to standard error. With --json, data is JSON whose \
      first member names its schema. Secrets are read from files or standard input, never from the \
      command line.
      """,
    options: [Option(long: "version", summary: "Print the version and exit")],
    children: [
      AttachCommand.command,
      BackupCommand.command,
      BenchCommand.command,
      CompletionCommand.command,
      ConformanceCommand.command,
      ContactCommand.command,
      DemoCommand.command,
      GroupCommand.command,
      HelpCommand.command,
      IdentityCommand.command,
      InitCommand.command,
      InspectCommand.command,
      PrekeysCommand.command,
      ReceiveCommand.command,
      SendCommand.command,
      SessionCommand.command,
      StoreCommand.command,
      UnverifyCommand.command,
      VectorsCommand.command,
      VerifyCommand.command,
      VersionCommand.command,
    ])

  /// Every command with the names that lead to it, the root first.
  static var all: [(path: [String], command: Command)] { descend(root, []) }

  private static func descend(
    _ command: Command, _ path: [String]
  ) -> [(path: [String], command: Command)] {
    var all = [(path: path, command: command)]
    for child in command.children { all += descend(child, path + [child.name]) }
    return all
  }
}
