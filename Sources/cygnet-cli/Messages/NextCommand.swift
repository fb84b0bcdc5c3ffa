/// What a command says at its end: the next useful one, as it leads to the same profile.
extension Invocation {
  /// Shows `cygnet WORDS`, and then what to say of it.
  func next(_ words: String, _ remark: String = "") {
    output.hint("Next: \(line(words))\(remark)")
  }

  /// `cygnet WORDS` with the options that lead to this profile.
  func line(_ words: String) -> String {
    guard let folder = try? ProfileFolder(arguments) else { return "cygnet \(words)" }
    return folder.line(words)
  }
}

extension String {
  /// Safe to show, and one word to a shell.
  var shellWord: String {
    let shown = escaped
    let isPlain = shown.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
        || (0x61...0x7a).contains(byte) || [0x2b, 0x2d, 0x2e, 0x40, 0x5f].contains(byte)
    }
    if isPlain && !shown.isEmpty { return shown }
    return "'"
      + shown.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
