internal import CygnetPrimitives

/// Files of Argon2id.
enum PasswordHashFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "peers", "Argon2id",
      recognises: { $0.firstCase(has: "password", "salt", "opslimit", "memory_kib", "out") },
      run: run),
    VectorFormat(
      "RFC", "Argon2id with lanes, secret and data",
      notOffered: "Argon2id with several lanes, a secret or associated data is not offered",
      recognises: { $0.firstCase(has: "password", "secret", "ad", "parallelism", "tag") }),
  ]

  @Sendable
  private static func run(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    guard try test.int("parallelism") == 1 else {
      return .skipped("Argon2id with several lanes, a secret or associated data is not offered")
    }
    guard let memory = UInt32(exactly: try test.int("memory_kib")),
      let passes = UInt32(exactly: try test.int("opslimit"))
    else { return .failed("a cost is out of range") }
    let key = try PasswordHash.derive(
      passphrase: test.secret("password"), salt: test.bytes("salt"),
      cost: PasswordHash.Cost(memoryKiB: memory, passes: passes), count: test.int("length"))
    var checks = VectorChecks()
    checks.equal("out", key, try test.bytes("out"))
    return checks.outcome
  }
}
