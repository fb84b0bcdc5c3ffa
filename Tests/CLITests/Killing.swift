import TestSupport
import Testing

/// Runs a command again and again, each time from the same start and ended at the next of its writes,
/// as if the power had failed there; the last run ends by itself.
struct Killing {
  let start: People
  /// Of the last write half arrives.
  var isTorn = false
  /// From one run to the next: 1 is every write.
  var stride = 1

  /// - Parameter check: looks at what is left. It gets a copy of everything, the outcome, and whether
  ///   the run was ended.
  /// - Returns: how many runs were ended.
  func run(
    _ name: String, _ arguments: [String], input: String = "",
    check: (People, CommandLineTool.Outcome, Bool) async throws -> Void
  ) async throws -> Int {
    for call in Swift.stride(from: 1, to: 2_000, by: stride) {
      let people = try start.copy()
      var environment = people.environment(name)
      environment["LD_PRELOAD"] = people.tool.killSwitch
      environment["CYGNET_KILL_AT"] = "\(call)"
      if isTorn { environment["CYGNET_KILL_TORN"] = "1" }
      let outcome = try people.tool.run(
        arguments + ["--profile", name, "--no-input"], input: Array(input.utf8),
        environment: environment, in: people.folder.path)
      let isKilled = outcome.exitCode == -9
      if !isKilled { #expect(outcome.exitCode == 0, "call \(call): \(outcome.talk)") }
      try await check(people, outcome, isKilled)
      if !isKilled { return call - 1 }
    }
    Issue.record("the command never ends by itself")
    return 0
  }
}

extension People {
  /// The same people in a folder of their own.
  func copy() throws -> People {
    let copy = try People()
    try copy.folder.copy(of: folder)
    return copy
  }
}
