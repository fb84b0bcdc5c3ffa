/// Options that mean the same wherever they appear.
extension Option {
  /// Accepted by every command, before or behind its name.
  static let global: [Option] = [json, quiet, verbose, color, help]

  static let json = Option(
    long: "json", summary: "Print JSON to standard output: one object, or one per line")
  static let quiet = Option(long: "quiet", short: "q", summary: "Print no notes, only errors")
  static let verbose = Option(long: "verbose", short: "v", summary: "Print more detail")
  static let color = Option(
    long: "color", valueName: "WHEN", value: .choice(["auto", "never"]),
    summary: "Use color: auto (on terminals, unless NO_COLOR is set) or never")
  static let help = Option(long: "help", short: "h", summary: "Print help and exit")

  /// For commands that write a file.
  static let output = Option(
    long: "output", short: "o", valueName: "FILE", value: .file,
    summary: "Write to FILE; - is standard output, even on a terminal")
  /// For commands that write an object.
  static let armor = Option(
    long: "armor", short: "a", summary: "Write text that can be pasted instead of bytes")
  /// For commands that write a file.
  static let force = Option(long: "force", summary: "Overwrite an existing file")
}
