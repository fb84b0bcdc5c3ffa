internal import CygnetPrimitives

/// Files of X25519 and Ed25519.
enum Curve25519Formats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "RFC", "X25519",
      recognises: { $0.firstCase(has: "type", "scalar", "u", "out") }, run: runX25519),
    VectorFormat(
      "libsignal", "X25519 agreement",
      recognises: { json in
        json.firstCase(has: "alice_private", "alice_public", "bob_private", "bob_public", "shared")
      },
      run: { (test, _) throws(CygnetError) in try runAgreement(test) }),
    VectorFormat(
      "RFC and peers", "Ed25519",
      recognises: { json in
        json.firstCase(has: "seed", "public", "msg", "sig") && json.isNamed("Ed25519")
      }, run: runEd25519),
    VectorFormat(
      "peers", "Ed25519 to X25519",
      recognises: { $0.firstCase(has: "ed25519_public", "result") }, run: runConversion),
    VectorFormat(
      "libsignal", "X25519 key range",
      recognises: { $0.firstCase(has: "public", "canonical", "why") }, run: runRange),
  ]

  @Sendable
  private static func runX25519(
    _ test: VectorCase, _ options: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    switch try test.text("type") {
    case "x25519":
      var checks = VectorChecks()
      let shared = try X25519.agreement(
        X25519.PrivateKey(test.secret("scalar")), X25519.PublicKey(test.bytes("u")))
      checks.equal("out", shared, try test.bytes("out"))
      return checks.outcome
    case "x25519-iterated":
      let count = try test.int("iterations")
      if count > 10_000 && !options.slow { return .skipped("slow: run with --slow") }
      return try runIterated(test, count)
    case "dh": return try runAgreement(test)
    default: return .skipped("unknown type of case")
    }
  }

  /// RFC 7748 §5.2: the result becomes the scalar, and the scalar the point.
  private static func runIterated(
    _ test: VectorCase, _ count: Int
  ) throws(CygnetError) -> VectorOutcome {
    var (scalar, point) = (try test.secret("scalar"), try test.bytes("u"))
    for _ in 0..<max(count, 0) {
      let result = try X25519.agreement(X25519.PrivateKey(scalar), X25519.PublicKey(point))
      point = scalar.exposed()
      scalar = result
    }
    var checks = VectorChecks()
    checks.equal("out", scalar, try test.bytes("out"))
    return checks.outcome
  }

  private static func runAgreement(_ test: VectorCase) throws(CygnetError) -> VectorOutcome {
    let alice = try X25519.PrivateKey(test.secret("alice_private"))
    let bob = try X25519.PrivateKey(test.secret("bob_private"))
    let (alicePublic, bobPublic) = (try alice.publicKey(), try bob.publicKey())
    let shared = try test.bytes("shared")
    var checks = VectorChecks()
    checks.equal("alice_public", alicePublic.bytes, try test.bytes("alice_public"))
    checks.equal("bob_public", bobPublic.bytes, try test.bytes("bob_public"))
    checks.equal("shared", try X25519.agreement(alice, bobPublic), shared)
    checks.equal("shared, from the other side", try X25519.agreement(bob, alicePublic), shared)
    return checks.outcome
  }

  @Sendable
  private static func runEd25519(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let key = try Ed25519.PrivateKey(seed: test.secret("seed"))
    let (message, signature) = (try test.bytes("msg"), try test.bytes("sig"))
    var checks = VectorChecks()
    checks.equal("public", key.publicKey.bytes, try test.bytes("public"))
    checks.equal("sig", try key.signature(of: message), signature)
    try key.publicKey.verify(signature: signature, of: message)
    checks.refused("a longer message", .authenticationFailed) { () throws(CygnetError) in
      try key.publicKey.verify(signature: signature, of: message + [0])
    }
    return checks.outcome
  }

  @Sendable
  private static func runConversion(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let point = try Ed25519.PublicKey(test.bytes("ed25519_public"))
    var checks = VectorChecks()
    guard try test.isValid() else {
      checks.refused("the point", .malformed) { () throws(CygnetError) in try point.x25519() }
      return checks.outcome
    }
    checks.equal("x25519_public", try point.x25519().bytes, try test.bytes("x25519_public"))
    if test.has("ed25519_seed") {
      let key = try Ed25519.PrivateKey(seed: test.secret("ed25519_seed"))
      let converted = try key.x25519()
      checks.equal("ed25519_public", key.publicKey.bytes, point.bytes)
      checks.equal("x25519_private", converted.secret, try test.bytes("x25519_private"))
      checks.equal(
        "the converted pair's public key", try converted.publicKey().bytes,
        try test.bytes("x25519_public"))
    }
    return checks.outcome
  }

  /// The file also lists points of low order, which must be refused; they go with each case.
  @Sendable
  private static func runRange(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let key = try X25519.PublicKey(test.bytes("public"))
    guard let canonical = try test.fields.member("canonical").bool else {
      return .failed("canonical is not a boolean")
    }
    var checks = VectorChecks()
    checks.that(key.isCanonical == canonical, "canonical is \(key.isCanonical)")
    let scalar = try X25519.PrivateKey(
      SecretBytes(copying: [UInt8](repeating: 0x77, count: X25519.byteCount)))
    for row in try test.group.list("low_order") {
      guard let bytes = row.hexBytes else { return .failed("low_order is not hex") }
      let point = try X25519.PublicKey(bytes)
      checks.refused("low_order \(Hex.encode(bytes))", .authenticationFailed) {
        () throws(CygnetError) in try X25519.agreement(scalar, point)
      }
    }
    return checks.outcome
  }
}
