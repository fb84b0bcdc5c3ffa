internal import Cygnet
internal import CygnetPrimitives
internal import CygnetVectors

/// `cygnet prekeys status`
enum PrekeysStatusCommand {
  static let command = Command(
    name: "status",
    summary: "Count the prekeys and tell what is due",
    options: Option.store,
    examples: [Example(line: "cygnet prekeys status", meaning: "How many are left")],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let session = try await StoreSession.open(invocation)
    let status = try await session.client.preKeyStatus()
    try print(status, invocation.output)
    invocation.output.hint(PrekeysCommand.hint(status, session.folder))
    return .ok
  }

  static func print(_ status: PreKeyStatus, _ output: Output) throws {
    let made = status.signedPreKeysCreatedAt
    let isDue = status.isRotationDue(now: .now)
    let due = isDue ? output.outputStyle.warning(" (to be replaced)") : ""
    try output.line(
      "signed prekey     \(made.last?.calendarText ?? "none")\(due), \(max(0, made.count - 1)) older"
    )
    try output.line(
      "one-time prekeys  \(status.oneTimeCount), of which \(status.unusedOneTimeCount) not handed out"
    )
    try output.line(
      "one-time KEM      \(status.oneTimeKEMCount), of which \(status.unusedOneTimeKEMCount) not handed out"
    )
    let upgrade = status.suite.isPostQuantum ? "" : "; from the next card, bundle or prekey on: yes"
    try output.line("suite             \(status.suite.described)\(upgrade)")
    try output.line("handshakes        \(status.answeredCount) remembered against replay")
    try output.result([
      "signed_pre_key_id": .counting(UInt64(status.currentSignedPreKeyID)),
      "signed_pre_keys_created_at": .array(made.map(\.json)),
      "rotation_due": .bool(isDue),
      "one_time_pre_keys": .integer(status.oneTimeCount),
      "not_handed_out": .integer(status.unusedOneTimeCount),
      "one_time_kem_pre_keys": .integer(status.oneTimeKEMCount),
      "kem_pre_keys_not_handed_out": .integer(status.unusedOneTimeKEMCount),
      "suite": status.suite.json, "post_quantum": .bool(status.suite.isPostQuantum),
      "handshakes_remembered": .integer(status.answeredCount),
    ])
  }
}
