internal import CygnetPrimitives

/// The files of the Wycheproof project, `testvectors_v1`.
enum WycheproofFormats {
  static let family = "Wycheproof"

  static let all: [VectorFormat] = [
    format("X25519", "XDH", schema: "xdh_comp_schema_v1.json", run: runX25519),
    format("Ed25519", "EDDSA", schema: "eddsa_verify_schema_v1.json", run: runEd25519),
    format(
      "ChaCha20-Poly1305", "CHACHA20-POLY1305", schema: "aead_test_schema_v1.json", run: runAEAD),
    format("HKDF-SHA-256", "HKDF-SHA-256", schema: "hkdf_test_schema_v1.json", run: runHKDF),
    format("HMAC-SHA-256", "HMACSHA256", schema: "mac_test_schema_v1.json", run: runHMAC),
  ]

  static func isWycheproof(_ json: JSON) -> Bool {
    json["algorithm"]?.string != nil && json["schema"]?.string != nil
      && json["testGroups"]?.array != nil
  }

  private static func format(
    _ name: String, _ algorithm: String, schema: String,
    run: @escaping @Sendable (VectorCase) throws(CygnetError) -> VectorOutcome
  ) -> VectorFormat {
    VectorFormat(
      family, "\(family) \(name)",
      recognises: { json in
        isWycheproof(json) && json["algorithm"]?.string == algorithm
          && json["schema"]?.string == schema
      },
      run: { (vectorCase, _) throws(CygnetError) in try run(vectorCase) })
  }

  /// `acceptable` marks keys that a library may refuse. This one refuses those whose shared secret is
  /// zero and computes every other.
  @Sendable
  private static func runX25519(_ test: VectorCase) throws(CygnetError) -> VectorOutcome {
    guard test.group["curve"]?.string == "curve25519" else { return .skipped("another curve") }
    let privateKey = try X25519.PrivateKey(test.secret("private"))
    let peer = try X25519.PublicKey(test.bytes("public"))
    let shared = try test.bytes("shared")
    guard ["valid", "acceptable"].contains(try test.text("result")) else {
      return .failed("a result of another kind")
    }
    var checks = VectorChecks()
    if shared == [UInt8](repeating: 0, count: X25519.byteCount) {
      checks.refused("a zero shared secret", .authenticationFailed) { () throws(CygnetError) in
        try X25519.agreement(privateKey, peer)
      }
    } else {
      checks.equal("shared", try X25519.agreement(privateKey, peer), shared)
    }
    return checks.outcome
  }

  @Sendable
  private static func runEd25519(_ test: VectorCase) throws(CygnetError) -> VectorOutcome {
    let group = try test.group.member("publicKey")
    guard try group.text("curve") == "edwards25519" else { return .skipped("another curve") }
    let key = try Ed25519.PublicKey(group.bytes("pk"))
    let (signature, message) = (try test.bytes("sig"), try test.bytes("msg"))
    var checks = VectorChecks()
    if try test.isValid() {
      try key.verify(signature: signature, of: message)
    } else {
      checks.refused("the signature", .authenticationFailed) { () throws(CygnetError) in
        try key.verify(signature: signature, of: message)
      }
    }
    return checks.outcome
  }

  @Sendable
  private static func runAEAD(_ test: VectorCase) throws(CygnetError) -> VectorOutcome {
    let (key, nonce) = (try test.secret("key"), try test.bytes("iv"))
    let (associated, message) = (try test.bytes("aad"), try test.bytes("msg"))
    let sealed = try test.bytes("ct") + test.bytes("tag")
    var checks = VectorChecks()
    if try test.isValid() {
      checks.equal(
        "ct and tag",
        try ChaCha20Poly1305.seal(message, key: key, nonce: nonce, authenticating: associated),
        sealed)
      checks.equal(
        "msg",
        try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: associated),
        message)
    } else {
      checks.refused("the ciphertext") { () throws(CygnetError) in
        try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: associated)
      }
    }
    return checks.outcome
  }

  @Sendable
  private static func runHKDF(_ test: VectorCase) throws(CygnetError) -> VectorOutcome {
    let (ikm, salt, info) = (try test.bytes("ikm"), try test.bytes("salt"), try test.bytes("info"))
    let (count, okm) = (try test.int("size"), try test.bytes("okm"))
    let valid = try test.isValid()
    var checks = VectorChecks()
    if valid {
      checks.equal("okm", try HashFormats.hkdf256(ikm, salt: salt, info: info, count: count), okm)
    } else {
      checks.refused("the size", .limitExceeded) { () throws(CygnetError) in
        try HashFormats.hkdf256(ikm, salt: salt, info: info, count: count)
      }
    }
    return checks.outcome
  }

  /// The group states how much of the tag is sent; a tag of another length is invalid by that.
  @Sendable
  private static func runHMAC(_ test: VectorCase) throws(CygnetError) -> VectorOutcome {
    let (key, message, tag) = (try test.bytes("key"), try test.bytes("msg"), try test.bytes("tag"))
    let size = try test.group.int("tagSize")
    let isValid = unsafe HMACSHA256.isValid(
      tag: tag, of: message.span.bytes, key: key.span.bytes)
    var checks = VectorChecks()
    checks.that(
      try (isValid && tag.count * 8 == size) == test.isValid(), "verification says \(isValid)")
    return checks.outcome
  }
}
