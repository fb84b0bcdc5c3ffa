internal import CygnetPrimitives

/// Files of X-Wing: the draft's own, and of peers, which have a ciphertext that nobody made besides.
enum XWingFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "draft and peers", "X-Wing",
      recognises: { $0.isNamed("X-Wing") && $0.firstCase(has: "seed", "eseed", "pk", "ct", "ss") },
      run: run)
  ]

  @Sendable
  private static func run(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let key = try XWing.DecapsulationKey(seed: test.secret("seed"))
    var checks = VectorChecks()
    checks.equal("sk", key.seed, try test.bytes("sk"))
    checks.equal("pk", key.encapsulationKey.bytes, try test.bytes("pk"))
    let (ct, ss) = (try test.bytes("ct"), try test.bytes("ss"))
    let sent = try XWing.EncapsulationKey(test.bytes("pk")).encapsulate(seed: test.secret("eseed"))
    checks.equal("ct", sent.ciphertext.bytes, ct)
    checks.equal("ss", sent.sharedSecret, ss)
    checks.equal("ss, decapsulated", try key.decapsulate(XWing.Ciphertext(ct)), ss)
    if test.has("ct_reject") {
      let other = try XWing.Ciphertext(test.bytes("ct_reject"))
      checks.equal("ss_reject", try key.decapsulate(other), try test.bytes("ss_reject"))
    }
    return checks.outcome
  }
}
