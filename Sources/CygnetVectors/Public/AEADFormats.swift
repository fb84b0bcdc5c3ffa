internal import CygnetPrimitives

/// Files of ChaCha20-Poly1305 and XChaCha20-Poly1305.
enum AEADFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "RFC", "ChaCha20-Poly1305",
      recognises: { json in
        json.firstCase(has: "type", "key", "nonce")
          && (json.isNamed("ChaCha20") || json.isNamed("HChaCha20"))
      }, run: runByType),
    VectorFormat(
      "peers", "XChaCha20-Poly1305",
      recognises: { json in
        json.firstCase(has: "key", "nonce", "aad", "msg", "ct", "tag", "result")
          && json.isNamed("XChaCha20-Poly1305")
      },
      run: { (test, _) throws(CygnetError) in
        let valid = try test.isValid()
        return try check(test, plaintext: valid ? "msg" : nil, ciphertext: "ct")
      }),
  ]

  @Sendable
  private static func runByType(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    guard try test.text("type") == "aead" else {
      return .skipped("the parts of the AEAD are not offered on their own")
    }
    return try check(test, plaintext: "plaintext", ciphertext: "ciphertext")
  }

  /// Both ways; an invalid case, without plaintext, must be refused. The nonce tells the AEAD.
  private static func check(
    _ test: VectorCase, plaintext: String?, ciphertext: String
  ) throws(CygnetError) -> VectorOutcome {
    let (key, nonce, associated) = (
      try test.secret("key"), try test.bytes("nonce"), try test.bytes("aad")
    )
    let sealed = try test.bytes(ciphertext) + test.bytes("tag")
    let wide = nonce.count == XChaCha20Poly1305.nonceByteCount
    let open = { () throws(CygnetError) in
      wide
        ? try XChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: associated)
        : try ChaCha20Poly1305.open(sealed, key: key, nonce: nonce, authenticating: associated)
    }
    var checks = VectorChecks()
    guard let plaintext else {
      checks.refused("the ciphertext", .authenticationFailed, open)
      return checks.outcome
    }
    let message = try test.bytes(plaintext)
    checks.equal(
      "ciphertext and tag",
      wide
        ? try XChaCha20Poly1305.seal(message, key: key, nonce: nonce, authenticating: associated)
        : try ChaCha20Poly1305.seal(message, key: key, nonce: nonce, authenticating: associated),
      sealed)
    checks.equal("plaintext", try open(), message)
    return checks.outcome
  }
}
