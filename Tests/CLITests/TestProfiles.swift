import CygnetVectors
import TestSupport
import Testing

/// Profiles in a folder of their own, opened by one key file unless a test says otherwise.
struct TestProfiles {
  let tool: CommandLineTool
  let folder: CommandLineTool.Folder

  init() throws {
    tool = try CommandLineTool()
    folder = try CommandLineTool.Folder()
  }

  var keyFile: String { folder.file("key") }

  /// What leads every command to the profiles; without a terminal nothing can be asked.
  var environment: [String: String] { ["CYGNET_HOME": folder.file("home")] }

  /// Runs a command on a profile, with the key file.
  func run(
    _ arguments: [String], _ profile: String = "alice", input: [UInt8] = []
  ) throws -> CommandLineTool.Outcome {
    try tool.run(
      arguments + ["--profile", profile, "--key-file", keyFile], input: input,
      environment: environment)
  }

  /// The same, which must succeed; its JSON.
  func json(
    _ arguments: [String], _ profile: String = "alice",
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> JSON {
    let outcome = try run(arguments + ["--json"], profile)
    #expect(outcome.exitCode == 0, "\(outcome.talk)", sourceLocation: sourceLocation)
    return try JSON(parsing: outcome.output)
  }

  /// Sets up a profile with the key file, which the first one makes.
  @discardableResult
  func setUp(_ profile: String = "alice") throws -> JSON { try json(["init"], profile) }

  /// The store of a profile, relative to the folder.
  func store(_ profile: String = "alice") -> String { "home/\(profile)/store.db" }
}
