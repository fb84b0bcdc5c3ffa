internal import CygnetPairwise
internal import CygnetPrimitives

/// Files made from libsignal's tests: safety numbers and the start of a session.
enum SignalFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "libsignal", "Safety numbers",
      recognises: { json in
        json.firstCase(has: "local_identity", "remote_identity", "displayable", "scannable")
      }, run: runFingerprint),
    VectorFormat(
      "libsignal", "X3DH session start",
      recognises: { json in
        json.firstCase(has: "alice_base_private", "bob_signed_prekey_private", "hkdf_info", "ikm")
      }, run: runSession),
  ]

  @Sendable
  private static func runFingerprint(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    guard let version = UInt8(exactly: try test.int("version")) else {
      return .failed("version is out of range")
    }
    let iterations = try test.int("iterations")
    let local = SafetyNumber.fingerprint(
      of: try test.bytes("local_identity"), id: try test.bytes("local_id"), iterations: iterations)
    let remote = SafetyNumber.fingerprint(
      of: try test.bytes("remote_identity"), id: try test.bytes("remote_id"),
      iterations: iterations)
    var checks = VectorChecks()
    checks.equal("local_fingerprint", local, try test.bytes("local_fingerprint"))
    checks.equal("remote_fingerprint", remote, try test.bytes("remote_fingerprint"))
    let digits = (SafetyNumber.digits(of: local), SafetyNumber.digits(of: remote))
    checks.that(try digits.0 == test.text("local_digits"), "local_digits are \(digits.0)")
    checks.that(try digits.1 == test.text("remote_digits"), "remote_digits are \(digits.1)")
    let number = SafetyNumber(own: local, peer: remote)
    checks.that(
      try number.digits == test.text("displayable"), "displayable is \(number.digits)")
    checks.equal(
      "scannable",
      SafetyNumber.scannable(
        version: version, own: Array(local.prefix(32)), peer: Array(remote.prefix(32))),
      try test.bytes("scannable"))
    // The file also has a payload of two given fingerprints; it goes with each case.
    if let encoding = test.group["encoding_case"], let version = encoding["version"]?.int {
      checks.equal(
        "scannable of encoding_case",
        SafetyNumber.scannable(
          version: UInt8(clamping: version), own: try encoding.bytes("local"),
          peer: try encoding.bytes("remote")),
        try encoding.bytes("scannable"))
    }
    return checks.outcome
  }

  /// X3DH without one-time prekey from both sides, then 64 bytes: root key and chain key.
  @Sendable
  private static func runSession(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let identityA = try pair(test, "alice_identity")
    let baseA = try pair(test, "alice_base")
    let identityB = try pair(test, "bob_identity")
    let signedB = try pair(test, "bob_signed_prekey")
    let info = Array(try test.text("hkdf_info").utf8)
    let agreements = [
      try X25519.agreement(identityA.privateKey, signedB.publicKey),
      try X25519.agreement(baseA.privateKey, identityB.publicKey),
      try X25519.agreement(baseA.privateKey, signedB.publicKey),
    ]
    let mirrored = [
      try X25519.agreement(signedB.privateKey, identityA.publicKey),
      try X25519.agreement(identityB.privateKey, baseA.publicKey),
      try X25519.agreement(signedB.privateKey, baseA.publicKey),
    ]
    var checks = VectorChecks()
    checks.that(agreements == mirrored, "the two sides disagree")
    for (name, key) in [
      ("alice_identity_public", identityA), ("alice_base_public", baseA),
      ("bob_identity_public", identityB), ("bob_signed_prekey_public", signedB),
    ] {
      checks.equal(name, key.publicKey.bytes, try test.bytes(name))
    }
    let ikm = RatchetFormats.keyMaterial(agreements)
    checks.equal("ikm", ikm, try test.bytes("ikm"))
    let okm = try HashFormats.hkdf256(ikm, salt: [], info: info, count: 64).exposed()
    checks.equal("root_key", Array(okm[..<32]), try test.bytes("root_key"))
    checks.equal("chain_key", Array(okm[32...]), try test.bytes("chain_key"))
    // The library's own derivation takes 32 bytes, which are the first 32 of these.
    checks.equal(
      "root_key of X3DH", try X3DH.kdf(agreements, info: info).secret, try test.bytes("root_key"))
    return checks.outcome
  }

  private static func pair(
    _ test: VectorCase, _ name: String
  ) throws(CygnetError) -> X25519.KeyPair {
    try X25519.KeyPair(X25519.PrivateKey(test.secret("\(name)_private")))
  }
}
