import Cygnet
import CygnetPairwise
import CygnetPrimitives
import CygnetSQLite
import CygnetStorage
import CygnetVectors
import CygnetWire
import TestSupport

/// People with profiles in one folder, whose stores open with key files: no passphrase to wait for.
struct People {
  let tool: CommandLineTool
  let folder: CommandLineTool.Folder

  init(_ names: String...) throws {
    tool = try CommandLineTool()
    folder = try CommandLineTool.Folder()
    for name in names {
      let outcome = try run(name, ["init", "--user", name])
      guard outcome.exitCode == 0 else { throw CygnetError(.internalFault, "init failed") }
    }
  }

  /// What a person's commands find in the environment.
  func environment(_ name: String) -> [String: String] {
    ["CYGNET_HOME": folder.file("home"), "CYGNET_KEY_FILE": folder.file("\(name).key")]
  }

  /// A command of `name` in the folder that all share.
  @discardableResult
  func run(
    _ name: String, _ arguments: [String], input: String = ""
  ) throws -> CommandLineTool.Outcome {
    try tool.run(
      arguments + ["--profile", name, "--no-input"]
        + (arguments.first == "init" ? ["--key-file", folder.file("\(name).key")] : []),
      input: Array(input.utf8), environment: environment(name), in: folder.path)
  }

  func json(_ name: String, _ arguments: [String]) throws -> JSON {
    try JSON(parsing: run(name, arguments + ["--json"]).output)
  }

  /// `other` becomes a contact of `name`.
  func introduce(_ other: String, to name: String) throws {
    try run(other, ["identity", "export", "--public", "-o", "\(other).card", "--force"])
    try run(name, ["contact", "add", other, "\(other).card"])
  }

  /// A message file from one to the other.
  @discardableResult
  func send(
    _ text: String, from name: String, to other: String, _ file: String
  ) throws -> CommandLineTool.Outcome {
    try run(name, ["send", other, "-o", file], input: text)
  }

  // MARK: Stores

  /// A key file's content, for a person who is to be set up with it.
  var keyFileText: [UInt8] {
    get throws {
      let secret = SecretBytes(copying: [UInt8](repeating: 3, count: 32))
      return try Bech32m.encode(secret, prefix: TextPrefix.storeKey).exposed() + [10]
    }
  }

  /// Makes a profile of a store that an earlier version wrote, from `Tests/Stores/classical`.
  func placeEarlierStore(_ name: String) throws {
    let path = RepositoryFiles.path("Tests/Stores/classical/\(name).db")
    guard let bytes = RepositoryFiles.read(path) else {
      throw CygnetError(.notFound, "a stored file is not there")
    }
    try folder.makeFolder("home/\(name)")
    try folder.setPermissions(0o700, "home/\(name)")
    try folder.write(bytes, "home/\(name)/store.db")
    try folder.write(keyFileText, "\(name).key")
    for file in ["home/\(name)/store.db", "\(name).key"] { try folder.restrict(file) }
  }

  func storePath(_ name: String) -> String { folder.file("home/\(name)/store.db") }

  /// The bytes of a store that nobody has open.
  func storeBytes(_ name: String) throws -> [UInt8] { try folder.read("home/\(name)/store.db") }

  /// The same store through the library.
  func client(_ name: String, keyFile: String? = nil) async throws -> Client {
    let text = try folder.read(keyFile ?? "\(name).key").filter { $0 != 10 }
    let secret = try Bech32m.decode(
      SecretBytes(copying: text), prefix: TextPrefix.storeKey, byteCount: 32)
    return try await Client(
      opening: SQLiteStore(path: storePath(name), create: false), secret: .keyFile(secret))
  }
}
