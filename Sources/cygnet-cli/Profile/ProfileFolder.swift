#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The folder of one profile: a person on this machine, with keys and sessions of their own.
///
/// `<home>/<profile>/store.db`, where the home is `--home`, `CYGNET_HOME`, `XDG_DATA_HOME/cygnet` or
/// `~/.local/share/cygnet`, the first of these that is given.
struct ProfileFolder: Sendable {
  static let defaultName = "default"
  private static let maxNameCount = 64

  let name: String
  /// The folder that holds all profiles.
  let home: Path
  /// What to add to a command line that is to find this profile.
  private let options: String

  var path: Path { home.appending(name) }
  /// The store's database.
  var store: Path { path.appending("store.db") }

  /// The profile that the command line and the environment name. Nothing is looked at yet.
  init(_ arguments: Arguments) throws(CommandFailure) {
    name = try arguments.text(Option.profile.long) ?? Self.defaultName
    try Self.check(name)
    let given = arguments.path(Option.home.long)
    home = if let given { given } else { try Self.usualHome() }
    var options = ""
    if let given { options += " --home \(given)" }
    if name != Self.defaultName { options += " --profile \(name)" }
    self.options = options
  }

  /// `cygnet WORDS`, with the options that lead to this profile: for hints.
  func line(_ words: String) -> String { "cygnet \(words)\(options)" }

  /// ASCII letters, digits and `-_.`, so that a name is a name everywhere and needs no quoting.
  private static func check(_ name: String) throws(CommandFailure) {
    let isPlain = name.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
        || (0x61...0x7A).contains(byte) || [0x2D, 0x2E, 0x5F].contains(byte)
    }
    guard isPlain, !name.isEmpty, name.utf8.count <= maxNameCount,
      !name.hasPrefix("."), !name.hasPrefix("-")
    else {
      throw .usage(
        "'\(name.escaped)' is no name for a profile",
        hint: "use up to \(maxNameCount) letters, digits and -_. and begin with a letter or digit")
    }
  }

  private static func usualHome() throws(CommandFailure) -> Path {
    if let home = Environment.path("CYGNET_HOME") { return home }
    // A relative path is invalid there (XDG Base Directory Specification).
    if let data = Environment.path("XDG_DATA_HOME"), data.isAbsolute {
      return data.appending("cygnet")
    }
    guard let person = Environment.path("HOME") else {
      throw .usage(
        "there is no home folder to keep profiles in: HOME is not set",
        hint: "name a folder with --home DIR")
    }
    return person.appending(".local/share/cygnet")
  }

  // MARK: The folder itself

  /// Whether the profile has a store.
  /// - Throws: `inputOutput` if that cannot be found out.
  func hasStore() throws(CommandFailure) -> Bool {
    do { return try FileStatus.existing(store).get() != nil } catch {
      throw error.failure("cannot examine \(store)")
    }
  }

  /// Makes the folder and those above it, each for its owner alone.
  /// - Throws: `inputOutput`, also if the folder exists and others may enter it.
  func create() throws(CommandFailure) {
    try Self.create(path)
    try demandPrivate()
  }

  private static func create(_ folder: Path) throws(CommandFailure) {
    guard FileStatus.of(folder) == nil else { return }
    if folder.parent != folder { try create(folder.parent) }
    guard unsafe mkdir(folder.terminated, 0o700) == 0 || errno == EEXIST else {
      throw SystemError.current.failure("cannot create \(folder)")
    }
  }

  /// Refuses what others can read or could have replaced: keys that others saw are no secret.
  /// - Throws: `inputOutput` with the command that mends it.
  func demandPrivate() throws(CommandFailure) {
    try Self.demandPrivate(path, "700")
    for suffix in ["", "-wal", "-shm", ".lock"] {
      try Self.demandPrivate(store.adding(suffix: suffix), "600")
    }
  }

  /// - Parameter mode: what the permissions should be.
  static func demandPrivate(_ path: Path, _ mode: String) throws(CommandFailure) {
    let status: FileStatus?
    do { status = try FileStatus.existing(path).get() } catch {
      throw error.failure("cannot examine \(path)")
    }
    guard let status else { return }
    guard status.owner == geteuid() else {
      throw CommandFailure(.inputOutput, "\(path) belongs to another user")
    }
    guard status.mode & 0o077 == 0 else {
      throw CommandFailure(
        .inputOutput, "\(path) can be read or changed by other users",
        hint: "if nobody did, keep them out with 'chmod \(mode) \(path)'")
    }
  }
}
