/// Asks before something that cannot be undone.
enum Confirmation {
  /// Returns if the person agrees, or did so beforehand with `--yes`.
  /// - Throws: `usage` if nobody can be asked, `interrupted` if the answer is no.
  static func ask(_ question: String, _ arguments: Arguments) throws(CommandFailure) {
    guard !arguments.has(Option.yes.long) else { return }
    guard !arguments.has(Option.noInput.long), let terminal = ControllingTerminal() else {
      throw .usage(
        "this cannot be undone, and there is nobody to ask: \(question)",
        hint: "add --yes if it is meant")
    }
    guard try terminal.confirm(question) else {
      throw CommandFailure(.interrupted, "not confirmed; nothing was changed")
    }
  }
}
