internal import CygnetPrimitives

/// A page of `cygnet help` that is not about one command.
struct HelpTopic: Sendable {
  enum Part: Sendable {
    case text(String)
    case list([(term: String, text: String)])
  }

  let name: String
  let title: String
  /// One line without a full stop.
  let summary: String
  let parts: [Part]

  static let all: [HelpTopic] = [exitCodes, formats, files]

  static let exitCodes = HelpTopic(
    name: "exit-codes", title: "Exit codes",
    summary: "What the exit codes mean",
    parts: [
      .text("The numbers stay the same from release to release."),
      .list(
        ExitCode.allCases.map { code in
          let names = code.libraryCodes.map(\.name).joined(separator: ", ")
          let suffix = names.isEmpty ? "" : " [\(names)]"
          return ("\(code.rawValue)", "\(code.meaning)\(suffix)")
        }),
      .text(
        """
        Names in brackets are the error codes of the library that end with this code. With --json a \
        failure is one JSON object on standard error, with the schema cygnet.error.v1 and the \
        members command, exit, code (if the library reported it), message and hint.
        """),
    ])

  static let formats = HelpTopic(
    name: "formats", title: "Formats",
    summary: "How output looks, for people and for programs",
    parts: [
      .text(
        """
        Text for people may change with any release; programs should use --json. There a command \
        prints one object, or one object per line where results come one by one. The first member, \
        schema, is cygnet.COMMAND.v1: the version rises when a member is removed or changes its \
        meaning, not when one is added.
        """),
      .list([
        ("bytes", "Lower-case hexadecimal digits"),
        ("numbers", "Integers; above 2^53 a string of decimal digits"),
        ("time", "Seconds since 1970-01-01 00:00 UTC"),
        ("absent", "null, or no such member"),
      ]),
      .text(
        """
        Text that comes from a file or a peer is shown with control characters and those that \
        change the direction of text escaped: \\n, \\t, \\u{202e}; a backslash is doubled. In JSON \
        they are \\u escapes.
        """),
      .text(
        """
        Cards, bundles, messages, backups and what belongs to groups are written as armored text, which can be pasted; with \
        --binary as the bytes it stands for. Both forms are read. Single keys are Bech32m text whose \
        prefix tells what they are: cygid an identity, cygnum a safety number, cygkey a key file, \
        cygrec a recovery key; the last two are secret.
        """),
      .text(
        """
        Binary data is not written to a terminal unless -o - asks for it. Keys, messages and stored \
        state are encoded in the TLS presentation language (RFC 8446, section 3, with the lengths \
        of RFC 9420, section 2.1).
        """),
    ])

  static let files = HelpTopic(
    name: "files", title: "Files and environment",
    summary: "Which files and variables are used, and how files are written",
    parts: [
      .text(
        """
        No configuration is read. Where a command takes a FILE, - is standard input or output; a \
        file whose name is - is written ./-.
        """),
      .text(
        """
        A file is written under a temporary name (.cygnet-*.tmp) in the directory of its target, \
        brought to disk, and then renamed: it appears complete or not at all. When the command \
        fails or is interrupted, the temporary file is removed. Files are readable and writable by \
        their owner alone (mode 600). An existing file is kept unless --force is given, and a file \
        that is being read is never the target.
        """),
      .text(
        """
        Keys live in profiles. A profile is a folder, HOME/PROFILE with the store store.db in it, \
        where HOME is --home, else CYGNET_HOME, else XDG_DATA_HOME/cygnet, else \
        ~/.local/share/cygnet, and PROFILE is --profile, else default. Folders are made with mode \
        700 and files with mode 600, and a store that other users can read or change is refused.
        """),
      .text(
        """
        A store is opened by a passphrase or by a key file, one line of text that begins with \
        cygkey1. The first of these counts: --key-file, --passphrase-fd, --passphrase-file, \
        CYGNET_KEY_FILE, CYGNET_ASKPASS, and the terminal, unless --no-input is given. Of a \
        passphrase the first line counts, without white space at its ends. A secret is never an \
        argument: every process of the machine can see arguments.
        """),
      .text("Variables of the environment:"),
      .list([
        ("CYGNET_HOME", "The folder that holds the profiles"),
        ("CYGNET_KEY_FILE", "A key file that opens the store"),
        (
          "CYGNET_ASKPASS",
          "A program that asks for a passphrase: the question is its argument, the answer the first "
            + "line it prints"
        ),
        ("XDG_DATA_HOME", "Where cygnet/ with the profiles is, unless CYGNET_HOME is set"),
        ("NO_COLOR", "If set and not empty, no color is used"),
        ("TERM", "No color if it is dumb"),
      ]),
    ])
}
