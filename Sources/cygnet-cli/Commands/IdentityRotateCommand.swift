internal import Cygnet
internal import CygnetPrimitives

/// `cygnet identity rotate`
enum IdentityRotateCommand {
  static let command = Command(
    name: "rotate",
    summary: "Replace the identity key",
    discussion: """
      Makes a new identity key with new prekeys and ends every session. For when the old key may be \
      in other hands. Contacts see that the identity changed and have to compare safety numbers \
      again, and so have you. Messages still on their way to the old key can no longer be read. Groups \
      go on under the old key until 'group update' in each; key packages that were handed out, and \
      invitations, are dropped.
      """,
    options: Option.store,
    examples: [
      Example(line: "cygnet identity rotate --yes", meaning: "Without being asked first")
    ],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let session = try await StoreSession.open(invocation)
    try Confirmation.ask(
      "Replace the identity of profile \(session.folder.name), and end every session?",
      invocation.arguments)
    let profile = try await session.client.rotateIdentity(now: .now)
    try ProfileText.print(profile, session, title: "has a new identity", invocation.output)
    invocation.output.hint(
      "Next: send everyone your new card: " + session.folder.line("identity export --public"))
    return .ok
  }
}
