internal import CygnetPairwise
internal import CygnetPrimitives

/// Files of X3DH and of the Double Ratchet's key derivation, written by other implementations.
enum RatchetFormats {
  static let all: [VectorFormat] = [
    VectorFormat(
      "peers", "X3DH",
      recognises: { $0.firstCase(has: "identity_key_format", "alice", "bob", "shared_secret") },
      run: runX3DH),
    VectorFormat(
      "peers", "Ratchet KDF chains",
      recognises: { $0.firstCase(has: "root", "chain") }, run: runChains),
    VectorFormat(
      "libsignal", "Ratchet chain step",
      recognises: { $0.firstCase(has: "chain_key", "message_key_seed", "next_chain_key") },
      run: runChainStep),
    VectorFormat(
      "peers", "Double Ratchet without header encryption",
      recognises: { $0.firstCase(has: "root_info", "ratchet_privates", "events", "final_state") },
      run: { (test, _) throws(CygnetError) in try PeerRatchetReplay.run(test) }),
  ]

  /// F ‖ KM of X3DH §2.2, for comparing with a file.
  static func keyMaterial(_ agreements: [SecretBytes]) -> [UInt8] {
    [UInt8](repeating: 0xff, count: 32) + SecretBytes(concatenating: agreements).exposed()
  }

  /// The root step of files without header encryption: 64 bytes, root key and chain key.
  static func rootStep(
    _ rootKey: [UInt8], _ agreement: [UInt8], info: [UInt8]
  ) throws(CygnetError) -> (rootKey: [UInt8], chainKey: ChainKey) {
    let okm = try HashFormats.hkdf256(agreement, salt: rootKey, info: info, count: 64)
    return (okm.slice(0..<32).exposed(), ChainKey(okm.slice(32..<64)))
  }

  @Sendable
  private static func runX3DH(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let (alice, bob) = (try test.fields.member("alice"), try test.fields.member("bob"))
    let identityA = try key(alice, "identity", checkedBy: "identity_public_x25519")
    let ephemeral = try key(alice, "ephemeral", checkedBy: "ephemeral_public")
    let identityB = try key(bob, "identity", checkedBy: "identity_public_x25519")
    let signed = try key(bob, "signed_prekey", checkedBy: "signed_prekey_public")
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
      let oneTime = try key(bob, "one_time_prekey", checkedBy: "one_time_prekey_public")
      agreements.append(try X25519.agreement(ephemeral.privateKey, oneTime.publicKey))
      mirrored.append(try X25519.agreement(oneTime.privateKey, ephemeral.publicKey))
    }
    var checks = VectorChecks()
    checks.that(agreements == mirrored, "the two sides disagree")
    checks.equal("ikm", keyMaterial(agreements), try test.bytes("ikm"))
    let (info, secret) = (try test.bytes("info"), try test.bytes("shared_secret"))
    if try test.text("hash") == "SHA-256" {
      checks.equal("shared_secret", try X3DH.kdf(agreements, info: info).secret, secret)
    } else {
      checks.equal(
        "shared_secret",
        try HashFormats.hkdf512(keyMaterial(agreements), salt: [], info: info, count: 32), secret)
    }
    if try test.text("identity_key_format") == "ed25519" {
      try checkEdwardsIdentity(test, alice, bob, &checks)
    }
    return checks.outcome
  }

  /// Identity keys in Edwards form: their X25519 forms, and the signature of the signed prekey.
  private static func checkEdwardsIdentity(
    _ test: VectorCase, _ alice: JSON, _ bob: JSON, _ checks: inout VectorChecks
  ) throws(CygnetError) {
    for party in [alice, bob] {
      let identity = try Ed25519.PrivateKey(seed: party.secret("identity_ed25519_seed"))
      checks.equal(
        "identity_public_ed25519", identity.publicKey.bytes,
        try party.bytes("identity_public_ed25519"))
      checks.equal(
        "identity_public_x25519", try identity.publicKey.x25519().bytes,
        try party.bytes("identity_public_x25519"))
    }
    let signed = try test.bytes("key_prefix_x25519") + bob.bytes("signed_prekey_public")
    try Ed25519.PublicKey(bob.bytes("identity_public_ed25519")).verify(
      signature: bob.bytes("signed_prekey_signature"), of: signed)
  }

  /// A key pair of a party, whose public half the file states too.
  static func key(
    _ party: JSON, _ name: String, checkedBy publicName: String
  ) throws(CygnetError) -> X25519.KeyPair {
    let pair = try X25519.KeyPair(X25519.PrivateKey(party.secret("\(name)_private")))
    guard try pair.publicKey.bytes == party.bytes(publicName) else {
      throw CygnetError(.malformed, "a public key of the case is not that of its private key")
    }
    return pair
  }

  @Sendable
  private static func runChains(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let (root, chain) = (try test.fields.member("root"), try test.fields.member("chain"))
    var checks = VectorChecks()
    var rootKey = try root.bytes("initial_root_key")
    for (index, row) in try root.list("steps").enumerated() {
      let step = try rootStep(rootKey, row.bytes("dh_output"), info: root.bytes("info"))
      rootKey = step.rootKey
      checks.equal("root_key \(index)", rootKey, try row.bytes("root_key"))
      checks.equal("chain_key \(index)", step.chainKey.secret, try row.bytes("chain_key"))
    }
    var chainKey = ChainKey(try chain.secret("initial_chain_key"))
    for (index, row) in try chain.list("steps").enumerated() {
      let step = chainKey.step()
      chainKey = step.next
      checks.equal("message_key \(index)", step.messageKey.secret, try row.bytes("message_key"))
      checks.equal("next_chain_key \(index)", chainKey.secret, try row.bytes("next_chain_key"))
      let okm = try HashFormats.hkdf256(
        step.messageKey.secret.exposed(), salt: [], info: Array("WhisperGroup".utf8), count: 48)
      checks.equal("sender_key_iv \(index)", okm.slice(0..<16), try row.bytes("sender_key_iv"))
      checks.equal(
        "sender_key_cipher_key \(index)", okm.slice(16..<48),
        try row.bytes("sender_key_cipher_key"))
    }
    return checks.outcome
  }

  @Sendable
  private static func runChainStep(
    _ test: VectorCase, _: VectorRun.Options
  ) throws(CygnetError) -> VectorOutcome {
    let step = ChainKey(try test.secret("chain_key")).step()
    var checks = VectorChecks()
    checks.equal(
      "message_key_seed", step.messageKey.secret, try test.bytes("message_key_seed"))
    checks.equal("next_chain_key", step.next.secret, try test.bytes("next_chain_key"))
    let okm = try HashFormats.hkdf256(
      step.messageKey.secret.exposed(), salt: [], info: Array(test.text("hkdf_info").utf8),
      count: 80)
    checks.equal("cipher_key", okm.slice(0..<32), try test.bytes("cipher_key"))
    checks.equal("mac_key", okm.slice(32..<64), try test.bytes("mac_key"))
    checks.equal("iv", okm.slice(64..<80), try test.bytes("iv"))
    return checks.outcome
  }
}
