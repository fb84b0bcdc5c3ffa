internal import Cygnet
internal import CygnetVectors
internal import CygnetWire

/// `cygnet group rejoin`
enum GroupRejoinCommand {
  static let command = Command(
    name: "rejoin",
    summary: "Come back into a group after its state was lost",
    discussion: """
      For a member whose state of the group is gone, as after 'backup restore', or went another way \
      than the others', as after two changes at the same time. INFO is what 'group export-info' of \
      another member wrote, as fresh as can be had; carry FILE to all members. What was sent meanwhile \
      cannot be read. Who is no member cannot come in like this.
      """,
    options: [
      Option(long: "as", valueName: "NAME", summary: "What to call the group here"),
      IdentityChange.acceptOption, .output, .binary, .force,
    ] + Option.store,
    positionals: [Positional(name: "INFO", summary: "The state of the group")],
    examples: [
      Example(line: "cygnet group rejoin friends.info -o back", meaning: "Carry back to all")
    ],
    exitCodes: [.authentication, .identity, .locked, .unknown, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let arguments = invocation.arguments
    let path = arguments.argumentPath("INFO") ?? Path("-")
    let info = try ObjectFile.read(path, .groupInfo, limit: GroupCommand.maxObjectByteCount)
    let (name, number) = (try arguments.text("as"), try invocation.acceptedNumber)
    let files = try GroupFiles(invocation, invites: false)
    let client = try await StoreSession.open(invocation).client
    let group: GroupDetails
    let step: GroupStep
    do throws(CygnetError) {
      (group, step) = try await client.rejoinGroup(
        info, as: name, acceptingChange: number, now: .now)
    } catch {
      if error.code == .identityChanged {
        throw try await IdentityChange.explained(
          error, client, repeating: invocation.line("group rejoin \(path.text.shellWord)"))
      }
      throw CommandFailure(error, about: path)
    }
    try await files.write(step, client, group.summary.name)
    return .ok
  }
}
