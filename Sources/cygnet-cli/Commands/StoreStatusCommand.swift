internal import Cygnet
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetVectors

/// `cygnet store status`
enum StoreStatusCommand {
  static let command = Command(
    name: "status",
    summary: "Tell what the store holds and what opens it",
    options: Option.store,
    examples: [Example(line: "cygnet store status", meaning: "Where it is, and how much is in it")],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let session = try await StoreSession.open(invocation)
    let status = try await session.client.storeStatus()
    let header = try await session.header()
    let size = FileStatus.of(session.folder.store)?.size ?? 0
    try output.line("store       \(session.folder.store), \(size.asByteCount)")
    for slot in header.slots { try output.line("opened by   \(text(slot))") }
    try output.line("contacts    \(status.contactCount)")
    try output.line("sessions    \(status.sessionCount)")
    try output.line("groups      \(status.groupCount), \(status.invitationCount) invitations")
    try output.line(
      "prekeys     \(status.oneTimePreKeyCount) for one use each, \(status.oneTimeKEMPreKeyCount) KEM"
    )
    try output.line("packages    \(status.keyPackageCount) to be invited with")
    try output.line("outgoing    \(status.outgoingCount) to be sent")
    try output.line("incoming    \(status.incomingCount) to be shown")
    try output.result([
      "store": .string(session.folder.store.text), "bytes": .counting(size),
      "store_id": .hex(header.storeID), "opened_by": .array(header.slots.map { json($0) }),
      "created_at": status.profile.createdAt.json,
      "restored_at": status.profile.restoredAt?.json ?? .null,
      "contacts": .integer(status.contactCount), "sessions": .integer(status.sessionCount),
      "groups": .integer(status.groupCount),
      "invitations": .integer(status.invitationCount),
      "one_time_pre_keys": .integer(status.oneTimePreKeyCount),
      "one_time_kem_pre_keys": .integer(status.oneTimeKEMPreKeyCount),
      "key_packages": .integer(status.keyPackageCount),
      "outgoing": .integer(status.outgoingCount), "incoming": .integer(status.incomingCount),
    ])
    output.hint("Next: save identity and contacts with " + session.folder.line("backup create"))
    return .ok
  }

  typealias Slot = (kind: String, memoryKiB: UInt32, passes: UInt32)

  /// `passphrase (256 MiB, 3 passes a try)`
  static func text(_ slot: Slot) -> String {
    guard slot.memoryKiB > 0 else { return "key file" }
    return "passphrase (\(slot.memoryKiB / 1024) MiB, \(slot.passes) passes a try)"
  }

  static func json(_ slot: Slot) -> JSON {
    [
      "kind": .string(slot.memoryKiB > 0 ? "passphrase" : "key_file"),
      "memory_kib": .integer(Int(slot.memoryKiB)), "passes": .integer(Int(slot.passes)),
    ]
  }
}
