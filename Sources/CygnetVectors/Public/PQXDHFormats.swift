internal import CygnetPairwise
internal import CygnetPrimitives

/// Files of PQXDH's secret derivation, over either parameter set of ML-KEM.
enum PQXDHFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "peers", "PQXDH",
      recognises: { json in
        json.firstCase(has: "kem", "info", "alice", "bob", "kem_encaps_m", "ikm", "okm64")
      },
      run: { (test, _) throws(CygnetError) in
        switch try test.text("kem") {
        case "ML-KEM-768": return try run(test, MLKEM768Parameters.self)
        case "ML-KEM-1024": return try run(test, MLKEM1024Parameters.self)
        default: return .failed("unknown KEM")
        }
      })
  ]

  private static func run<Parameters: MLKEMParameters>(
    _ test: VectorCase, _: Parameters.Type
  ) throws(CygnetError) -> VectorOutcome {
    var checks = VectorChecks()
    let agreements = try agreements(test, &checks)
    let bob = try test.fields.member("bob")
    let key = try MLKEM<Parameters>.DecapsulationKey(seed: bob.secret("kem_seed"))
    checks.equal("kem_public", key.encapsulationKey.bytes, try bob.bytes("kem_public"))
    let sent = try key.encapsulationKey.encapsulate(message: test.secret("kem_encaps_m"))
    checks.equal("kem_ciphertext", sent.ciphertext.bytes, try test.bytes("kem_ciphertext"))
    let secret = try test.bytes("kem_shared_secret")
    checks.equal("kem_shared_secret", sent.sharedSecret, secret)
    checks.equal(
      "kem_shared_secret of the responder",
      key.decapsulate(try MLKEM<Parameters>.Ciphertext(test.bytes("kem_ciphertext"))), secret)

    let ikm = RatchetFormats.keyMaterial(agreements + [sent.sharedSecret])
    checks.equal("ikm", ikm, try test.bytes("ikm"))
    let (info, okm) = (try test.bytes("info"), try test.bytes("okm64"))
    checks.equal("okm64", try HashFormats.hkdf256(ikm, salt: [], info: info, count: 64), okm)
    // The library's own derivation takes 32 bytes, which are the first 32 of these.
    checks.equal(
      "okm64 of PQXDH",
      try PQXDH.kdf(agreements, kemSecret: sent.sharedSecret, info: info).secret,
      Array(okm.prefix(32)))
    return checks.outcome
  }

  private static func agreements(
    _ test: VectorCase, _ checks: inout VectorChecks
  ) throws(CygnetError) -> [SecretBytes] {
    let (alice, bob) = (try test.fields.member("alice"), try test.fields.member("bob"))
    let identityA = try RatchetFormats.key(alice, "identity", checkedBy: "identity_public")
    let ephemeral = try RatchetFormats.key(alice, "ephemeral", checkedBy: "ephemeral_public")
    let identityB = try RatchetFormats.key(bob, "identity", checkedBy: "identity_public")
    let signed = try RatchetFormats.key(
      bob, "signed_prekey", checkedBy: "signed_prekey_public")
    var agreements = [
      try X25519.agreement(identityA.privateKey, signed.publicKey),
      try X25519.agreement(ephemeral.privateKey, identityB.publicKey),
      try X25519.agreement(ephemeral.privateKey, signed.publicKey),
    ]
    var mirrored = [
      try X25519.agreement(signed.privateKey, identityA.publicKey),
      try X25519.agreement(identityB.privateKey, ephemeral.publicKey),
      try X25519.agreement(signed.privateKey, ephemeral.publicKey),
    ]
    if let given = bob["one_time_prekey_private"], !given.isNull {
      let oneTime = try RatchetFormats.key(
        bob, "one_time_prekey", checkedBy: "one_time_prekey_public")
      agreements.append(try X25519.agreement(ephemeral.privateKey, oneTime.publicKey))
      mirrored.append(try X25519.agreement(oneTime.privateKey, ephemeral.publicKey))
    }
    checks.that(agreements == mirrored, "the two sides disagree")
    return agreements
  }
}
