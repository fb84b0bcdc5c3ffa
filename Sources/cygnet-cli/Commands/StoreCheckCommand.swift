internal import Cygnet
internal import CygnetPrimitives
internal import CygnetStorage
internal import CygnetVectors

/// `cygnet store check`
enum StoreCheckCommand {
  static let command = Command(
    name: "check",
    summary: "Open and check every record of the store",
    discussion: """
      Finds records that were altered, went back to an older state, are gone or were added. That the \
      store as a whole went back to an older copy of itself cannot be found out from the store.
      """,
    options: Option.store,
    examples: [Example(line: "cygnet store check", meaning: "After the disk made trouble")],
    exitCodes: [.locked, .unknown, .authentication, .stale],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) async throws -> ExitCode {
    let output = invocation.output
    let session = try await StoreSession.open(invocation)
    let check = try await session.client.check()
    try output.line(
      "sound records    \(check.soundRecords), \(UInt64(check.byteCount).asByteCount)")
    try output.line("altered records  \(check.alteredRecords)")
    try output.line("damaged places   \(check.damagedPlaces) of 4096")
    try output.line("damaged parts    \(check.damagedParts) of 64")
    try output.line("stray records    \(check.strayRecords)")
    try output.line("transactions     \(check.commitCount)")
    try output.result([
      "sound": .bool(check.isSound), "sound_records": .integer(check.soundRecords),
      "bytes": .integer(check.byteCount), "altered_records": .integer(check.alteredRecords),
      "damaged_places": .integer(check.damagedPlaces),
      "damaged_parts": .integer(check.damagedParts),
      "stray_records": .integer(check.strayRecords), "miscounted": .bool(check.isMiscounted),
      "transactions": .counting(check.commitCount),
    ])
    guard check.isSound else {
      throw CygnetError(.storeDamaged, "the store is damaged")
    }
    output.hint("All is well. Next: " + session.folder.line("backup create -o FILE"))
    return .ok
  }
}
