/// `cygnet completion`
enum CompletionCommand {
  static let command = Command(
    name: "completion",
    summary: "Print a completion script for a shell",
    discussion: """
      The script completes commands, options and their values. It is made from the same table as \
      the help pages; print it anew after an update.
      """,
    positionals: [
      Positional(
        name: "SHELL", value: .choice(["bash", "zsh", "fish"]), summary: "bash, zsh or fish")
    ],
    examples: [
      Example(
        line: "source <(cygnet completion bash)", meaning: "Complete in this shell"),
      Example(
        line: "cygnet completion zsh > ~/.zfunc/_cygnet",
        meaning: "Install for zsh, if ~/.zfunc is in fpath"),
      Example(
        line: "cygnet completion fish > ~/.config/fish/completions/cygnet.fish",
        meaning: "Install for fish"),
    ],
    run: { invocation in
      switch try invocation.arguments.argumentText("SHELL") {
      case "bash": try invocation.output.raw(BashCompletion.script)
      case "zsh": try invocation.output.raw(ZshCompletion.script)
      default: try invocation.output.raw(FishCompletion.script)
      }
      return .ok
    })
}
